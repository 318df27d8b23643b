//! Turns what was seen into the verdict. Pure: no clock, no network; the facts carry everything.
//!
//! Fail means that the deployment was seen and is not as promised, unreachable included. Error means that it was not seen: a
//! wall answered, nothing was asked, or a watch was too short to tell.

mod numbers;
#[cfg(test)]
mod tests;
mod title;

use gate::{Draft, Report};
use verdict::{Conclusion, Evidence, Finding, Level};

use self::numbers::Numbers;
use crate::{
    facts::Facts,
    figures,
    findings::{of_budgets, of_check, of_load, of_version, of_wall, of_watch},
    repeat::End,
    watch,
};

/// Decides.
pub fn decide(facts: &Facts) -> Report {
    let wall = facts.wall();
    let mut findings: Vec<Finding> = Vec::new();
    if let Some(wall) = wall {
        findings.push(of_wall(wall, facts.bypass_sent));
    }
    let asked = facts.checks.iter().any(|check| check.settled.is_some());
    findings.extend(
        facts
            .version
            .iter()
            .flat_map(|version| of_version(version, asked)),
    );
    findings.extend(facts.checks.iter().flat_map(of_check));
    findings.extend(of_budgets(&facts.times(), &facts.budgets, "the checks"));
    let mut lagged = false;
    if let Some((load, loaded)) = &facts.load {
        let (of_load, late) = of_load(load, loaded);
        findings.extend(of_load);
        lagged = late;
    }
    findings.extend(
        facts
            .watch
            .iter()
            .flat_map(|watched| of_watch(watched, facts)),
    );
    findings.extend(facts.edge.iter().flat_map(|edge| edge.findings.clone()));
    // Every way not to pass has its finding; what has none was not asked, and proves nothing.
    let unproven = facts.checks.is_empty() || facts.checks.iter().any(|check| !check.passed());
    let unproven = unproven && findings.iter().all(|finding| finding.level != Level::Error);
    if unproven {
        let message = "not every check was asked, so nothing is proven";
        findings.push(Finding::error("nothing-asked", message));
    }
    // What is about the run as a whole stands where the suite starts, so that it is annotated too.
    for finding in &mut findings {
        finding.place = finding.place.take().or_else(|| facts.place(None).cloned());
    }
    let numbers = Numbers::of(facts);
    let mut metrics = numbers.metrics(facts);
    metrics.extend(facts.edge.iter().flat_map(|edge| edge.metrics.clone()));
    let of_edge = facts.edge.iter().flat_map(|edge| edge.figures.clone());
    let unseen = wall.is_some()
        || unproven
        || lagged
        || facts
            .watch
            .as_ref()
            .is_some_and(|watched| watched.ending == watch::Ending::TooFew);
    let conclusion = match Draft::conclude(&findings, &metrics) {
        _ if unseen => Conclusion::Error,
        conclusion => conclusion,
    };
    let found = facts
        .version
        .as_ref()
        .and_then(|version| version.found.clone());
    let report = Report::new(
        Draft::new(conclusion, title::of(facts, conclusion, wall))
            .findings(findings)
            .metrics(metrics)
            .figures(figures::of(facts).into_iter().chain(of_edge).collect())
            .evidence(evidence(facts)),
    );
    let number = |value: Option<f64>, digits: usize| {
        value.map_or_else(String::new, |value| format!("{value:.digits$}"))
    };
    report
        .output("passed", numbers.passed)
        .output("failed", numbers.not_passed)
        .output("version", found.unwrap_or_default())
        .output("p95-ms", number(numbers.p95(), 0))
        .output("ttfb-p95-ms", number(numbers.ttfb(facts), 0))
        .output("error-rate", number(numbers.times.error_rate(), 4))
}

fn evidence(facts: &Facts) -> Vec<Evidence> {
    let of_end = |end: &End| match end {
        End::Passed(pass) => Some(pass.evidence.clone()),
        End::Failed(failure) => failure.evidence.clone(),
        End::Walled(_) => None,
    };
    facts
        .checks
        .iter()
        .filter_map(|check| {
            of_end(&check.settled.as_ref()?.end).map(|evidence| evidence.note(check.name.clone()))
        })
        .collect()
}
