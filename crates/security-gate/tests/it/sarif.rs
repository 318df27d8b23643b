//! The merged SARIF: what the standard and code scanning ask of it.

use std::collections::BTreeSet;

use fake_runner::Runner;
use serde_json::Value;

use crate::reports::{FINDINGS, SCANNERS};
use crate::support::{SARIF, with_reports};

fn merged(repository: &Runner) -> String {
    let _ = std::fs::remove_file(repository.path(SARIF));
    let _ = repository.run(&[]);
    repository.read(SARIF)
}

#[test]
fn the_same_reports_give_the_same_bytes() {
    let one = with_reports(SCANNERS, FINDINGS);
    let first = merged(&one);
    assert_eq!(merged(&one), first, "again");
    let reversed: String = {
        let mut lines: Vec<_> = SCANNERS.lines().skip(1).collect();
        lines.reverse();
        format!("  scanners:\n{}\n", lines.join("\n"))
    };
    assert_eq!(
        merged(&with_reports(&reversed, FINDINGS)),
        first,
        "in another order and folder"
    );
    insta::assert_snapshot!(first);
}

#[test]
fn what_the_gate_wrote_it_reads_to_the_same_end() {
    let repository = with_reports(SCANNERS, FINDINGS);
    let first = repository.run(&[]);
    let again = with_reports("  scanners: [{ name: merged, path: merged.sarif }]\n", &[]);
    again.write("merged.sarif", &repository.read(SARIF));
    let second = again.run(&[]);
    for severity in ["critical", "high", "moderate", "low"] {
        assert_eq!(
            second.output(severity),
            first.output(severity),
            "{severity}"
        );
    }
}

/// The rules of SARIF 2.1.0 and of code scanning that a wrong writer would break.
#[test]
fn the_document_keeps_the_rules_of_the_standard() {
    let log: Value = serde_json::from_str(&merged(&with_reports(SCANNERS, FINDINGS))).unwrap();
    assert_eq!(log["version"], "2.1.0");
    assert!(
        log["$schema"]
            .as_str()
            .unwrap()
            .ends_with("sarif-schema-2.1.0.json")
    );
    let runs = log["runs"].as_array().unwrap();
    let categories: BTreeSet<_> = runs
        .iter()
        .map(|run| run["automationDetails"]["id"].as_str().unwrap())
        .collect();
    assert_eq!(
        categories.len(),
        runs.len(),
        "each run needs a category of its own"
    );
    for run in runs {
        let driver = &run["tool"]["driver"];
        assert!(!driver["name"].as_str().unwrap().is_empty());
        let rules = driver["rules"].as_array().unwrap();
        let ids: BTreeSet<_> = rules
            .iter()
            .map(|rule| rule["id"].as_str().unwrap())
            .collect();
        assert_eq!(ids.len(), rules.len(), "rule ids are unique");
        for rule in rules {
            for text in ["shortDescription", "fullDescription", "help"] {
                assert!(!rule[text]["text"].as_str().unwrap().is_empty());
            }
            if let Some(score) = rule["properties"].get("security-severity") {
                let score: f64 = score.as_str().unwrap().parse().unwrap();
                assert!((0.0..=10.0).contains(&score));
            }
        }
        let mut prints = BTreeSet::new();
        for result in run["results"].as_array().unwrap() {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(rules[index]["id"], result["ruleId"]);
            assert!(
                ["error", "warning", "note", "none"].contains(&result["level"].as_str().unwrap())
            );
            assert!(!result["message"]["text"].as_str().unwrap().is_empty());
            let physical = &result["locations"][0]["physicalLocation"];
            let uri = physical["artifactLocation"]["uri"].as_str().unwrap();
            assert!(
                !uri.starts_with('/') && !uri.contains("://") && !uri.contains(".."),
                "{uri}"
            );
            assert!(physical["region"]["startLine"].as_u64().unwrap() >= 1);
            assert!(
                prints.insert(
                    result["partialFingerprints"]["primaryLocationLineHash"]
                        .as_str()
                        .unwrap()
                )
            );
        }
    }
}

#[test]
fn a_broken_report_has_no_run_since_its_silence_would_close_alerts() {
    let repository = with_reports(SCANNERS, FINDINGS);
    let report = repository.read("reports/zizmor.sarif");
    let failed = report.replace(
        "\"executionSuccessful\": true",
        "\"executionSuccessful\": false",
    );
    assert_ne!(failed, report);
    repository.write("reports/zizmor.sarif", &failed);
    let log: Value = serde_json::from_str(&merged(&repository)).unwrap();
    let names: Vec<_> = log["runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| run["tool"]["driver"]["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Bandit", "npm audit"]);
}
