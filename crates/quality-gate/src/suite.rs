//! Whether a suite's reports are all there, and what they say together. Pure.
//!
//! Four files are not four shards: an artifact that was merged wrongly holds one shard twice. Equal
//! bytes or a test file that ran twice give it away.

use std::collections::BTreeMap;

use gate::foreign_text;
use verdict::{Finding, Level, Place};

use crate::policy::Flaky;
use crate::reports::{Case, Counts, Outcome, ReportError, TestReport};

/// A report file and what it says.
#[derive(Clone, Debug)]
pub(crate) struct FoundReport {
    /// As people know it.
    pub path: String,
    /// Of its bytes.
    pub sha256: String,
    pub report: Result<TestReport, ReportError>,
}

/// What is asked of a suite.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Demands {
    pub shards: Option<u32>,
    pub flaky: Flaky,
}

/// What a suite's reports say together.
#[derive(Clone, Debug, Default)]
pub(crate) struct SuiteAnswer {
    pub counts: Counts,
    /// Paths are as the reports write them.
    pub findings: Vec<Finding>,
    /// Why the reports prove nothing, when they do not.
    pub broken: Vec<Finding>,
}

pub(crate) fn judge(name: &str, demands: Demands, reports: &[FoundReport]) -> SuiteAnswer {
    let mut answer = SuiteAnswer::default();
    let mut broken = |message: String, fix: &str| {
        answer
            .broken
            .push(Finding::error("undecided", format!("{name}: {message}")).fix(fix));
    };
    let found = reports.len();
    match demands.shards.map(|shards| shards as usize) {
        Some(shards) if found < shards => broken(
            format!("{found} of {shards} shard reports are there"),
            "see whether a shard's job or its upload failed",
        ),
        Some(shards) if found > shards => broken(
            format!("{found} reports for {shards} shards"),
            "remove the reports of earlier runs, or correct `shards`",
        ),
        _ => {}
    }
    for (one, other) in same(reports, demands.shards.is_some()) {
        broken(
            format!("{one} and {other} are of the same tests, so a shard is there twice"),
            "give each shard's report a name of its own",
        );
    }
    for found in reports {
        match &found.report {
            Err(error) => broken(
                format!("{} {error}", found.path),
                "look into the job that wrote it",
            ),
            Ok(report) if report.counts.total == 0 => broken(
                format!("{} holds no test", found.path),
                "see whether the tests were found; use no more shards than test files",
            ),
            Ok(_) => {}
        }
    }
    for report in reports
        .iter()
        .filter_map(|found| found.report.as_ref().ok())
    {
        answer.counts += report.counts;
        let cases = report.cases.iter();
        answer
            .findings
            .extend(cases.filter_map(|case| finding(name, demands.flaky, case)));
    }
    // One shard may hold skipped tests alone; a suite of them tested nothing.
    let Counts { total, skipped, .. } = answer.counts;
    if total > 0 && skipped == total {
        let finding = Finding::error(
            "undecided",
            format!("{name}: no test ran: all {total} are skipped"),
        );
        let fix = "see what skips them: a condition of the suite, or a filter of the command";
        answer.broken.push(finding.fix(fix));
    }
    answer
}

/// Pairs of reports that hold the same tests.
fn same(reports: &[FoundReport], sharded: bool) -> Vec<(&str, &str)> {
    let mut pairs = Vec::new();
    let mut by_hash: BTreeMap<&str, &str> = BTreeMap::new();
    let mut by_file: BTreeMap<&str, &str> = BTreeMap::new();
    for found in reports {
        if let Some(other) = by_hash.insert(&found.sha256, &found.path) {
            pairs.push((other, found.path.as_str()));
            continue;
        }
        // Without shards, one file may well run in several projects or browsers.
        let report = found.report.as_ref().ok().filter(|_| sharded);
        let mut overlap = None;
        for file in report.iter().flat_map(|report| &report.files) {
            overlap = overlap.or(by_file.insert(file, &found.path));
        }
        pairs.extend(overlap.map(|other| (other, found.path.as_str())));
    }
    pairs
}

fn finding(suite: &str, flaky: Flaky, case: &Case) -> Option<Finding> {
    let (level, rule) = match (case.outcome, flaky) {
        (Outcome::Failed, _) => (Level::Error, "test-failed"),
        (Outcome::Flaky, Flaky::Fail) => (Level::Error, "test-flaky"),
        (Outcome::Flaky, Flaky::Warn) => (Level::Warning, "test-flaky"),
        (Outcome::Flaky, Flaky::Ignore) | (Outcome::Passed | Outcome::Skipped, _) => return None,
    };
    let title = &case.title;
    let message = match (case.outcome, case.message.is_empty()) {
        (_, true) => title.clone(),
        (Outcome::Flaky, false) => {
            format!("{title}: passed only after a retry; first {}", case.message)
        }
        (_, false) => format!("{title}: {}", case.message),
    };
    let finding = Finding::new(level, format!("{suite}/{rule}"), foreign_text(&message));
    Some(match (&case.file, case.line) {
        (Some(file), Some(line)) => finding.at(Place::line(file, line)),
        (Some(file), None) => finding.at(Place::file(file)),
        (None, _) => finding,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Demands, FoundReport, judge};
    use crate::policy::Flaky;
    use crate::reports::{Case, Counts, Outcome, ReportError, TestReport};

    fn report(path: &str, file: &str, tests: usize) -> FoundReport {
        FoundReport {
            path: path.to_owned(),
            sha256: path.to_owned(),
            report: Ok(TestReport {
                counts: Counts {
                    total: tests,
                    ..Counts::default()
                },
                cases: Vec::new(),
                files: [file.to_owned()].into(),
            }),
        }
    }

    fn broken(shards: Option<u32>, reports: &[FoundReport]) -> Vec<String> {
        let demands = Demands {
            shards,
            ..Demands::default()
        };
        judge("unit", demands, reports)
            .broken
            .into_iter()
            .map(|f| f.message)
            .collect()
    }

    #[test]
    fn shards_must_all_be_there_once() {
        let (a, b) = (report("1.json", "a", 2), report("2.json", "b", 3));
        let none: [String; 0] = [];
        assert_eq!(broken(Some(2), &[a.clone(), b.clone()]), none);
        assert_eq!(
            broken(Some(3), &[a.clone(), b.clone()]),
            ["unit: 2 of 3 shard reports are there"]
        );
        assert_eq!(
            broken(Some(1), &[a.clone(), b.clone()]),
            ["unit: 2 reports for 1 shards"]
        );
        let again = FoundReport {
            path: "3.json".to_owned(),
            ..a.clone()
        };
        let twice = ["unit: 1.json and 3.json are of the same tests, so a shard is there twice"];
        assert_eq!(broken(Some(2), &[a.clone(), again.clone()]), twice);
        assert_eq!(
            broken(None, &[a.clone(), again]),
            twice,
            "equal bytes are never two reports"
        );
        let rerun = report("3.json", "a", 2);
        assert_eq!(broken(Some(2), &[a.clone(), rerun.clone()]), twice);
        assert_eq!(
            broken(None, &[a, rerun]),
            none,
            "browsers run the same file"
        );
    }

    #[test]
    fn a_report_without_tests_or_sense_proves_nothing() {
        let mut bad = report("2.json", "b", 0);
        assert_eq!(broken(None, &[bad.clone()]), ["unit: 2.json holds no test"]);
        bad.report = Err(ReportError::Empty);
        assert_eq!(broken(None, &[bad]), ["unit: 2.json is empty"]);
    }

    #[test]
    fn a_suite_of_skipped_tests_tested_nothing() {
        let skip = |mut report: FoundReport| {
            let counts = &mut report.report.as_mut().unwrap().counts;
            counts.skipped = counts.total;
            report
        };
        let (a, b) = (report("1.json", "a", 2), report("2.json", "b", 3));
        let (a, b, ran) = (skip(a), skip(b), report("3.json", "c", 1));
        let nothing = ["unit: no test ran: all 5 are skipped"];
        assert_eq!(broken(Some(2), &[a.clone(), b.clone()]), nothing);
        let none: [String; 0] = [];
        assert_eq!(broken(Some(3), &[a, b, ran]), none, "one shard may");
    }

    #[test]
    fn flaky_tests_mean_what_the_policy_says() {
        let mut found = report("1.json", "a", 1);
        found.report.as_mut().unwrap().cases.push(Case {
            outcome: Outcome::Flaky,
            file: Some("a".to_owned()),
            line: Some(3),
            title: "t".to_owned(),
            message: "m".to_owned(),
        });
        let level = |flaky| {
            let answer = judge(
                "unit",
                Demands {
                    shards: None,
                    flaky,
                },
                std::slice::from_ref(&found),
            );
            answer
                .findings
                .first()
                .map(|finding| finding.level.as_str())
        };
        assert_eq!(level(Flaky::Warn), Some("warning"));
        assert_eq!(level(Flaky::Fail), Some("error"));
        assert_eq!(level(Flaky::Ignore), None);
    }

    proptest! {
        #[test]
        fn any_report_less_than_demanded_is_noticed(present in 0usize..6, demanded in 1u32..6) {
            let reports: Vec<_> = (0..present)
                .map(|number| report(&format!("{number}.json"), &format!("{number}.ts"), 1))
                .collect();
            let complete = present == demanded as usize;
            prop_assert_eq!(broken(Some(demanded), &reports).is_empty(), complete);
        }
    }
}
