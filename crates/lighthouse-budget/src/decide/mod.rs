//! The decision: runs against budgets. Pure.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use gate::Draft;
use pipeline_config::{Located, Section};
use verdict::{Conclusion, Finding, Level, Metric};

use crate::measure::Measure;
use crate::policy::{Aggregate, Policy, Profile};
use crate::report::Run;

/// The answer, and the worst aggregated value of every measure.
#[derive(Debug)]
pub(crate) struct Decision {
    /// Findings and metrics; evidence is the caller's.
    pub draft: Draft,
    /// Over all pages and devices.
    pub worst: BTreeMap<Measure, f64>,
}

/// Holds the runs to the budgets: per page and device, the aggregated value of every measure.
pub(crate) fn decide(runs: &[Run], policy: &Section<Policy>) -> Decision {
    let mut pages: BTreeMap<(&str, Profile), Vec<&Run>> = BTreeMap::new();
    for run in runs {
        pages.entry((&run.url, run.profile)).or_default().push(run);
    }
    let mut decided = Decided::default();
    for ((url, profile), runs) in &pages {
        for measure in Measure::ALL {
            decided.page(
                &format!("{url} ({})", profile.as_str()),
                measure,
                runs,
                policy,
            );
        }
    }
    let errors: Vec<&Finding> = decided
        .findings
        .iter()
        .filter(|finding| finding.level == Level::Error)
        .collect();
    let conclusion = if decided.undecided || pages.is_empty() {
        Conclusion::Error
    } else {
        Draft::conclude(&decided.findings, &decided.metrics)
    };
    let measured = format!(
        "{} in {}",
        count(pages.len(), "page"),
        count(runs.len(), "run")
    );
    let title = match conclusion {
        Conclusion::Error => format!("could not decide about {measured}: values are missing"),
        Conclusion::Fail => match errors.as_slice() {
            [only] => only.message.clone(),
            many => format!("{} outside budget, {measured}", count(many.len(), "value")),
        },
        _ => {
            let performance = decided.worst.get(&Measure::Performance);
            let score =
                performance.map_or(String::new(), |score| format!(", performance {score:.0}"));
            format!("{measured} within budget{score}")
        }
    };
    Decision {
        draft: Draft::new(conclusion, title)
            .findings(decided.findings)
            .metrics(decided.metrics),
        worst: decided.worst,
    }
}

#[derive(Default)]
struct Decided {
    findings: Vec<Finding>,
    metrics: Vec<Metric>,
    worst: BTreeMap<Measure, f64>,
    undecided: bool,
}

impl Decided {
    fn page(&mut self, page: &str, measure: Measure, runs: &[&Run], policy: &Section<Policy>) {
        let limit = measure.limit(&policy.values.budgets);
        let values: Vec<f64> = runs
            .iter()
            .filter_map(|run| run.values.get(&measure).copied())
            .collect();
        // A run without the value is not left out of the median: what is missing may be the worst.
        let whole = values.len() == runs.len();
        let Some(value) = aggregate(policy.values.aggregate, measure, &values).filter(|_| whole)
        else {
            if let Some(limit) = limit {
                self.missing(
                    page,
                    measure,
                    runs.len() - values.len(),
                    runs.len(),
                    &limit,
                    policy,
                );
            }
            return;
        };
        let worst = self.worst.entry(measure).or_insert(value);
        *worst = if measure.is_score() {
            worst.min(value)
        } else {
            worst.max(value)
        };
        let metric = Metric::new(format!("{} {page}", measure.key()), value, measure.unit());
        let Some(limit) = limit else {
            self.metrics.push(metric);
            return;
        };
        let (metric, side) = if measure.is_score() {
            (metric.at_least(limit.value), "under")
        } else {
            (metric.at_most(limit.value), "over")
        };
        if metric.conclusion == Conclusion::Fail {
            let source = runs
                .iter()
                .find_map(|run| run.ttfb_source)
                .filter(|_| measure == Measure::Ttfb);
            let source = source.map_or(String::new(), |source| format!(", measured by {source}"));
            let all: Vec<String> = values.iter().map(|value| measure.shown(*value)).collect();
            let message = format!(
                "{page}: {} is {}, {side} its limit of {} ({} of {}{source})",
                measure.key(),
                measure.shown(value),
                measure.shown(limit.value),
                policy.values.aggregate.as_str(),
                all.join(", "),
            );
            self.findings
                .push(at(Finding::error(measure.key(), message), &limit, policy));
        }
        self.metrics.push(metric);
    }

    fn missing(
        &mut self,
        page: &str,
        measure: Measure,
        missing: usize,
        runs: usize,
        limit: &Located<f64>,
        policy: &Section<Policy>,
    ) {
        let key = measure.key();
        if measure == Measure::Inp {
            let message = format!(
                "{page}: inp is not measurable in a navigation run, so its limit is not held; tbt stands in for it"
            );
            self.findings
                .push(at(Finding::notice(key, message), limit, policy));
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
        self.findings.push(at(finding, limit, policy));
        self.undecided = true;
    }
}

/// One value for several runs; `None` without any.
fn aggregate(how: Aggregate, measure: Measure, values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (low, high) = (sorted.first().copied()?, sorted.last().copied()?);
    match (how, measure.is_score()) {
        (Aggregate::Best, true) | (Aggregate::Worst, false) => Some(high),
        (Aggregate::Best, false) | (Aggregate::Worst, true) => Some(low),
        (Aggregate::Median, _) => {
            let middle = sorted.len() / 2;
            let upper = sorted.get(middle).copied()?;
            if sorted.len() % 2 == 1 {
                return Some(upper);
            }
            Some(f64::midpoint(sorted.get(middle - 1).copied()?, upper))
        }
    }
}

fn at(finding: Finding, limit: &Located<f64>, policy: &Section<Policy>) -> Finding {
    match policy.place(limit) {
        Some(place) => finding.at(place),
        None => finding,
    }
}

fn count(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}
