//! What must be true after a scenario. Every check says what it looked for and what it saw.

mod pull_request;

use sandbox::vercel::ReleaseState;
use verdict::Conclusion;

use crate::check::{
    Check, all_ran, check, job, live_meta, nothing_silent, says, serves, unchanged, verdict,
    verdicts_allow,
};
use crate::outcome::{JobResult, Outcome};

pub(crate) use pull_request::{
    deleted_chunk, fork, heavy_import, lying_health, oversized_bundle, protected_preview, slow_page,
};

/// The default scenario: everything ran, everything is green, production serves the change.
pub(crate) fn ship(outcome: &Outcome) -> Vec<Check> {
    let mut checks = shipped(outcome);
    checks.push(all_ran(outcome.pull_request.as_ref(), &[]));
    checks.push(nothing_silent(outcome.pull_request.as_ref()));
    let comments: Vec<_> = outcome
        .github
        .comments
        .iter()
        .filter(|c| c.body.contains("Stagegate"))
        .collect();
    let checks_run = outcome
        .github
        .check_runs
        .iter()
        .filter(|run| run.name.contains("Stagegate"))
        .count();
    checks.push(check(
        "the run shows as a check run",
        checks_run > 0,
        format!("{checks_run} check run(s), {} comment(s)", comments.len()),
    ));
    checks
}

/// A release that reaches production.
pub(crate) fn shipped(outcome: &Outcome) -> Vec<Check> {
    let mut checks = vec![
        all_ran(outcome.release.as_ref(), &["rollback"]),
        nothing_silent(outcome.release.as_ref()),
        serves(outcome, &outcome.commits.head, "the change"),
        verdicts_allow(outcome),
    ];
    let digest = outcome
        .record
        .as_ref()
        .and_then(|record| record.record.digest().cloned());
    let live = live_meta(outcome, "stagegateDigest");
    checks.push(check(
        "the release record names the digest of what is live",
        digest.is_some() && digest.as_ref().map(ToString::to_string) == live,
        format!("record {digest:?}, live {live:?}"),
    ));
    let successes = outcome
        .github
        .deployments
        .iter()
        .filter(|deployment| deployment.environment == "production")
        .flat_map(|deployment| &deployment.statuses)
        .filter(|status| status.state == "success")
        .count();
    checks.push(check(
        "GitHub has exactly one production success",
        successes == 1,
        format!("{successes}"),
    ));
    checks
}

pub(crate) fn vercel_5xx(outcome: &Outcome) -> Vec<Check> {
    let mut checks = shipped(outcome);
    let failed = outcome
        .vercel
        .requests
        .iter()
        .filter(|request| request.path.starts_with("/v2/files") && request.status >= 500)
        .count();
    checks.push(check(
        "uploads did fail",
        failed > 0,
        format!("{failed} answered 5xx"),
    ));
    checks
}

pub(crate) fn stale_edge(outcome: &Outcome) -> Vec<Check> {
    let mut checks = shipped(outcome);
    let host = &outcome.vercel.production_domain;
    let promoted = outcome.vercel.production.as_deref();
    // Requests through the domain in the order they came: the old version must have answered after the
    // promotion, else nothing was proved.
    let old = outcome.vercel.edge_requests.iter().filter(|request| {
        &request.host == host && request.deployment.as_deref() == Some(&outcome.previous_deployment)
    });
    checks.push(check(
        "the old version answered for a while",
        old.count() >= 6 && promoted.is_some(),
        format!("live {promoted:?}"),
    ));
    checks
}

pub(crate) fn rolled_back(outcome: &Outcome) -> Vec<Check> {
    vec![
        job(outcome.release.as_ref(), "promote", JobResult::Success),
        job(outcome.release.as_ref(), "verify", JobResult::Failure),
        job(outcome.release.as_ref(), "rollback", JobResult::Success),
        verdict(outcome, "smoke-test", "verify", Conclusion::Fail),
        serves(outcome, &outcome.commits.base, "the previous version"),
        unchanged(outcome),
    ]
}

pub(crate) fn rejected(outcome: &Outcome) -> Vec<Check> {
    vec![
        job(outcome.release.as_ref(), "approval", JobResult::Failure),
        job(outcome.release.as_ref(), "production", JobResult::Skipped),
        job(outcome.release.as_ref(), "promote", JobResult::Skipped),
        job(outcome.release.as_ref(), "rollback", JobResult::Skipped),
        check(
            "no release record was written",
            outcome.record.is_none(),
            format!("{:?}", outcome.record.as_ref().map(|r| &r.path)),
        ),
        serves(outcome, &outcome.commits.base, "the previous version"),
        unchanged(outcome),
    ]
}

pub(crate) fn alias_error(outcome: &Outcome) -> Vec<Check> {
    vec![
        job(outcome.release.as_ref(), "promote", JobResult::Failure),
        job(outcome.release.as_ref(), "verify", JobResult::Skipped),
        verdict(outcome, "vercel-deploy", "promote", Conclusion::Fail),
        says(outcome, "vercel-deploy", "promote", &["alias-job-failed"]),
        serves(outcome, &outcome.commits.base, "the previous version"),
        unchanged(outcome),
    ]
}

/// A release that reaches production stage by stage.
pub(crate) fn rolling(outcome: &Outcome) -> Vec<Check> {
    let mut checks = shipped(outcome);
    let release = outcome.vercel.release.as_ref();
    checks.push(check(
        "the rolling release is complete",
        release.is_some_and(|release| release.state == ReleaseState::Complete),
        format!("{:?}", release.map(|release| release.state)),
    ));
    let asked = |step: &str| {
        let path = format!("/rolling-release/{step}?");
        let requests = outcome.vercel.requests.iter();
        requests
            .filter(|request| request.method == "POST" && request.path.contains(&path))
            .count()
    };
    let steps = [asked("start"), asked("approve-stage"), asked("complete")];
    checks.push(check(
        "10, 50 and 100 % were gone through one by one",
        steps == [1, 1, 1],
        format!("start, approve-stage, complete: {steps:?}"),
    ));
    let sampled: Vec<String> = outcome
        .verdict("vercel-deploy", "promote")
        .into_iter()
        .flat_map(|verdict| &verdict.metrics)
        .filter(|metric| metric.name.starts_with("canary-errors at "))
        .map(|metric| metric.name.clone())
        .collect();
    checks.push(check(
        "each stage was sampled",
        sampled == ["canary-errors at 10 %", "canary-errors at 50 %"],
        format!("{sampled:?}"),
    ));
    checks
}

pub(crate) fn rolling_abort(outcome: &Outcome) -> Vec<Check> {
    let release = outcome.vercel.release.as_ref();
    let ended = release.map(|release| (release.state, release.stage));
    vec![
        check(
            "the rolling release was aborted at its first stage",
            ended == Some((ReleaseState::Aborted, 0)),
            format!("{ended:?}"),
        ),
        job(outcome.release.as_ref(), "promote", JobResult::Failure),
        job(outcome.release.as_ref(), "rollback", JobResult::Skipped),
        verdict(outcome, "vercel-deploy", "promote", Conclusion::Fail),
        serves(outcome, &outcome.commits.base, "the previous version"),
        unchanged(outcome),
    ]
}

pub(crate) fn wrong_bytes(outcome: &Outcome) -> Vec<Check> {
    vec![
        job(outcome.release.as_ref(), "approval", JobResult::Success),
        job(outcome.release.as_ref(), "production", JobResult::Failure),
        job(outcome.release.as_ref(), "promote", JobResult::Skipped),
        job(outcome.release.as_ref(), "rollback", JobResult::Skipped),
        verdict(outcome, "vercel-deploy", "production", Conclusion::Fail),
        says(outcome, "vercel-deploy", "production", &["wrong-bytes"]),
        serves(outcome, &outcome.commits.base, "the previous version"),
        unchanged(outcome),
    ]
}

pub(crate) fn sso_wall(outcome: &Outcome) -> Vec<Check> {
    vec![
        job(
            outcome.release.as_ref(),
            "staging-smoke",
            JobResult::Failure,
        ),
        job(outcome.release.as_ref(), "approval", JobResult::Skipped),
        job(outcome.release.as_ref(), "rollback", JobResult::Skipped),
        says(
            outcome,
            "smoke-test",
            "staging",
            &["VERCEL_AUTOMATION_BYPASS_SECRET"],
        ),
        unchanged(outcome),
    ]
}

pub(crate) fn manual_rollback(outcome: &Outcome) -> Vec<Check> {
    vec![
        all_ran(outcome.release.as_ref(), &["rollback"]),
        all_ran(outcome.finale.as_ref(), &[]),
        nothing_silent(outcome.finale.as_ref()),
        verdict(outcome, "vercel-deploy", "rollback", Conclusion::Pass),
        serves(outcome, &outcome.commits.base, "the previous version"),
        unchanged(outcome),
    ]
}
