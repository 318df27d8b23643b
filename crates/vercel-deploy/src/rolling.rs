//! `mode: rolling`: start, sample each stage, go on or go back, and prove the end either way.
//!
//! It can be run again at any point: an active release of this deployment is taken up where it stands.

use vercel_client::{Deployment, Project, ReleaseState, RollingConfig, RollingRelease};
use verdict::{Finding, Metric};

use crate::{
    decide::{self, Step},
    domains, github, record,
    sample::Sampler,
    session::{Session, Stop},
    switch,
};

/// Rolls out; gives the title.
pub(crate) async fn run(session: &mut Session<'_>) -> Result<String, Stop> {
    let deployment = switch::named(session).await?;
    let id = deployment.id.clone();
    if !record::verify(session, &deployment).await? {
        return Ok(format!(
            "{id} is not what was approved; nothing was released"
        ));
    }
    let config = configured(session).await?;
    let project = session.vercel.project().await?;
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

    let against = advance(session, release, &config, &domains).await?;
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
        session
            .ledger
            .findings
            .push(Finding::error("abort-unproven", text).fix(fix));
        return Ok(format!("the release of {id} failed, and so did going back"));
    }
    let proven =
        domains::settle(session, &domains, &id, project.last_alias_request.as_ref()).await?;
    switch::refresh(session, &id).await;
    if proven {
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
    session.ledger.step(
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

/// Goes through the stages; gives what speaks against going on.
async fn advance(
    session: &mut Session<'_>,
    mut release: RollingRelease,
    config: &RollingConfig,
    domains: &[String],
) -> Result<Vec<Finding>, Stop> {
    let Some(domain) = domains.first() else {
        return Err(Stop::undecided("there is no domain to sample"));
    };
    let sampler = Sampler::new(session, domain)?;
    let canary = release.canary_id().to_owned();
    // Each turn leaves a stage for good, so there are no more turns than stages.
    for _ in 0..=config.stages.len() {
        let Some(active) = release.active_stage.clone().filter(|_| release.is_active()) else {
            break;
        };
        let share = active.target_percentage;
        let resume = format!(
            "{canary} serves {share} % of visitors; run it again to go on, or roll back to {}",
            release.current_id()
        );
        session
            .ledger
            .step(format!("sampling the stage of {share} %"), resume);
        let what = format!("sampling {domain} at {share} %");
        let progress = session.context.progress;
        let sampled = progress.during(&what, sampler.stage(session)).await?;
        enter(session, share, &sampled);
        let against = decide::stage(&sampled.stage, session.plan.rolling.max_error_rate);
        if !against.is_empty() {
            return Ok(against);
        }
        progress.line(&format!("{canary} holds at {share} %"));
        match decide::step(release.next_stage.as_ref()) {
            Some(Step::Approve(next)) => session.vercel.approve_stage(&canary, next).await?,
            Some(Step::Complete) => session.vercel.complete_rolling(&canary).await?,
            None => {
                let text = format!("Vercel does not say which stage follows {share} %");
                return Err(Stop::undecided(text));
            }
        }
        release = moved(session, active.index).await?;
    }
    Ok(match release.state {
        ReleaseState::Complete => Vec::new(),
        state => {
            let text = format!("the release is {state:?} where it should be complete");
            let fix = "somebody may have aborted it on Vercel's dashboard";
            vec![Finding::error("release-ended", text).fix(fix)]
        }
    })
}

/// Waits until the release has left a stage.
async fn moved(session: &Session<'_>, from: Option<u32>) -> Result<RollingRelease, Stop> {
    let mut poll = 0;
    loop {
        let release = session.vercel.rolling_release().await?;
        let release =
            release.ok_or_else(|| Stop::undecided("Vercel no longer shows the rolling release"))?;
        if !release.is_active()
            || release.active_stage.as_ref().and_then(|stage| stage.index) != from
        {
            return Ok(release);
        }
        poll += 1;
        session
            .vercel
            .pace()
            .wait(
                poll,
                session.deadline,
                "the next stage",
                &format!("stage {from:?}"),
            )
            .await?;
    }
}

fn enter(session: &mut Session<'_>, share: f64, sampled: &crate::sample::Sampled) {
    let limit = session.plan.rolling.max_error_rate;
    let rate = |tally: decide::Tally| f64::from(tally.failed) / f64::from(tally.sent.max(1));
    let metrics = &mut session.ledger.metrics;
    metrics.push(
        Metric::new(
            format!("canary-errors at {share} %"),
            rate(sampled.stage.canary),
            "ratio",
        )
        .at_most(limit),
    );
    metrics.push(
        Metric::new(
            format!("public-errors at {share} %"),
            rate(sampled.stage.public),
            "ratio",
        )
        .at_most(limit),
    );
    if let Some(met) = sampled.met_canary {
        let seen = f64::from(met) / f64::from(sampled.stage.public.sent.max(1));
        metrics.push(Metric::new(
            format!("canary-share at {share} %"),
            seen,
            "ratio",
        ));
    }
}
