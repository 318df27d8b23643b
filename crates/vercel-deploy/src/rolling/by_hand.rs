//! One step of a rolling release at a time, for teams that judge a stage by hand. GitHub's list gets its entry when the
//! release is over: a stage serves only some.

use vercel_client::RollingRelease;
use verdict::{Digest, Finding};

use super::{Begun, begin, configured, stages};
use crate::{
    decide::{self, Step},
    domains, github, record,
    session::{Session, Stop},
    switch,
};

/// Starts and leaves the release at its first stage.
pub(super) async fn start(session: &mut Session<'_>) -> Result<String, Stop> {
    let deployment = switch::named(session).await?;
    let id = deployment.id.clone();
    if !record::verify(session, &deployment).await? {
        return Ok(format!(
            "{id} is not what was approved; nothing was released"
        ));
    }
    let project = session.vercel.project().await?;
    configured(session).await?;
    let domains = domains::production(session).await?;
    Ok(
        match begin(session, &deployment, &project, &domains).await? {
            Begun::Active(release) => {
                session
                    .ledger
                    .output("previous-deployment-id", release.current_id());
                said(session, &release)
            }
            Begun::Already(title) => title,
            Begun::DryRun => format!(
                "dry run: would start the release of {id}: {}",
                domains.join(", ")
            ),
        },
    )
}

/// Goes on by one stage.
pub(super) async fn approve(session: &mut Session<'_>) -> Result<String, Stop> {
    let Some(release) = active(session).await? else {
        return Ok("this is not what was approved; the release stays at its stage".to_owned());
    };
    let canary = release.canary_id().to_owned();
    let share = release
        .next_stage
        .as_ref()
        .map(|stage| stage.target_percentage);
    match decide::step(release.next_stage.as_ref()) {
        Some(Step::Complete) => return finish(session, &release).await,
        Some(Step::Approve(next)) => {
            if session.plan.dry_run {
                let share = share.unwrap_or_default();
                return Ok(format!(
                    "dry run: would give {canary} {share} % of visitors"
                ));
            }
            session.step(
                format!("going on with {canary}"),
                "the release is at the old or the next stage; see `mode: status`",
            );
            session.vercel.approve_stage(&canary, next).await?;
        }
        None => return Err(Stop::undecided("Vercel does not say which stage follows")),
    }
    let from = release.active_stage.as_ref().and_then(|stage| stage.index);
    let release = stages::moved(session, from).await?;
    Ok(said(session, &release))
}

/// Gives the canary everybody.
pub(super) async fn complete(session: &mut Session<'_>) -> Result<String, Stop> {
    match active(session).await? {
        Some(release) => finish(session, &release).await,
        None => Ok("this is not what was approved; the release stays at its stage".to_owned()),
    }
}

/// Goes back to what served before.
pub(super) async fn abort(session: &mut Session<'_>) -> Result<String, Stop> {
    let release = running(session).await?;
    let (canary, stable) = (
        release.canary_id().to_owned(),
        release.current_id().to_owned(),
    );
    if stable.is_empty() {
        return Err(Stop::undecided(
            "the release does not say what it replaces: roll back with `deployment`",
        ));
    }
    let domains = domains::production(session).await?;
    session.ledger.output("previous-deployment-id", &canary);
    if session.plan.dry_run {
        return Ok(format!(
            "dry run: would take {canary} back and return to {stable}"
        ));
    }
    let project = session.vercel.project().await?;
    let proven = switch::back_to(session, &domains, &project, &stable).await?;
    let still = session.vercel.rolling_release().await?;
    let ended = still.is_none_or(|release| !release.is_active());
    session.ledger.output("rolled-back", proven && ended);
    if proven && ended {
        github::retire(session, &canary, &format!("rolled back to {stable}")).await;
        return Ok(format!(
            "{canary} was taken back; production serves {stable}"
        ));
    }
    let text = format!("production was not proven to serve {stable} alone");
    session.find(Finding::error("abort-unproven", text));
    Ok(format!("taking {canary} back was not proven"))
}

/// Completes and proves it.
async fn finish(session: &mut Session<'_>, release: &RollingRelease) -> Result<String, Stop> {
    let canary = release.canary_id().to_owned();
    let domains = domains::production(session).await?;
    if session.plan.dry_run {
        return Ok(format!(
            "dry run: would give {canary} all visitors of {}",
            domains.join(", ")
        ));
    }
    let project = session.vercel.project().await?;
    session
        .ledger
        .output("previous-deployment-id", release.current_id());
    session.step(
        format!("completing the release of {canary}"),
        format!("run it again, or roll back to {}", release.current_id()),
    );
    let digest = session.ledger.digest.clone();
    github::open(session, &canary, digest.as_ref().map_or("", Digest::as_str)).await;
    session.vercel.complete_rolling(&canary).await?;
    let before = project.last_alias_request.as_ref();
    let proven = domains::settle(session, &domains, &canary, before).await?;
    switch::refresh(session, &canary).await;
    session
        .ledger
        .output("state", if proven { "serving" } else { "moving" });
    Ok(if proven {
        format!("production serves {canary}: {}", domains.join(", "))
    } else {
        switch::unproven(&canary, release.current_id())
    })
}

/// The active release, if its canary is what was approved.
async fn active(session: &mut Session<'_>) -> Result<Option<RollingRelease>, Stop> {
    let release = running(session).await?;
    let canary = session.vercel.deployment(release.canary_id()).await?;
    session.enter(&canary);
    let sound = record::verify(session, &canary).await?;
    Ok(sound.then_some(release))
}

/// The active release, of the deployment that the input names if it names one.
async fn running(session: &mut Session<'_>) -> Result<RollingRelease, Stop> {
    session.step("looking up the rolling release", "nothing was changed");
    let release = session.vercel.rolling_release().await?;
    let Some(release) = release.filter(RollingRelease::is_active) else {
        return Err(Stop::usage(
            "no rolling release is active",
            "start one: `step: start`",
        ));
    };
    if let Some(name) = &session.plan.deployment {
        let named = session.vercel.deployment(name).await?;
        if named.id != release.canary_id() {
            let text = format!(
                "the active release is of {}, not of {}",
                release.canary_id(),
                named.id
            );
            return Err(Stop::usage(
                text,
                "leave `deployment` out, or name that one",
            ));
        }
    }
    Ok(release)
}

fn said(session: &mut Session<'_>, release: &RollingRelease) -> String {
    let share = release
        .active_stage
        .as_ref()
        .map_or(0.0, |stage| stage.target_percentage);
    session.ledger.output("state", "rolling");
    format!(
        "{} serves {share} % of visitors, {} the rest",
        release.canary_id(),
        release.current_id()
    )
}
