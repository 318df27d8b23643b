//! A cancelled job.

#![cfg(unix)]

use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Output, Stdio},
};

use sandbox::{faults::Mishap, github::Identity};

use crate::support::Play;

#[tokio::test]
async fn a_signal_ends_the_run_with_the_state_and_the_way_on() {
    let play = Play::start().await.with_github(&Identity::Actions);
    play.sandbox.vercel.add_mishap(Mishap::StuckBuilding);
    let mut command = play.command(&["--environment", "staging"]);
    let output = tokio::task::spawn_blocking(move || {
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap())
            .lines()
            .map(Result::unwrap);
        let seen = lines
            .find(|line| line.contains("waiting for dpl_"))
            .expect("a line about the wait");
        let killed = Command::new("kill")
            .args(["-TERM", &child.id().to_string()])
            .status()
            .unwrap();
        assert!(killed.success());
        let rest: Vec<String> = lines.collect();
        Output {
            status: child.wait().unwrap(),
            stdout: Vec::new(),
            stderr: format!("{seen}\n{}", rest.join("\n")).into_bytes(),
        }
    })
    .await
    .unwrap();
    let outcome = play.runner.ended(output);
    assert_eq!(
        (outcome.code, outcome.rules()),
        (3, vec!["interrupted"]),
        "{outcome:?}"
    );
    let id = outcome.output("deployment-id");
    assert_eq!(
        outcome.verdict.title,
        format!("stopped by SIGTERM while waiting for {id}")
    );
    assert!(outcome.words().contains("goes on by itself"), "{outcome:?}");
    let entries = play.sandbox.github.snapshot().deployments;
    assert_eq!(
        entries.first().unwrap().state(),
        "error",
        "GitHub's entry is closed too"
    );
}
