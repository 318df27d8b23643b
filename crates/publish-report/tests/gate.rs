//! What is posted for an ordinary pull request, and what a fault on the way changes: nothing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests, which clippy does not count as tests"
)]

mod support;

use std::fs;

use sandbox::faults::{Action, Fault, Side};
use sandbox::github::ChangedFile;
use support::{Conclusion, NewPull, Play, RUN, json, sha};
use verdict::{Finding, Place};

#[tokio::test]
async fn green_says_nothing_until_there_was_something_to_say() {
    let play = Play::start(false).await;
    play.verdict("quality-gate", Conclusion::Pass, |_| {});
    let green = play.run(&[]).await;
    assert_eq!(
        (green.code, green.output("overall")),
        (0, "pass"),
        "{:?}",
        green.verdict
    );
    assert_eq!(green.output("comment-url"), "");
    assert!(play.comments().is_empty());
    let check = &play.state().check_runs[0];
    assert_eq!(check.name, "Stagegate");
    assert_eq!(check.conclusion.as_deref(), Some("success"));
    assert_eq!(
        check.head_sha,
        sha('a'),
        "the head and not the merge commit"
    );
    assert_eq!(check.id.to_string(), green.output("check-run-id"));

    play.verdict("smoke-test", Conclusion::Fail, |verdict| {
        verdict.findings =
            vec![Finding::error("status", "@everyone <img src=x>").at(Place::line("a.ts", 3))];
    });
    play.run_of(RUN + 1, "pull_request");
    play.sandbox.github.finish_run(RUN + 1, "failure").unwrap();
    let folder = ["--run-id", "100", "--verdicts", ".stagegate/verdicts"];
    let red = play.run(&folder).await;
    assert_eq!((red.code, red.output("overall")), (0, "fail"));
    assert!(!red.output("comment-url").is_empty());
    let comments = play.comments();
    assert_eq!(comments.len(), 1);
    assert!(comments[0].starts_with("<!-- stagegate -->\n<!-- stagegate-run: 100.1 -->\n### "));
    assert!(comments[0].contains("\\<img") && !comments[0].contains("@everyone"));
    let check = play.state().check_runs[1].clone();
    assert_eq!(check.conclusion.as_deref(), Some("failure"));
    assert_eq!(check.annotations.len(), 1);

    fs::remove_file(play.runner.path(".stagegate/verdicts/smoke-test.json")).unwrap();
    play.run_of(RUN + 1, "pull_request");
    play.sandbox.github.finish_run(RUN + 1, "success").unwrap();
    play.run(&folder).await;
    assert!(
        play.comments()[0].contains("Stagegate: pass"),
        "a standing comment turns green"
    );
    let late = play.run(&[]).await;
    for left in [
        "left the comment of a later run",
        "left the check run of a later run",
    ] {
        assert!(late.verdict.title.contains(left), "{}", late.verdict.title);
    }
    assert!(play.comments()[0].contains("stagegate-run: 100.1"));
}

#[tokio::test]
async fn the_same_again_changes_nothing_and_other_content_is_shown() {
    let play = Play::start(false).await;
    play.verdict("quality-gate", Conclusion::Fail, |_| {});
    let first = play.run(&[]).await;
    let again = play.run(&[]).await;
    assert_eq!(first.output("check-run-id"), again.output("check-run-id"));
    assert!(
        again.verdict.title.contains("is up to date"),
        "{}",
        again.verdict.title
    );
    play.verdict("quality-gate", Conclusion::Pass, |_| {});
    play.run(&[]).await;
    let conclusions = play.state().check_runs;
    let conclusions: Vec<_> = conclusions
        .iter()
        .map(|check| check.conclusion.as_deref())
        .collect();
    assert_eq!(conclusions, [Some("failure"), Some("success")]);
}

#[tokio::test]
async fn a_run_can_download_its_own_artifacts() {
    let play = Play::start(false).await;
    play.upload(RUN, "quality-gate", Conclusion::Warn, |_| {});
    let ended = play.run(&["--artifacts", "verdict-q*"]).await;
    assert_eq!((ended.code, ended.output("overall")), (0, "warn"));
    let none = play.run(&["--artifacts", "other-*"]).await;
    assert_eq!((none.code, none.output("overall")), (3, "error"));
    let both = play.run(&["--artifacts", "a*", "--verdicts", "b"]).await;
    assert_eq!(both.code, 2, "{:?}", both.verdict);
}

#[tokio::test]
async fn modes_of_the_comment() {
    let play = Play::start(false).await;
    play.verdict("quality-gate", Conclusion::Fail, |_| {});
    play.run(&["--comment", "off", "--check-run", "false"])
        .await;
    let pretended = play.run(&["--dry-run"]).await;
    assert!(pretended.verdict.title.contains("would comment on #7"));
    assert!(play.comments().is_empty() && play.state().check_runs.is_empty());
    play.verdict("quality-gate", Conclusion::Pass, |_| {});
    play.run(&["--comment", "always"]).await;
    assert_eq!(play.comments().len(), 1);
}

#[tokio::test]
async fn a_moved_pull_request_is_said_and_a_merge_group_has_no_comment() {
    let mut play = Play::start(false).await;
    play.verdict("quality-gate", Conclusion::Fail, |_| {});
    play.sandbox
        .github
        .open_pull_request(NewPull::new(7, sha('c')));
    play.run(&[]).await;
    assert!(
        play.comments()[0].contains("Outdated"),
        "{:?}",
        play.comments()
    );

    play.runner.set_event(
        "merge_group",
        &json!({"merge_group": {"head_sha": sha('a')}}),
    );
    let queued = play.run(&["--comment", "always"]).await;
    assert_eq!(queued.output("comment-url"), "");
    assert_eq!(play.comments().len(), 1);
}

#[tokio::test]
async fn lost_answers_post_nothing_twice() {
    let play = Play::start(false).await;
    play.verdict("quality-gate", Conclusion::Fail, |verdict| {
        let finding =
            |line| Finding::error("rule", format!("wrong {line}")).at(Place::line("a.ts", line));
        verdict.findings = (1..=40).map(finding).collect();
    });
    play.verdict("security-gate", Conclusion::Fail, |verdict| {
        let finding =
            |line| Finding::error("rule", format!("leak {line}")).at(Place::line("b.ts", line));
        verdict.findings = (1..=40).map(finding).collect();
    });
    for (method, path) in [
        ("POST", "**/comments"),
        ("POST", "**/check-runs"),
        ("PATCH", "**/check-runs/*"),
    ] {
        let fault = Fault::on(Side::GitHub, method, path).action(Action::CommitThenStatus(502));
        play.sandbox.github.add_fault(fault);
    }
    let ended = play.run(&[]).await;
    assert_eq!(
        ended.rules(),
        Vec::<&str>::new(),
        "{:?}",
        ended.verdict.findings
    );
    let state = play.state();
    assert_eq!((state.comments.len(), state.check_runs.len()), (1, 1));
    assert_eq!(state.check_runs[0].annotations.len(), 80);
    assert_eq!(state.check_runs[0].status, "completed");
}

#[tokio::test]
async fn of_more_findings_than_are_shown_those_on_changed_lines_come_first() {
    let findings = |count| {
        move |verdict: &mut verdict::Verdict| {
            let wrong = |line| Finding::error("rule", "wrong").at(Place::line("a.ts", line));
            verdict.findings = (1..=count).map(wrong).collect();
        }
    };
    let first = |play: &Play| {
        let check = play.state().check_runs[0].clone();
        (check.annotations[0].start_line, check.annotations.len())
    };
    let play = Play::start(false).await;
    play.sandbox.github.open_pull_request(NewPull {
        files: vec![ChangedFile {
            path: "a.ts".to_owned(),
            status: "modified".to_owned(),
            additions: 1,
            deletions: 0,
            patch: Some("@@ -149,0 +150 @@\n+wrong".to_owned()),
        }],
        ..NewPull::new(7, sha('a'))
    });
    play.verdict("quality-gate", Conclusion::Fail, findings(200));
    assert_eq!(play.run(&[]).await.output("overall"), "fail");
    assert_eq!(first(&play), (150, 49));

    // A refusal costs the order and nothing else.
    let fault = Fault::on(Side::GitHub, "GET", "**/pulls/7/files").status(403);
    play.sandbox.github.add_fault(fault);
    play.verdict("quality-gate", Conclusion::Fail, findings(300));
    let ended = play.run(&[]).await;
    assert_eq!(ended.rules(), Vec::<&str>::new());
    let check = play.state().check_runs.last().unwrap().clone();
    assert_eq!(check.annotations[0].start_line, 1);
}
