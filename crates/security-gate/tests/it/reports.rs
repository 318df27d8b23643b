//! What real reports, and reports of scans that failed, come to.

use crate::support::{SARIF, with_reports};

pub(crate) const SCANNERS: &str = "  scanners:
    - { name: workflows, path: reports/zizmor.sarif }
    - { name: code, path: 'reports/bandit*.sarif', format: sarif }
    - { name: packages, path: reports/npm-audit.json }
";

pub(crate) const FINDINGS: &[(&str, &str)] = &[
    ("sarif/zizmor-findings.sarif", "reports/zizmor.sarif"),
    ("sarif/bandit-findings.sarif", "reports/bandit.sarif"),
    ("npm-audit/findings.stdout", "reports/npm-audit.json"),
];

const CLEAN: &[(&str, &str)] = &[
    ("sarif/zizmor-clean.sarif", "reports/zizmor.sarif"),
    ("sarif/bandit-clean.sarif", "reports/bandit.sarif"),
    ("npm-audit/clean.stdout", "reports/npm-audit.json"),
];

#[test]
fn clean_reports_pass() {
    let answer = with_reports(SCANNERS, CLEAN).run(&[]);
    insta::assert_snapshot!(answer.rows());
    assert_eq!((answer.code, answer.output("conclusion")), (0, "pass"));
    assert_eq!(
        (answer.output("high"), answer.output("sarif-path")),
        ("0", ".stagegate/security.sarif")
    );
}

#[test]
fn findings_of_all_scanners_come_together() {
    let answer = with_reports(SCANNERS, FINDINGS).run(&[]);
    insta::assert_snapshot!(answer.rows());
    assert_eq!((answer.code, answer.output("conclusion")), (1, "fail"));
}

#[test]
fn a_hard_coded_password_is_reported_without_its_value() {
    let repository = with_reports(SCANNERS, FINDINGS);
    let report = repository.read("reports/bandit.sarif");
    let value = report.split("hardcoded password: '").nth(1).unwrap();
    let value = value.split('\'').next().unwrap();
    assert!(value.len() > 3, "the fixture quotes a password");
    let answer = repository.run(&[]);
    assert!(answer.rows().contains("[B105]"));
    let verdict = answer.verdict.to_canonical_json().unwrap();
    for surface in [&answer.stdout, &verdict, &repository.read(SARIF)] {
        assert!(!surface.contains(value));
    }
}

#[test]
fn the_threshold_decides_and_an_input_beats_the_config() {
    let repository = with_reports(&format!("  fail-on: critical\n{SCANNERS}"), FINDINGS);
    assert_eq!(repository.run(&[]).output("conclusion"), "warn");
    assert_eq!(repository.run(&["--fail-on", "high"]).code, 1);
}

#[test]
fn the_same_advisory_in_two_reports_is_one() {
    let scanners = "  scanners:\n    - { name: all, path: all.json }\n    - { name: production, path: production.json }\n";
    let fixtures = [
        ("npm-audit/findings.stdout", "all.json"),
        ("npm-audit/findings-production.stdout", "production.json"),
    ];
    let answer = with_reports(scanners, &fixtures).run(&[]);
    let seen_by_both = answer
        .verdict
        .findings
        .iter()
        .filter(|finding| finding.message.ends_with("[all, production]"));
    assert!(seen_by_both.count() > 0, "{}", answer.rows());
    let mut rules: Vec<_> = answer
        .verdict
        .findings
        .iter()
        .map(|finding| &finding.rule)
        .collect();
    rules.dedup();
    assert_eq!(rules.len(), answer.verdict.findings.len());
}

#[test]
fn a_scan_that_did_not_happen_is_an_error_and_never_a_pass() {
    let failed = r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"z"}},"results":[],"invocations":[{"executionSuccessful":false}]}]}"#;
    let cases: [(&str, Option<&str>, &str); 8] = [
        ("reports/zizmor.sarif", None, "no report matches"),
        ("reports/zizmor.sarif", Some(""), "is empty"),
        ("reports/zizmor.sarif", Some("null"), "in no format"),
        (
            "reports/zizmor.sarif",
            Some(failed),
            "did not run successfully",
        ),
        (
            "reports/zizmor.sarif",
            Some(r#"{"version":"2.1.0","runs":[]}"#),
            "it has no run",
        ),
        ("reports/bandit-2.sarif", Some("{"), "is no SARIF"),
        (
            "reports/npm-audit.json",
            Some(r#"{"SchemaVersion":2}"#),
            "a Trivy report",
        ),
        (
            "reports/npm-audit.json",
            Some("unavailable"),
            "says that the scan failed: 503",
        ),
    ];
    for (path, text, expected) in cases {
        let repository = with_reports(SCANNERS, CLEAN);
        match text {
            None => std::fs::remove_file(repository.path(path)).unwrap(),
            Some("unavailable") => {
                let fixture = concat!(
                    env!("CARGO_MANIFEST_DIR"),
                    "/../../tests/fixtures/npm-audit/unavailable.stdout"
                );
                repository.write(path, &std::fs::read_to_string(fixture).unwrap());
            }
            Some(text) => repository.write(path, text),
        }
        let answer = repository.run(&[]);
        let case = format!("{path} {expected}: {}", answer.rows());
        assert_eq!(
            (answer.code, answer.output("conclusion")),
            (3, "error"),
            "{case}"
        );
        assert!(answer.rows().contains(expected), "{case}");
    }
}

#[cfg(unix)]
#[test]
fn a_linked_report_does_not_vanish_beside_a_clean_one() {
    let config = "  scanners: [{ name: all, path: 'reports/*.sarif' }]\n";
    let repository = with_reports(config, CLEAN);
    let (to, from) = ("../elsewhere/z.sarif", repository.path("reports/z.sarif"));
    repository.write("elsewhere/z.sarif", "{}");
    std::os::unix::fs::symlink(to, from).unwrap();
    repository
        .run(&[])
        .assert(3, "reports/z.sarif is a symbolic link");
}

#[test]
fn a_scanner_may_be_declared_optional_or_silent() {
    let optional = with_reports(
        "  scanners: [{ name: a, path: a.sarif, required: false }]\n",
        &[],
    )
    .run(&[]);
    assert_eq!((optional.code, optional.output("conclusion")), (0, "warn"));
    let silent = with_reports(
        "  scanners: [{ name: a, path: a.sarif, allow-empty: true }]\n",
        &[],
    );
    silent.write("a.sarif", "");
    assert_eq!(silent.run(&[]).output("conclusion"), "pass");
}

#[test]
fn reports_may_be_named_by_inputs_and_take_none_away() {
    let repository = with_reports("  scanners: [{ name: a, path: nowhere.sarif }]\n", CLEAN);
    let answer = repository.run(&["--report", "reports/zizmor.sarif"]);
    assert_eq!(answer.code, 3, "the declared scanner is still missing");
    let repository = with_reports("  fail-on: low\n", CLEAN);
    let answer = repository.run(&[
        "--report",
        "reports/zizmor.sarif",
        "--report=py=reports/bandit.sarif",
    ]);
    assert_eq!(answer.verdict.title, "nothing found by 2 scanners");
}

#[test]
fn wrong_use_is_answered() {
    let cases: [(&str, &[&str], &str); 5] = [
        ("  fail-on: high\n", &[], "no scanner is declared"),
        (
            "  scanners: [{ name: a, path: a }, { name: a, path: b }]\n",
            &[],
            "declared twice",
        ),
        ("  scanners: [{ name: a, path: '' }]\n", &[], "has no path"),
        ("  scanners: [{ name: a, path: '[' }]\n", &[], "is no glob"),
        (
            "  scanners: [{ name: a, path: a, format: gitleaks }]\n",
            &[],
            "accepted: auto, sarif, npm-audit",
        ),
    ];
    for (config, flags, expected) in cases {
        let answer = with_reports(config, &[]).run(flags);
        assert_eq!(answer.code, 2, "{config}");
        assert!(
            answer.rows().contains(expected),
            "{config}: {}",
            answer.rows()
        );
    }
}
