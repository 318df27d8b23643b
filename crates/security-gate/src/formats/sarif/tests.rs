//! SARIF as tools write it, and as a failed tool does.

use super::super::ReadError;
use super::read;
use crate::issue::{Issue, ScanReport};
use crate::severity::Severity;

fn log(run: &str) -> String {
    format!(r#"{{"version":"2.1.0","runs":[{run}]}}"#)
}

fn run(rules: &str, results: &str, more: &str) -> String {
    log(&format!(
        r#"{{"tool":{{"driver":{{"name":"x","rules":[{rules}]}}}},"results":[{results}]{more}}}"#
    ))
}

fn one(json: &str) -> Issue {
    let ScanReport { runs, degraded } = read(json.as_bytes(), false).unwrap();
    assert_eq!(degraded, None);
    runs[0].issues[0].clone()
}

#[test]
fn severity_is_the_score_else_the_level_else_the_rules_level_else_warning() {
    let scored = r#"{"id":"a","defaultConfiguration":{"level":"note"},"properties":{"security-severity":"9.8"}}"#;
    let plain = r#"{"id":"a","defaultConfiguration":{"level":"note"}}"#;
    let cases = [
        (
            scored,
            r#"{"ruleId":"a","level":"note"}"#,
            Severity::Critical,
        ),
        (
            scored,
            r#"{"ruleId":"b","ruleIndex":0}"#,
            Severity::Critical,
        ),
        (scored, r#"{"ruleId":"a/part"}"#, Severity::Critical),
        (scored, r#"{"rule":{"index":0}}"#, Severity::Critical),
        (
            scored,
            r#"{"ruleId":"a","properties":{"security-severity":5}}"#,
            Severity::Moderate,
        ),
        (plain, r#"{"ruleId":"a","level":"error"}"#, Severity::High),
        (plain, r#"{"ruleId":"a"}"#, Severity::Low),
        ("", r#"{"ruleId":"a"}"#, Severity::Moderate),
        ("", r#"{"ruleId":"a","level":"none"}"#, Severity::Info),
        ("", r#"{"ruleIndex":-1}"#, Severity::Moderate),
    ];
    for (rules, result, expected) in cases {
        assert_eq!(
            one(&run(rules, result, "")).severity,
            expected,
            "{rules} {result}"
        );
    }
}

#[test]
fn a_rule_in_an_extension_is_found() {
    let json = log(
        r#"{"tool":{"driver":{"name":"CodeQL"},"extensions":[{"name":"q","rules":[{"id":"js/xss","properties":{"security-severity":"7.8"}}]}]},
            "results":[{"ruleId":"other","rule":{"index":0,"toolComponent":{"index":0}}}]}"#,
    );
    assert_eq!(one(&json).severity, Severity::High);
}

#[test]
fn places_are_brought_together_from_what_there_is() {
    let more = r#","artifacts":[{"location":{"uri":"src/listed.ts"}}],
        "originalUriBaseIds":{"SRC":{"uri":"file:///repo/"},"LIB":{"uri":"lib/","uriBaseId":"SRC"},"LOOP":{"uri":"l/","uriBaseId":"LOOP"}}"#;
    let cases = [
        (r#"{"uri":"src/a%20b.ts"}"#, Some("src/a b.ts:3:5")),
        (
            r#"{"uri":"file:///repo/src/a.ts"}"#,
            Some("/repo/src/a.ts:3:5"),
        ),
        (
            r#"{"uri":"file:///C:/repo/a.ts"}"#,
            Some("C:/repo/a.ts:3:5"),
        ),
        (
            r#"{"uri":"a.ts","uriBaseId":"LIB"}"#,
            Some("/repo/lib/a.ts:3:5"),
        ),
        (
            r#"{"uri":"a.ts","uriBaseId":"%SRCROOT%"}"#,
            Some("a.ts:3:5"),
        ),
        (r#"{"index":0}"#, Some("src/listed.ts:3:5")),
        (r#"{"index":7}"#, None),
        (r#"{"uri":"https://example.org/a.ts"}"#, None),
        ("{}", None),
    ];
    for (artifact, expected) in cases {
        let result = format!(
            r#"{{"ruleId":"a","locations":[{{"physicalLocation":{{"artifactLocation":{artifact},"region":{{"startLine":3,"startColumn":"5","endLine":0}}}}}}]}}"#
        );
        let place = one(&run("", &result, more))
            .place
            .map(|place| place.to_string());
        assert_eq!(place.as_deref(), expected, "{artifact}");
    }
    let looped = r#"{"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a","uriBaseId":"LOOP"}}}]}"#;
    assert!(one(&run("", looped, more)).place.is_some());
}

#[test]
fn a_scan_that_failed_is_not_clean() {
    let tool = r#""tool":{"driver":{"name":"x"}}"#;
    let degraded = [
        format!(r#"{{{tool}}}"#),
        format!(r#"{{{tool},"results":null}}"#),
        format!(r#"{{{tool},"results":[],"invocations":[{{"executionSuccessful":false}}]}}"#),
        format!(
            r#"{{{tool},"results":[],"invocations":[{{"executionSuccessful":true,"toolExecutionNotifications":[{{"level":"error","message":{{"text":"no rules"}}}}]}}]}}"#
        ),
    ];
    for run in degraded {
        let report = read(log(&run).as_bytes(), true).unwrap();
        assert!(report.degraded.is_some(), "{run}");
    }
    let whole = format!(r#"{{{tool},"results":[],"invocations":null}}"#);
    assert_eq!(read(log(&whole).as_bytes(), false).unwrap().degraded, None);
    assert!(matches!(
        read(log("").as_bytes(), false),
        Err(ReadError::Failed(_))
    ));
    assert_eq!(
        read(log("").as_bytes(), true).unwrap(),
        ScanReport::default()
    );
    for text in [
        r#"{"runs":[]}"#,
        r#"{"version":"2.0.0","runs":[]}"#,
        r#"{"version":"2.1.0","runs":[{}]}"#,
        "[]",
    ] {
        assert!(
            matches!(read(text.as_bytes(), true), Err(ReadError::Format { .. })),
            "{text}"
        );
    }
}

#[test]
fn only_an_accepted_suppression_suppresses() {
    let cases = [
        ("[]", false),
        (r#"[{"kind":"inSource"}]"#, true),
        (r#"[{"status":"accepted"}]"#, true),
        (r#"[{"status":"underReview"}]"#, false),
        (r#"[{"status":"accepted"},{"status":"rejected"}]"#, false),
        ("null", false),
    ];
    for (suppressions, expected) in cases {
        let result = format!(r#"{{"ruleId":"a","suppressions":{suppressions}}}"#);
        assert_eq!(
            one(&run("", &result, "")).suppressed,
            expected,
            "{suppressions}"
        );
    }
}

#[test]
fn results_that_report_no_problem_are_passed_over() {
    let results = r#"{"kind":"pass"},{"kind":"notApplicable"},{"kind":"informational"},{"baselineState":"absent"},{"kind":"fail","ruleId":"a"}"#;
    let report = read(run("", results, "").as_bytes(), false).unwrap();
    assert_eq!(report.runs[0].issues.len(), 1);
}

#[test]
fn a_secret_is_named_and_never_shown() {
    let rules = r#"{"id":"B105","name":"hardcoded_password_string","shortDescription":{"text":"Hardcoded password"}}"#;
    let result = r#"{"ruleId":"B105","message":{"text":"Possible hardcoded password: 'hunter2'"}}"#;
    assert_eq!(
        one(&run(rules, result, "")).message,
        "Hardcoded password; the value is not shown"
    );
    let token = r#"{"ruleId":"log","message":{"text":"prints ghp_0123456789abcdefghij"}}"#;
    assert_eq!(one(&run("", token, "")).message, "prints ghp_***");
}

#[test]
fn a_message_may_be_the_rules_with_arguments() {
    let rules = r#"{"id":"a","messageStrings":{"default":{"text":"{0} calls {1}"}}}"#;
    let result = r#"{"ruleId":"a","message":{"id":"default","arguments":["f","g"]}}"#;
    assert_eq!(one(&run(rules, result, "")).message, "f calls g");
}
