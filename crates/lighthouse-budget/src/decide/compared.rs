//! What a comparison with the base means.

use verdict::{Finding, Metric, Place};

use super::Decided;
use super::assertions::shown;
use crate::compare::{Comparison, Standing};
use crate::policy::OnInconclusive;

/// The shift, in words.
pub(super) fn delta(one: &Comparison) -> String {
    let by = one.head - one.base;
    let sign = if by >= 0.0 { "+" } else { "−" };
    let size = shown_value(by.abs(), one.unit);
    let share = if one.base > 0.0 && one.unit != "score" {
        format!(" ({sign}{:.1} %)", 100.0 * by.abs() / one.base)
    } else {
        String::new()
    };
    let odds = one.probability.filter(|_| one.standing != Standing::Pass);
    let odds = odds.map_or(String::new(), |odds| format!(", p {odds:.3}"));
    format!("{sign}{size}{share}{odds}")
}

fn shown_value(value: f64, unit: &str) -> String {
    if unit == "score" {
        format!("{value:.0}")
    } else {
        shown(value, unit)
    }
}

impl Decided<'_> {
    /// A regression is an error; what stayed open is what the policy says.
    pub(super) fn comparisons(&mut self) {
        let Some((_, comparisons)) = self.given.base else {
            return;
        };
        let open = self.given.policy.values.regression.on_inconclusive;
        let place_of_open = self.given.policy.place(&open);
        for one in comparisons {
            self.held += 1;
            let values = format!(
                "{} against {} before: {}",
                shown_value(one.head, one.unit),
                shown_value(one.base, one.unit),
                delta(one)
            );
            if one.measure.is_none() {
                self.metrics.push(
                    Metric::new(format!("{} {}", one.what, one.page), one.head, one.unit)
                        .baseline(one.base),
                );
            }
            let grown = if one.grown.is_empty() {
                String::new()
            } else {
                format!("; {}", one.grown.join(", "))
            };
            let limit = self.limit_of(one);
            let (finding, place) = match (one.standing, open.value) {
                (Standing::Pass, _) => continue,
                (Standing::Regressed, _) => (
                    Finding::error(
                        "regression",
                        format!("{}: {} regressed to {values}{grown}", one.page, one.what),
                    ),
                    limit,
                ),
                (Standing::Open, how) => {
                    let message = format!(
                        "{}: whether {} regressed is inconclusive, {values}",
                        one.page, one.what
                    );
                    let finding = match how {
                        OnInconclusive::Pass => Finding::notice("inconclusive", message),
                        OnInconclusive::Warn => Finding::warning("inconclusive", message),
                        OnInconclusive::Fail => Finding::error("inconclusive", message),
                    };
                    (finding, place_of_open.clone().or(limit))
                }
            };
            self.findings.push(match place {
                Some(place) => finding.at(place),
                None => finding,
            });
        }
    }

    /// Where the limit of a comparison is written: `max`, or the budget of the same measure, or else the file.
    fn limit_of(&self, one: &Comparison) -> Option<Place> {
        let policy = self.given.policy;
        let budget = one
            .measure
            .and_then(|measure| measure.limit(&policy.values.budgets));
        policy
            .place(&policy.values.regression.max)
            .or_else(|| policy.place::<f64>(&budget?))
            .or_else(|| policy.file.as_deref().map(Place::file))
    }
}
