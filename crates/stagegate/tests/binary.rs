//! The shipped binary in an emptied environment and an empty folder: what it says to people who ask for
//! help, mistype, or start a gate where it has nothing to read.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test stops where it fails"
)]

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;
use stagegate::gates;

/// Exit code, standard output and standard error.
fn stagegate(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_stagegate"))
        .args(arguments)
        .env_clear()
        .current_dir(folder)
        .output()
        .unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

/// All of it, for a snapshot. Widths differ from terminal to terminal, versions from release to release.
fn said(arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let (code, stdout, stderr) = stagegate(folder.path(), arguments);
    format!("exit code {code}\n--- standard output\n{stdout}--- standard error\n{stderr}")
        .replace(env!("CARGO_PKG_VERSION"), "VERSION")
}

fn schema() -> jsonschema::Validator {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema/verdict.schema.json");
    let schema = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

#[test]
fn without_a_gate_it_lists_them() {
    insta::assert_snapshot!("no_arguments", said(&[]));
}

#[test]
fn help_is_an_answer_and_no_complaint() {
    let folder = tempfile::tempdir().unwrap();
    let (_, _, complaint) = stagegate(folder.path(), &[]);
    for flag in ["--help", "-h", "help"] {
        let (code, help, stderr) = stagegate(folder.path(), &[flag]);
        assert_eq!((code, stderr.as_str()), (0, ""));
        assert_eq!(help, complaint);
    }
}

#[test]
fn it_tells_its_version() {
    insta::assert_snapshot!(said(&["--version"]), @"
    exit code 0
    --- standard output
    stagegate VERSION
    --- standard error
    ");
}

#[test]
fn a_mistyped_gate_is_guessed_and_a_strange_one_is_not() {
    insta::assert_snapshot!("near_miss", said(&["bundel-budget"]));
    assert!(!said(&["zzzzzzzzzzzz"]).contains("did you mean"));
}

#[test]
fn the_help_of_every_gate_says_purpose_section_and_exit_codes() {
    let folder = tempfile::tempdir().unwrap();
    for entry in gates() {
        let (code, help, stderr) = stagegate(folder.path(), &[entry.name, "--help"]);
        assert_eq!((code, stderr.as_str()), (0, ""), "{}", entry.name);
        let metadata = (entry.metadata)();
        let one_line = help.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(one_line.starts_with(entry.about), "{help}");
        assert!(
            help.contains(&format!("section `{}` of stagegate.yml", metadata.section)),
            "{help}"
        );
        assert!(
            help.contains("Exit codes: 0 pass, warn or pending; 1 fail; 2 wrong usage or config; 3 could not decide."),
            "{help}"
        );
        for input in metadata.inputs {
            assert!(help.contains(&format!("--{}", input.name)), "{help}");
        }
    }
}

#[test]
fn the_help_of_a_gate_reads_well() {
    insta::assert_snapshot!("help_of_bundle_budget", said(&["bundle-budget", "--help"]));
}

#[test]
fn a_gate_outside_an_app_says_what_it_needs() {
    insta::assert_snapshot!("outside_an_app", said(&["bundle-budget"]));
}

#[test]
fn a_typo_in_the_config_is_placed_and_corrected() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("stagegate.yml"),
        "bundle:\n  gate: gzip\n  rotes: []\n",
    )
    .unwrap();
    let (code, _, stderr) = stagegate(folder.path(), &["bundle-budget"]);
    assert_eq!(code, 2);
    insta::assert_snapshot!("typo_in_config", stderr);
}

/// No gate passes where there is nothing to read, and each leaves a verdict that says so in the form
/// others were promised.
#[test]
fn in_an_empty_folder_no_gate_passes_and_all_leave_a_verdict() {
    let schema = schema();
    for entry in gates() {
        let folder = tempfile::tempdir().unwrap();
        let (code, _, stderr) = stagegate(folder.path(), &[entry.name]);
        assert!([2, 3].contains(&code), "{}: {code}\n{stderr}", entry.name);
        assert!(stderr.contains("fix: "), "{}:\n{stderr}", entry.name);
        let path = format!(".stagegate/verdicts/{}.json", entry.name);
        let text = fs::read_to_string(folder.path().join(path)).unwrap();
        let verdict: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(verdict["conclusion"], "error", "{}", entry.name);
        let errors: Vec<_> = schema
            .iter_errors(&verdict)
            .map(|e| e.to_string())
            .collect();
        assert_eq!(errors, [""; 0], "{}", entry.name);
    }
}

/// A verdict with findings, metrics and evidence of real reports follows the schema, on a runner too.
#[test]
fn a_full_verdict_follows_the_schema() {
    let folder = tempfile::tempdir().unwrap();
    let report = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fixtures/npm-audit/findings.stdout");
    fs::copy(report, folder.path().join("npm-audit.json")).unwrap();
    fs::write(
        folder.path().join("stagegate.yml"),
        "security:\n  scanners:\n    - name: dependencies\n      path: npm-audit.json\n      format: npm-audit\n",
    )
    .unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_stagegate"))
        .args(["security-gate", "--instance", "web"])
        .env_clear()
        .envs([
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_REPOSITORY", "acme/web"),
            ("GITHUB_SHA", "0123456789abcdef0123456789abcdef01234567"),
            ("GITHUB_RUN_ID", "7"),
            ("GITHUB_JOB", "security"),
        ])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let path = folder
        .path()
        .join(".stagegate/verdicts/security-gate-web.json");
    let verdict: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    for list in ["findings", "evidence"] {
        assert!(!verdict[list].as_array().unwrap().is_empty(), "{verdict:#}");
    }
    assert_eq!(verdict["run"]["id"], 7);
    let errors: Vec<_> = schema()
        .iter_errors(&verdict)
        .map(|e| e.to_string())
        .collect();
    assert_eq!(errors, [""; 0]);
}
