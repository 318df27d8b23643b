//! Peers' config files on real reports: what holds, what is skipped by version, and which habit is warned about.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

#[allow(dead_code, reason = "each test file uses its part")]
mod support;

use fake_runner::{Ended, Runner};
use support::with_reports;
use verdict::{Conclusion, Figure};

const V12: [&str; 3] = ["home-1", "home-2", "home-3"];
const V13: [&str; 3] = ["v13-1", "v13-2", "v13-3"];

fn rc(repository: &Runner, assert: &str) {
    let text = format!("{{\"ci\": {{\n\"assert\": {assert}\n}}}}\n");
    repository.write(".lighthouserc.json", &text);
}

fn judged(repository: &Runner) -> Ended {
    repository.run(&["--report", "reports/*.json"])
}

fn messages(run: &Ended, rule: &str) -> String {
    let found = run
        .verdict
        .findings
        .iter()
        .filter(|finding| finding.rule == rule);
    found
        .map(|finding| format!("{}\n", finding.message))
        .collect()
}

#[test]
fn a_lighthouserc_alone_is_held_and_its_line_is_annotated() {
    let repository = with_reports(&V13);
    rc(
        &repository,
        "{\"assertions\": {\n\"largest-contentful-paint\": [\"error\", {\"maxNumericValue\": 900, \"aggregationMethod\": \"median\"}],\n\"user-timings:app-hydrate\": [\"warn\", {\"maxNumericValue\": 0.001}],\n\"resource-summary.script.size\": [\"error\", {\"maxNumericValue\": 100}]}}",
    );
    let run = judged(&repository);
    run.assert(1, "largest-contentful-paint is 998 ms, <= 900 ms is asserted (median of 1003 ms, 904 ms, 998 ms)");
    let mut lines: Vec<_> = run
        .verdict
        .findings
        .iter()
        .filter_map(|finding| finding.place.as_ref()?.line)
        .collect();
    lines.sort_unstable();
    assert_eq!(lines, [3, 4, 5], "{:?}", run.verdict.findings);
    assert!(matches!(&run.verdict.figures[0], Figure::Table(table) if table.rows.len() > 10));
    assert!(
        run.verdict
            .figures
            .iter()
            .any(|figure| matches!(figure, Figure::Dots(dots) if dots.series[0].values.len() == 3))
    );
}

#[test]
fn a_preset_skips_what_the_version_does_not_have() {
    // lighthouse-ci gives 23 false results here.
    for names in [V12, V13] {
        let repository = with_reports(&names);
        rc(&repository, r#"{"preset": "lighthouse:recommended"}"#);
        let run = judged(&repository);
        let all: Vec<_> = run
            .verdict
            .findings
            .iter()
            .map(|finding| &finding.message)
            .collect();
        assert!(
            !all.iter().any(|message| message.contains("did not run")),
            "{all:#?}"
        );
        assert!(run.code <= 1, "{all:#?}");
    }
}

#[test]
fn a_preset_has_what_only_this_major_has() {
    let with_a_bad_image = |name: &str| {
        let repository = with_reports(&[]);
        let mut lhr: serde_json::Value =
            serde_json::from_str(&with_reports(&[name]).read(&format!("reports/{name}.json")))
                .unwrap();
        let bad =
            serde_json::json!({"id": "svg-img-alt", "score": 0, "scoreDisplayMode": "binary"});
        lhr["audits"]["svg-img-alt"] = bad;
        repository.write("reports/one.json", &lhr.to_string());
        repository
    };
    for preset in ["all", "recommended", "no-pwa"] {
        let repository = with_a_bad_image("v13-1");
        rc(
            &repository,
            &format!(r#"{{"preset": "lighthouse:{preset}"}}"#),
        );
        assert_ne!(
            messages(&judged(&repository), "svg-img-alt"),
            "",
            "{preset}"
        );
    }
    let repository = with_a_bad_image("v13-1");
    rc(
        &repository,
        r#"{"preset": "lighthouse:recommended", "assertions": {"svg-img-alt": "off"}}"#,
    );
    assert_eq!(messages(&judged(&repository), "svg-img-alt"), "");
    // Lighthouse 12 does not have it, and lighthouse-ci's own results never do.
    let repository = with_a_bad_image("home-1");
    rc(&repository, r#"{"preset": "lighthouse:all"}"#);
    assert_eq!(messages(&judged(&repository), "svg-img-alt"), "");
    let repository = with_a_bad_image("v13-1");
    rc(&repository, r#"{"preset": "lighthouse:all"}"#);
    let run = repository.run(&["--report=reports/*.json", "--compat=lhci"]);
    assert_eq!(messages(&run, "svg-img-alt"), "");
}

#[test]
fn an_audit_of_another_version_is_renamed_or_skipped_with_the_reason() {
    let repository = with_reports(&V13);
    rc(
        &repository,
        r#"{"assertions": {"uses-http2": "error", "pwa-page-transitions": "error", "viewport": "error", "dom-size": ["error", {"maxNumericValue": 1}], "lcp-phases-insight": "warn", "interaction-to-next-paint": ["error", {"maxNumericValue": 200}], "categories:pwa": "error"}}"#,
    );
    let run = judged(&repository);
    let skipped = messages(&run, "skipped");
    for part in [
        "uses-http2 was removed in Lighthouse 13.5.0",
        "dom-size was removed in Lighthouse 13.5.0; dom-size-insight took its place and has no value like it",
        "interaction-to-next-paint is not measurable in a navigation run",
        "category pwa was removed",
    ] {
        assert!(skipped.contains(part), "{part}\n{skipped}");
    }
    assert!(
        !skipped.contains("viewport was removed"),
        "held to viewport-insight: {skipped}"
    );
    assert_eq!(run.code, 0, "{:?}", run.verdict.findings);
    // A word that no version knows stays a failure.
    rc(&repository, r#"{"assertions": {"no-such-audit": "error"}}"#);
    judged(&repository).assert(
        3,
        "no-such-audit did not run in 3 of 3 runs: \"no-such-audit\" is not a known audit.",
    );
}

#[test]
fn a_pass_that_is_owed_to_a_habit_is_warned_about() {
    let repository = with_reports(&V13);
    rc(
        &repository,
        r#"{"assertions": {"largest-contentful-paint": ["error", {"maxNumericValue": 950}], "firstContentfulPaint": ["error", {"maxNumericValue": 1}], "speed-index": ["fatal", {"maxNumericValue": 1}], "interactive": ["error", {"maxNumericValue": 9000, "aggregationMethod": "mean", "auditRan": 1}]}}"#,
    );
    let run = judged(&repository);
    assert_eq!(
        (run.code, run.verdict.conclusion),
        (0, Conclusion::Warn),
        "{:?}",
        run.verdict.findings
    );
    let quirks = messages(&run, "quirk");
    for part in [
        "largest-contentful-paint passes by its best run alone, and not by the median",
        "`firstContentfulPaint` is off: lighthouse-ci looks for `first-contentful-paint`",
        "`speed-index` can never fail: `fatal` is no level",
        "`mean` is no aggregationMethod",
        "`auditRan` has no effect",
    ] {
        assert!(quirks.contains(part), "{part}\n{quirks}");
    }
}

#[test]
fn assertions_that_hold_nowhere_are_no_pass() {
    let repository = with_reports(&V13);
    rc(
        &repository,
        r#"{"assertMatrix": [{"matchingUrlPattern": "/checkout", "assertions": {"interactive": "error"}}]}"#,
    );
    let run = judged(&repository);
    run.assert(3, "no limit holds for any of the pages");
    assert!(messages(&run, "quirk").contains("matchingUrlPattern `/checkout` matches no page"));
}

#[test]
fn a_section_and_the_files_it_extends_hold_together() {
    let repository = with_reports(&V13);
    repository.write(
        "budget.json",
        r#"[{"path": "/", "resourceCounts": [{"resourceType": "script", "budget": 0}]}]"#,
    );
    repository.write(
        "config/base.json",
        r#"{"ci": {"assert": {"assertions": {"speed-index": ["error", {"maxNumericValue": 1}]}}}}"#,
    );
    repository.write(
        ".lighthouserc.yml",
        "ci:\n  extends: ./config/base.json\n  assert:\n    assertions:\n      interactive: off\n",
    );
    repository.write("stagegate.yml", "lighthouse:\n  extends: [.lighthouserc.yml, budget.json]\n  budgets:\n    tbt: 0 ms\n    resources: {script: {size: 10 B, count: 1}, font: {count: 0}}\n");
    let run = judged(&repository);
    let rules: Vec<_> = run
        .verdict
        .findings
        .iter()
        .map(|finding| finding.rule.as_str())
        .collect();
    assert_eq!(run.code, 1);
    for rule in [
        "resources.script",
        "speed-index",
        "resource-summary:script:count",
    ] {
        assert!(rules.contains(&rule), "{rule} {rules:?}");
    }
    repository.write("stagegate.yml", "lighthouse:\n  extends: [nowhere.json]\n");
    judged(&repository).assert(2, "nowhere.json does not exist");
}

#[test]
fn a_javascript_config_is_evaluated_by_node_or_refused() {
    let mut repository = with_reports(&V13);
    repository.write("lighthouserc.cjs", "console.log('hello');\nmodule.exports = {ci: {assert: {assertions: {interactive: ['error', {maxNumericValue: 1}]}}}};\n");
    judged(&repository).assert(1, "interactive is ");
    repository.write("lighthouserc.cjs", "throw new Error('not today');\n");
    judged(&repository).assert(2, "evaluate lighthouserc.cjs: Error: not today");
    repository.set("PATH", repository.path(""));
    judged(&repository).assert(2, "node is not installed to evaluate it");
}

#[test]
fn compatible_results_are_lighthouse_cis_files() {
    let repository = with_reports(&V13);
    rc(
        &repository,
        r#"{"includePassedAssertions": true, "assertions": {"interactive": ["warn", {"maxNumericValue": 1}]}}"#,
    );
    let run = repository.run(&["--report=reports/*.json", "--compat=lhci"]);
    assert_eq!((run.code, run.verdict.conclusion), (0, Conclusion::Warn));
    let results = repository.json(".lighthouseci/assertion-results.json");
    assert_eq!(results[0]["auditId"], "interactive");
    let manifest = repository.json(".lighthouseci/manifest.json");
    let chosen: Vec<_> = (0..3)
        .map(|index| manifest[index]["isRepresentativeRun"].clone())
        .collect();
    assert_eq!(
        chosen,
        [false, false, true],
        "the representative run is last"
    );
    rc(
        &repository,
        r#"{"assertions": {"resource-summary:script": "error"}}"#,
    );
    repository
        .run(&["--report=reports/*.json", "--compat=lhci"])
        .assert(1, "Invalid resource-summary assertion");
    repository
        .run(&["--report=nothing/*.json", "--compat=lhci"])
        .assert(3, "matches no report");
}

#[test]
fn interactions_are_held_where_they_were_measured() {
    let off = "lighthouse:\n  budgets: {lcp: null, fcp: null, cls: null, ttfb: null, tti: null, tbt: null, inp: 50 ms, scores: {performance: null, accessibility: null, best-practices: null, seo: null}}\n";
    let repository = with_reports(&["v13-timespan"]);
    repository.write("stagegate.yml", off);
    judged(&repository).assert(1, "inp is 92 ms, over its limit of 50 ms");
    let repository = with_reports(&V13);
    repository.write("stagegate.yml", off);
    repository.write("crux.json", r#"{"record": {"key": {"origin": "http://127.0.0.1:8080"}, "metrics": {"interaction_to_next_paint": {"percentiles": {"p75": 180}}}}}"#);
    let run = repository.run(&["--report=reports/*.json", "--field-data=crux.json"]);
    run.assert(1, "inp is 180 ms, over its limit of 50 ms (median of 180 ms, CrUX, 75th percentile of visits)");
}

#[test]
fn a_wall_and_half_a_flood_of_screenshots_are_told_apart() {
    with_reports(&["v13-protected"])
        .run(&["--report=reports/*.json"])
        .assert(3, "is protected: it answered 401");
    let repository = with_reports(&["v13-1"]);
    let report = repository.read("reports/v13-1.json");
    let flood = format!(
        "{{\"fullPageScreenshot\": {{\"data\": \"{}\"}}, {}",
        "x".repeat(50 << 20),
        &report[1..]
    );
    repository.write("reports/v13-1.json", &flood);
    let run = judged(&repository);
    assert_eq!(run.verdict.evidence[0].bytes, Some(flood.len() as u64));
    assert!(run.code < 2, "{:?}", run.verdict.findings);
    repository.write("reports/v13-1.json", &flood[..flood.len() - 10]);
    judged(&repository).assert(3, "no Lighthouse report: EOF");
}

#[test]
fn a_baseline_gates_bytes_and_not_the_timings_of_another_machine() {
    let repository = with_reports(&V13);
    let mut lhr = repository.json("reports/v13-1.json");
    lhr["environment"]["benchmarkIndex"] = 9000.into();
    for row in lhr["audits"]["resource-summary"]["details"]["items"]
        .as_array_mut()
        .unwrap()
    {
        let bytes = row["transferSize"].as_f64().unwrap();
        row["transferSize"] = (bytes / 2.0).into();
    }
    repository.write("base/main.json", &lhr.to_string());
    let run = repository.run(&["--report=reports/*.json", "--baseline=base/*.json"]);
    run.assert(1, "total size regressed to ");
    assert!(
        messages(&run, "baseline")
            .contains("timings are not compared with the baseline: the machine's benchmarkIndex")
    );
    // A regression stands at the limit it is over: `max`, or the file that could say it.
    let lines = |section: &str| -> Vec<Option<u32>> {
        repository.write("stagegate.yml", section);
        let run = repository.run(&["--report=reports/*.json", "--baseline=base/*.json"]);
        let findings = run.verdict.findings.iter();
        findings
            .filter(|finding| finding.rule == "regression")
            .map(|finding| finding.place.as_ref().unwrap().line)
            .collect()
    };
    let written = lines("lighthouse:\n  regression:\n    metrics: [lcp]\n    max: 5 %\n");
    assert!(
        !written.is_empty() && written.iter().all(|line| *line == Some(4)),
        "{written:?}"
    );
    let unwritten = lines("lighthouse:\n  runs: 1\n");
    assert!(!unwritten.is_empty() && unwritten.iter().all(Option::is_none));
}
