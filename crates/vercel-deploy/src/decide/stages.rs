//! May a stage of a rolling release go on, and to where.

use std::time::Duration;

use verdict::Finding;

/// Requests of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) sent: u32,
    /// No answer, or a status of 400 and above.
    pub(crate) failed: u32,
}

/// What a stage showed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stage {
    /// Visits that were pinned to the canary.
    pub(crate) canary: Tally,
    /// Visits without a cookie: what the public gets, from either side.
    pub(crate) public: Tally,
    /// Within which 95 of 100 visits of the canary were answered; `None` when none was.
    pub(crate) p95: Option<Duration>,
}

/// What a stage is held to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// 0 to 1.
    pub(crate) error_rate: f64,
    pub(crate) p95: Option<Duration>,
}

/// The value that 95 of 100 do not exceed (nearest rank).
pub(crate) fn p95(mut times: Vec<Duration>) -> Option<Duration> {
    times.sort_unstable();
    let rank = (times.len() * 95).div_ceil(100);
    times.get(rank.checked_sub(1)?).copied()
}

/// What speaks against going on after a stage; nothing does if it is empty. No sample is no proof.
pub(crate) fn stage(stage: &Stage, limits: Limits) -> Vec<Finding> {
    let limit = limits.error_rate;
    let mut findings = Vec::new();
    for (who, tally) in [("the canary", stage.canary), ("the public", stage.public)] {
        if tally.sent == 0 {
            findings.push(Finding::error(
                "canary-unproven",
                format!("no request of {who} was sent"),
            ));
            continue;
        }
        let rate = f64::from(tally.failed) / f64::from(tally.sent);
        // Written so that NaN fails.
        let within = rate <= limit;
        if !within {
            let (failed, sent) = (tally.failed, tally.sent);
            let (rate, limit) = (rate * 100.0, limit * 100.0);
            let text = format!(
                "{failed} of {sent} requests of {who} failed ({rate:.1} %, limit {limit:.1} %)"
            );
            findings.push(Finding::error("canary-errors", text));
        }
    }
    if let Some(limit) = limits.p95 {
        let slow = stage.p95.is_none_or(|p95| p95 > limit);
        if slow {
            let took = stage.p95.map_or_else(
                || "no time".to_owned(),
                |p95| format!("{} ms", p95.as_millis()),
            );
            let text = format!(
                "95 of 100 requests of the canary took {took}, limit {} ms",
                limit.as_millis()
            );
            findings.push(Finding::error("canary-slow", text));
        }
    }
    findings
}

/// What ends a stage that held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The stage with this index.
    Approve(u32),
    /// Everybody.
    Complete,
}

/// How a release goes on. `None` when there is a next stage without an index: to complete instead would give everybody
/// what only some were to meet.
pub(crate) fn step(next: Option<&vercel_client::Stage>) -> Option<Step> {
    match next {
        None => Some(Step::Complete),
        Some(next) if next.target_percentage >= 100.0 => Some(Step::Complete),
        Some(next) => next.index.map(Step::Approve),
    }
}
