//! What the scanners' reports add up to under the policy. Pure.

use gate::{Draft, foreign_text, worst_findings};
use verdict::{Conclusion, Evidence, Finding, Level, Metric, Place};

use crate::merge::{Merged, MergedIssue};
use crate::severity::Severity;

/// From where on an issue fails or warns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub fail_on: Severity,
    pub warn_on: Severity,
}

/// A declared scanner that gave no whole report.
#[derive(Clone, Debug)]
pub(crate) struct Absent {
    pub scanner: String,
    pub required: bool,
    /// Follows the scanner's name in a sentence.
    pub reason: String,
    /// Where it was declared.
    pub place: Option<Place>,
}

/// The verdict over all scanners.
pub(crate) fn decide(
    merged: &Merged,
    absent: &[Absent],
    limits: Limits,
    scanners: usize,
    evidence: Vec<Evidence>,
) -> Draft {
    let mut findings: Vec<Finding> = absent.iter().map(unaccounted).collect();
    let open = || merged.issues.iter().filter(|issue| !issue.issue.suppressed);
    findings.extend(open().map(|issue| finding(issue, limits)));
    let metrics = numbers(merged, limits);
    let conclusion = if scanners == 0 || absent.iter().any(|absent| absent.required) {
        Conclusion::Error
    } else {
        Draft::conclude(&findings, &metrics)
    };
    Draft::new(conclusion, title(merged, absent, scanners))
        .findings(worst_findings(findings))
        .metrics(metrics)
        .evidence(evidence)
}

/// How many open issues have a severity.
pub(crate) fn count(merged: &Merged, severity: Severity) -> usize {
    let wanted = |issue: &&MergedIssue| !issue.issue.suppressed && issue.issue.severity == severity;
    merged.issues.iter().filter(wanted).count()
}

fn unaccounted(absent: &Absent) -> Finding {
    let message = format!("{}: {}", absent.scanner, absent.reason);
    let finding = if absent.required {
        Finding::error("undecided", message)
            .fix("see whether the scan ran and its report was downloaded; `required: false` goes on without it")
    } else {
        Finding::warning("scanner-absent", message)
    };
    match &absent.place {
        Some(place) => finding.at(place.clone()),
        None => finding,
    }
}

fn finding(merged: &MergedIssue, limits: Limits) -> Finding {
    let issue = &merged.issue;
    let level = if issue.severity >= limits.fail_on {
        Level::Error
    } else if issue.severity >= limits.warn_on {
        Level::Warning
    } else {
        Level::Notice
    };
    let seen: Vec<&str> = merged.seen_by.iter().map(String::as_str).collect();
    let message = format!(
        "{}: {} [{}]",
        issue.severity.as_str(),
        issue.message,
        seen.join(", ")
    );
    let mut finding = Finding::new(level, &issue.rule, foreign_text(&message));
    if let Some(place) = &issue.place {
        finding = finding.at(place.clone());
    }
    if let Some(fix) = &issue.fix {
        finding = finding.fix(fix);
    }
    match &issue.url {
        Some(url) => finding.url(url),
        None => finding,
    }
}

fn numbers(merged: &Merged, limits: Limits) -> Vec<Metric> {
    #[expect(clippy::cast_precision_loss, reason = "no report has 2^53 results")]
    let metric = |name: &str, number: usize| Metric::new(name, number as f64, "count");
    let mut metrics: Vec<Metric> = Severity::COUNTED
        .into_iter()
        .map(|severity| {
            let metric = metric(severity.as_str(), count(merged, severity));
            if severity >= limits.fail_on {
                metric.at_most(0.0)
            } else {
                metric
            }
        })
        .collect();
    let suppressed = merged
        .issues
        .iter()
        .filter(|issue| issue.issue.suppressed)
        .count();
    if suppressed > 0 {
        metrics.push(metric("suppressed", suppressed));
    }
    metrics
}

fn title(merged: &Merged, absent: &[Absent], scanners: usize) -> String {
    let counts = Severity::COUNTED.into_iter().filter_map(|severity| {
        let number = count(merged, severity);
        (number > 0).then(|| format!("{number} {}", severity.as_str()))
    });
    let counts: Vec<String> = counts.collect();
    let noun = if scanners == 1 { "scanner" } else { "scanners" };
    let of = match absent.len() {
        0 => format!("{scanners} {noun}"),
        absent => format!("{} of {scanners} {noun}", scanners - absent),
    };
    if counts.is_empty() {
        format!("nothing found by {of}")
    } else {
        format!("{} found by {of}", counts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use verdict::Conclusion;

    use super::{Absent, Limits, decide};
    use crate::issue::{Identity, Issue};
    use crate::merge::{Merged, MergedIssue};
    use crate::severity::Severity;

    const ALL: [Severity; 5] = [
        Severity::Info,
        Severity::Low,
        Severity::Moderate,
        Severity::High,
        Severity::Critical,
    ];

    fn merged(issues: &[(Severity, bool)]) -> Merged {
        let issue = |(severity, suppressed): &(Severity, bool)| MergedIssue {
            issue: Issue {
                identity: Identity::Place,
                rule: "r".to_owned(),
                severity: *severity,
                message: "m".to_owned(),
                fix: None,
                url: None,
                place: None,
                suppressed: *suppressed,
                line_hash: None,
            },
            tool: None,
            seen_by: ["a".to_owned()].into(),
        };
        Merged {
            issues: issues.iter().map(issue).collect(),
            ..Merged::default()
        }
    }

    fn absent(required: bool) -> Absent {
        Absent {
            scanner: "sca".to_owned(),
            required,
            reason: "no report".to_owned(),
            place: None,
        }
    }

    #[test]
    fn an_absent_scanner_decides_only_when_it_is_required() {
        let limits = Limits {
            fail_on: Severity::High,
            warn_on: Severity::Low,
        };
        let conclusion =
            |absent: &[Absent]| decide(&merged(&[]), absent, limits, 2, vec![]).conclusion;
        assert_eq!(conclusion(&[]), Conclusion::Pass);
        assert_eq!(conclusion(&[absent(false)]), Conclusion::Warn);
        assert_eq!(conclusion(&[absent(true)]), Conclusion::Error);
        assert_eq!(
            decide(&merged(&[]), &[], limits, 0, vec![]).conclusion,
            Conclusion::Error
        );
        let draft = decide(
            &merged(&[(Severity::High, false)]),
            &[absent(true)],
            limits,
            2,
            vec![],
        );
        assert_eq!(draft.title, "1 high found by 1 of 2 scanners");
        assert_eq!(draft.findings.len(), 2, "what the others found is shown");
    }

    proptest! {
        #[test]
        fn the_worst_open_issue_decides(
            issues in prop::collection::vec((prop::sample::select(ALL.to_vec()), any::<bool>()), 0..8),
            fail_on in prop::sample::select(ALL[1..].to_vec()),
            warn_on in prop::sample::select(ALL[1..].to_vec()),
        ) {
            let limits = Limits { fail_on, warn_on };
            let worst = issues.iter().filter(|(_, suppressed)| !suppressed).map(|(severity, _)| *severity).max();
            let expected = match worst {
                Some(worst) if worst >= fail_on => Conclusion::Fail,
                Some(worst) if worst >= warn_on => Conclusion::Warn,
                _ => Conclusion::Pass,
            };
            prop_assert_eq!(decide(&merged(&issues), &[], limits, 1, vec![]).conclusion, expected);
        }
    }
}
