//! `mode: run`, with checkers that say what the real ones said.
#![cfg(unix)]

use fake_runner::Runner;

use crate::support::{install, install_script, with_files};

/// The fixtures' tsc was run without `--listFiles`.
const CONFIG: &str = "quality:\n  tools:\n    tsc: { run: [tsc, --noEmit, --pretty, 'false'] }\n    eslint:\n    prettier:\n";

fn app(tsc: &str, eslint: &str, prettier: &str) -> Runner {
    let repository = with_files(&[("stagegate.yml", CONFIG)]);
    // The files the fixtures speak of: `/repo` was another machine's folder.
    for file in ["findings.ts", "warning.tsx", "syntax-error.ts"] {
        repository.write(&format!("src/lib/{file}"), "");
    }
    install(&repository, "tsc", tsc);
    install(&repository, "eslint", eslint);
    install(&repository, "prettier", prettier);
    repository
}

#[test]
fn clean_checkers_pass() {
    let answer = app("clean", "clean", "list-different-clean").run(&[]);
    insta::assert_snapshot!(answer.rows());
    assert_eq!(
        (answer.output("conclusion"), answer.output("errors")),
        ("pass", "0")
    );
    assert_eq!(answer.output("tests-total"), "");
    assert!(answer.stdout.contains("::remove-matcher owner=tsc::"));
}

#[test]
fn findings_of_all_checkers_fail_together() {
    let answer = app("errors", "findings", "list-different").run(&[]);
    insta::assert_snapshot!(answer.rows());
    assert_eq!(answer.output("conclusion"), "fail");
}

#[test]
fn syntax_errors_are_findings() {
    let answer = app("clean", "syntax-error", "list-different-syntax-error").run(&[]);
    insta::assert_snapshot!(answer.rows());
}

#[test]
fn checkers_that_could_not_check_are_errors() {
    let cases = [
        ("no-project", "clean", "list-different-clean"),
        ("bad-option", "clean", "list-different-clean"),
        ("clean", "config-error", "list-different-clean"),
        ("clean", "no-files", "list-different-clean"),
        ("clean", "clean", "check"),
        ("clean", "clean", "check-clean"),
        ("clean", "clean", "check-no-files"),
        ("clean", "clean", "check-syntax-error"),
    ];
    for (tsc, eslint, prettier) in cases {
        let answer = app(tsc, eslint, prettier).run(&[]);
        let case = format!("{tsc} {eslint} {prettier}: {}", answer.rows());
        assert_eq!(answer.code, 3, "{case}");
        assert_eq!(answer.output("conclusion"), "error", "{case}");
        assert!(
            answer
                .verdict
                .findings
                .iter()
                .any(|finding| finding.rule == "undecided"),
            "{case}"
        );
    }
}

#[test]
fn a_crash_is_shown_and_what_it_prints_is_not_obeyed() {
    let repository = app("clean", "clean", "list-different-clean");
    install_script(
        &repository,
        "eslint",
        "echo '::set-output name=conclusion::pass'; echo 'TypeError: boom' >&2; exit 1",
    );
    let answer = repository.run(&[]);
    insta::assert_snapshot!(answer.rows());
    let before = answer.stdout.split("::set-output").next().unwrap();
    assert!(before.contains("::stop-commands::"), "{}", answer.stdout);
}

#[test]
fn a_missing_checker_names_the_command_that_installs_it() {
    let repository = with_files(&[("tsconfig.json", "{}"), ("pnpm-lock.yaml", "")]);
    let answer = repository.run(&[]);
    insta::assert_snapshot!(answer.rows());
}

#[test]
fn a_checker_that_hangs_is_ended() {
    let repository = app("clean", "clean", "list-different-clean");
    let config = format!("{CONFIG}  timeout: 100 ms\n");
    repository.write("stagegate.yml", &config.replace("    prettier:\n", ""));
    install_script(&repository, "tsc", "sleep 600 & sleep 600");
    let answer = repository.run(&[]);
    assert_eq!(answer.code, 3);
    let first = &answer.verdict.findings[0];
    assert!(
        first.message.starts_with("tsc did not end within"),
        "{}",
        first.message
    );
}

#[test]
fn checkers_get_no_token_and_no_colour() {
    let repository = app("clean", "clean", "list-different-clean");
    repository.write("stagegate.yml", "quality:\n  tools: { prettier: }\n");
    let script = "test -z \"$GITHUB_TOKEN$GITHUB_OUTPUT\" && test -n \"$NO_COLOR\"";
    install_script(&repository, "prettier", script);
    assert_eq!(repository.run(&[]).code, 0);
}

#[test]
fn a_package_of_a_workspace_is_reported_by_its_path_in_the_repository() {
    let repository = with_files(&[("apps/web/tsconfig.json", "{}")]);
    install_script(
        &repository,
        "tsc",
        "echo 'src/a.ts(1,2): error TS2322: x'; echo \"$PWD/src/a.ts\"; exit 2",
    );
    let answer = repository.run(&[
        "--working-directory",
        "apps/web",
        "--verdict",
        ".stagegate/verdicts/quality-gate.json",
    ]);
    let place = answer.verdict.findings[0]
        .place
        .as_ref()
        .unwrap()
        .to_string();
    assert_eq!(place, "apps/web/src/a.ts:1:2", "{}", answer.rows());
}

#[test]
fn wrong_use_is_answered() {
    let cases: [(&str, &[&str], &str); 5] = [
        ("{}", &[], "no checker to run"),
        ("quality: { tools: {} }", &[], "no checker to run"),
        (
            "quality: { tools: { tsc: { run: [] } } }",
            &[],
            "names no program",
        ),
        (
            "quality: { tools: { tsc: } }",
            &["--report", "x"],
            "mode: ingest",
        ),
        ("quality: { tools: { tsc: } }", &[], "project references"),
    ];
    for (config, flags, expected) in cases {
        let repository = with_files(&[("stagegate.yml", config)]);
        if expected == "project references" {
            repository.write(
                "tsconfig.json",
                r#"{"files": [], "references": [{"path": "a"}]}"#,
            );
        }
        let answer = repository.run(flags);
        assert_eq!(answer.code, 2, "{config}");
        assert!(
            answer.rows().contains(expected),
            "{config}: {}",
            answer.rows()
        );
    }
}
