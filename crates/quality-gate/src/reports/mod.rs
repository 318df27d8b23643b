//! Test reports in the formats that are read, as one shape.

mod junit;
mod stack;
mod vitest;

use std::collections::BTreeSet;

use crate::policy::ReportFormat;

/// How many tests there were, and how they ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub total: usize,
    pub failed: usize,
    /// Passed after a retry.
    pub flaky: usize,
    pub skipped: usize,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.total += other.total;
        self.failed += other.failed;
        self.flaky += other.flaky;
        self.skipped += other.skipped;
    }
}

/// How a test ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Passed,
    Flaky,
    Failed,
    Skipped,
}

/// A test that needs somebody's attention.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Case {
    pub outcome: Outcome,
    /// As the report writes it.
    pub file: Option<String>,
    pub line: Option<u32>,
    pub title: String,
    pub message: String,
}

/// What one report says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TestReport {
    pub counts: Counts,
    /// The failed and the flaky ones.
    pub cases: Vec<Case>,
    /// The test files, where the format names them.
    pub files: BTreeSet<String>,
}

impl TestReport {
    fn count(&mut self, outcome: Outcome) {
        self.counts.total += 1;
        match outcome {
            Outcome::Passed => {}
            Outcome::Flaky => self.counts.flaky += 1,
            Outcome::Failed => self.counts.failed += 1,
            Outcome::Skipped => self.counts.skipped += 1,
        }
    }

    fn add(&mut self, case: Case) {
        self.count(case.outcome);
        self.cases.push(case);
    }
}

/// Why a report proves nothing. Follows the report's path in a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ReportError {
    #[error("cannot be read: {0}")]
    Unreadable(String),
    #[error("is empty")]
    Empty,
    #[error("is no {format} report: {reason}")]
    Format {
        format: &'static str,
        reason: String,
    },
    #[error("contradicts itself: {0}")]
    Contradiction(String),
    #[error("is of a run that did not end: {0}")]
    Unfinished(String),
}

/// Reads a report.
pub(crate) fn read(format: ReportFormat, bytes: &[u8]) -> Result<TestReport, ReportError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.trim_ascii().is_empty() {
        return Err(ReportError::Empty);
    }
    match format {
        ReportFormat::VitestJson => vitest::read(bytes),
        ReportFormat::Junit => junit::read(bytes),
    }
}

/// The format a file's ending stands for.
pub(crate) fn format_of(path: &str) -> Option<ReportFormat> {
    let (_, ending) = path.rsplit_once('.')?;
    match ending {
        "json" => Some(ReportFormat::VitestJson),
        "xml" => Some(ReportFormat::Junit),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{ReportError, ReportFormat, read};

    const FORMATS: [ReportFormat; 2] = [ReportFormat::VitestJson, ReportFormat::Junit];

    #[test]
    fn nothing_is_no_report() {
        for format in FORMATS {
            for text in ["", " \n", "\u{feff}"] {
                assert_eq!(read(format, text.as_bytes()), Err(ReportError::Empty));
            }
            for text in ["null", "[]", "{}", "<html/>", "<testsuite", "\u{0}"] {
                assert!(read(format, text.as_bytes()).is_err(), "{text}");
            }
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            for format in FORMATS {
                let _ = read(format, &bytes);
            }
        }

        #[test]
        fn no_xml_makes_the_reader_panic(
            parts in prop::collection::vec(prop::sample::select(vec![
                "<testsuites>", "</testsuites>", "<testsuite name='a' failures='1'>", "</testsuite>",
                "<testcase classname='a.ts' name='&lt;t'>", "</testcase>", "<testcase/>", "<failure message='m'>",
                "</failure>", "<failure/>", "<skipped/>", "<flakyFailure>", "</flakyFailure>", "&amp;", "&x;",
                "<![CDATA[ a.ts:3:4 ]]>", "text", "<!DOCTYPE a [<!ENTITY x 'y'>]>", "<?pi?>", "<!-- c -->",
            ]), 0..16),
        ) {
            if let Ok(report) = read(ReportFormat::Junit, parts.concat().as_bytes()) {
                let counts = report.counts;
                prop_assert!(counts.failed + counts.flaky + counts.skipped <= counts.total);
                prop_assert_eq!(report.cases.len(), counts.failed + counts.flaky);
            }
        }
    }
}
