//! The decision: runs against budgets, assertions of other files, and a base. Pure.

mod assertions;
mod compared;
mod measured;
mod page;
mod resources;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use gate::Draft;
use pipeline_config::{Located, Section};
use verdict::{Conclusion, Figure, Finding, Level, Metric, Place};

use crate::compare::Comparison;
use crate::extended::Extended;
use crate::field::Field;
use crate::measure::Measure;
use crate::policy::{Policy, Profile};
use crate::report::Run;
use assertions::{Held, without_effect};
use page::table;

/// All that is judged, and by what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Given<'a> {
    /// The runs of the head.
    pub runs: &'a [Run],
    /// Our section.
    pub policy: &'a Section<Policy>,
    /// The files it extends.
    pub extended: &'a [Extended],
    /// What users measured.
    pub field: &'a [Field],
    /// The runs of the base and how they compare.
    pub base: Option<(&'a [Run], &'a [Comparison])>,
}

/// The answer, and the worst aggregated value of every measure.
#[derive(Debug)]
pub(crate) struct Decision {
    /// Findings, metrics and figures; evidence is the caller's.
    pub draft: Draft,
    /// Over all pages and devices.
    pub worst: BTreeMap<Measure, f64>,
}

/// Holds the runs to the budgets: per page and device, the aggregated value of every measure.
pub(crate) fn decide(given: &Given<'_>) -> Decision {
    let mut pages: BTreeMap<(&str, Profile), Vec<&Run>> = BTreeMap::new();
    for run in given.runs {
        pages.entry((&run.url, run.profile)).or_default().push(run);
    }
    let mut decided = Decided::new(given);
    for ((url, profile), runs) in &pages {
        decided.page(url, *profile, runs);
    }
    decided.comparisons();
    decided
        .findings
        .extend(without_effect(given.extended, &decided.matched));
    let nothing_held = decided.held == 0;
    let conclusion = if decided.undecided || pages.is_empty() || nothing_held {
        Conclusion::Error
    } else {
        Draft::conclude(&decided.findings, &decided.metrics)
    };
    if nothing_held && !pages.is_empty() {
        decided.findings.push(
            Finding::error("nothing-held", "no limit holds for any of the pages").fix(
                "write `lighthouse: budgets`, or assertions whose matchingUrlPattern matches a page",
            ),
        );
    }
    let title = decided.title(conclusion, pages.len());
    Decision {
        draft: Draft::new(conclusion, title)
            .findings(decided.findings)
            .metrics(decided.metrics)
            .figures(decided.figures),
        worst: decided.worst,
    }
}

struct Decided<'a> {
    given: &'a Given<'a>,
    findings: Vec<Finding>,
    metrics: Vec<Metric>,
    figures: Vec<Figure>,
    worst: BTreeMap<Measure, f64>,
    undecided: bool,
    held: usize,
    charts: usize,
    matched: Vec<(usize, usize)>,
}

impl<'a> Decided<'a> {
    fn new(given: &'a Given<'a>) -> Self {
        Self {
            given,
            findings: Vec::new(),
            metrics: Vec::new(),
            figures: Vec::new(),
            worst: BTreeMap::new(),
            undecided: false,
            held: 0,
            charts: 0,
            matched: Vec::new(),
        }
    }

    /// The limit of a measure. Beside files that say what is held, only written limits hold.
    fn limit(&self, measure: Measure) -> Option<Located<f64>> {
        let limit = measure.limit(&self.given.policy.values.budgets)?;
        let written = limit.position.is_some() || self.given.extended.is_empty();
        written.then_some(limit)
    }

    fn page(&mut self, url: &str, profile: Profile, runs: &[&'a Run]) {
        let page = format!("{url} ({})", profile.as_str());
        let mut lines = Vec::new();
        let mut charts = Vec::new();
        for measure in Measure::ALL {
            if let Some(line) = self.measure(url, profile, &page, measure, runs) {
                lines.push(line);
            }
            charts.extend(self.chart(&page, measure, runs));
        }
        lines.extend(self.resources(&page, runs));
        let held = Held::page(&page, runs, self.given.extended);
        self.findings.extend(held.findings);
        self.metrics.extend(held.metrics);
        self.undecided |= held.undecided;
        self.held += held.count;
        self.matched.extend(held.matched);
        lines.extend(held.lines);
        self.figures.push(table(&page, &lines));
        self.figures.extend(charts);
    }

    /// At the limit's line, or for one that nobody wrote, at the file it can be written in.
    fn at(&self, finding: Finding, limit: &Located<f64>) -> Finding {
        let policy = self.given.policy;
        let file = || policy.file.as_deref().map(Place::file);
        match policy.place(limit).or_else(file) {
            Some(place) => finding.at(place),
            None => finding,
        }
    }

    fn title(&self, conclusion: Conclusion, pages: usize) -> String {
        let runs = self.given.runs.len();
        let measured = format!("{} in {}", count(pages, "page"), count(runs, "run"));
        let errors: Vec<&Finding> = self
            .findings
            .iter()
            .filter(|finding| finding.level == Level::Error)
            .collect();
        match conclusion {
            Conclusion::Error if self.held == 0 => {
                format!("could not decide about {measured}: no limit holds for them")
            }
            Conclusion::Error => format!("could not decide about {measured}: values are missing"),
            Conclusion::Fail => match errors.as_slice() {
                [only] => only.message.clone(),
                many => format!("{} outside budget, {measured}", count(many.len(), "value")),
            },
            _ => {
                let performance = self.worst.get(&Measure::Performance);
                let score =
                    performance.map_or(String::new(), |score| format!(", performance {score:.0}"));
                format!("{measured} within budget{score}")
            }
        }
    }
}

fn count(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}
