//! `mode: promote` and `mode: rollback`: move production to a deployment that is there already, and prove it.

use vercel_client::{Accepted, Deployment, Filter, Project, ReadyState, Substate};
use verdict::{Finding, Level};

use crate::{
    decide, domains, github, record,
    session::{Session, Stop},
};

/// Promotes; gives the title.
pub(crate) async fn promote(session: &mut Session<'_>) -> Result<String, Stop> {
    let deployment = named(session).await?;
    let id = deployment.id.clone();
    if !record::verify(session, &deployment).await? {
        return Ok(format!(
            "{id} is not what was approved; nothing was promoted"
        ));
    }
    if rolling_releases(session).await? {
        let fix = "use `mode: rolling`, or switch rolling releases off in the project's settings";
        return Err(Stop::usage(
            "the project has rolling releases on, so a promote would only start one",
            fix,
        ));
    }
    let project = session.vercel.project().await?;
    let domains = domains::production(session).await?;
    let facts = domains::look_up(session, &domains).await?;
    let previous = way_back(session, &project, &facts, &id).await;
    session.ledger.output("previous-deployment-id", &previous);
    if session.plan.dry_run {
        return Ok(format!(
            "dry run: would promote {id} on {} in place of {}",
            domains.join(", "),
            or_unknown(&previous)
        ));
    }
    if domains::all_at(&facts, &id) {
        github::resume(session, &id).await;
        let proven = domains::settle(session, &domains, &id, None).await?;
        return Ok(already(proven, &id, &previous));
    }
    let resume = format!(
        "production may serve either; promote {id} again, or roll back to {}",
        or_unknown(&previous)
    );
    session.ledger.step(format!("promoting {id}"), resume);
    github::open(
        session,
        &id,
        session
            .ledger
            .digest
            .clone()
            .as_ref()
            .map_or("", verdict::Digest::as_str),
    )
    .await;
    if session.vercel.promote(&id).await? == Accepted::Queued {
        let text = format!("Vercel queued {id} behind an active rolling release");
        let fix = "complete or abort that release, then promote again";
        session
            .ledger
            .findings
            .push(Finding::error("queued", text).fix(fix));
        return Ok(format!("{id} waits behind a rolling release"));
    }
    if domains::settle(session, &domains, &id, project.last_alias_request.as_ref()).await? {
        refresh(session, &id).await;
        return Ok(format!("production serves {id}: {}", domains.join(", ")));
    }
    Ok(unproven(&id, &previous))
}

/// Returns to an earlier deployment; gives the title.
pub(crate) async fn rollback(session: &mut Session<'_>) -> Result<String, Stop> {
    let project = session.vercel.project().await?;
    let domains = domains::production(session).await?;
    let facts = domains::look_up(session, &domains).await?;
    let target = match &session.plan.deployment {
        Some(_) => named(session).await?,
        None => {
            let current = decide::previous(&facts, project.production_id(), "");
            default_target(session, current.unwrap_or_default()).await?
        }
    };
    let id = target.id.clone();
    // Some domains may be back already: what is to be left is what the others still serve.
    let current = decide::previous(&facts, project.production_id(), &id)
        .unwrap_or_default()
        .to_owned();
    session.ledger.output("previous-deployment-id", &current);
    session.enter(&target);
    if target.ready_state != ReadyState::Ready || !target.is_production() {
        let text =
            format!("{id} is no ready production deployment, so production cannot return to it");
        session
            .ledger
            .findings
            .push(Finding::error("not-ready", text));
        return Ok("nothing was rolled back".to_owned());
    }
    if session.plan.dry_run {
        return Ok(format!(
            "dry run: would return production from {} to {id}",
            or_unknown(&current)
        ));
    }
    let split = session
        .vercel
        .rolling_release()
        .await
        .ok()
        .flatten()
        .is_some_and(|release| release.is_active());
    if domains::all_at(&facts, &id) && !split {
        let proven = domains::settle(session, &domains, &id, None).await?;
        return Ok(already(proven, &id, &current));
    }
    let proven = back_to(session, &domains, &project, &id).await?;
    if !proven {
        return Ok(format!("production was not proven to serve {id}"));
    }
    session.ledger.output("rolled-back", true);
    github::retire(session, &current, &format!("rolled back to {id}")).await;
    refresh(session, &id).await;
    Ok(format!(
        "production serves {id} again: {}",
        domains.join(", ")
    ))
}

/// Asks for a rollback and proves it. Also how a rolling release is aborted.
pub(crate) async fn back_to(
    session: &mut Session<'_>,
    domains: &[String],
    project: &Project,
    id: &str,
) -> Result<bool, Stop> {
    let resume = format!("production may serve either; roll back to {id} again");
    session.ledger.step(format!("rolling back to {id}"), resume);
    session.vercel.rollback(id, Some("by Stagegate")).await?;
    let proven = domains::settle(session, domains, id, project.last_alias_request.as_ref()).await?;
    let text = "after a rollback Vercel moves no domain to new production deployments by itself";
    let fix = "the next promote turns that on again";
    session
        .ledger
        .findings
        .push(Finding::new(Level::Notice, "auto-assign-off", text).fix(fix));
    Ok(proven)
}

/// The deployment that the input names.
pub(crate) async fn named(session: &mut Session<'_>) -> Result<Deployment, Stop> {
    let name = session.plan.deployment.clone().unwrap_or_default();
    session
        .ledger
        .step(format!("looking up {name}"), "nothing was changed");
    let deployment = session.vercel.deployment(&name).await?;
    session.enter(&deployment);
    Ok(deployment)
}

/// Whether a promote would start a rolling release. A plan without them refuses the question.
async fn rolling_releases(session: &Session<'_>) -> Result<bool, Stop> {
    match session.vercel.rolling_config().await {
        Ok(config) => Ok(config.is_some_and(|config| !config.stages.is_empty())),
        Err(error) if matches!(error.status(), Some(400..=499)) => Ok(false),
        Err(error) => Err(error.into()),
    }
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

fn unproven(id: &str, previous: &str) -> String {
    format!(
        "{id} was not proven on production; what served before is {}",
        or_unknown(previous)
    )
}

/// Where a rollback goes when nobody says: what GitHub's list has as the predecessor of what serves now, else the newest
/// deployment that Vercel offers.
async fn default_target(session: &mut Session<'_>, current: &str) -> Result<Deployment, Stop> {
    session
        .ledger
        .step("looking for the previous deployment", "nothing was changed");
    let (id, source) = match github::predecessor(session, current).await {
        Some(id) => (id, "GitHub's list of deployments"),
        None => {
            let filter = Filter {
                target: Some("production"),
                rollback_candidate: true,
                limit: Some(20),
            };
            let candidates = session.vercel.deployments(&filter).await?;
            let served = candidates.into_iter().find(|candidate| {
                candidate.uid != current
                    && candidate.is_rollback_candidate != Some(false)
                    && candidate.ready_substate != Some(Substate::Staged)
            });
            match served {
                Some(candidate) => (candidate.uid, "Vercel's list of candidates"),
                None => {
                    let text = "Vercel offers no deployment to return to";
                    return Err(Stop::usage(text, "name one: input `deployment`"));
                }
            }
        }
    };
    session
        .context
        .progress
        .line(&format!("returning to {id}, by {source}"));
    Ok(session.vercel.deployment(&id).await?)
}

/// Enters the deployment's state after the move; what was proven stays proven when Vercel does not answer this.
pub(crate) async fn refresh(session: &mut Session<'_>, id: &str) {
    if let Ok(deployment) = session.vercel.deployment(id).await {
        session.enter_state(&deployment);
    }
}

fn or_unknown(id: &str) -> &str {
    if id.is_empty() { "unknown" } else { id }
}
