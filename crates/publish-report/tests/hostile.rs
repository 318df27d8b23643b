//! Forks, made-up files and missing permissions: the report goes where GitHub says or nowhere, and never
//! looks better than the run was.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests, which clippy does not count as tests"
)]

mod support;

use support::{Conclusion, Identity, Play, RUN, json, sha};

#[tokio::test]
async fn a_read_only_token_costs_one_warning() {
    let mut play = Play::start(true).await;
    play.runner.set("GITHUB_TOKEN", Identity::ReadOnly.token());
    play.verdict("quality-gate", Conclusion::Fail, |_| {});
    let ended = play.run(&[]).await;
    assert_eq!((ended.code, ended.output("overall")), (0, "fail"));
    assert_eq!(ended.verdict.conclusion, Conclusion::Pass);
    assert_eq!(
        ended.rules(),
        ["surface-forbidden"],
        "{:?}",
        ended.verdict.findings
    );
}

#[tokio::test]
async fn after_a_fork_the_api_says_where_the_report_goes() {
    let mut play = Play::start(true).await;
    // The artifact claims another pull request; the event names only the run.
    play.runner.set_event(
        "workflow_run",
        &json!({"workflow_run": {"id": RUN, "head_sha": sha('a')}}),
    );
    play.verdict("quality-gate", Conclusion::Warn, |verdict| {
        verdict.subject.pull_request = Some(1)
    });
    play.verdict("security-gate", Conclusion::Pass, |verdict| {
        verdict.subject.sha = Some(sha('b').parse().unwrap());
        verdict.title = "from another commit".to_owned();
    });
    play.sandbox.github.finish_run(RUN, "success").unwrap();
    let ended = play.run(&[]).await;
    assert_eq!(
        (ended.code, ended.output("overall")),
        (0, "warn"),
        "{:?}",
        ended.verdict
    );
    let state = play.state();
    assert_eq!((state.comments.len(), state.comments[0].issue), (1, 7));
    let body = &state.comments[0].body;
    assert!(
        body.contains("1 verdict") && !body.contains("from another commit"),
        "{body}"
    );
    assert_eq!(state.check_runs[0].head_sha, sha('a'));
    let external_id = state.check_runs[0].external_id.as_deref();
    assert!(external_id.unwrap().starts_with("99-1-"));
}

#[tokio::test]
async fn a_failed_run_with_passing_verdicts_is_not_shown_green() {
    let mut play = Play::start(false).await;
    play.runner.set_event(
        "workflow_run",
        &json!({"workflow_run": {"id": RUN, "head_sha": sha('a')}}),
    );
    play.verdict("quality-gate", Conclusion::Pass, |_| {});
    play.sandbox.github.finish_run(RUN, "failure").unwrap();
    let ended = play.run(&[]).await;
    assert_eq!(ended.output("overall"), "error");
    assert!(play.comments()[0].contains("the run ended with failure"));
    assert_eq!(
        play.state().check_runs[0].conclusion.as_deref(),
        Some("failure")
    );
}

#[tokio::test]
async fn files_that_are_no_verdicts_are_said_and_never_green() {
    let play = Play::start(false).await;
    play.verdict("quality-gate", Conclusion::Pass, |_| {});
    play.runner
        .write(".stagegate/verdicts/evil.json", "<script>");
    let ended = play.run(&[]).await;
    assert_eq!((ended.code, ended.output("overall")), (3, "error"));
    assert!(
        play.comments()[0].contains("1 file"),
        "{:?}",
        play.comments()
    );
}

#[tokio::test]
async fn without_a_verdict_there_is_nothing_to_publish() {
    let play = Play::start(false).await;
    let none = play.run(&[]).await;
    assert_eq!((none.code, none.output("overall")), (3, "error"));
    play.verdict("quality-gate", Conclusion::Pass, |verdict| {
        verdict.subject.sha = None
    });
    let other = play.run(&[]).await;
    assert_eq!(other.code, 3);
    assert!(other.verdict.title.contains("and 1 of other commits"));
    assert!(play.state().check_runs.is_empty());
}
