//! What must be true after a scenario. Every check says what it looked for and what it saw.

use verdict::Conclusion;

use crate::outcome::{JobResult, Outcome, WorkflowRun};

/// Something that was looked at.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Check {
    pub what: String,
    pub ok: bool,
    pub seen: String,
}

fn check(what: impl Into<String>, ok: bool, seen: impl Into<String>) -> Check {
    Check {
        what: what.into(),
        ok,
        seen: seen.into(),
    }
}

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
        serves(outcome, &outcome.commits.base, "the previous version"),
        unchanged(outcome),
    ]
}

pub(crate) fn rolling_abort(outcome: &Outcome) -> Vec<Check> {
    vec![
        job(outcome.release.as_ref(), "promote", JobResult::Failure),
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
        verdict(outcome, "vercel-deploy", "production", Conclusion::Fail),
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
        says(
            outcome,
            "smoke-test",
            "staging",
            &["VERCEL_AUTOMATION_BYPASS_SECRET"],
        ),
        unchanged(outcome),
    ]
}

pub(crate) fn oversized_bundle(outcome: &Outcome) -> Vec<Check> {
    stopped(outcome, "build", "bundle-budget", "", &["/"])
}

pub(crate) fn heavy_import(outcome: &Outcome) -> Vec<Check> {
    stopped(
        outcome,
        "build",
        "bundle-budget",
        "",
        &["chart.js", "/artists/[slug]"],
    )
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

fn job(run: Option<&WorkflowRun>, id: &str, expected: JobResult) -> Check {
    let seen = run.and_then(|run| run.result(id));
    check(
        format!("job {id} ends with {expected:?}"),
        seen == Some(expected),
        format!("{seen:?}"),
    )
}

fn verdict(outcome: &Outcome, gate: &str, instance: &str, expected: Conclusion) -> Check {
    let seen = outcome
        .verdict(gate, instance)
        .map(|verdict| (verdict.conclusion, verdict.title.clone()));
    check(
        format!("{gate} {instance} says {expected}"),
        seen.as_ref()
            .is_some_and(|(conclusion, _)| *conclusion == expected),
        format!("{seen:?}"),
    )
}

fn says(outcome: &Outcome, gate: &str, instance: &str, words: &[&str]) -> Check {
    let texts: Vec<String> = outcome
        .verdict(gate, instance)
        .into_iter()
        .flat_map(|verdict| &verdict.findings)
        .map(|finding| {
            format!(
                "{}: {} {}",
                finding.rule,
                finding.message,
                finding.fix.as_deref().unwrap_or_default()
            )
        })
        .collect();
    let found = texts
        .iter()
        .any(|text| words.iter().all(|word| text.contains(word)));
    check(
        format!("{gate} {instance} names {}", words.join(" and ")),
        found,
        texts.join(" | "),
    )
}

fn all_ran(run: Option<&WorkflowRun>, except: &[&str]) -> Check {
    let Some(run) = run else {
        return check("every job ran", false, "the workflow was not played");
    };
    let wrong: Vec<String> = run
        .jobs
        .values()
        .filter(|job| {
            let expected = if except.contains(&job.id.as_str()) {
                JobResult::Skipped
            } else {
                JobResult::Success
            };
            job.result != expected
        })
        .map(|job| format!("{}: {:?}", job.display(), job.result))
        .collect();
    check(
        format!("every job of {}.yml ran and passed", run.workflow),
        wrong.is_empty(),
        wrong.join(", "),
    )
}

fn nothing_silent(run: Option<&WorkflowRun>) -> Check {
    let silent = run.map(WorkflowRun::silent_steps).unwrap_or_default();
    check(
        "no step was skipped in silence",
        run.is_some() && silent.is_empty(),
        silent.join(", "),
    )
}

fn verdicts_allow(outcome: &Outcome) -> Check {
    let stopping: Vec<String> = outcome
        .verdicts
        .iter()
        .filter(|run| !run.verdict.conclusion.allows())
        .map(|run| format!("{}: {}", run.verdict.display_name(), run.verdict.title))
        .collect();
    check(
        "every verdict allows the release",
        stopping.is_empty() && !outcome.verdicts.is_empty(),
        stopping.join(", "),
    )
}

fn serves(outcome: &Outcome, version: &str, what: &str) -> Check {
    let seen = &outcome.production;
    check(
        format!("a request to the production port is answered by {what}"),
        seen.status == 200 && seen.version.as_deref() == Some(version),
        format!("{seen:?}"),
    )
}

fn unchanged(outcome: &Outcome) -> Check {
    let live = outcome.vercel.production.as_deref();
    check(
        "production is the deployment that ran before",
        live == Some(&outcome.previous_deployment),
        format!("{live:?}"),
    )
}

fn live_meta(outcome: &Outcome, key: &str) -> Option<String> {
    let live = outcome.vercel.production.as_deref()?;
    let deployment = outcome
        .vercel
        .deployments
        .iter()
        .find(|deployment| deployment.id == live)?;
    deployment.meta.get(key).cloned()
}
