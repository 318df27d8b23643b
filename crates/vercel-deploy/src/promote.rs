//! `mode: promote`: moves production to a deployment that is there already, and proves it.

use vercel_client::{Accepted, Project};
use verdict::{Digest, Finding};

use crate::{
    domains, github, rebuild, record,
    session::{Session, Stop},
    switch::{already, named, or_unknown, refresh, unproven, way_back},
};

/// Promotes; gives the title.
pub(crate) async fn run(session: &mut Session<'_>) -> Result<String, Stop> {
    let deployment = named(session).await?;
    let id = deployment.id.clone();
    if session.plan.allow_rebuild && !deployment.is_production() {
        return rebuild::run(session, &deployment).await;
    }
    if !record::verify(session, &deployment).await? {
        return Ok(format!(
            "{id} is not what was approved; nothing was promoted"
        ));
    }
    no_rolling_releases(session).await?;
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
    session.step(format!("promoting {id}"), resume);
    let digest = session.ledger.digest.clone();
    github::open(session, &id, digest.as_ref().map_or("", Digest::as_str)).await;
    if session.vercel.promote(&id).await? == Accepted::Queued {
        let text = format!("Vercel queued {id} behind an active rolling release");
        let fix = "complete or abort that release, then promote again";
        session.find(Finding::error("queued", text).fix(fix));
        return Ok(format!("{id} waits behind a rolling release"));
    }
    if domains::settle(session, &domains, &id, project.last_alias_request.as_ref()).await? {
        refresh(session, &id).await;
        auto_assign(session, &project).await;
        return Ok(format!("production serves {id}: {}", domains.join(", ")));
    }
    Ok(unproven(&id, &previous))
}

/// Refuses where a promote would only start a rolling release. A plan without them refuses the question.
pub(crate) async fn no_rolling_releases(session: &Session<'_>) -> Result<(), Stop> {
    let on = match session.vercel.rolling_config().await {
        Ok(config) => config.is_some_and(|config| !config.stages.is_empty()),
        Err(error) if matches!(error.status(), Some(400..=499)) => false,
        Err(error) => return Err(error.into()),
    };
    if on {
        let text = "the project has rolling releases on, so a promote would only start one";
        let fix = "use `mode: rolling`, or switch rolling releases off in the project's settings";
        return Err(Stop::usage(text, fix));
    }
    Ok(())
}

/// After a rollback Vercel gives new production deployments no domains; a promote ends that, and this says whether it did.
pub(crate) async fn auto_assign(session: &mut Session<'_>, before: &Project) {
    if before.auto_assign_custom_domains != Some(false) {
        return;
    }
    let now = session.vercel.project().await;
    let on = now.is_ok_and(|project| project.auto_assign_custom_domains != Some(false));
    session.find(if on {
        let text = "new production deployments get the domains by themselves again";
        Finding::notice("auto-assign-on", text)
    } else {
        let text = "new production deployments still do not get the domains by themselves";
        let fix = "switch it on in the project's settings (Environments, Production)";
        Finding::warning("auto-assign-off", text).fix(fix)
    });
}
