//! The way through the stages: sample, judge, go on.

use vercel_client::{ReleaseState, RollingConfig, RollingRelease};
use verdict::{Finding, Metric};

use super::command;
use crate::{
    decide::{self, Limits, Step},
    sample::Sampler,
    session::{Session, Stop},
};

/// Goes through the stages; gives what speaks against going on.
pub(super) async fn advance(
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
        session.step(format!("sampling the stage of {share} %"), resume);
        let what = format!("sampling {domain} at {share} %");
        let progress = session.context.progress;
        let sampled = progress.during(&what, sampler.stage(session)).await?;
        enter(session, share, &sampled);
        let limits = Limits {
            error_rate: session.plan.rolling.max_error_rate,
            p95: session.plan.rolling.max_p95,
        };
        let mut against = decide::stage(&sampled.stage, limits);
        if against.is_empty() && session.plan.rolling.command.is_some() {
            session.step(
                format!("judging the stage of {share} %"),
                session.ledger.resume.clone(),
            );
            against.extend(command::judge(session, &release, domain).await?);
        }
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
pub(super) async fn moved(
    session: &Session<'_>,
    from: Option<u32>,
) -> Result<RollingRelease, Stop> {
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
    if let Some(p95) = sampled.stage.p95 {
        let metric = Metric::new(
            format!("canary-p95 at {share} %"),
            p95.as_secs_f64() * 1e3,
            "ms",
        );
        metrics.push(match session.plan.rolling.max_p95 {
            Some(limit) => metric.at_most(limit.as_secs_f64() * 1e3),
            None => metric,
        });
    }
    if let Some(met) = sampled.met_canary {
        let seen = f64::from(met) / f64::from(sampled.stage.public.sent.max(1));
        metrics.push(Metric::new(
            format!("canary-share at {share} %"),
            seen,
            "ratio",
        ));
    }
}
