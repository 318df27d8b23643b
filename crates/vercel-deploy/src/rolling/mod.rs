//! `mode: rolling`: start, sample each stage, go on or go back, and prove the end either way.
//!
//! It can be run again at any point: an active release of this deployment is taken up where it stands.

mod by_hand;
mod command;
mod stages;

use vercel_client::{Deployment, Project, RollingConfig, RollingRelease};
use verdict::{Digest, Finding};

use crate::{
    domains, github,
    inputs::Step,
    promote, record,
    session::{Session, Stop},
    switch,
};

/// Does what the step says; gives the title.
pub(crate) async fn run(session: &mut Session<'_>) -> Result<String, Stop> {
    match session.plan.rolling.step {
        Step::Run => all(session).await,
        Step::Start => by_hand::start(session).await,
        Step::Approve => by_hand::approve(session).await,
        Step::Complete => by_hand::complete(session).await,
        Step::Abort => by_hand::abort(session).await,
    }
}

/// From the start to the end.
async fn all(session: &mut Session<'_>) -> Result<String, Stop> {
    let deployment = switch::named(session).await?;
    let id = deployment.id.clone();
    if !record::verify(session, &deployment).await? {
        return Ok(format!(
            "{id} is not what was approved; nothing was released"
        ));
    }
    // First: a project that is not there has no rolling releases either, and that would be the wrong advice.
    let project = session.vercel.project().await?;
    let config = configured(session).await?;
    let domains = domains::production(session).await?;
    let release = match begin(session, &deployment, &project, &domains).await? {
        Begun::Active(release) => release,
        Begun::Already(title) => return Ok(title),
        Begun::DryRun => {
            return Ok(format!(
                "dry run: would release {id} in {} stages: {}",
                config.stages.len(),
                domains.join(", ")
            ));
        }
    };
    let stable = release.current_id().to_owned();
    if stable.is_empty() {
        // Without a way back nothing may go forward.
        return Err(Stop::undecided(format!(
            "the rolling release of {id} does not say what it replaces"
        )));
    }
    session.ledger.output("previous-deployment-id", &stable);
    let digest = session.ledger.digest.clone();
    github::open(session, &id, digest.as_ref().map_or("", Digest::as_str)).await;

    let against = stages::advance(session, release, &config, &domains).await?;
    if !against.is_empty() {
        session.ledger.findings.extend(against);
        session
            .context
            .progress
            .line(&format!("going back to {stable}"));
        let proven = switch::back_to(session, &domains, &project, &stable).await?;
        let ended = session
            .vercel
            .rolling_release()
            .await?
            .is_none_or(|release| !release.is_active());
        session.ledger.output("rolled-back", proven && ended);
        if proven && ended {
            return Ok(format!(
                "the release of {id} failed; production serves {stable} again"
            ));
        }
        let text = format!("production was not proven to serve {stable} again");
        let fix = format!("roll back by hand: `mode: rollback`, `deployment: {stable}`");
        session.find(Finding::error("abort-unproven", text).fix(fix));
        return Ok(format!("the release of {id} failed, and so did going back"));
    }
    let proven =
        domains::settle(session, &domains, &id, project.last_alias_request.as_ref()).await?;
    switch::refresh(session, &id).await;
    if proven {
        promote::auto_assign(session, &project).await;
        return Ok(format!(
            "production serves {id} after {} stages: {}",
            config.stages.len(),
            domains.join(", ")
        ));
    }
    Ok(format!(
        "the release of {id} ended, but production was not proven to serve it"
    ))
}

/// The project's stages, if they are what the config says and wait for approval.
async fn configured(session: &Session<'_>) -> Result<RollingConfig, Stop> {
    let config = session
        .vercel
        .rolling_config()
        .await?
        .filter(|config| !config.stages.is_empty());
    let Some(config) = config else {
        let fix =
            "switch them on in the project's settings (Pro and Enterprise), or use `mode: promote`";
        return Err(Stop::usage("the project has no rolling releases", fix));
    };
    if config.advancement_type != "manual-approval" {
        let text = format!(
            "the project's stages advance by `{}`, not by approval",
            config.advancement_type
        );
        return Err(Stop::usage(
            text,
            "set them to manual approval, so that this gate can hold a stage back",
        ));
    }
    if let Some(wanted) = &session.plan.rolling.stages {
        let wanted: Vec<f64> = wanted
            .iter()
            .map(|percent| percent.ratio() * 100.0)
            .collect();
        let set: Vec<f64> = config
            .stages
            .iter()
            .map(|stage| stage.target_percentage)
            .collect();
        let same = wanted.len() == set.len()
            && wanted
                .iter()
                .zip(&set)
                .all(|(one, two)| (one - two).abs() < 1e-6);
        if !same {
            let text =
                format!("the project's stages are {set:?} %, stagegate.yml says {wanted:?} %");
            return Err(Stop::usage(
                text,
                "make them agree: project settings, or config key `rolling.stages`",
            ));
        }
    }
    Ok(config)
}

/// What there is to do after the start.
enum Begun {
    /// To go through the stages.
    Active(RollingRelease),
    /// Nothing: production pointed at the deployment before. With the title.
    Already(String),
    /// Nothing, by request.
    DryRun,
}

/// Starts the release or takes up the one that runs.
async fn begin(
    session: &mut Session<'_>,
    deployment: &Deployment,
    project: &Project,
    domains: &[String],
) -> Result<Begun, Stop> {
    let id = &deployment.id;
    let active = session
        .vercel
        .rolling_release()
        .await?
        .filter(RollingRelease::is_active);
    if let Some(release) = active {
        if release.canary_id() == id {
            session
                .context
                .progress
                .line(&format!("taking up the active release of {id}"));
            return Ok(if session.plan.dry_run {
                Begun::DryRun
            } else {
                Begun::Active(release)
            });
        }
        let text = format!("a rolling release of {} is active", release.canary_id());
        return Err(Stop::usage(text, "complete or abort it first"));
    }
    let facts = domains::look_up(session, domains).await?;
    let previous = switch::way_back(session, project, &facts, id).await;
    session.ledger.output("previous-deployment-id", &previous);
    if domains::all_at(&facts, id) {
        github::resume(session, id).await;
        let proven = domains::settle(session, domains, id, None).await?;
        return Ok(Begun::Already(switch::already(proven, id, &previous)));
    }
    if session.plan.dry_run {
        return Ok(Begun::DryRun);
    }
    session.step(
        format!("starting the release of {id}"),
        "a release may be active; run it again to take it up, or roll back",
    );
    session.vercel.start_rolling(id).await?;
    match session.vercel.rolling_release().await? {
        Some(release) if release.is_active() && release.canary_id() == id => {
            Ok(Begun::Active(release))
        }
        other => {
            let state = other.map_or_else(
                || "none".to_owned(),
                |release| format!("{:?}", release.state),
            );
            Err(Stop::undecided(format!(
                "Vercel took the start of {id} but shows no active release ({state})"
            )))
        }
    }
}
