//! `mode: ingest`, with reports that Vitest wrote.

use fake_runner::Runner;

use crate::support::{copy, with_files};

const CONFIG: &str =
    "quality:\n  tests:\n    unit:\n      report: reports/*.json\n      shards: 4\n";

fn with_shards(set: &str, ending: &str, numbers: &[u8]) -> Runner {
    let repository = with_files(&[("stagegate.yml", &CONFIG.replace("json", ending))]);
    for number in numbers {
        let file = format!("{number}.{ending}");
        copy(
            &repository,
            &format!("vitest/{set}-{file}"),
            &format!("reports/{file}"),
        );
    }
    repository
}

const INGEST: &[&str] = &["--mode", "ingest"];

#[test]
fn four_clean_shards_pass_in_both_formats() {
    let json = with_shards("clean", "json", &[1, 2, 3, 4]).run(INGEST);
    let xml = with_shards("clean", "xml", &[1, 2, 3, 4]).run(INGEST);
    insta::assert_snapshot!(json.rows());
    for answer in [&json, &xml] {
        assert_eq!((answer.code, answer.output("tests-failed")), (0, "0"));
    }
    assert_eq!(json.output("tests-total"), xml.output("tests-total"));
}

#[test]
fn failed_flaky_and_unloadable_are_told_apart() {
    let repository = with_shards("shard", "json", &[1, 2, 3, 4]);
    for file in ["failing", "flaky"] {
        repository.write(&format!("src/mixed/{file}.test.ts"), "");
    }
    let answer = repository.run(INGEST);
    insta::assert_snapshot!(answer.rows());
    assert_eq!((answer.code, answer.output("tests-flaky")), (1, "1"));
}

#[test]
fn junit_has_the_same_failures_and_no_trace_of_the_flaky_one() {
    let answer = with_shards("shard", "xml", &[1, 2, 3, 4]).run(INGEST);
    insta::assert_snapshot!(answer.rows());
    let json = with_shards("shard", "json", &[1, 2, 3, 4]).run(INGEST);
    assert_eq!(answer.output("tests-failed"), json.output("tests-failed"));
    assert_eq!(answer.output("tests-total"), json.output("tests-total"));
}

#[test]
fn incomplete_reports_are_an_error_and_never_a_pass() {
    let three = with_shards("clean", "json", &[1, 2, 3]);
    let none = with_shards("clean", "json", &[]);
    let twice = with_shards("clean", "json", &[1, 2, 3]);
    copy(&twice, "vitest/clean-1.json", "reports/4.json");
    let cut = with_shards("clean", "json", &[1, 2, 3, 4]);
    let text = cut.read("reports/4.json");
    cut.write("reports/4.json", &text[..text.len() / 2]);
    let empty = with_shards("clean", "json", &[1, 2, 3, 4]);
    empty.write("reports/4.json", "");
    let without_tests = with_shards("clean", "json", &[1, 2, 3, 4]);
    without_tests.write(
        "reports/4.json",
        r#"{"numTotalTests":0,"success":true,"testResults":[]}"#,
    );
    let skipped = with_files(&[("stagegate.yml", &CONFIG.replace("      shards: 4\n", ""))]);
    skipped.write(
        "reports/1.json",
        r#"{"numTotalTests":2,"success":true,"testResults":[{"name":"/app/a.test.ts","status":"passed","message":"","assertionResults":[
            {"fullName":"a","title":"a","status":"skipped","failureMessages":[]},
            {"fullName":"b","title":"b","status":"skipped","failureMessages":[]}]}]}"#,
    );
    let cases = [
        (three, "3 of 4 shard reports"),
        (none, "no report matches"),
        (twice, "a shard is there twice"),
        (cut, "is no Vitest JSON report"),
        (empty, "is empty"),
        (without_tests, "holds no test"),
        (skipped, "no test ran: all 2 are skipped"),
    ];
    for (repository, expected) in cases {
        let answer = repository.run(INGEST);
        assert_eq!(answer.code, 3, "{expected}: {}", answer.rows());
        assert!(
            answer.rows().contains(expected),
            "{expected}: {}",
            answer.rows()
        );
    }
}

#[test]
fn reports_may_be_named_by_inputs() {
    let repository = with_shards("clean", "json", &[1, 2]);
    let flags = [
        "--mode=ingest",
        "--report",
        "unit=reports/*.json",
        "--shards",
        "2",
    ];
    let answer = repository.run(&flags);
    assert_eq!(answer.code, 0, "{}", answer.rows());
    let answer = repository.run(&["--mode=ingest", "--report", "reports/*"]);
    assert_eq!(answer.code, 0, "{}", answer.rows());
}

#[test]
fn wrong_use_is_answered() {
    let repository = with_shards("clean", "json", &[1]);
    repository.write("reports/1.txt", "x");
    let cases: [(&[&str], &str); 3] = [
        (&["--mode=ingest", "--shards=2"], "`shards` needs `report`"),
        (
            &["--mode=ingest", "--report=reports/1.txt"],
            "stands for no format",
        ),
        (&["--mode=ingest", "--report=reports/["], "is no glob"),
    ];
    for (flags, expected) in cases {
        let answer = repository.run(flags);
        assert_eq!(answer.code, 2, "{expected}");
        assert!(
            answer.rows().contains(expected),
            "{expected}: {}",
            answer.rows()
        );
    }
}

#[cfg(unix)]
#[test]
fn a_linked_report_does_not_vanish_beside_a_real_one() {
    let repository = with_files(&[("stagegate.yml", &CONFIG.replace("      shards: 4\n", ""))]);
    copy(&repository, "vitest/clean-1.json", "reports/1.json");
    copy(&repository, "vitest/shard-2.json", "elsewhere/2.json");
    let (to, from) = (
        repository.path("elsewhere/2.json"),
        repository.path("reports/2.json"),
    );
    std::os::unix::fs::symlink(to, from).unwrap();
    repository
        .run(INGEST)
        .assert(3, "reports/2.json is a symbolic link");
}
