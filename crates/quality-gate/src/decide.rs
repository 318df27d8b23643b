//! What the checkers' answers add up to. Pure.

use gate::{Draft, Report, worst_findings};
use verdict::{Conclusion, Evidence, Finding, Level, Metric};

use crate::checkers::{Broken, Checker};

/// A checker's answer, with paths of the repository.
#[derive(Clone, Debug)]
pub(crate) struct Checked {
    pub checker: Checker,
    pub findings: Vec<Finding>,
    pub files: Option<usize>,
    pub broken: Option<Broken>,
    /// The last lines it printed, when it is broken.
    pub tail: String,
    pub evidence: Evidence,
}

impl Checked {
    fn count(&self, level: Level) -> usize {
        let of_level = |finding: &&Finding| finding.level == level;
        self.findings.iter().filter(of_level).count()
    }
}

/// The verdict over all checkers. One whose answer proves nothing makes it an error; what the others
/// found is shown all the same.
pub(crate) fn decide(checked: Vec<Checked>) -> Report {
    let title = sentence(&checked.iter().map(in_words).collect::<Vec<_>>());
    let any_broken = checked.iter().any(|checked| checked.broken.is_some());
    let mut findings = Vec::new();
    let mut metrics = Vec::new();
    let mut evidence = Vec::new();
    for checked in checked {
        let name = checked.checker.name();
        if let Some(broken) = &checked.broken {
            let finding = Finding::error("undecided", format!("{name} {}", broken.reason));
            findings.push(match &broken.fix {
                Some(fix) => finding.fix(fix),
                None => finding,
            });
            if !checked.tail.is_empty() {
                findings.push(Finding::notice(format!("{name}/output"), &checked.tail));
            }
        } else {
            metrics.extend(numbers(&checked));
        }
        findings.extend(checked.findings);
        evidence.push(checked.evidence);
    }
    let conclusion = if any_broken || evidence.is_empty() {
        Conclusion::Error
    } else {
        Draft::conclude(&findings, &metrics)
    };
    let count = |level| {
        findings
            .iter()
            .filter(|finding| finding.level == level)
            .count()
    };
    let (errors, warnings) = (count(Level::Error), count(Level::Warning));
    let draft = Draft::new(conclusion, title)
        .findings(worst_findings(findings))
        .metrics(metrics)
        .evidence(evidence);
    Report::new(draft)
        .output("errors", errors)
        .output("warnings", warnings)
}

fn numbers(checked: &Checked) -> Vec<Metric> {
    let name = checked.checker.name();
    let count = |what: &str, number: usize| {
        #[expect(clippy::cast_precision_loss, reason = "no checker finds 2^53 problems")]
        let number = number as f64;
        Metric::new(format!("{name} {what}"), number, "count")
    };
    let mut metrics = vec![count("errors", checked.count(Level::Error)).at_most(0.0)];
    let warnings = checked.count(Level::Warning);
    if warnings > 0 {
        metrics.push(count("warnings", warnings));
    }
    if let Some(files) = checked.files {
        metrics.push(count("files", files));
    }
    metrics
}

fn in_words(checked: &Checked) -> String {
    let name = checked.checker.name();
    if checked.broken.is_some() {
        return format!("{name} gave no answer");
    }
    let amounts = [
        (checked.count(Level::Error), "error"),
        (checked.count(Level::Warning), "warning"),
    ];
    let words: Vec<_> = amounts
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, noun)| plural(number, noun))
        .collect();
    if words.is_empty() {
        format!("{name} clean")
    } else {
        format!("{name} {}", words.join(" and "))
    }
}

/// `1 error`, `2 errors`.
pub(crate) fn plural(number: usize, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{ending}")
}

fn sentence(parts: &[String]) -> String {
    if parts.is_empty() {
        "no checker ran".to_owned()
    } else {
        parts.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use verdict::{Conclusion, Evidence, EvidenceState, Finding, Level, Source};

    use super::{Broken, Checked, Checker, decide};

    fn checked(checker: Checker, findings: Vec<Finding>, broken: Option<&str>) -> Checked {
        Checked {
            checker,
            findings,
            files: Some(3),
            broken: broken.map(|reason| Broken::new(reason).fix("run `npm ci`")),
            tail: String::new(),
            evidence: Evidence::read(
                Source::Command(checker.name().to_owned()),
                b"",
                EvidenceState::Clean,
            ),
        }
    }

    #[test]
    fn a_broken_checker_is_an_error_and_hides_nothing() {
        let mut broken = checked(Checker::Tsc, vec![], Some("is not installed"));
        broken.tail = "last words".to_owned();
        let findings = vec![
            Finding::warning("eslint/x", "m"),
            Finding::error("eslint/y", "m"),
        ];
        let report = decide(vec![broken, checked(Checker::Eslint, findings, None)]);
        assert_eq!(report.draft.conclusion, Conclusion::Error);
        assert_eq!(
            report.draft.title,
            "tsc gave no answer, eslint 1 error and 1 warning"
        );
        let rules: Vec<_> = report
            .draft
            .findings
            .iter()
            .map(|f| f.rule.as_str())
            .collect();
        assert_eq!(rules, ["undecided", "tsc/output", "eslint/x", "eslint/y"]);
        assert_eq!(report.draft.findings[0].message, "tsc is not installed");
        assert_eq!(
            report.outputs,
            [("errors", "2".to_owned()), ("warnings", "1".to_owned())]
        );
        let names: Vec<_> = report
            .draft
            .metrics
            .iter()
            .map(|m| m.name.as_str())
            .collect();
        assert_eq!(names, ["eslint errors", "eslint warnings", "eslint files"]);
    }

    #[test]
    fn nothing_checked_is_no_pass() {
        assert_eq!(decide(vec![]).draft.conclusion, Conclusion::Error);
    }

    proptest! {
        #[test]
        fn the_worst_answer_decides(answers in prop::collection::vec((0usize..3, 0usize..3, any::<bool>()), 1..4)) {
            let each = answers.iter().map(|(errors, warnings, broken)| {
                let findings = std::iter::repeat_n(Level::Error, *errors)
                    .chain(std::iter::repeat_n(Level::Warning, *warnings))
                    .map(|level| Finding::new(level, "r", "m"));
                checked(Checker::Eslint, findings.collect(), broken.then_some("crashed"))
            });
            let conclusion = decide(each.collect()).draft.conclusion;
            let expected = if answers.iter().any(|(_, _, broken)| *broken) {
                Conclusion::Error
            } else if answers.iter().any(|(errors, _, _)| *errors > 0) {
                Conclusion::Fail
            } else if answers.iter().any(|(_, warnings, _)| *warnings > 0) {
                Conclusion::Warn
            } else {
                Conclusion::Pass
            };
            prop_assert_eq!(conclusion, expected);
        }
    }
}
