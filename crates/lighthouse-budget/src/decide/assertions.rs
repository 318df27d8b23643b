//! Assertions of a lighthouserc or budget.json on the runs of a page. The numbers are lighthouse-ci's; where one of its
//! habits would hide a failure, that is said.

use verdict::{Conclusion, Finding, Level as FindingLevel, Metric};

use super::page::Line;
use crate::evaluate::{Check, Outcome, evaluate};
use crate::extended::Extended;
use crate::report::{Lhr, Run};
use crate::representative::representative;
use crate::rules::{Aggregation, Level, Rule, RuleSet, Subject};
use crate::versions::{Absent, absent};

/// What came of the assertions of all files on one page.
#[derive(Debug, Default)]
pub(super) struct Held {
    pub findings: Vec<Finding>,
    pub metrics: Vec<Metric>,
    pub lines: Vec<Line>,
    /// Whether a value that an error-level assertion needs is missing.
    pub undecided: bool,
    /// How many assertions were held.
    pub count: usize,
    /// The patterns that the page matches, by file and index of the set.
    pub matched: Vec<(usize, usize)>,
}

impl Held {
    /// Holds a page to the assertions of the files.
    pub(super) fn page(page: &str, runs: &[&Run], files: &[Extended]) -> Self {
        let mut held = Self::default();
        let lhrs: Vec<&Lhr> = runs.iter().map(|run| &run.lhr).collect();
        let Some(chosen) = representative(&lhrs) else {
            return held;
        };
        let url = chosen.final_url.as_deref().unwrap_or_default();
        for (number, file) in files.iter().enumerate() {
            let sets = file.options.iter().flat_map(|options| &options.sets);
            for (index, set) in sets.enumerate() {
                let matches = match &set.pattern {
                    None => true,
                    Some((_, Ok(regex))) => regex.find(url).is_some(),
                    Some((_, Err(_))) => false,
                };
                if matches {
                    held.matched.push((number, index));
                    held.set(page, set, &lhrs, chosen, file);
                }
            }
        }
        held
    }

    fn set(&mut self, page: &str, set: &RuleSet, lhrs: &[&Lhr], chosen: &Lhr, file: &Extended) {
        let mut skipped = Vec::new();
        let more = set
            .more
            .iter()
            .filter(|(majors, _)| chosen.major().is_some_and(|major| majors.contains(&major)));
        for rule in set.rules.iter().chain(more.map(|(_, rule)| rule)) {
            let named = set.named.contains(&rule.key);
            let missing = |rule: &Rule| {
                let outcomes = evaluate(rule, lhrs, chosen).unwrap_or_default();
                outcomes
                    .iter()
                    .any(|outcome| outcome.check == Check::AuditRan)
            };
            let renamed;
            let rule = match missing(rule).then(|| absent(rule, lhrs)) {
                None | Some(Absent::Missing) => rule,
                Some(Absent::Renamed(other)) => {
                    renamed = other;
                    &renamed
                }
                Some(Absent::Skip(reason)) if named || set.preset.is_none() => {
                    let message = format!("{page}: {} is skipped: {reason}", rule.key);
                    self.findings
                        .push(Finding::notice("skipped", message).at(file.place(&rule.key)));
                    self.count += 1;
                    continue;
                }
                Some(Absent::Skip(_)) => {
                    skipped.push(rule.key.as_str());
                    continue;
                }
            };
            self.count += 1;
            match evaluate(rule, lhrs, chosen) {
                Ok(outcomes) => {
                    for outcome in outcomes {
                        self.outcome(page, rule, &outcome, named || set.preset.is_none(), file);
                        self.quirks(page, rule, &outcome, lhrs, chosen, file);
                    }
                }
                Err(message) => {
                    self.undecided = true;
                    let message = format!("{}: {message}", rule.key);
                    self.findings
                        .push(Finding::error("assertion", message).at(file.place(&rule.key)));
                }
            }
        }
        if !skipped.is_empty() {
            let preset = set.preset.as_deref().unwrap_or_default();
            let message = format!(
                "{page}: of the preset {preset}, {} audits are skipped that Lighthouse {} does not have: {}",
                skipped.len(),
                chosen.version,
                skipped.join(", ")
            );
            self.findings
                .push(Finding::notice("skipped", message).at(file.place("preset")));
        }
    }

    fn outcome(
        &mut self,
        page: &str,
        rule: &Rule,
        outcome: &Outcome,
        named: bool,
        file: &Extended,
    ) {
        let what = match &outcome.property {
            Some(property) => format!("{} {property}", rule.subject.audit()),
            None => rule.subject.audit().to_owned(),
        };
        let unit = unit(rule, outcome);
        let shown = |value: f64| shown(value, unit);
        let values: Vec<String> = outcome.values.iter().map(|value| shown(*value)).collect();
        let operator = outcome.check.operator();
        if named || !outcome.passed {
            self.lines.push(Line {
                what: if outcome.check == Check::MaxLength {
                    format!("{what} rows")
                } else {
                    what.clone()
                },
                value: shown(outcome.actual),
                limit: format!("{operator} {}", shown(outcome.expected)),
                runs: values.join(", "),
                ..Line::default()
            });
        }
        if named && outcome.actual.is_finite() {
            let metric = Metric::new(format!("{what} {page}"), outcome.actual, unit);
            let metric = if outcome.check == Check::MinScore || outcome.check == Check::AuditRan {
                metric.at_least(outcome.expected)
            } else {
                metric.at_most(outcome.expected)
            };
            self.metrics.push(match (metric.conclusion, &rule.level) {
                (Conclusion::Fail, Level::Error) | (Conclusion::Pass, _) => metric,
                _ => Metric {
                    conclusion: Conclusion::Warn,
                    ..metric
                },
            });
        }
        if outcome.passed {
            return;
        }
        let message = match &outcome.message {
            _ if outcome.check == Check::AuditRan => {
                let why = outcome
                    .message
                    .as_deref()
                    .unwrap_or("it is missing in the report");
                let ran = outcome.values.iter().filter(|value| **value == 0.0).count();
                format!(
                    "{page}: {what} did not run in {ran} of {} runs: {why}",
                    values.len()
                )
            }
            Some(message) => format!("{page}: {what}: {message}"),
            None => format!(
                "{page}: {what} is {}, {operator} {} is asserted ({} of {})",
                shown(outcome.actual),
                shown(outcome.expected),
                word(rule.aggregation.0),
                values.join(", ")
            ),
        };
        let level = if rule.level == Level::Error {
            FindingLevel::Error
        } else {
            FindingLevel::Warning
        };
        // Without a value nothing was decided.
        self.undecided |= outcome.message.is_some() && rule.level == Level::Error;
        let finding = match level {
            FindingLevel::Error => Finding::error(rule.key.clone(), message),
            _ => Finding::warning(rule.key.clone(), message),
        };
        self.findings.push(finding.at(file.place(&rule.key)));
    }

    /// Says where a pass is owed to a habit of lighthouse-ci.
    fn quirks(
        &mut self,
        page: &str,
        rule: &Rule,
        outcome: &Outcome,
        lhrs: &[&Lhr],
        chosen: &Lhr,
        file: &Extended,
    ) {
        if !outcome.passed {
            return;
        }
        let fails_by = |aggregation: Aggregation| {
            let strict = Rule {
                aggregation: (aggregation, true),
                ..rule.clone()
            };
            let outcomes = evaluate(&strict, lhrs, chosen).unwrap_or_default();
            outcomes
                .iter()
                .any(|other| other.check == outcome.check && !other.passed)
        };
        let key = &rule.key;
        let warning = match (&rule.subject, rule.aggregation) {
            (Subject::Category(name), (Aggregation::MedianRun, _)) => {
                let score = chosen.category(name).flatten();
                let fails = score.is_none_or(|score| score < outcome.expected);
                fails.then(|| format!("{page}: {key} passes by its best run: for categories lighthouse-ci takes that one with median-run; the median run has {}", score.map_or("none".to_owned(), |score| score.to_string())))
            }
            (_, (Aggregation::Optimistic, false))
                if lhrs.len() > 1 && fails_by(Aggregation::Median) =>
            {
                Some(format!(
                    "{page}: {key} passes by its best run alone, and not by the median; lighthouse-ci takes the best unless `aggregationMethod: median` is written"
                ))
            }
            (_, (Aggregation::Largest, _)) if fails_by(Aggregation::Median) => Some(format!(
                "{page}: {key} passes by its largest value, and not by the median"
            )),
            (Subject::PerformanceBudget, _) => None,
            (_, (aggregation, _))
                if aggregation != Aggregation::MedianRun && outcome.values.len() < lhrs.len() =>
            {
                Some(format!(
                    "{page}: {key} passes although {} of {} runs have no value; lighthouse-ci leaves them out",
                    lhrs.len() - outcome.values.len(),
                    lhrs.len()
                ))
            }
            _ => None,
        };
        if let Some(message) = warning {
            self.findings
                .push(Finding::warning("quirk", message).at(file.place(key)));
        }
    }
}

/// What lighthouse-ci never says: what was written without effect, and sets that hold for no page.
pub(super) fn without_effect(files: &[Extended], matched: &[(usize, usize)]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (number, file) in files.iter().enumerate() {
        let Some(options) = &file.options else {
            continue;
        };
        let mut ignored = options.ignored.clone();
        ignored.dedup();
        for one in ignored {
            findings.push(Finding::warning("quirk", one.message).at(file.place(&one.key)));
        }
        for (index, set) in options.sets.iter().enumerate() {
            if let Some((pattern, _)) = set
                .pattern
                .as_ref()
                .filter(|_| !matched.contains(&(number, index)))
            {
                let message = format!(
                    "matchingUrlPattern `{pattern}` matches no page, so its assertions hold nowhere"
                );
                findings
                    .push(Finding::warning("quirk", message).at(file.place("matchingUrlPattern")));
            }
        }
    }
    findings
}

const fn word(aggregation: Aggregation) -> &'static str {
    match aggregation {
        Aggregation::Optimistic => "best",
        Aggregation::Pessimistic => "worst",
        Aggregation::Median => "median",
        Aggregation::MedianRun => "median run",
        Aggregation::Largest => "largest",
    }
}

fn unit(rule: &Rule, outcome: &Outcome) -> &'static str {
    match (outcome.check, &rule.subject) {
        (
            Check::MaxNumericValue,
            Subject::Resource {
                what: crate::rules::Amount::Size,
                ..
            },
        ) => "bytes",
        (Check::MaxNumericValue, Subject::Resource { .. }) | (Check::MaxLength, _) => "count",
        (Check::MaxNumericValue, Subject::Audit(name)) if name == "total-byte-weight" => "bytes",
        (Check::MaxNumericValue, Subject::Audit(name))
            if name == "dom-size" || name == "dom-size-insight" =>
        {
            "count"
        }
        (Check::MaxNumericValue, Subject::Audit(name)) if name == "cumulative-layout-shift" => "",
        (Check::MaxNumericValue, _) => "ms",
        _ => "ratio",
    }
}

pub(super) fn shown(value: f64, unit: &str) -> String {
    match unit {
        _ if value.is_nan() => "none".to_owned(),
        "ms" => format!("{value:.0} ms"),
        "bytes" if value >= 1000.0 => format!("{:.1} kB", value / 1000.0),
        "bytes" => format!("{value:.0} B"),
        "count" => format!("{value:.0}"),
        _ => {
            let text = format!("{value:.3}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
    }
}
