//! Reports as the tools write them, and as none should.

use super::super::{Counts, Outcome, ReportError};
use super::read;

#[test]
fn leaves_are_counted_whatever_the_suites_say() {
    let xml = r#"<?xml version="1.0"?><testsuites tests="1"><testsuite name="outer" tests="1">
        <testcase classname="test" name="a"/><testsuite name="inner" tests="9">
        <testcase name="b" classname="test"><skipped type="todo"/></testcase>
        <testcase name="c" classname="test"><system-out>failure</system-out></testcase>
        </testsuite></testsuite></testsuites>"#;
    let counts = Counts {
        total: 3,
        skipped: 1,
        ..Counts::default()
    };
    assert_eq!(read(xml.as_bytes()).unwrap().counts, counts);
}

#[test]
fn failures_carry_file_line_and_words() {
    let xml = r#"<testsuite name="src/a.test.ts" failures="1" errors="0">
        <testcase classname="src/a.test.ts" name="adds &gt; up">
          <failure message="expected 1 &lt; 0" type="AssertionError">AssertionError: x
 &#10095; src/a.test.ts:12:5</failure></testcase>
        <testcase classname="com.example.Sum" name="retried" file="src/b.test.ts" line="4">
          <flakyFailure type="E"><stackTrace>at src/b.test.ts:9:1</stackTrace></flakyFailure></testcase>
        <testcase name="retried twice"><failure><![CDATA[boom <b>
at x]]></failure><rerunFailure message="again"/></testcase>
        </testsuite>"#;
    let report = read(xml.as_bytes()).unwrap();
    let rows: Vec<_> = report
        .cases
        .iter()
        .map(|c| {
            (
                c.outcome,
                c.file.as_deref(),
                c.line,
                c.title.as_str(),
                c.message.as_str(),
            )
        })
        .collect();
    let expected = [
        (
            Outcome::Failed,
            Some("src/a.test.ts"),
            Some(12),
            "adds > up",
            "expected 1 < 0",
        ),
        (
            Outcome::Flaky,
            Some("src/b.test.ts"),
            Some(9),
            "com.example.Sum > retried",
            "",
        ),
        (
            Outcome::Failed,
            Some("src/a.test.ts"),
            None,
            "retried twice",
            "boom <b>",
        ),
    ];
    assert_eq!(rows, expected);
}

#[test]
fn a_suite_that_fails_outside_its_tests_is_a_failure() {
    let xml = "<testsuites><testsuite name='s'><error message='set-up'/><testcase name='a'/></testsuite></testsuites>";
    let counts = read(xml.as_bytes()).unwrap().counts;
    assert_eq!((counts.total, counts.failed), (2, 1));
}

#[test]
fn what_proves_nothing_is_refused() {
    let cases = [
        ("<testsuite><testcase name='a'/>", "ends in the middle"),
        ("<testsuite><testcase name='a'></testsuite>", "JUnit XML"),
        ("<coverage/>", "its root is <coverage>"),
        (
            "<!DOCTYPE x [<!ENTITY a 'b'>]><testsuite/>",
            "document type",
        ),
        (
            "<testsuite failures='2'><testcase name='a'/></testsuite>",
            "claims failures",
        ),
        (
            "<testsuite><testcase><testcase/></testcase></testsuite>",
            "lies in another",
        ),
    ];
    for (xml, expected) in cases {
        let error = read(xml.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(expected), "{xml}: {error}");
    }
    assert!(matches!(
        read(b"\xff\xfe<"),
        Err(ReportError::Format { .. })
    ));
    assert!(read("<testsuite>".repeat(200).as_bytes()).is_err());
}
