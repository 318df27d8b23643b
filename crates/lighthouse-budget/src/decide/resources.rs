//! Sizes and numbers of requests by type, held to the limits of our section.

use pipeline_config::Located;
use verdict::{Conclusion, Finding, Metric};

use super::Decided;
use super::assertions;
use super::page::Line;
use crate::evaluate::{Check, evaluate};
use crate::report::{Lhr, Run};
use crate::rules::{Amount, Level as RuleLevel, Limits, Rule, Subject};

impl Decided<'_> {
    /// Sizes and numbers of requests by type.
    pub(super) fn resources(&mut self, page: &str, runs: &[&Run]) -> Vec<Line> {
        let lhrs: Vec<&Lhr> = runs.iter().map(|run| &run.lhr).collect();
        let mut lines = Vec::new();
        for (kind, budget) in &self.given.policy.values.budgets.resources {
            #[expect(clippy::cast_precision_loss, reason = "no page has so many bytes")]
            let size = budget.size.map(|size| {
                (
                    Amount::Size,
                    Located {
                        value: size.value.bytes() as f64,
                        position: size.position,
                    },
                )
            });
            let count = budget.count.map(|count| {
                (
                    Amount::Count,
                    Located {
                        value: f64::from(count.value),
                        position: count.position,
                    },
                )
            });
            for (what, limit) in [size, count].into_iter().flatten() {
                lines.push(self.resource(page, kind.as_str(), what, &limit, &lhrs));
            }
        }
        lines.into_iter().flatten().collect()
    }

    fn resource(
        &mut self,
        page: &str,
        kind: &str,
        what: Amount,
        limit: &Located<f64>,
        lhrs: &[&Lhr],
    ) -> Option<Line> {
        let (word, unit) = if what == Amount::Size {
            ("size", "bytes")
        } else {
            ("requests", "count")
        };
        let rule = Rule {
            key: format!("resources.{kind}"),
            subject: Subject::Resource {
                kind: kind.to_owned(),
                what,
            },
            level: RuleLevel::Error,
            limits: Limits {
                max_numeric: Some(limit.value),
                ..Limits::default()
            },
            aggregation: (self.given.policy.values.aggregate.aggregation(), true),
        };
        self.held += 1;
        let outcome = evaluate(&rule, lhrs, lhrs.first()?)
            .unwrap_or_default()
            .into_iter()
            .next()?;
        let measured = lhrs.iter().all(|lhr| {
            lhr.audits
                .get("resource-summary")
                .is_some_and(|audit| audit.rows.is_some())
        });
        // Without one request of a type there is no row for it.
        let none = outcome.check == Check::AuditRan && measured;
        if !none && (outcome.check == Check::AuditRan || outcome.values.len() != lhrs.len()) {
            self.undecided = true;
            let message =
                format!("{page}: the {word} of {kind} is missing: a run has no resource-summary");
            self.findings
                .push(self.at(Finding::error(rule.key, message), limit));
            return None;
        }
        let value = if none { 0.0 } else { outcome.actual };
        let shown = |value: f64| assertions::shown(value, unit);
        let name = format!("{kind} {word}");
        let metric = Metric::new(format!("{name} {page}"), value, unit).at_most(limit.value);
        if metric.conclusion == Conclusion::Fail {
            let message = format!(
                "{page}: {name} is {}, over its limit of {}",
                shown(value),
                shown(limit.value)
            );
            self.findings
                .push(self.at(Finding::error(rule.key, message), limit));
        }
        self.metrics.push(metric);
        Some(Line {
            what: name,
            value: shown(value),
            limit: format!("≤ {}", shown(limit.value)),
            runs: outcome
                .values
                .iter()
                .map(|value| shown(*value))
                .collect::<Vec<_>>()
                .join(", "),
            ..Line::default()
        })
    }
}
