//! A cancelled job, in every mode that waits: the state is said, GitHub's entry is closed, and the same step again goes on.

#![cfg(unix)]

use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Output, Stdio},
};

use fake_runner::Ended;
use futures_util::future::join_all;
use sandbox::{
    faults::{Action, Fault, Mishap, Side},
    github::Identity,
};

use crate::support::{Play, SHA};

/// Runs a step until it says `line`, then sends `signal`.
async fn interrupted(play: &Play, arguments: &[&str], line: &str, signal: &str) -> Ended {
    let (mut command, line) = (play.command(arguments), line.to_owned());
    let signal = signal.replace("SIG", "-");
    let output = tokio::task::spawn_blocking(move || {
        let mut child = command
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = Vec::new();
        let mut lines = BufReader::new(child.stderr.take().unwrap())
            .lines()
            .map(Result::unwrap);
        let seen = lines.by_ref().any(|text| {
            said.push(text.clone());
            text.contains(&line)
        });
        assert!(seen, "it never said `{line}`: {said:#?}");
        let killed = Command::new("kill")
            .args([&signal, &child.id().to_string()])
            .status()
            .unwrap();
        assert!(killed.success());
        said.extend(lines);
        Output {
            status: child.wait().unwrap(),
            stdout: Vec::new(),
            stderr: said.join("\n").into_bytes(),
        }
    })
    .await
    .unwrap();
    play.runner.ended(output)
}

/// What holds a mode up until it is cancelled.
enum Hold {
    /// The build never ends.
    Build,
    /// Answers to these requests take long.
    Slow(Side, &'static str, u32),
}

/// A mode, what holds it, what it says meanwhile, and what it says afterwards.
type Case = (&'static str, Hold, &'static str, &'static str);

async fn is_left_resumable((mode, hold, line, way_on): Case, signal: &str) {
    let play = Play::start().await.with_github(&Identity::Actions);
    let record = play.record(SHA, "production");
    let deployment = match mode {
        "promote" => play.stage().await,
        "rolling" => {
            play.sandbox.vercel.enable_rolling_release(&[10]);
            play.stage().await
        }
        "rollback" => play.second_version().await.0,
        _ => play.production(),
    };
    let named = ["--mode", mode, "--deployment", &deployment];
    let arguments = match mode {
        "deploy" => vec!["--environment", "staging"],
        "promote" => [&named[..], &["--record", &record]].concat(),
        "rolling" => [&named[..], &["--record", &record, "--samples", "2"]].concat(),
        "alias" => [&named[..], &["--domains", "127.0.0.1:9"]].concat(),
        "rollback" => named.to_vec(),
        _ => vec!["--mode", mode],
    };
    let vercel = &play.sandbox.vercel;
    match hold {
        Hold::Build => vercel.add_mishap(Mishap::StuckBuilding),
        Hold::Slow(side, path, from) => vercel.add_fault(
            Fault::on(side, "GET", path)
                .from(from)
                .times(u32::MAX)
                .action(Action::DelayMs(Action::LONGEST_DELAY_MS)),
        ),
    }
    let before = play.production();
    let outcome = interrupted(&play, &arguments, line, signal).await;
    assert_eq!(
        (outcome.code, outcome.rules()),
        (3, vec!["interrupted"]),
        "{mode}: {outcome:?}"
    );
    let title = &outcome.verdict.title;
    assert!(
        title.starts_with(&format!("stopped by {signal} while ")),
        "{mode}: {title}"
    );
    assert!(outcome.words().contains(way_on), "{mode}: {outcome:?}");
    if matches!(mode, "promote" | "rolling") {
        assert_eq!(outcome.output("previous-deployment-id"), before, "{mode}");
    }
    if matches!(mode, "deploy" | "promote" | "rolling") {
        let entries = play.sandbox.github.snapshot().deployments;
        assert_eq!(
            entries.last().unwrap().state(),
            "error",
            "{mode}: GitHub's entry is closed too"
        );
    }
    vercel.clear_faults();
    let again = play.run(&arguments).await;
    assert_eq!(again.code, 0, "{mode}: {again:?}");
    if matches!(mode, "promote" | "rolling" | "rollback") {
        assert_eq!(play.production(), deployment, "{mode}");
    }
}

#[tokio::test]
async fn a_signal_ends_each_mode_with_the_state_and_the_way_on() {
    let cases: [Case; 7] = [
        (
            "deploy",
            Hold::Build,
            "waiting for dpl_",
            "goes on by itself",
        ),
        (
            "promote",
            Hold::Slow(Side::Vercel, "/v4/aliases/*", 2),
            "moving ",
            "production may serve either; promote",
        ),
        (
            "rollback",
            Hold::Slow(Side::Vercel, "/v4/aliases/*", 2),
            "moving ",
            "production may serve either; roll back to",
        ),
        (
            "rolling",
            Hold::Slow(Side::Edge, "/", 1),
            "sampling ",
            "run it again to go on, or roll back to",
        ),
        (
            "alias",
            Hold::Slow(Side::Vercel, "/v4/aliases/*", 2),
            "moving ",
            "run it again",
        ),
        (
            "warm",
            Hold::Slow(Side::Edge, "/", 1),
            "warming ",
            "run it again",
        ),
        (
            "status",
            Hold::Slow(Side::Vercel, "/v9/projects/*", 1),
            "asking Vercel",
            "nothing was changed",
        ),
    ];
    // The signals in turn: a runner sends the one and then the other.
    let plays = cases
        .into_iter()
        .zip(["SIGTERM", "SIGINT"].into_iter().cycle());
    join_all(plays.map(|(case, signal)| is_left_resumable(case, signal))).await;
}
