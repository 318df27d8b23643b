//! Brings the same issue of several reports together. Pure; the order of reports does not matter.
//!
//! The same rule at the same path and line is one issue, as is the same advisory for the same package.
//! Two on one line of one report stay two: they are matched with the other report's in order.

use std::collections::{BTreeMap, BTreeSet};

use verdict::Place;

use crate::issue::{Identity, Issue, Rule, ToolRun};

/// What one scanner's reports say.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scanned {
    /// The scanner's name in the config.
    pub scanner: String,
    pub runs: Vec<ToolRun>,
    /// Whether its silence about an issue means that the issue is gone.
    pub whole: bool,
}

/// An issue, whoever found it.
#[derive(Clone, Debug)]
pub(crate) struct MergedIssue {
    pub issue: Issue,
    /// The tool whose run shows it; `None` when only broken reports name it.
    pub tool: Option<String>,
    /// The scanners that found it.
    pub seen_by: BTreeSet<String>,
}

/// A tool of the merged result.
#[derive(Clone, Debug, Default)]
pub(crate) struct MergedTool {
    pub version: Option<String>,
    pub rules: BTreeMap<String, Rule>,
}

/// All reports together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Merged {
    /// In a stable order.
    pub issues: Vec<MergedIssue>,
    /// Those with a whole report, by name.
    pub tools: BTreeMap<String, MergedTool>,
}

/// What makes issues the same, in the order they are listed.
type Key = (
    String,
    Option<String>,
    Option<(String, Option<u32>)>,
    String,
    usize,
);

pub(crate) fn merge(mut scans: Vec<Scanned>) -> Merged {
    scans.sort_by(|a, b| a.scanner.cmp(&b.scanner));
    let mut found: BTreeMap<Key, MergedIssue> = BTreeMap::new();
    let mut merged = Merged::default();
    for scan in scans {
        for (key, tool, issue) in keyed(&scan) {
            let tool = scan.whole.then(|| tool.to_owned());
            match found.get_mut(&key) {
                Some(known) => join(known, issue, tool, &scan.scanner),
                None => {
                    let seen_by = [scan.scanner.clone()].into();
                    let issue = issue.clone();
                    found.insert(
                        key,
                        MergedIssue {
                            issue,
                            tool,
                            seen_by,
                        },
                    );
                }
            }
        }
        if scan.whole {
            for run in scan.runs {
                let tool = merged.tools.entry(run.tool).or_default();
                tool.version = tool.version.take().max(run.version);
                for (id, rule) in run.rules {
                    tool.rules.entry(id).or_insert(rule);
                }
            }
        }
    }
    merged.issues = found.into_values().collect();
    merged
}

/// A scanner's issues with what identifies them; exact repetitions are left out.
fn keyed(scan: &Scanned) -> Vec<(Key, &str, &Issue)> {
    let mut issues: Vec<(&str, &Issue)> = scan
        .runs
        .iter()
        .flat_map(|run| run.issues.iter().map(|issue| (run.tool.as_str(), issue)))
        .collect();
    let order = |issue: &Issue| {
        let Issue {
            rule,
            place,
            message,
            ..
        } = issue;
        (rule.clone(), place.clone(), message.clone())
    };
    // One that was accepted in one place and not in the other counts as not accepted.
    issues.sort_by_cached_key(|(tool, issue)| (order(issue), issue.suppressed, *tool));
    issues.dedup_by(|(_, a), (_, b)| {
        a.rule == b.rule && a.place == b.place && a.message == b.message && a.identity == b.identity
    });
    let mut seen: BTreeMap<Key, usize> = BTreeMap::new();
    let keyed = issues.into_iter().map(|(tool, issue)| {
        let mut key = key(issue);
        let number = seen.entry(key.clone()).or_default();
        if issue.identity == Identity::Place {
            key.4 = *number;
        }
        *number += 1;
        (key, tool, issue)
    });
    keyed.collect()
}

fn key(issue: &Issue) -> Key {
    let rule = issue.rule.clone();
    match (&issue.identity, &issue.place) {
        (Identity::Package(package), _) => (rule, Some(package.clone()), None, String::new(), 0),
        (Identity::Place, Some(Place { path, line, .. })) => {
            (rule, None, Some((path.clone(), *line)), String::new(), 0)
        }
        // Without a place only the words are left to tell issues apart.
        (Identity::Place, None) => (rule, None, None, issue.message.clone(), 0),
    }
}

fn join(known: &mut MergedIssue, issue: &Issue, tool: Option<String>, scanner: &str) {
    known.seen_by.insert(scanner.to_owned());
    known.tool = match (known.tool.take(), tool) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    };
    known.issue.suppressed &= issue.suppressed;
    known.issue.severity = known.issue.severity.max(issue.severity);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use verdict::Place;

    use super::{Merged, Scanned, merge};
    use crate::issue::{Identity, Issue, ToolRun};
    use crate::severity::Severity;

    fn issue(rule: &str, path: &str, line: u32, column: u32) -> Issue {
        Issue {
            identity: Identity::Place,
            rule: rule.to_owned(),
            severity: Severity::Moderate,
            message: "m".to_owned(),
            fix: None,
            url: None,
            place: Some(Place::line(path, line).column(column)),
            suppressed: false,
            line_hash: None,
        }
    }

    fn scan(scanner: &str, issues: Vec<Issue>) -> Scanned {
        let run = ToolRun {
            tool: format!("tool-{scanner}"),
            issues,
            ..ToolRun::default()
        };
        Scanned {
            scanner: scanner.to_owned(),
            runs: vec![run],
            whole: true,
        }
    }

    fn rows(merged: &Merged) -> Vec<String> {
        let row = |merged: &super::MergedIssue| {
            let place = merged
                .issue
                .place
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default();
            let seen: Vec<_> = merged.seen_by.iter().map(String::as_str).collect();
            format!(
                "{} {place} {} {}",
                merged.issue.rule,
                merged.issue.severity.as_str(),
                seen.join("+")
            )
        };
        merged.issues.iter().map(row).collect()
    }

    #[test]
    fn one_issue_in_two_reports_is_one_and_two_on_a_line_are_two() {
        let mut worse = issue("r", "a.ts", 3, 9);
        worse.severity = Severity::Critical;
        let a = scan(
            "a",
            vec![
                issue("r", "a.ts", 3, 1),
                issue("r", "a.ts", 3, 9),
                issue("r", "a.ts", 3, 9),
            ],
        );
        let b = scan("b", vec![worse, issue("r", "b.ts", 3, 1)]);
        let expected = [
            "r a.ts:3:1 critical a+b",
            "r a.ts:3:9 moderate a",
            "r b.ts:3:1 moderate b",
        ];
        assert_eq!(rows(&merge(vec![a, b])), expected);
    }

    #[test]
    fn an_advisory_is_one_per_package() {
        let package = |package: &str, line| Issue {
            identity: Identity::Package(package.to_owned()),
            ..issue("GHSA-1", "package-lock.json", line, 1)
        };
        let a = scan("all", vec![package("p", 1), package("q", 1)]);
        let b = scan("production", vec![package("p", 2)]);
        let expected = [
            "GHSA-1 package-lock.json:1:1 moderate all+production",
            "GHSA-1 package-lock.json:1:1 moderate all",
        ];
        assert_eq!(rows(&merge(vec![a, b])), expected);
    }

    #[test]
    fn only_what_all_accepted_is_accepted() {
        let mut accepted = issue("r", "a.ts", 3, 1);
        accepted.suppressed = true;
        let both = merge(vec![
            scan("a", vec![accepted.clone()]),
            scan("b", vec![accepted.clone()]),
        ]);
        assert!(both.issues[0].issue.suppressed);
        let one = merge(vec![
            scan("a", vec![accepted]),
            scan("b", vec![issue("r", "a.ts", 3, 1)]),
        ]);
        assert!(!one.issues[0].issue.suppressed);
    }

    #[test]
    fn a_broken_report_keeps_its_issues_and_loses_its_voice() {
        let mut broken = scan("a", vec![issue("r", "a.ts", 3, 1)]);
        broken.whole = false;
        let merged = merge(vec![broken]);
        assert_eq!((merged.issues.len(), merged.tools.len()), (1, 0));
        assert_eq!(merged.issues[0].tool, None);
    }

    proptest! {
        #[test]
        fn the_order_of_reports_and_results_does_not_matter(
            sets in prop::collection::vec(prop::collection::vec((0u8..3, 0u8..2, 1u32..3, 1u32..3), 0..6), 1..4),
            turn in any::<prop::sample::Index>(),
        ) {
            let scans: Vec<_> = sets.iter().enumerate().map(|(number, set)| {
                let issues = set.iter().map(|(rule, path, line, column)| issue(&rule.to_string(), &path.to_string(), *line, *column));
                scan(&number.to_string(), issues.collect())
            }).collect();
            let mut turned = scans.clone();
            turned.rotate_left(turn.index(scans.len()));
            for scan in &mut turned {
                scan.runs[0].issues.reverse();
            }
            prop_assert_eq!(rows(&merge(scans)), rows(&merge(turned)));
        }

        #[test]
        fn merging_loses_no_issue_and_adds_none(
            sets in prop::collection::vec(prop::collection::vec((0u8..3, 1u32..4), 0..6), 1..4),
        ) {
            let places = |set: &Vec<(u8, u32)>| set.iter().copied().collect::<std::collections::BTreeSet<_>>();
            let all: std::collections::BTreeSet<_> = sets.iter().flat_map(places).collect();
            let scans = sets.iter().enumerate().map(|(number, set)| {
                scan(&number.to_string(), set.iter().map(|(rule, line)| issue(&rule.to_string(), "a", *line, 1)).collect())
            });
            prop_assert_eq!(merge(scans.collect()).issues.len(), all.len());
        }
    }
}
