//! Verdicts of the shipped binary over what real tools wrote.

use std::fs;
use std::path::Path;

use fake_runner::Runner;
use verdict::Verdict;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures");

const CONFIG: &str = "quality:
  tests:
    unit: { report: reports/vitest/*.json, shards: 4 }
bundle:
  routes:
    - { route: /**, first-load-js: 160 kB }
lighthouse:
  budgets: { lcp: 2.5 s, tbt: 200 ms, cls: 0.1, scores: { performance: 90, accessibility: 95 } }
security:
  fail-on: high
  scanners:
    - { name: workflows, path: reports/zizmor.sarif }
    - { name: python, path: reports/bandit.sarif }
    - { name: dependencies, path: reports/npm-audit.json, format: npm-audit }
";

const GATES: [(&str, &[&str]); 4] = [
    ("quality-gate", &["--mode", "ingest"]),
    ("bundle-budget", &[]),
    (
        "lighthouse-budget",
        &["--report", "reports/lighthouse/*.json"],
    ),
    ("security-gate", &[]),
];

/// Runs the gates in one repository.
pub(crate) fn verdicts() -> Vec<Verdict> {
    let mut repository = Runner::new(env!("CARGO_BIN_EXE_stagegate"));
    repository
        .set("GITHUB_REPOSITORY", "acme/web")
        .set("GITHUB_SHA", "0123456789abcdef0123456789abcdef01234567")
        .set("GITHUB_RUN_ID", "4711")
        .set("GITHUB_JOB", "gates");
    repository.write("stagegate.yml", CONFIG);
    let copies = [
        ("next/oversized-bundle/.next", ".next"),
        ("sarif/zizmor-findings.sarif", "reports/zizmor.sarif"),
        ("sarif/bandit-findings.sarif", "reports/bandit.sarif"),
        ("npm-audit/findings.stdout", "reports/npm-audit.json"),
    ];
    for (from, to) in copies {
        copy(&Path::new(FIXTURES).join(from), &repository.path(to));
    }
    for number in 1..=4 {
        let from = Path::new(FIXTURES).join(format!("vitest/shard-{number}.json"));
        copy(
            &from,
            &repository.path(&format!("reports/vitest/{number}.json")),
        );
    }
    for number in 1..=3 {
        let from = Path::new(FIXTURES).join(format!("lighthouse/home-{number}.json"));
        copy(
            &from,
            &repository.path(&format!("reports/lighthouse/{number}.json")),
        );
    }
    // The build leaves out the files that a page loads when it is idle.
    let manifest = repository.json(".next/build-manifest.json");
    for file in manifest["lowPriorityFiles"].as_array().unwrap() {
        let path = format!(".next/{}", file.as_str().unwrap());
        if !repository.path(&path).exists() {
            repository.write(&path, "self.__IDLE=1\n");
        }
    }
    let mut run = |(gate, flags): &(&str, &[&str])| {
        repository.verdict_at(&format!(".stagegate/verdicts/{gate}.json"));
        let page = format!("--html=pages/{gate}.html");
        let ended = repository.run(&[&[*gate, page.as_str()], *flags].concat());
        assert!(ended.code < 2, "{gate}: {}", ended.stderr);
        let page = repository.read(&format!("pages/{gate}.html"));
        assert!(page.contains("</html>"), "{gate}");
        ended.verdict
    };
    GATES.iter().map(&mut run).collect()
}

fn copy(from: &Path, to: &Path) {
    if !from.is_dir() {
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(from, to).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
        return;
    }
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        copy(&entry.path(), &to.join(entry.file_name()));
    }
}
