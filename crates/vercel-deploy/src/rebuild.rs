//! A promote that was explicitly allowed to rebuild: Vercel builds a preview again for production. What goes live are other
//! bytes than the tested ones, so it is a warning however well it ends.

use vercel_client::{Deployment, Progress, ReadyState};
use verdict::Finding;

use crate::{
    build_log, domains, github, meta,
    promote::{auto_assign, no_rolling_releases},
    session::{Session, Stop},
    switch::{or_unknown, refresh, unproven, way_back},
};

/// Rebuilds and proves it; gives the title.
pub(crate) async fn run(session: &mut Session<'_>, preview: &Deployment) -> Result<String, Stop> {
    let from = &preview.id;
    if preview.ready_state != ReadyState::Ready {
        session.find(Finding::error("not-ready", format!("{from} is not READY")));
        return Ok(format!("{from} is not READY; nothing was built"));
    }
    no_rolling_releases(session).await?;
    let text = format!(
        "{from} was not deployed for production: Vercel builds it again, and nothing shows that the result is what was tested"
    );
    session.find(Finding::warning("rebuild", text));
    let project = session.vercel.project().await?;
    let domains = domains::production(session).await?;
    let facts = domains::look_up(session, &domains).await?;
    let previous = way_back(session, &project, &facts, from).await;
    session.ledger.output("previous-deployment-id", &previous);
    if session.plan.dry_run {
        return Ok(format!(
            "dry run: would build {from} again and put the result on {} in place of {}",
            domains.join(", "),
            or_unknown(&previous)
        ));
    }
    let resume = format!(
        "a production build may be under way and take the domains; look at it on Vercel, or roll back to {}",
        or_unknown(&previous)
    );
    session.step(format!("building {from} for production"), resume);
    let attempt = meta::attempt(session.context);
    let made = session
        .vercel
        .rebuild(from, &project.name, &attempt)
        .await?;
    let id = made.id.clone();
    session.enter(&made);
    github::open(session, &id, "").await;
    let what = format!("waiting for {id}");
    let waiting = build_log::ready(session, &id);
    let (deployment, outcome, log) = session.context.progress.during(&what, waiting).await?;
    session.enter(&deployment);
    if let Progress::Failed(reason) = outcome {
        let text = format!("{id} failed: {reason}{}", log.end());
        session.find(Finding::error("deployment-failed", text));
        return Ok(format!("the rebuild of {from} failed: {reason}"));
    }
    let before = project.last_alias_request.as_ref();
    if !domains::settle(session, &domains, &id, before).await? {
        return Ok(unproven(&id, &previous));
    }
    refresh(session, &id).await;
    auto_assign(session, &project).await;
    Ok(format!(
        "production serves {id}, a rebuild of {from}: {}",
        domains.join(", ")
    ))
}
