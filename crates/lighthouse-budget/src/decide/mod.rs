//! The decision: runs against budgets, assertions of other files, and a base. Pure.

mod assertions;
mod compared;
mod page;
mod resources;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use gate::Draft;
use pipeline_config::{Located, Section};
use verdict::{Conclusion, Figure, Finding, Level, Metric};

use crate::compare::Comparison;
use crate::evaluate::{Check, aggregate};
use crate::extended::Extended;
use crate::field::Field;
use crate::measure::Measure;
use crate::policy::{Policy, Profile};
use crate::report::Run;
use assertions::{Held, without_effect};
use page::{Line, MAX_CHARTS, dots, table};

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

    fn measure(
        &mut self,
        url: &str,
        profile: Profile,
        page: &str,
        measure: Measure,
        runs: &[&Run],
    ) -> Option<Line> {
        let policy = self.given.policy;
        let limit = self.limit(measure);
        let mut values: Vec<f64> = runs
            .iter()
            .filter_map(|run| run.values.get(&measure).copied())
            .collect();
        let mut source = None;
        if measure == Measure::Inp && values.is_empty() {
            if let Some(field) = self
                .given
                .field
                .iter()
                .find(|field| field.is_of(url, profile))
            {
                values = vec![field.inp];
                source = Some(format!("{}, 75th percentile of visits", field.source));
            }
        } else if values.len() != runs.len() {
            // A run without the value is not left out of the median: what is missing may be the worst.
            if let Some(limit) = &limit {
                self.missing(page, measure, runs.len() - values.len(), runs.len(), limit);
            }
            return None;
        }
        if values.is_empty() {
            if let Some(limit) = &limit {
                self.missing(page, measure, runs.len(), runs.len(), limit);
            }
            return None;
        }
        if measure == Measure::Ttfb {
            source = runs
                .iter()
                .find_map(|run| run.ttfb_source)
                .map(|source| format!("measured by {source}"));
        }
        let how = policy.values.aggregate;
        let check = if measure.is_score() {
            Check::MinScore
        } else {
            Check::MaxNumericValue
        };
        let value = aggregate(&values, how.aggregation(), check);
        let worst = self.worst.entry(measure).or_insert(value);
        *worst = if measure.is_score() {
            worst.min(value)
        } else {
            worst.max(value)
        };
        let all: Vec<String> = values.iter().map(|value| measure.shown(*value)).collect();
        let metric = Metric::new(format!("{} {page}", measure.key()), value, measure.unit());
        let compared = self.compared(page, measure);
        let metric = match compared {
            Some(one) => metric.baseline(one.base),
            None => metric,
        };
        let line = Line {
            what: source.as_ref().map_or_else(
                || measure.key().to_owned(),
                |source| format!("{} ({source})", measure.key()),
            ),
            value: measure.shown(value),
            limit: limit.as_ref().map_or(String::new(), |limit| {
                format!(
                    "{} {}",
                    if measure.is_score() { "≥" } else { "≤" },
                    measure.shown(limit.value)
                )
            }),
            base: compared.map_or(String::new(), |one| measure.shown(one.base)),
            delta: compared.map_or(String::new(), compared::delta),
            runs: all.join(", "),
        };
        let Some(limit) = limit else {
            self.metrics.push(metric);
            return Some(line);
        };
        self.held += 1;
        let (metric, side) = if measure.is_score() {
            (metric.at_least(limit.value), "under")
        } else {
            (metric.at_most(limit.value), "over")
        };
        if metric.conclusion == Conclusion::Fail {
            let source = source.map_or(String::new(), |source| format!(", {source}"));
            let message = format!(
                "{page}: {} is {}, {side} its limit of {} ({} of {}{source})",
                measure.key(),
                measure.shown(value),
                measure.shown(limit.value),
                how.as_str(),
                all.join(", "),
            );
            self.findings
                .push(self.at(Finding::error(measure.key(), message), &limit));
        }
        self.metrics.push(metric);
        Some(line)
    }

    /// Every run against its limit: always of LCP, and of what is over its limit or compared.
    fn chart(&mut self, page: &str, measure: Measure, runs: &[&Run]) -> Option<Figure> {
        let limit = self.limit(measure).map(|limit| limit.value);
        let name = format!("{} {page}", measure.key());
        let failed = self
            .metrics
            .iter()
            .any(|metric| metric.name == name && metric.conclusion == Conclusion::Fail);
        let compared = self.compared(page, measure).is_some();
        if self.charts >= MAX_CHARTS || !(failed || compared || measure == Measure::Lcp) {
            return None;
        }
        let of = |runs: &mut dyn Iterator<Item = &Run>| -> Vec<f64> {
            runs.filter_map(|run| run.values.get(&measure).copied())
                .collect()
        };
        let mut series = Vec::new();
        if let Some((base, _)) = self.given.base.filter(|_| compared) {
            let pair = crate::compare::pairs(base, self.given.runs)
                .into_iter()
                .find(|pair| pair.page == page);
            let base = pair.map_or_else(Vec::new, |pair| of(&mut pair.base.into_iter()));
            series.push(("base", base));
        }
        series.push(("head", of(&mut runs.iter().copied())));
        let chart = dots(page, measure, limit, series)?;
        self.charts += 1;
        Some(chart)
    }

    fn missing(
        &mut self,
        page: &str,
        measure: Measure,
        missing: usize,
        runs: usize,
        limit: &Located<f64>,
    ) {
        let key = measure.key();
        if measure == Measure::Inp {
            let message = format!(
                "{page}: inp is not measurable in a navigation run, so its limit is not held; tbt stands in for it"
            );
            self.findings
                .push(self.at(Finding::notice(key, message), limit));
            return;
        }
        let message = format!("{page}: {key} is missing in {missing} of {runs} runs");
        let place = if measure.is_score() {
            "budgets: scores"
        } else {
            "budgets"
        };
        let finding = Finding::error(key, message).fix(format!(
            "measure again, or take the limit away with `{place}: {{ {key}: null }}`"
        ));
        self.findings.push(self.at(finding, limit));
        self.undecided = true;
        self.held += 1;
    }

    fn compared(&self, page: &str, measure: Measure) -> Option<&'a Comparison> {
        let (_, comparisons) = self.given.base?;
        comparisons
            .iter()
            .find(|one| one.page == page && one.measure == Some(measure))
    }

    fn at(&self, finding: Finding, limit: &Located<f64>) -> Finding {
        match self.given.policy.place(limit) {
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
