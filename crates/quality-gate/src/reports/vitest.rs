//! Reads the `json` reporter of Vitest, whose shape is Jest's.
//!
//! Three things its totals do not say: a test that passed after a retry is `passed` with failure
//! messages; a file that could not be loaded has no tests at all, only a status and a message; and
//! Vitest writes `pending` for a test that never ended, while Jest writes it for a skipped one.

use std::borrow::Cow;

use gate::foreign_text;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::stack::line_in;
use super::{Case, Outcome, ReportError, TestReport};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    #[serde(borrow)]
    test_results: Vec<TestFile<'a>>,
    num_total_tests: Option<usize>,
    success: Option<bool>,
    was_interrupted: Option<bool>,
    /// Only Jest counts these.
    num_runtime_error_test_suites: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TestFile<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    status: Cow<'a, str>,
    #[serde(borrow, default)]
    message: Option<Cow<'a, str>>,
    #[serde(borrow)]
    assertion_results: Vec<Assertion<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Assertion<'a> {
    #[serde(borrow, default)]
    ancestor_titles: Vec<Cow<'a, str>>,
    #[serde(borrow)]
    title: Cow<'a, str>,
    #[serde(borrow)]
    status: Cow<'a, str>,
    #[serde(borrow, default)]
    failure_messages: Option<Vec<Cow<'a, str>>>,
    #[serde(default)]
    location: Option<Location>,
}

#[derive(Deserialize)]
struct Location {
    line: Option<u32>,
}

const FORMAT: &str = "Vitest JSON";

pub(super) fn read(bytes: &[u8]) -> Result<TestReport, ReportError> {
    let report: Report<'_> =
        serde_json::from_slice(bytes).map_err(|error| ReportError::Format {
            format: FORMAT,
            reason: reason(bytes, &error),
        })?;
    if report.was_interrupted == Some(true) {
        return Err(ReportError::Unfinished("it was interrupted".to_owned()));
    }
    let by_jest = report.num_runtime_error_test_suites.is_some();
    let mut read = TestReport::default();
    let mut unfinished = 0;
    for file in &report.test_results {
        read.files.insert(file.name.clone().into_owned());
        let failed_before = read.counts.failed;
        let mut pending = 0;
        for test in &file.assertion_results {
            let (outcome, never_ended) = outcome(test, by_jest)?;
            pending += usize::from(never_ended);
            match outcome {
                Outcome::Passed | Outcome::Skipped => read.count(outcome),
                Outcome::Failed | Outcome::Flaky => read.add(case(file, test, outcome)),
            }
        }
        let failed = match file.status.as_ref() {
            "failed" => true,
            // `pending` and `skipped` are Jest's words for a file in which nothing ran.
            "passed" | "pending" | "skipped" | "focused" => false,
            other => return Err(unknown("file status", other)),
        };
        if failed && read.counts.failed == failed_before {
            read.add(unloaded(file));
        } else if !failed {
            unfinished += pending;
        }
    }
    if unfinished > 0 {
        return Err(ReportError::Unfinished(format!(
            "{unfinished} test(s) never ended"
        )));
    }
    check(&report, &read)?;
    Ok(read)
}

/// Holds the report's own totals against what was counted.
fn check(report: &Report<'_>, read: &TestReport) -> Result<(), ReportError> {
    let listed: usize = report
        .test_results
        .iter()
        .map(|file| file.assertion_results.len())
        .sum();
    if let Some(claimed) = report.num_total_tests.filter(|claimed| *claimed != listed) {
        return Err(ReportError::Contradiction(format!(
            "it claims {claimed} tests and lists {listed}"
        )));
    }
    if report.success == Some(false) && read.counts.failed == 0 && read.counts.total > 0 {
        return Err(ReportError::Contradiction(
            "it says the run failed and names no failed test".to_owned(),
        ));
    }
    Ok(())
}

/// The outcome, and whether the test never ended.
fn outcome(test: &Assertion<'_>, by_jest: bool) -> Result<(Outcome, bool), ReportError> {
    let retried = test
        .failure_messages
        .as_ref()
        .is_some_and(|messages| !messages.is_empty());
    match test.status.as_ref() {
        "passed" | "focused" if retried => Ok((Outcome::Flaky, false)),
        "passed" | "focused" => Ok((Outcome::Passed, false)),
        "failed" => Ok((Outcome::Failed, false)),
        "skipped" | "todo" | "disabled" => Ok((Outcome::Skipped, false)),
        "pending" => Ok((Outcome::Skipped, !by_jest)),
        other => Err(unknown("test status", other)),
    }
}

fn case(file: &TestFile<'_>, test: &Assertion<'_>, outcome: Outcome) -> Case {
    let titles = test.ancestor_titles.iter().chain([&test.title]);
    let titles: Vec<&str> = titles
        .map(AsRef::as_ref)
        .filter(|title| !title.is_empty())
        .collect();
    let trace = test
        .failure_messages
        .iter()
        .flatten()
        .next()
        .map_or("", AsRef::as_ref);
    let located = test.location.as_ref().and_then(|location| location.line);
    Case {
        outcome,
        file: Some(file.name.clone().into_owned()),
        line: line_in(trace, &file.name).or(located.filter(|line| *line > 0)),
        title: foreign_text(&titles.join(" > ")),
        message: without_frames(trace),
    }
}

/// A file in which no test could run.
fn unloaded(file: &TestFile<'_>) -> Case {
    let message = file.message.as_deref().unwrap_or_default();
    Case {
        outcome: Outcome::Failed,
        file: Some(file.name.clone().into_owned()),
        line: line_in(message, &file.name),
        title: "the file could not be run".to_owned(),
        message: without_frames(message),
    }
}

/// A failure's own words: the lines before its stack.
fn without_frames(trace: &str) -> String {
    let words = trace
        .lines()
        .take_while(|line| !line.trim_start().starts_with("at "));
    foreign_text(&words.collect::<Vec<_>>().join("\n"))
}

fn unknown(what: &str, word: &str) -> ReportError {
    ReportError::Format {
        format: FORMAT,
        reason: format!("unknown {what} `{}`", foreign_text(word)),
    }
}

/// The parser's words, or the name of the format it really is.
fn reason(bytes: &[u8], error: &serde_json::Error) -> String {
    #[derive(Deserialize)]
    struct Playwright {
        #[serde(rename = "suites")]
        _suites: IgnoredAny,
        #[serde(rename = "config")]
        _config: IgnoredAny,
    }
    if serde_json::from_slice::<Playwright>(bytes).is_ok() {
        return "it is Playwright's, which is not read yet; use Playwright's `junit` reporter"
            .to_owned();
    }
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::super::{Counts, Outcome, ReportError};
    use super::read;

    fn test(status: &str, failures: &str) -> String {
        format!(
            r#"{{"ancestorTitles":["a"],"title":"t","status":"{status}","failureMessages":[{failures}]}}"#
        )
    }

    fn report(status: &str, message: &str, tests: &[String], more: &str) -> String {
        let tests = tests.join(",");
        format!(
            r#"{{"testResults":[{{"name":"/r/a.test.ts","status":"{status}","message":"{message}","assertionResults":[{tests}]}}]{more}}}"#
        )
    }

    #[test]
    fn each_status_counts_as_what_it_is() {
        let trace = r#""Error: no\n    at /r/a.test.ts:9:3""#;
        let tests = [
            test("passed", ""),
            test("passed", trace),
            test("failed", trace),
            test("skipped", ""),
            test("todo", ""),
        ];
        let read = read(report("failed", "", &tests, ",\"numTotalTests\":5").as_bytes()).unwrap();
        let counts = Counts {
            total: 5,
            failed: 1,
            flaky: 1,
            skipped: 2,
        };
        assert_eq!(read.counts, counts);
        let cases: Vec<_> = read
            .cases
            .iter()
            .map(|c| (c.outcome, c.line, c.message.as_str()))
            .collect();
        assert_eq!(
            cases,
            [
                (Outcome::Flaky, Some(9), "Error: no"),
                (Outcome::Failed, Some(9), "Error: no")
            ]
        );
        assert_eq!(read.cases[0].title, "a > t");
    }

    #[test]
    fn a_file_that_cannot_be_loaded_is_one_failure() {
        let json = report(
            "failed",
            "Cannot find package 'x'",
            &[],
            ",\"numTotalTests\":0,\"success\":false",
        );
        let read = read(json.as_bytes()).unwrap();
        assert_eq!(
            read.counts,
            Counts {
                total: 1,
                failed: 1,
                ..Counts::default()
            }
        );
        assert_eq!(read.cases[0].message, "Cannot find package 'x'");
    }

    #[test]
    fn what_does_not_fit_together_is_refused() {
        let contradiction = |text: &str| ReportError::Contradiction(text.to_owned());
        let one = [test("passed", "")];
        let cases = [
            (
                report("passed", "", &one, ",\"numTotalTests\":2"),
                contradiction("it claims 2 tests and lists 1"),
            ),
            (
                report("passed", "", &one, ",\"success\":false"),
                contradiction("it says the run failed and names no failed test"),
            ),
            (
                report("passed", "", &[test("pending", "")], ""),
                ReportError::Unfinished("1 test(s) never ended".to_owned()),
            ),
            (
                report("passed", "", &one, ",\"wasInterrupted\":true"),
                ReportError::Unfinished("it was interrupted".to_owned()),
            ),
        ];
        for (json, expected) in cases {
            assert_eq!(read(json.as_bytes()).unwrap_err(), expected);
        }
        let jest = report(
            "passed",
            "",
            &[test("pending", "")],
            ",\"numRuntimeErrorTestSuites\":0",
        );
        assert_eq!(
            read(jest.as_bytes()).unwrap().counts.skipped,
            1,
            "Jest's word for skipped"
        );
        for json in [
            report("passed", "", &[test("exploded", "")], ""),
            report("exploded", "", &one, ""),
            r#"{"testResults":[{"name":"a","status":"passed"}]}"#.to_owned(),
        ] {
            assert!(
                matches!(read(json.as_bytes()), Err(ReportError::Format { .. })),
                "{json}"
            );
        }
        let playwright = read(br#"{"config":{},"suites":[],"stats":{}}"#)
            .unwrap_err()
            .to_string();
        assert!(playwright.contains("junit"), "{playwright}");
    }
}
