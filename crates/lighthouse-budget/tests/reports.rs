//! The gate over real reports, whole and broken.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

#[allow(dead_code, reason = "each test file uses its part")]
mod support;

use support::with_reports;
use verdict::{Conclusion, EvidenceState};

const HOME: [&str; 3] = ["home-1", "home-2", "home-3"];
const WIDE: &str = "lighthouse:\n  budgets: {lcp: 60 s, fcp: 60 s, cls: 9, inp: null, ttfb: 60 s, tti: 60 s, tbt: 60 s, scores: {performance: 1, accessibility: 1, best-practices: 1, seo: 1}}\n";

#[test]
fn the_median_of_three_real_runs_is_judged() {
    let repository = with_reports(&HOME);
    repository.write("stagegate.yml", WIDE);
    let run = repository.run(&["--report", "reports/*.json"]);
    assert_eq!(
        (run.code, run.verdict.conclusion),
        (0, Conclusion::Pass),
        "{:?}",
        run.verdict.findings
    );
    let median = |pointer: &str| {
        let mut values: Vec<f64> = HOME
            .iter()
            .map(|name| {
                repository
                    .json(&format!("reports/{name}.json"))
                    .pointer(pointer)
                    .unwrap()
                    .as_f64()
                    .unwrap()
            })
            .collect();
        values.sort_by(f64::total_cmp);
        values[1]
    };
    let page = "http://127.0.0.1:8080/ (mobile)";
    assert_eq!(
        run.metric(&format!("lcp {page}")),
        median("/audits/largest-contentful-paint/numericValue")
    );
    assert_eq!(
        run.metric(&format!("tbt {page}")),
        median("/audits/total-blocking-time/numericValue")
    );
    assert_eq!(
        run.metric(&format!("seo {page}")),
        median("/categories/seo/score") * 100.0
    );
    let performance: f64 = run.output("performance").parse().unwrap();
    assert!((performance - median("/categories/performance/score") * 100.0).abs() < 0.001);
    let reports = HOME.map(|name| format!("reports/{name}.json"));
    assert_eq!(run.output("reports"), reports.join("\n"));
    let notes: Vec<_> = run
        .verdict
        .evidence
        .iter()
        .map(|evidence| evidence.note.as_deref())
        .collect();
    assert_eq!(
        notes,
        [Some("Lighthouse 12.8.2, ttfb by metrics.timeToFirstByte"); 3]
    );
}

#[test]
fn a_broken_budget_names_value_limit_runs_and_line() {
    let repository = with_reports(&HOME);
    repository.write("stagegate.yml", &WIDE.replace("lcp: 60 s", "lcp: 1 ms"));
    let run = repository.run(&["--report=reports/home-*.json"]);
    run.assert(1, "over its limit of 1 ms (median of ");
    let finding = &run.verdict.findings[0];
    assert_eq!(
        (finding.rule.as_str(), finding.place.as_ref().unwrap().line),
        ("lcp", Some(2))
    );
}

#[test]
fn one_bad_report_spoils_the_decision() {
    let unreachable = with_reports(&["home-1", "unreachable"]);
    let run = unreachable.run(&["--report", "reports/*.json"]);
    run.assert(3, "reports/unreachable.json: Lighthouse could not load http://127.0.0.1:8080/: FAILED_DOCUMENT_REQUEST");

    let repository = with_reports(&HOME);
    repository.write("stagegate.yml", WIDE);
    repository.write(
        "reports/half.json",
        &repository.read("reports/home-1.json")[..50_000],
    );
    repository
        .run(&["--report", "reports/*.json"])
        .assert(3, "reports/half.json: no Lighthouse report");
    repository.write("reports/half.json", "{}");
    repository
        .run(&["--report", "reports/*.json"])
        .assert(3, "reports/half.json: no Lighthouse report");

    let mut lhr = repository.json("reports/home-1.json");
    lhr["categories"]["performance"]["score"] = serde_json::Value::Null;
    repository.write("reports/half.json", &lhr.to_string());
    let run = repository.run(&["--report", "reports/*.json"]);
    run.assert(3, "performance is missing in 1 of 4 runs");
    assert_eq!(run.output("conclusion"), "error");
    assert!(
        run.verdict
            .evidence
            .iter()
            .all(|evidence| evidence.state == EvidenceState::Clean)
    );
}

#[test]
fn nothing_to_judge_is_no_pass() {
    let repository = with_reports(&["home-1"]);
    repository
        .run(&["--report", "reports/*.jsn", "--report", "reports/*.json"])
        .assert(3, "`reports/*.jsn` matches no report");
    repository
        .run(&["--report", "nowhere/x.json"])
        .assert(3, "matches no report");
    repository
        .run(&[])
        .assert(2, "neither report nor url is given");
    repository
        .run(&["--report=a", "--url=https://a.example/"])
        .assert(2, "both report and url are given");
    repository
        .run(&["--url=https://"])
        .assert(2, "url `https://`");
    repository
        .run(&["--url=file:///etc/passwd"])
        .assert(2, "http or https");
    repository.write(
        "stagegate.yml",
        "lighthouse:\n  runs: 0\n  budgets: {cls: -1, scores: {seo: 101}}\n",
    );
    let run = repository.run(&["--report", "reports/*.json"]);
    assert_eq!(
        (run.code, run.verdict.findings.len()),
        (2, 3),
        "{:?}",
        run.verdict.findings
    );
    repository.write("stagegate.yml", "lighthouse:\n  budgets: {lpc: 3 s}\n");
    repository
        .run(&["--report", "reports/*.json"])
        .assert(2, "lcp");
}
