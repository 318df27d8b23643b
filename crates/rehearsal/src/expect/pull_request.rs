//! After scenarios that are about a pull request: most are stopped by one gate.

use verdict::Conclusion;

use crate::check::{
    Check, all_ran, check, job, nothing_silent, says, serves, unchanged, verdict, verdict_of_run,
};
use crate::outcome::{JobResult, Outcome};
use crate::scenario::FINALE_RUN;

pub(crate) fn oversized_bundle(outcome: &Outcome) -> Vec<Check> {
    stopped(outcome, "build", "bundle-budget", "", &["/"])
}

pub(crate) fn heavy_import(outcome: &Outcome) -> Vec<Check> {
    let gate = "bundle-budget";
    let mut checks = stopped(
        outcome,
        "build",
        gate,
        "",
        &["chart.js is in the first load of /artists/[slug]"],
    );
    let compared = format!("built from {}", outcome.commits.base);
    checks.extend([
        says(outcome, gate, "", &["growth", "added: chart.js"]),
        says(
            outcome,
            gate,
            "",
            &["artifact `bundle-baseline`", &compared],
        ),
        job(outcome.finale.as_ref(), "build", JobResult::Success),
        verdict_of_run(outcome, FINALE_RUN, gate, Conclusion::Pass),
    ]);
    checks
}

pub(crate) fn deleted_chunk(outcome: &Outcome) -> Vec<Check> {
    stopped(outcome, "build", "bundle-budget", "", &["integrity"])
}

pub(crate) fn lying_health(outcome: &Outcome) -> Vec<Check> {
    stopped(
        outcome,
        "preview-smoke",
        "smoke-test",
        "preview",
        &["database"],
    )
}

pub(crate) fn slow_page(outcome: &Outcome) -> Vec<Check> {
    stopped(
        outcome,
        "preview-lighthouse",
        "lighthouse-budget",
        "preview",
        &["tbt", "over its limit"],
    )
}

pub(crate) fn protected_preview(outcome: &Outcome) -> Vec<Check> {
    vec![
        job(
            outcome.pull_request.as_ref(),
            "preview-lighthouse",
            JobResult::Success,
        ),
        verdict(outcome, "lighthouse-budget", "preview", Conclusion::Pass),
    ]
}

/// A pull request that one gate stops, for the reason it names.
fn stopped(
    outcome: &Outcome,
    job_id: &str,
    gate: &str,
    instance: &str,
    words: &[&str],
) -> Vec<Check> {
    let said = outcome
        .github
        .comments
        .iter()
        .any(|comment| comment.body.contains(gate));
    vec![
        job(outcome.pull_request.as_ref(), job_id, JobResult::Failure),
        verdict(outcome, gate, instance, Conclusion::Fail),
        says(outcome, gate, instance, words),
        check(
            "the comment names the gate",
            said,
            format!("{} comment(s)", outcome.github.comments.len()),
        ),
        serves(outcome, &outcome.commits.base, "the previous version"),
        unchanged(outcome),
    ]
}

pub(crate) fn fork(outcome: &Outcome) -> Vec<Check> {
    let run = outcome.pull_request.as_ref();
    let refused = outcome
        .github
        .requests
        .iter()
        .filter(|request| request.method != "GET" && request.status == 403)
        .count();
    let comments = outcome.github.comments.iter();
    let said = comments
        .filter(|comment| comment.body.contains("bundle-budget"))
        .count();
    vec![
        job(run, "build", JobResult::Failure),
        job(run, "quality", JobResult::Success),
        job(run, "tests-collect", JobResult::Success),
        job(run, "security", JobResult::Success),
        job(run, "preview", JobResult::Skipped),
        job(run, "report", JobResult::Success),
        check(
            "the fork's own token could not write",
            refused > 0,
            format!("{refused} refused"),
        ),
        all_ran(outcome.finale.as_ref(), &[]),
        nothing_silent(outcome.finale.as_ref()),
        check(
            "publish.yml left one comment that names the gate",
            said == 1,
            format!("{said}"),
        ),
        unchanged(outcome),
    ]
}
