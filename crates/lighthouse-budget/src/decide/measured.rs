//! One measure of a page on one device: its aggregated value against its limit and the base, every run shown.

use pipeline_config::Located;
use verdict::{Conclusion, Figure, Finding, Metric};

use super::page::{Line, MAX_CHARTS, dots};
use super::{Decided, compared};
use crate::compare::Comparison;
use crate::evaluate::{Check, aggregate};
use crate::measure::Measure;
use crate::policy::Profile;
use crate::report::Run;

impl<'a> Decided<'a> {
    /// Its row of the table, with its metric and what is wrong with it.
    pub(super) fn measure(
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
    pub(super) fn chart(&mut self, page: &str, measure: Measure, runs: &[&Run]) -> Option<Figure> {
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
}
