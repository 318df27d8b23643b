//! Ours against the real lighthouse-ci: random configs on random reports, and whole commands on real ones.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

#[path = "lhci/cases.rs"]
mod cases;
#[path = "lhci/reports.rs"]
mod reports;

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use cases::{Case, Random};
use fake_runner::Runner;
use lighthouse_budget::lhci::{AssertError, assert};
use serde_json::{Value, json};

/// Random cases; the same every time.
const CASES: u64 = 2200;

fn peer() -> PathBuf {
    let peers = std::env::var_os("STAGEGATE_PEERS").expect("run `cargo xtask conformance lhci`");
    PathBuf::from(peers).join("lhci")
}

/// What lighthouse-ci answers, all cases in one process.
fn lighthouse_ci(cases: &[Case]) -> Vec<Value> {
    let driver = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/lhci.mjs");
    let mut child = Command::new("node")
        .arg(driver)
        .arg(peer())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node is installed");
    let mut input = child.stdin.take().unwrap();
    let lines: Vec<String> = cases
        .iter()
        .map(|case| {
            json!({"rc": case.rc, "budgets": case.budgets, "reports": case.reports}).to_string()
        })
        .collect();
    let writer = std::thread::spawn(move || {
        for line in lines {
            writeln!(input, "{line}").unwrap();
        }
    });
    let answers = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map(|line| serde_json::from_str(&line.unwrap()).unwrap())
        .collect();
    writer.join().unwrap();
    assert!(child.wait().unwrap().success());
    answers
}

fn ours(case: &Case) -> Value {
    let reports: Vec<&[u8]> = case.reports.iter().map(String::as_bytes).collect();
    match assert(&case.rc, case.budgets.as_deref(), &reports) {
        Ok(done) => json!({"code": i32::from(done.failed), "results": done.results}),
        Err(AssertError::Thrown(message)) => json!({"code": 1, "thrown": message}),
        Err(error) => panic!("{error}\n{}", case.rc),
    }
}

#[test]
#[ignore = "needs lighthouse-ci: `cargo xtask conformance lhci`"]
fn lighthouse_ci_answers_the_same_on_random_cases() {
    let mut random = Random::new(20_260_101);
    let cases: Vec<Case> = (0..CASES).map(|_| random.case()).collect();
    let theirs = lighthouse_ci(&cases);
    assert_eq!(theirs.len(), cases.len());
    covers_everything(&cases);
    let (mut failed, mut thrown, mut entries) = (0, 0, 0);
    for (number, (case, theirs)) in cases.iter().zip(&theirs).enumerate() {
        let mut ours = ours(case);
        if let (Some(ours), Some(_)) = (ours.get_mut("thrown"), theirs.get("thrown")) {
            // Both stop; the words are the JavaScript engine's own in most cases.
            *ours = theirs["thrown"].clone();
            thrown += 1;
        }
        assert_eq!(
            &ours, theirs,
            "case {number}\n{}\nbudgets: {:?}\nreports: {:#?}",
            case.rc, case.budgets, case.reports
        );
        failed += i32::from(theirs["code"] == 1);
        entries += theirs["results"]
            .as_str()
            .map_or(0, |text| text.matches("\"operator\"").count());
    }
    // The cases must be worth something: both answers, some exceptions, many results.
    assert!((300..2000).contains(&failed), "{failed} of {CASES} failed");
    assert!((30..600).contains(&thrown), "{thrown} of {CASES} threw");
    assert!(entries > 20_000, "only {entries} results");
}

/// Each feature and quirk must be in enough of the cases, or their number says little.
fn covers_everything(cases: &[Case]) {
    for (what, part, least) in [
        ("aggregation by the best run", "\"optimistic\"", 300),
        ("by the worst", "\"pessimistic\"", 150),
        ("by the median", "\"median\"", 150),
        ("by the representative run", "\"median-run\"", 150),
        ("by a word that is none", "\"average\"", 150),
        ("the preset all", "lighthouse:all", 50),
        ("the preset recommended", "lighthouse:recommended", 50),
        ("the preset no-pwa", "lighthouse:no-pwa", 50),
        ("a preset that is none", "lighthouse:none", 5),
        ("sets by page", "assertMatrix", 300),
        ("patterns with look-ahead", "(?!", 20),
        ("patterns with look-behind", "(?<=", 20),
        ("a pattern that is none", "\"(\"", 5),
        ("categories", "categories:performance", 100),
        ("a category that is not there", "categories:nothing", 100),
        ("sizes by type", "resource-summary:script:size", 100),
        ("keys with dots", "resource-summary.total.count", 100),
        ("a part that is none", "resource-summary:font:sum", 5),
        ("timings of the page", "user-timings:app-hydrate", 100),
        ("keys in camel case", "firstContentfulPaint", 100),
        ("an audit nobody has", "made-up-audit", 100),
        ("an option without effect", "\"auditRan\"", 100),
        ("a level that is none", "\"fatal\"", 100),
    ] {
        let count = cases.iter().filter(|case| case.rc.contains(part)).count();
        assert!(count >= least, "{what}: {count} cases, {least} are wanted");
    }
    let budgets = cases.iter().filter_map(|case| case.budgets.as_deref());
    for (part, least) in [
        ("\"timings\"", 100),
        ("resourceSizes", 100),
        ("resourceCounts", 100),
        ("*", 50),
        ("$\"", 50),
        ("tolerance", 10),
    ] {
        let count = budgets.clone().filter(|text| text.contains(part)).count();
        assert!(count >= least, "budgets with {part}: {count} cases");
    }
    for part in [
        "\"score\": null",
        "\"numericValue\": null",
        "\"items\": null",
    ] {
        let has = |case: &&Case| case.reports.iter().any(|report| report.contains(part));
        let count = cases.iter().filter(has).count();
        assert!(count >= 500, "reports with {part}: {count} cases");
    }
}

/// Random cases for the whole command, which takes a second each.
const COMMANDS: usize = 20;

/// The whole command line, on a copy of the same files: its exit code and what it wrote.
fn command(case: &Case) -> (i32, String) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files(case) {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let done = Command::new("node")
        .arg(peer().join("node_modules/@lhci/cli/src/cli.js"))
        .arg("assert")
        .current_dir(folder.path())
        .output()
        .unwrap();
    let results = folder.path().join(".lighthouseci/assertion-results.json");
    (
        done.status.code().unwrap(),
        std::fs::read_to_string(results).unwrap_or_default(),
    )
}

fn files(case: &Case) -> Vec<(String, &str)> {
    let reports = case.reports.iter().enumerate();
    let mut files: Vec<_> = reports
        .map(|(index, text)| {
            (
                format!(".lighthouseci/lhr-{}.json", 1000 + index),
                text.as_str(),
            )
        })
        .collect();
    files.push((".lighthouserc.json".to_owned(), &case.rc));
    files.extend(
        case.budgets
            .as_deref()
            .map(|text| ("budget.json".to_owned(), text)),
    );
    files
}

fn gate(case: &Case) -> (i32, String) {
    let repository = Runner::new(env!("CARGO_BIN_EXE_lighthouse-budget"));
    for (name, text) in files(case) {
        repository.write(&name, text);
    }
    let run = repository.run(&["--compat=lhci"]);
    let results = repository.path(".lighthouseci/assertion-results.json");
    (
        run.code,
        std::fs::read_to_string(results).unwrap_or_default(),
    )
}

/// Real reports of two versions under a preset and under written assertions.
fn real() -> Vec<Case> {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/fixtures/lighthouse"
    );
    let reports = |names: &[&str]| -> Vec<String> {
        names
            .iter()
            .map(|name| std::fs::read_to_string(format!("{folder}/{name}.json")).unwrap())
            .collect()
    };
    let preset = r#"{"ci": {"assert": {"preset": "lighthouse:recommended", "includePassedAssertions": true}}}"#;
    let written = r#"{"ci": {"assert": {"includePassedAssertions": true, "aggregationMethod": "median", "assertions": {
        "categories:performance": ["error", {"minScore": 0.9}], "largest-contentful-paint": ["error", {"maxNumericValue": 2500}],
        "speed-index": ["warn", {"maxNumericValue": 3400, "aggregationMethod": "median-run"}],
        "resource-summary:script:size": ["error", {"maxNumericValue": 300000}], "user-timings:app-hydrate": ["warn", {"maxNumericValue": 5}],
        "unused-javascript": ["warn", {"maxLength": 0, "aggregationMethod": "pessimistic"}], "interaction-to-next-paint": "error"}}}}"#;
    [["home-1", "home-2", "home-3"], ["v13-1", "v13-2", "v13-3"]]
        .iter()
        .flat_map(|names| [preset, written].map(|rc| (rc, names)))
        .map(|(rc, names)| Case {
            rc: rc.to_owned(),
            budgets: None,
            reports: reports(names),
        })
        .collect()
}

#[test]
#[ignore = "needs lighthouse-ci: `cargo xtask conformance lhci`"]
fn lighthouse_ci_gives_the_same_files_and_exit_code_as_a_command() {
    let mut random = Random::new(42);
    let cases: Vec<Case> = real()
        .into_iter()
        .chain((0..COMMANDS).map(|_| random.case()))
        .collect();
    let next = std::sync::atomic::AtomicUsize::new(0);
    // Two at a time: most of each is the start of a process.
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(case) =
                    cases.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
                {
                    let (ours, theirs) = (gate(case), command(case));
                    assert_eq!(ours, theirs, "{}\n{:?}", case.rc, case.budgets);
                }
            });
        }
    });
}
