//! What every move of production shares: naming the deployment, going back, and saying what holds.

use vercel_client::{Deployment, Project};
use verdict::{Finding, Level, Metric};

use crate::{
    decide, domains, github,
    session::{Session, Stop},
};

/// Asks for a rollback and proves it. Also how a rolling release is aborted.
pub(crate) async fn back_to(
    session: &mut Session<'_>,
    domains: &[String],
    project: &Project,
    id: &str,
) -> Result<bool, Stop> {
    let resume = format!("production may serve either; roll back to {id} again");
    session.step(format!("rolling back to {id}"), resume);
    let began = session.deadline.elapsed();
    session.vercel.rollback(id, Some("by Stagegate")).await?;
    let proven = domains::settle(session, domains, id, project.last_alias_request.as_ref()).await?;
    if proven {
        let took = session
            .deadline
            .elapsed()
            .saturating_sub(began)
            .as_secs_f64();
        session
            .ledger
            .output("recovery-seconds", format!("{took:.1}"));
        session
            .ledger
            .metrics
            .push(Metric::new("recovery", took, "s"));
    }
    let text = "after a rollback Vercel moves no domain to new production deployments by itself";
    let fix = "the next promote turns that on again";
    session.find(Finding::new(Level::Notice, "auto-assign-off", text).fix(fix));
    Ok(proven)
}

/// The deployment that the input names.
pub(crate) async fn named(session: &mut Session<'_>) -> Result<Deployment, Stop> {
    let name = session.plan.deployment.clone().unwrap_or_default();
    session.step(format!("looking up {name}"), "nothing was changed");
    let deployment = session.vercel.deployment(&name).await?;
    session.enter(&deployment);
    Ok(deployment)
}

/// Where production can return to from `id`: what it still serves elsewhere or, once all of it moved, what GitHub's list has
/// as the predecessor. Empty when nobody knows.
pub(crate) async fn way_back(
    session: &mut Session<'_>,
    project: &Project,
    facts: &[decide::DomainFact],
    id: &str,
) -> String {
    match decide::previous(facts, project.production_id(), id) {
        Some(previous) => previous.to_owned(),
        None => github::predecessor(session, id).await.unwrap_or_default(),
    }
}

/// The title when every domain pointed at `id` before anything was asked for.
pub(crate) fn already(proven: bool, id: &str, previous: &str) -> String {
    if proven {
        format!("production serves {id} already")
    } else {
        unproven(id, previous)
    }
}

pub(crate) fn unproven(id: &str, previous: &str) -> String {
    format!(
        "{id} was not proven on production; what served before is {}",
        or_unknown(previous)
    )
}

/// Enters the deployment's state after the move; what was proven stays proven when Vercel does not answer this.
pub(crate) async fn refresh(session: &mut Session<'_>, id: &str) {
    if let Ok(deployment) = session.vercel.deployment(id).await {
        session.enter_state(&deployment);
    }
}

pub(crate) fn or_unknown(id: &str) -> &str {
    if id.is_empty() { "unknown" } else { id }
}
