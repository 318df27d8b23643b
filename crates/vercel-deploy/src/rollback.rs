//! `mode: rollback`: returns production to a deployment that served it before, and proves it.

use vercel_client::{Deployment, Filter, ReadyState, Substate};
use verdict::Finding;

use crate::{
    decide, domains, github,
    session::{Session, Stop},
    switch::{already, back_to, named, or_unknown, refresh},
};

/// Returns to an earlier deployment; gives the title.
pub(crate) async fn run(session: &mut Session<'_>) -> Result<String, Stop> {
    let project = session.vercel.project().await?;
    let domains = domains::production(session).await?;
    let facts = domains::look_up(session, &domains).await?;
    let target = match &session.plan.deployment {
        Some(_) => named(session).await?,
        None if decide::rolled_back(project.last_alias_request.as_ref(), &facts) => {
            // A run that was cut short may have done this, and a second step back was never asked for.
            let job = project.last_alias_request.as_ref();
            let id = job.map_or("", |job| &job.to_deployment_id);
            let text = format!("production was rolled back to {id} already");
            let fix = "to go back further, name the deployment: input `deployment`";
            session.find(Finding::notice("rolled-back", text).fix(fix));
            session.vercel.deployment(id).await?
        }
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
        session.find(Finding::error("not-ready", text));
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

/// Where a rollback goes when nobody says: what GitHub's list has as the predecessor of what serves now, else the newest
/// deployment that Vercel offers.
async fn default_target(session: &mut Session<'_>, current: &str) -> Result<Deployment, Stop> {
    session.step("looking for the previous deployment", "nothing was changed");
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
