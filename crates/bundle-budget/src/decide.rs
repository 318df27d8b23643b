//! The decision: facts against policy. Pure.

mod files;
mod modules;
mod routes;
#[cfg(test)]
mod tests;

use gate::Draft;
use pipeline_config::Section;
use verdict::{Conclusion, Finding, Level, Metric};

use crate::facts::Facts;
use crate::policy::{Compression, Policy};

/// The answer, and the numbers of the outputs.
#[derive(Debug)]
pub(crate) struct Decision {
    /// Findings and metrics; evidence and digest are the caller's.
    pub draft: Draft,
    /// How many routes there are.
    pub routes: usize,
    /// The largest first load, in the gated compression.
    pub first_load_max: Option<u64>,
    /// All JavaScript, in the gated compression.
    pub total_js: u64,
}

/// What one part of the decision adds.
#[derive(Debug, Default)]
struct Part {
    findings: Vec<Finding>,
    metrics: Vec<Metric>,
    /// The evidence left a question open: the gate cannot say pass or fail.
    undecided: bool,
}

impl Part {
    fn append(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.metrics.extend(other.metrics);
        self.undecided |= other.undecided;
    }
}

/// Holds the facts to the policy.
pub(crate) fn decide(facts: &Facts, policy: &Section<Policy>) -> Decision {
    let gated = policy.values.gate;
    let mut part = Part::default();
    part.findings.extend(
        facts
            .broken
            .iter()
            .map(|broken| Finding::error("integrity", &broken.message).fix(broken.fix)),
    );
    // A size is withheld only for a chunk that `broken` names; should it not, the question stays open.
    part.undecided =
        facts.broken.is_empty() && facts.routes.iter().any(|route| route.sizes.is_none());
    part.append(routes::decide(&facts.routes, policy));
    part.append(modules::decide(&facts.routes, policy));
    part.append(files::decide(&facts.files, policy));
    if !facts.routes.is_empty() {
        let name = format!("total-js-{}", gated.as_str());
        part.metrics
            .push(Metric::new(name, number(facts.total_js.of(gated)), "bytes"));
    }
    if policy.values.routes.is_empty() && policy.values.files.is_empty() {
        part.findings.push(
            Finding::warning("no-budget", "no budget is set: everything is measured and nothing is held")
                .fix("add `bundle: { routes: [{ route: /**, first-load-js: 170 kB }] }` to stagegate.yml"),
        );
    }
    let conclusion = if part.undecided {
        Conclusion::Error
    } else {
        Draft::conclude(&part.findings, &part.metrics)
    };
    let largest = facts
        .routes
        .iter()
        .filter_map(|route| {
            route
                .sizes
                .map(|sizes| (sizes.of(gated), route.name.as_str()))
        })
        .max();
    let title = title(facts, &part, conclusion, largest, gated);
    Decision {
        draft: Draft::new(conclusion, title)
            .findings(part.findings)
            .metrics(part.metrics),
        routes: facts.routes.len(),
        first_load_max: largest.map(|(bytes, _)| bytes),
        total_js: facts.total_js.of(gated),
    }
}

fn title(
    facts: &Facts,
    part: &Part,
    conclusion: Conclusion,
    largest: Option<(u64, &str)>,
    gated: Compression,
) -> String {
    let largest = largest.map_or(String::new(), |(bytes, route)| {
        format!(
            ", largest first load {} {} ({route})",
            size(bytes),
            gated.as_str()
        )
    });
    let measured = match (
        facts.routes.len(),
        facts.files.iter().map(Vec::len).sum::<usize>(),
    ) {
        (0, files) => count(files, "file"),
        (routes, 0) => count(routes, "route"),
        (routes, files) => format!("{} and {}", count(routes, "route"), count(files, "file")),
    };
    let errors: Vec<&Finding> = part
        .findings
        .iter()
        .filter(|finding| finding.level == Level::Error)
        .collect();
    match (conclusion, errors.as_slice()) {
        (Conclusion::Error, _) => {
            format!("could not decide about all of {measured}")
        }
        (Conclusion::Fail, [only]) => only.message.clone(),
        (Conclusion::Fail, many) => {
            format!("{} in {measured}{largest}", count(many.len(), "problem"))
        }
        _ if policy_free(part) => format!("{measured} measured, no budget set{largest}"),
        _ => format!("{measured} within budget{largest}"),
    }
}

fn policy_free(part: &Part) -> bool {
    part.findings
        .iter()
        .any(|finding| finding.rule == "no-budget")
}

fn count(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

/// Bytes as a metric has them. No build has the 2^53 bytes where floats stop to count.
#[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^53")]
const fn number(bytes: u64) -> f64 {
    bytes as f64
}

/// Bytes as people read them, kB = 1000.
fn size(bytes: u64) -> String {
    if bytes < 1000 {
        format!("{bytes} B")
    } else {
        format!("{:.1} kB", number(bytes) / 1000.0)
    }
}
