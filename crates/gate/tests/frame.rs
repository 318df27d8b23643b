//! The frame around the example gate `answer`, in a fake runner folder: exit codes, outputs, verdict
//! file and surfaces on every path.

#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::path::PathBuf;

use fake_runner::Runner;
use verdict::{Conclusion, Verdict};

const SHA: &str = "0123456789abcdef0123456789abcdef01234567";

fn runner() -> Runner {
    let mut runner = Runner::new(example());
    runner
        .set("GITHUB_REPOSITORY", "acme/web")
        .set("GITHUB_SHA", SHA)
        .set("GITHUB_RUN_ID", "7")
        .set("GITHUB_JOB", "check");
    runner
}

/// Cargo builds examples of a package before it runs the package's tests.
fn example() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().and_then(|deps| deps.parent()).unwrap();
    profile.join("examples/answer")
}

#[test]
fn every_answer_has_its_exit_code_verdict_and_outputs() {
    let cases = [
        ("pass", 0, Conclusion::Pass),
        ("warn", 0, Conclusion::Warn),
        ("pending", 0, Conclusion::Pending),
        ("fail", 1, Conclusion::Fail),
        ("broken", 3, Conclusion::Error),
    ];
    for (answer, code, conclusion) in cases {
        let runner = runner();
        let ended = runner.run(&["--answer", answer, "--name", "a"]);
        assert_eq!(ended.code, code, "{answer}");
        let verdict = &ended.verdict;
        assert_eq!(verdict.conclusion, conclusion, "{answer}");
        assert_eq!(verdict.subject.sha.as_ref().unwrap().as_str(), SHA);
        assert_eq!(verdict.run.as_ref().unwrap().id, 7);
        assert_eq!(ended.output("conclusion"), conclusion.as_str());
        assert_eq!(
            ended.output("verdict-path"),
            ".stagegate/verdicts/answer.json"
        );
        let greeting = if answer == "broken" { "" } else { "a" };
        assert_eq!(ended.output("greeting"), greeting, "{answer}");
        assert!(ended.summary.contains("answer"), "{answer}");
    }
}

#[test]
fn wrong_usage_still_writes_verdict_and_outputs() {
    let cases: [(&str, &[&str], &str); 4] = [
        ("", &["--anwser", "pass"], "--anwser"),
        ("", &["--answer", "maybe"], "maybe"),
        ("", &[], "no answer was given"),
        (
            "report:\n  reprot: x\n",
            &["--answer", "pass"],
            "did you mean `report`",
        ),
    ];
    for (config, flags, word) in cases {
        let runner = runner();
        runner.write("stagegate.yml", config);
        let ended = runner.run(flags);
        assert_eq!(ended.code, 2, "{flags:?}");
        let verdict = &ended.verdict;
        assert_eq!(verdict.conclusion, Conclusion::Error);
        assert!(
            verdict.findings[0].message.contains(word),
            "{:?}",
            verdict.findings
        );
        assert_eq!(ended.output("conclusion"), "error");
        assert_eq!(ended.output("greeting"), "", "declared outputs are there");
    }
}

#[test]
fn a_runner_that_cannot_be_read_still_gets_its_outputs() {
    let mut runner = runner();
    runner.set("GITHUB_SHA", "main");
    let ended = runner.run(&["--answer", "pass"]);
    assert_eq!(ended.code, 2);
    assert!(ended.verdict.findings[0].message.contains("GITHUB_SHA"));
    assert_eq!(ended.output("conclusion"), "error");
}

#[test]
fn wrong_usage_is_told_where_and_how_it_was_asked_to() {
    let flags: [&[&str]; 2] = [
        &[
            "--answer=maybe",
            "--verdict",
            "v/x.json",
            "--instance=web",
            "--format=json",
        ],
        &["--answer=maybe"],
    ];
    let inputs = r#"{"verdict":"v/x.json","instance":"web","format":"json"}"#;
    for (flags, inputs) in [(flags[0], "{}"), (flags[1], inputs)] {
        let mut runner = runner();
        runner
            .set("STAGEGATE_INPUTS", inputs)
            .verdict_at("v/x.json");
        let ended = runner.run(flags);
        assert_eq!(ended.code, 2, "{}", ended.stderr);
        assert_eq!(ended.verdict.instance.as_deref(), Some("web"));
        assert_eq!(ended.output("verdict-path"), "v/x.json");
        let shown = Verdict::from_json(ended.stdout.as_bytes()).unwrap();
        assert_eq!(shown.conclusion, Conclusion::Error, "no annotations");
    }
}

#[test]
fn wrong_usage_names_a_command_that_exists_and_no_tail() {
    let cases: [(&[&str], &str); 2] =
        [(&["--sha", "main"], "main"), (&["--anwser=pass"], "anwser")];
    for (flags, word) in cases {
        let finding = &runner().run(flags).verdict.findings[0];
        assert!(finding.message.contains(word), "{}", finding.message);
        assert!(!finding.message.contains("--help"), "{}", finding.message);
        let fix = finding.fix.as_deref();
        assert_eq!(fix, Some("see `stagegate answer --help`"));
    }
}

#[test]
fn a_typo_in_the_config_names_file_line_and_key() {
    let runner = runner();
    runner.write("stagegate.yml", "report:\n  reprot: x\n");
    let ended = runner.run(&["--answer", "pass"]);
    assert_eq!(
        ended.stdout.trim_end(),
        "::error file=stagegate.yml,line=2,col=3,title=answer%3A usage::\
         unknown key `reprot`; did you mean `report`? (accepted: report)"
    );
}

#[test]
fn foreign_text_never_becomes_a_command() {
    let runner = runner();
    let ended = runner.run(&["--answer", "warn"]);
    assert_eq!(
        ended.stdout,
        "::warning title=answer%3A look::::error::not a command\n"
    );
    assert!(
        !ended
            .stderr
            .lines()
            .any(|line| line.trim_start().starts_with("::")),
        "{}",
        ended.stderr
    );
}

#[test]
fn inputs_come_from_the_action_and_flags_win() {
    let mut runner = runner();
    let inputs = r#"{"answer":"fail","name":"a\nb","sha":"","gate":"answer"}"#;
    runner.set("STAGEGATE_INPUTS", inputs);
    let ended = runner.run(&[]);
    assert_eq!((ended.code, ended.output("greeting")), (1, "a, b"));
    assert_eq!(runner.run(&["--answer=pass"]).code, 0);
}

#[test]
fn a_number_json_cannot_carry_is_an_error_everywhere() {
    let runner = runner();
    let output = runner.command(&["--answer", "infinite"]).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(runner.outputs()["conclusion"], "error");
    let verdict = Verdict::from_json(runner.read(".stagegate/verdicts/answer.json").as_bytes());
    assert_eq!(verdict.unwrap().conclusion, Conclusion::Error);
}

#[test]
fn files_for_others_are_written_where_they_are_asked_for() {
    let mut runner = runner();
    let inputs = r#"{"answer":"fail","junit":"out/junit.xml","html":"out/report.html"}"#;
    runner.set("STAGEGATE_INPUTS", inputs);
    let ended = runner.run(&["--sarif", "out/findings.sarif"]);
    assert_eq!(ended.code, 1);
    assert_eq!(runner.json("out/findings.sarif")["version"], "2.1.0");
    assert!(
        runner
            .read("out/junit.xml")
            .contains("<failure message=\"too much\"")
    );
    assert!(runner.read("out/report.html").contains("<h1>"));
    let wrong = runner.run(&["--anwser=x", "--html=wrong.html"]);
    assert_eq!(wrong.code, 2);
    assert!(
        runner.read("wrong.html").contains("--anwser"),
        "also when usage is wrong"
    );
}

#[test]
fn a_file_that_cannot_be_written_is_a_warning_and_the_rest_is_shown() {
    let runner = runner();
    runner.write("taken", "a file in the way");
    let ended = runner.run(&["--answer=pass", "--sarif=taken/x.sarif", "--html=page.html"]);
    assert_eq!(
        (ended.code, ended.verdict.conclusion),
        (0, Conclusion::Pass)
    );
    assert!(
        ended
            .stdout
            .starts_with("::warning title=answer::write SARIF taken/x.sarif")
    );
    assert!(runner.read("page.html").contains("all good"));
}

#[test]
fn a_verdict_too_large_to_be_read_keeps_its_worst_findings() {
    let ended = runner().run(&["--answer=flood"]);
    assert_eq!(
        (ended.code, ended.verdict.conclusion),
        (1, Conclusion::Fail)
    );
    let last = ended.verdict.findings.last().unwrap();
    assert!(
        last.message.contains("findings left out"),
        "{}",
        last.message
    );
    let errors = ended
        .stdout
        .lines()
        .filter(|line| line.starts_with("::error"));
    assert_eq!(errors.count(), 10);
    assert!(ended.summary.len() < 1024 * 1024);
}

#[test]
fn annotations_go_first_to_lines_the_pull_request_changes() {
    let mut runner = runner();
    let git = |arguments: &[&str]| {
        let mut command = std::process::Command::new("git");
        command.current_dir(runner.root()).args(arguments);
        command
            .env("HOME", runner.root())
            .stdout(std::process::Stdio::null());
        assert!(command.status().unwrap().success(), "{arguments:?}");
    };
    let commit = |message: &str| {
        git(&["add", "."]);
        let identity = [
            "-c",
            "user.name=author",
            "-c",
            "user.email=author@example.test",
        ];
        git(&[&identity[..], &["commit", "-m", message]].concat());
    };
    std::fs::remove_dir_all(runner.path(".git")).unwrap();
    git(&["init", "--initial-branch=main"]);
    let lines = |changed: &str| {
        (0..40)
            .map(|i| {
                if i == 29 {
                    format!("{changed}\n")
                } else {
                    format!("{i}\n")
                }
            })
            .collect::<String>()
    };
    runner.write("flood.txt", &lines("before"));
    commit("before");
    let head = std::process::Command::new("git")
        .current_dir(runner.root())
        .args(["rev-parse", "HEAD"])
        .output()
        .unwrap();
    let base = String::from_utf8(head.stdout).unwrap();
    runner.write("flood.txt", &lines("after"));
    commit("after");
    let event = serde_json::json!({ "pull_request": { "number": 1, "head": { "sha": SHA }, "base": { "sha": base.trim() } } });
    runner.set_event("pull_request", &event);
    let ended = runner.run(&["--answer=flood"]);
    let first = ended.stdout.lines().next().unwrap();
    assert!(first.contains("file=flood.txt,line=30,"), "{first}");
}

#[test]
fn a_laptop_gets_a_table_and_no_commands() {
    let laptop = Runner::laptop(example());
    let ended = laptop.run(&["--answer", "fail"]);
    assert!(ended.stdout.is_empty());
    assert!(
        ended.stderr.contains("over budget") && ended.stderr.contains("fix: do less"),
        "{}",
        ended.stderr
    );
    let json = laptop.run(&["--answer", "fail", "--format", "json"]);
    assert_eq!(
        Verdict::from_json(json.stdout.as_bytes()).unwrap().title,
        "over budget"
    );
}

#[test]
fn an_unwritable_verdict_is_an_error_even_when_the_answer_is_pass() {
    let runner = runner();
    runner.write(".stagegate", "a file in the way");
    let output = runner.command(&["--answer", "pass"]).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(runner.outputs()["conclusion"], "error");
}

#[test]
fn an_instance_names_its_own_file_and_stays_inside_the_folder() {
    let mut runner = runner();
    runner.verdict_at(".stagegate/verdicts/answer----web-app.json");
    let ended = runner.run(&["--answer", "pass", "--instance", "../web app"]);
    assert_eq!(ended.verdict.display_name(), "answer (../web app)");
}

#[test]
fn help_teaches() {
    let laptop = Runner::laptop(example());
    let output = laptop.command(&["--help"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let help = String::from_utf8(output.stdout).unwrap();
    for word in [
        "Answers what it is told to",
        "--working-directory",
        "Exit codes",
        "Usage: stagegate answer [OPTIONS]",
        "section `report`",
    ] {
        assert!(help.contains(word), "{word}: {help}");
    }
}
