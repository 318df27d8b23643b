//! Holds the runs of one page to one rule, as lighthouse-ci does it: what it does with missing values, several runs and
//! several limits is the same here, number by number.

use crate::report::{Audit, Lhr, Number, Row};
use crate::rules::{Aggregation, Amount, Limits, Rule, Subject};

/// What was compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    /// Whether the audit is there at all.
    AuditRan,
    /// Number of rows.
    MaxLength,
    /// The value.
    MaxNumericValue,
    /// The score.
    MinScore,
}

impl Check {
    /// lighthouse-ci's word.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::AuditRan => "auditRan",
            Self::MaxLength => "maxLength",
            Self::MaxNumericValue => "maxNumericValue",
            Self::MinScore => "minScore",
        }
    }

    /// Between the actual and the expected value.
    pub(crate) const fn operator(self) -> &'static str {
        match self {
            Self::AuditRan | Self::MinScore => ">=",
            Self::MaxLength | Self::MaxNumericValue => "<=",
        }
    }
}

/// One comparison.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Outcome {
    /// What was compared.
    pub check: Check,
    /// The limit.
    pub expected: f64,
    /// The value that counts; NaN when there is none.
    pub actual: f64,
    /// Of every run that has one; NaN for those that have none when there is no value.
    pub values: Vec<f64>,
    /// Whether the limit is kept.
    pub passed: bool,
    /// Why there is no value.
    pub message: Option<String>,
    /// The part of the audit: a category, `script.size`, a timing.
    pub property: Option<String>,
}

/// Holds the runs of one page to a rule. `runs` are all; `representative` is the one that stands for them.
///
/// # Errors
/// With lighthouse-ci's own words, when it throws.
pub(crate) fn evaluate(
    rule: &Rule,
    runs: &[&Lhr],
    representative: &Lhr,
) -> Result<Vec<Outcome>, String> {
    let (aggregation, _) = rule.aggregation;
    let one = [representative];
    let used: &[&Lhr] = if aggregation == Aggregation::MedianRun {
        &one
    } else {
        runs
    };
    let results = |name: &str| -> Vec<Option<Audit>> {
        used.iter()
            .map(|lhr| lhr.audits.get(name).cloned())
            .collect()
    };
    let pseudo = |name: &str, value: &dyn Fn(&[Row]) -> Option<Number>| -> Vec<Option<Audit>> {
        results(name)
            .into_iter()
            .map(|audit| {
                let audit = audit?;
                let numeric = value(audit.rows.as_deref()?)?;
                Some(Audit { numeric, ..audit })
            })
            .collect()
    };
    let (audits, property) = match &rule.subject {
        Subject::Thrown(message) => return Err(message.clone()),
        Subject::PerformanceBudget => return Ok(budget_rows(&results("performance-budget"))),
        Subject::Category(name) => {
            // All runs, whatever the aggregation says.
            let audits = runs
                .iter()
                .map(|lhr| {
                    Some(Audit {
                        score: lhr.category(name)?,
                        ..Audit::default()
                    })
                })
                .collect();
            (audits, Some(name.clone()))
        }
        Subject::Resource { kind, what } => {
            let audits = pseudo("resource-summary", &|rows| {
                let row = rows
                    .iter()
                    .find(|row| row.resource_type.as_ref() == Some(kind))?;
                [row.size, row.transfer_size, row.request_count]
                    .into_iter()
                    .zip([Amount::Size, Amount::Size, Amount::Count])
                    .find_map(|(number, of)| {
                        (of == *what && number != Number::Absent).then_some(number)
                    })
            });
            let what = match what {
                Amount::Size => "size",
                Amount::Count => "count",
            };
            (audits, Some(format!("{kind}.{what}")))
        }
        Subject::UserTiming(name) => {
            let audits = pseudo("user-timings", &|rows| {
                let named = |row: &&Row| {
                    row.name
                        .as_deref()
                        .map(crate::lhci::alphanumeric_kebab_case)
                        .as_ref()
                        == Some(name)
                };
                let row = rows.iter().find(named)?;
                Some(match row.duration {
                    Number::Value(_) => row.duration,
                    _ => row.start_time,
                })
            });
            (audits, Some(name.clone()))
        }
        Subject::Audit(name) => (results(name), None),
    };
    let id = matches!(rule.subject, Subject::Audit(_)).then(|| rule.subject.audit());
    let mut outcomes = standard(&audits, rule.limits, aggregation, id);
    for outcome in &mut outcomes {
        outcome.property.clone_from(&property);
    }
    Ok(outcomes)
}

fn standard(
    audits: &[Option<Audit>],
    limits: Limits,
    aggregation: Aggregation,
    id: Option<&str>,
) -> Vec<Outcome> {
    if audits.iter().any(Option::is_none) {
        let ran = |audit: &Option<Audit>| if audit.is_some() { 1.0 } else { 0.0 };
        let unknown = id.filter(|id| !id.is_empty() && !crate::lhci::is_known_audit(id));
        return vec![Outcome {
            check: Check::AuditRan,
            expected: 1.0,
            actual: 0.0,
            values: audits.iter().map(ran).collect(),
            passed: false,
            message: unknown.map(|id| format!("\"{id}\" is not a known audit.")),
            property: None,
        }];
    }
    let audits: Vec<&Audit> = audits.iter().flatten().collect();
    let mut outcomes = Vec::new();
    let mut hold = |check, expected| outcomes.push(compare(&audits, aggregation, check, expected));
    if let Some(limit) = limits.max_length {
        hold(Check::MaxLength, limit);
    }
    if let Some(limit) = limits.max_numeric {
        hold(Check::MaxNumericValue, limit);
    }
    let unlimited = limits.max_length.is_none() && limits.max_numeric.is_none();
    if let Some(limit) = limits.min_score.or(unlimited.then_some(0.9)) {
        hold(Check::MinScore, limit);
    }
    outcomes
}

fn value_of(audit: &Audit, check: Check) -> Number {
    match check {
        Check::AuditRan => Number::Value(1.0),
        Check::MaxNumericValue => audit.numeric,
        #[expect(clippy::cast_precision_loss, reason = "nobody has so many rows")]
        Check::MaxLength => Number::Value(audit.length as f64),
        Check::MinScore => match (audit.score, audit.mode.as_deref()) {
            (Some(score), _) => Number::Value(score),
            (None, Some("notApplicable")) => Number::Value(1.0),
            (None, Some("informative")) => Number::Value(0.0),
            (None, _) => Number::Absent,
        },
    }
}

fn compare(audits: &[&Audit], aggregation: Aggregation, check: Check, expected: f64) -> Outcome {
    let numbers: Vec<Number> = audits.iter().map(|audit| value_of(audit, check)).collect();
    let finite: Vec<f64> = numbers
        .iter()
        .filter_map(|number| number.finite())
        .collect();
    let pessimistic = aggregation == Aggregation::Pessimistic;
    let outcome = |actual: f64, values, passed, message| Outcome {
        check,
        expected,
        actual,
        values,
        passed,
        message,
        property: None,
    };
    if (finite.is_empty() && !pessimistic) || (finite.len() != numbers.len() && pessimistic) {
        let message = if numbers.contains(&Number::Absent) {
            format!(
                "Audit did not produce a value at all. \"{}\" might not be a valid assertion for this audit.",
                check.as_str()
            )
        } else {
            let action = if pessimistic {
                "Try using an aggregationMethod other than \"pessimistic\"."
            } else {
                "If this is reproducible, please file an issue on GitHub."
            };
            format!("Audit failed to produce a valid value. {action}")
        };
        let values = numbers
            .iter()
            .map(|number| number.finite().unwrap_or(f64::NAN));
        return outcome(f64::NAN, values.collect(), false, Some(message));
    }
    let actual = aggregate(&finite, aggregation, check);
    let passed = if check == Check::MinScore {
        actual >= expected
    } else {
        actual <= expected
    };
    outcome(actual, finite, passed, None)
}

/// One value for several runs.
pub(crate) fn aggregate(values: &[f64], aggregation: Aggregation, check: Check) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |index: usize| sorted.get(index).copied();
    if aggregation == Aggregation::Median {
        let lower = at(sorted.len().saturating_sub(1) / 2).unwrap_or(f64::NAN);
        return match at(sorted.len() / 2) {
            Some(upper) if sorted.len().is_multiple_of(2) => (lower + upper) / 2.0,
            _ => lower,
        };
    }
    let low = match aggregation {
        Aggregation::Optimistic => check != Check::MinScore,
        Aggregation::Pessimistic => check == Check::MinScore,
        _ => false,
    };
    let index = if low {
        0
    } else {
        sorted.len().saturating_sub(1)
    };
    // What JavaScript has for the extremes of nothing.
    at(index).unwrap_or(if low {
        f64::INFINITY
    } else {
        f64::NEG_INFINITY
    })
}

/// The rows that were over budget when Lighthouse ran, each once.
fn budget_rows(audits: &[Option<Audit>]) -> Vec<Outcome> {
    let mut outcomes: Vec<Outcome> = Vec::new();
    let rows = audits
        .iter()
        .flatten()
        .filter_map(|audit| audit.rows.as_ref());
    for row in rows.flatten() {
        let kind = row.resource_type.as_deref().unwrap_or("undefined");
        let truthy = |number: Number| number.finite().filter(|value| *value != 0.0);
        let size = truthy(row.size_over_budget).map(|over| {
            (
                "size",
                truthy(row.size).map_or(row.transfer_size, Number::Value),
                over,
            )
        });
        let count = row
            .count_over_budget
            .as_deref()
            .and_then(first_number)
            .map(|over| ("count", row.request_count, over));
        for (what, number, over) in [size, count].into_iter().flatten() {
            let property = format!("{kind}.{what}");
            if outcomes
                .iter()
                .any(|known| known.property.as_ref() == Some(&property))
            {
                continue;
            }
            let audit = Audit {
                numeric: number,
                ..Audit::default()
            };
            let expected = number.finite().map_or(f64::NAN, |actual| actual - over);
            let mut outcome = compare(
                &[&audit],
                Aggregation::Pessimistic,
                Check::MaxNumericValue,
                expected,
            );
            outcome.property = Some(property);
            outcomes.push(outcome);
        }
    }
    outcomes
}

fn first_number(text: &str) -> Option<f64> {
    let from = text.find(|letter: char| letter.is_ascii_digit())?;
    let digits = text.get(from..)?;
    let end = digits
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(digits.len());
    digits.get(..end)?.parse().ok()
}
