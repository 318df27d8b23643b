//! Questions about an outcome. Every answer says what was looked for and what was seen.

use verdict::{Conclusion, Verdict};

use crate::outcome::{JobResult, Outcome, WorkflowRun};

/// Something that was looked at.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Check {
    pub what: String,
    pub ok: bool,
    pub seen: String,
}

pub(crate) fn check(what: impl Into<String>, ok: bool, seen: impl Into<String>) -> Check {
    Check {
        what: what.into(),
        ok,
        seen: seen.into(),
    }
}

pub(crate) fn job(run: Option<&WorkflowRun>, id: &str, expected: JobResult) -> Check {
    let seen = run.and_then(|run| run.result(id));
    check(
        format!("job {id} ends with {expected:?}"),
        seen == Some(expected),
        format!("{seen:?}"),
    )
}

pub(crate) fn verdict(
    outcome: &Outcome,
    gate: &str,
    instance: &str,
    expected: Conclusion,
) -> Check {
    let what = format!("{gate} {instance} says {expected}");
    concludes(what, outcome.verdict(gate, instance), expected)
}

/// Of a gate that more than one run has asked.
pub(crate) fn verdict_of_run(
    outcome: &Outcome,
    run: u64,
    gate: &str,
    expected: Conclusion,
) -> Check {
    let mut verdicts = outcome.verdicts.iter();
    let found = verdicts.find(|found| found.run_id == run && found.verdict.gate == gate);
    let what = format!("{gate} says {expected} in run {run}");
    concludes(what, found.map(|found| &found.verdict), expected)
}

fn concludes(what: String, verdict: Option<&Verdict>, expected: Conclusion) -> Check {
    let seen = verdict.map(|verdict| (verdict.conclusion, verdict.title.clone()));
    check(
        what,
        seen.as_ref()
            .is_some_and(|(conclusion, _)| *conclusion == expected),
        format!("{seen:?}"),
    )
}

pub(crate) fn says(outcome: &Outcome, gate: &str, instance: &str, words: &[&str]) -> Check {
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

pub(crate) fn all_ran(run: Option<&WorkflowRun>, except: &[&str]) -> Check {
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

pub(crate) fn nothing_silent(run: Option<&WorkflowRun>) -> Check {
    let silent = run.map(WorkflowRun::silent_steps).unwrap_or_default();
    check(
        "no step was skipped in silence",
        run.is_some() && silent.is_empty(),
        silent.join(", "),
    )
}

pub(crate) fn verdicts_allow(outcome: &Outcome) -> Check {
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

pub(crate) fn serves(outcome: &Outcome, version: &str, what: &str) -> Check {
    let seen = &outcome.production;
    check(
        format!("a request to the production port is answered by {what}"),
        seen.status == 200 && seen.version.as_deref() == Some(version),
        format!("{seen:?}"),
    )
}

pub(crate) fn unchanged(outcome: &Outcome) -> Check {
    let live = outcome.vercel.production.as_deref();
    check(
        "production is the deployment that ran before",
        live == Some(&outcome.previous_deployment),
        format!("{live:?}"),
    )
}

pub(crate) fn live_meta(outcome: &Outcome, key: &str) -> Option<String> {
    let live = outcome.vercel.production.as_deref()?;
    let deployment = outcome
        .vercel
        .deployments
        .iter()
        .find(|deployment| deployment.id == live)?;
    deployment.meta.get(key).cloned()
}
