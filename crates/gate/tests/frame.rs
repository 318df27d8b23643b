//! The frame around the example gate `answer`, in a fake runner folder: exit codes, outputs, verdict
//! file and surfaces on every path.

#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Output;

use assert_cmd::Command;
use verdict::{Conclusion, Verdict};

const SHA: &str = "0123456789abcdef0123456789abcdef01234567";

struct Runner {
    folder: tempfile::TempDir,
    variables: BTreeMap<&'static str, String>,
}

impl Runner {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
        let variables = BTreeMap::from([
            ("GITHUB_ACTIONS", "true".to_owned()),
            ("GITHUB_REPOSITORY", "acme/web".to_owned()),
            ("GITHUB_SHA", SHA.to_owned()),
            ("GITHUB_RUN_ID", "7".to_owned()),
            ("GITHUB_JOB", "check".to_owned()),
            ("GITHUB_OUTPUT", path("output")),
            ("GITHUB_STEP_SUMMARY", path("summary")),
        ]);
        Self { folder, variables }
    }

    fn laptop() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            variables: BTreeMap::new(),
        }
    }

    fn run(&self, flags: &[&str]) -> Output {
        Command::new(example())
            .env_clear()
            .envs(&self.variables)
            .current_dir(self.folder.path())
            .args(flags)
            .output()
            .unwrap()
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap_or_default()
    }

    fn verdict(&self) -> Verdict {
        let json = self.read(".stagegate/verdicts/answer.json");
        Verdict::from_json(json.as_bytes()).unwrap()
    }

    fn output(&self, name: &str) -> Option<String> {
        let text = self.read("output");
        let mut lines = text.lines();
        let delimiter = lines.find_map(|line| line.strip_prefix(&format!("{name}<<")))?;
        Some(
            lines
                .take_while(|line| *line != delimiter)
                .collect::<Vec<_>>()
                .join("\n"),
        )
    }
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
        let runner = Runner::new();
        let output = runner.run(&["--answer", answer, "--name", "a"]);
        assert_eq!(output.status.code(), Some(code), "{answer}");
        let verdict = runner.verdict();
        assert_eq!(verdict.conclusion, conclusion, "{answer}");
        assert_eq!(verdict.subject.sha.unwrap().as_str(), SHA);
        assert_eq!(verdict.run.unwrap().id, 7);
        assert_eq!(
            runner.output("conclusion").as_deref(),
            Some(conclusion.as_str())
        );
        assert_eq!(
            runner.output("verdict-path").as_deref(),
            Some(".stagegate/verdicts/answer.json")
        );
        let greeting = if answer == "broken" { "" } else { "a" };
        assert_eq!(
            runner.output("greeting").as_deref(),
            Some(greeting),
            "{answer}"
        );
        assert!(runner.read("summary").contains("answer"), "{answer}");
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
        let runner = Runner::new();
        fs::write(runner.folder.path().join("stagegate.yml"), config).unwrap();
        let output = runner.run(flags);
        assert_eq!(output.status.code(), Some(2), "{flags:?}");
        let verdict = runner.verdict();
        assert_eq!(verdict.conclusion, Conclusion::Error);
        assert!(
            verdict.findings[0].message.contains(word),
            "{:?}",
            verdict.findings
        );
        assert_eq!(runner.output("conclusion").as_deref(), Some("error"));
        assert_eq!(
            runner.output("greeting").as_deref(),
            Some(""),
            "declared outputs are there"
        );
    }
}

#[test]
fn a_typo_in_the_config_names_file_line_and_key() {
    let runner = Runner::new();
    fs::write(
        runner.folder.path().join("stagegate.yml"),
        "report:\n  reprot: x\n",
    )
    .unwrap();
    let output = runner.run(&["--answer", "pass"]);
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        stdout.trim_end(),
        "::error file=stagegate.yml,line=2,col=3,title=answer%3A usage::\
         unknown key `reprot`; did you mean `report`? (accepted: report)"
    );
}

#[test]
fn foreign_text_never_becomes_a_command() {
    let runner = Runner::new();
    let output = runner.run(&["--answer", "warn"]);
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        stdout,
        "::warning title=answer%3A look::::error::not a command\n"
    );
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        !stderr
            .lines()
            .any(|line| line.trim_start().starts_with("::")),
        "{stderr}"
    );
}

#[test]
fn inputs_come_from_the_action_and_flags_win() {
    let mut runner = Runner::new();
    let inputs = r#"{"answer":"fail","name":"a\nb","sha":"","gate":"answer"}"#;
    runner
        .variables
        .insert("STAGEGATE_INPUTS", inputs.to_owned());
    assert_eq!(runner.run(&[]).status.code(), Some(1));
    assert_eq!(runner.output("greeting").as_deref(), Some("a, b"));
    assert_eq!(runner.run(&["--answer=pass"]).status.code(), Some(0));
}

#[test]
fn a_number_json_cannot_carry_is_an_error_everywhere() {
    let runner = Runner::new();
    let output = runner.run(&["--answer", "infinite"]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(runner.output("conclusion").as_deref(), Some("error"));
}

#[test]
fn a_laptop_gets_a_table_and_no_commands() {
    let laptop = Runner::laptop();
    let output = laptop.run(&["--answer", "fail"]);
    assert!(output.stdout.is_empty());
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        stderr.contains("over budget") && stderr.contains("fix: do less"),
        "{stderr}"
    );
    let json = laptop.run(&["--answer", "fail", "--format", "json"]);
    assert_eq!(
        Verdict::from_json(&json.stdout).unwrap().title,
        "over budget"
    );
}

#[test]
fn an_unwritable_verdict_is_an_error_even_when_the_answer_is_pass() {
    let runner = Runner::new();
    fs::write(runner.folder.path().join(".stagegate"), "a file in the way").unwrap();
    let output = runner.run(&["--answer", "pass"]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(runner.output("conclusion").as_deref(), Some("error"));
}

#[test]
fn an_instance_names_its_own_file_and_stays_inside_the_folder() {
    let runner = Runner::new();
    runner.run(&["--answer", "pass", "--instance", "../web app"]);
    let json = runner.read(".stagegate/verdicts/answer----web-app.json");
    let verdict = Verdict::from_json(json.as_bytes()).unwrap();
    assert_eq!(verdict.display_name(), "answer (../web app)");
}

#[test]
fn help_teaches() {
    let output = Runner::laptop().run(&["--help"]);
    assert_eq!(output.status.code(), Some(0));
    let help = String::from_utf8(output.stdout).unwrap();
    for word in [
        "Answers what it is told to",
        "--working-directory",
        "Exit codes",
        "section `report`",
    ] {
        assert!(help.contains(word), "{word}: {help}");
    }
}
