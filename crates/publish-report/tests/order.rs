//! Runs that end in the wrong order, pull requests that moved on or are over, surfaces that refuse: what stands is never
//! older or greener than what is known.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests, which clippy does not count as tests"
)]

mod support;

use sandbox::faults::{Fault, Side};
use support::{Conclusion, NewPull, Play, RUN, json, sha};

fn pull(number: u64, head: char, base_ref: &str) -> NewPull {
    NewPull {
        base_ref: base_ref.to_owned(),
        fork: true,
        ..NewPull::new(number, sha(head))
    }
}

#[tokio::test]
async fn a_slow_run_does_not_cover_what_a_later_one_said() {
    let mut play = Play::after(true, "failure").await;
    play.upload(RUN, "quality-gate", Conclusion::Fail, |_| {});
    play.run_of(RUN + 1, "pull_request");
    play.upload(RUN + 1, "quality-gate", Conclusion::Warn, |_| {});
    play.ended(RUN + 1, "success");
    play.run(&[]).await;

    play.publishes(RUN);
    let late = play.run(&[]).await;
    assert_eq!(late.output("overall"), "fail");
    let state = play.state();
    assert_eq!((state.comments.len(), state.check_runs.len()), (1, 1));
    assert!(state.comments[0].body.contains("Stagegate: warn"));
    assert_eq!(state.check_runs[0].conclusion.as_deref(), Some("neutral"));

    // A second attempt of the later run has the last word, with the artifacts it left anew.
    play.attempt(RUN + 1, 2, "pull_request");
    play.upload(RUN + 1, "quality-gate", Conclusion::Pass, |_| {});
    play.ended(RUN + 1, "success");
    play.run(&[]).await;
    let state = play.state();
    assert!(
        state.comments[0].body.contains("Stagegate: pass"),
        "{}",
        state.comments[0].body
    );
    assert_eq!(state.check_runs[1].conclusion.as_deref(), Some("success"));
}

#[tokio::test]
async fn a_run_that_was_cancelled_says_so_unless_a_newer_one_is_on_its_way() {
    let play = Play::after(true, "cancelled").await;
    play.upload(RUN, "quality-gate", Conclusion::Pass, |_| {});
    let ended = play.run(&[]).await;
    assert_eq!((ended.code, ended.output("overall")), (0, "error"));
    assert!(play.comments()[0].contains("the run was cancelled"));
    assert_eq!(
        play.state().check_runs[0].conclusion.as_deref(),
        Some("failure")
    );

    let play = Play::after(true, "cancelled").await;
    play.sandbox.github.open_pull_request(pull(7, 'c', ""));
    let ended = play.run(&[]).await;
    assert_eq!((ended.code, ended.output("overall")), (0, "error"));
    assert!(play.comments().is_empty(), "{:?}", play.comments());
    let check = play.state().check_runs[0].clone();
    assert_eq!(
        (check.head_sha, check.conclusion.as_deref()),
        (sha('a'), Some("failure"))
    );
}

#[tokio::test]
async fn a_run_that_waits_or_goes_on_makes_no_comment_and_no_green() {
    let waiting = Play::after(true, "action_required").await;
    let mut running = Play::start(true).await;
    running.upload(RUN, "quality-gate", Conclusion::Pass, |_| {});
    running.publishes(RUN);
    for play in [waiting, running] {
        let ended = play.run(&[]).await;
        assert_eq!((ended.code, ended.output("overall")), (0, "pending"));
        assert!(play.comments().is_empty(), "{:?}", play.comments());
        assert_eq!(
            play.state().check_runs[0].conclusion.as_deref(),
            Some("neutral")
        );
    }
}

#[tokio::test]
async fn a_fork_that_moved_on_is_told_which_commit_this_is_about() {
    let play = Play::after(true, "failure").await;
    play.upload(RUN, "quality-gate", Conclusion::Fail, |_| {});
    play.sandbox.github.open_pull_request(pull(7, 'c', ""));
    play.run(&[]).await;
    let state = play.state();
    let body = &state.comments[0].body;
    assert!(
        body.contains("Outdated: this is about commit aaaaaaaaaaaa"),
        "{body}"
    );
    assert_eq!(state.check_runs[0].head_sha, sha('a'));
}

#[tokio::test]
async fn one_branch_for_several_pull_requests_gets_a_comment_on_each() {
    let play = Play::after(true, "failure").await;
    play.sandbox
        .github
        .open_pull_request(pull(9, 'a', "release"));
    play.upload(RUN, "quality-gate", Conclusion::Fail, |_| {});
    play.run(&[]).await;
    let issues: Vec<_> = play
        .state()
        .comments
        .iter()
        .map(|comment| comment.issue)
        .collect();
    assert_eq!(issues, [7, 9]);
}

#[tokio::test]
async fn a_merged_pull_request_is_not_called_back_but_its_comment_is_brought_up_to_date() {
    let mut play = Play::after(true, "failure").await;
    play.upload(RUN, "quality-gate", Conclusion::Fail, |_| {});
    let merge = |play: &Play| {
        play.sandbox
            .github
            .merge_pull_request(7, &sha('e'), "release-manager")
            .unwrap();
    };
    merge(&play);
    let ended = play.run(&[]).await;
    assert_eq!((ended.code, ended.output("comment-url")), (0, ""));
    assert!(play.comments().is_empty());
    assert_eq!(play.state().check_runs.len(), 1);

    play.sandbox.github.open_pull_request(pull(7, 'a', ""));
    play.run(&[]).await;
    merge(&play);
    play.run_of(RUN + 1, "pull_request");
    play.upload(RUN + 1, "quality-gate", Conclusion::Pass, |_| {});
    play.ended(RUN + 1, "success");
    play.run(&[]).await;
    assert!(
        play.comments()[0].contains("Stagegate: pass"),
        "{:?}",
        play.comments()
    );
}

#[tokio::test]
async fn runs_of_pushes_and_of_merge_queues_have_check_runs_and_no_comment() {
    for event in ["push", "merge_group"] {
        let mut play = Play::start(false).await;
        play.run_of(RUN + 1, event);
        play.upload(RUN + 1, "quality-gate", Conclusion::Fail, |_| {});
        play.ended(RUN + 1, "failure");
        let ended = play.run(&["--comment", "always"]).await;
        assert_eq!(
            (ended.code, ended.output("overall")),
            (0, "fail"),
            "{event}"
        );
        let state = play.state();
        assert_eq!(
            (state.comments.len(), state.check_runs.len()),
            (0, 1),
            "{event}"
        );
    }
    // In the queue's own run, the folder holds the verdicts and the event names the candidate.
    let mut play = Play::start(false).await;
    play.verdict("quality-gate", Conclusion::Pass, |_| {});
    let event = json!({"merge_group": {"head_sha": sha('a')}});
    play.runner.set_event("merge_group", &event);
    let ended = play.run(&["--comment", "always"]).await;
    assert_eq!((ended.code, ended.output("overall")), (0, "pass"));
    assert_eq!(
        play.state().check_runs[0].conclusion.as_deref(),
        Some("success")
    );
}

#[tokio::test]
async fn one_surface_that_refuses_costs_one_warning_and_not_the_other() {
    for (path, status, rule) in [
        ("**/comments", 403, "surface-forbidden"),
        ("**/comments", 404, "surface"),
        ("**/check-runs", 403, "surface-forbidden"),
        ("**/check-runs", 404, "surface"),
    ] {
        let play = Play::after(true, "failure").await;
        play.upload(RUN, "quality-gate", Conclusion::Fail, |_| {});
        let fault = Fault::on(Side::GitHub, "POST", path).status(status);
        play.sandbox.github.add_fault(fault);
        let ended = play.run(&[]).await;
        assert_eq!(
            (ended.code, ended.output("overall")),
            (0, "fail"),
            "{path} {status}"
        );
        assert_eq!(ended.verdict.conclusion, Conclusion::Pass);
        assert_eq!(
            ended.rules(),
            [rule],
            "{path} {status}: {:?}",
            ended.verdict.findings
        );
        let state = play.state();
        assert_eq!(
            state.comments.len() + state.check_runs.len(),
            1,
            "{path} {status}"
        );
    }
}

#[tokio::test]
async fn without_the_right_to_read_runs_nothing_is_decided() {
    for path in ["**/actions/runs/*", "**/actions/runs/*/artifacts"] {
        let play = Play::after(true, "success").await;
        play.upload(RUN, "quality-gate", Conclusion::Pass, |_| {});
        let fault = Fault::on(Side::GitHub, "GET", path).status(403);
        play.sandbox.github.add_fault(fault);
        let ended = play.run(&[]).await;
        assert_eq!(
            (ended.code, ended.output("overall")),
            (3, "error"),
            "{path}"
        );
        let fix = ended.verdict.findings[0].fix.clone().unwrap();
        assert!(fix.contains("actions: read"), "{fix}");
        assert!(play.state().check_runs.is_empty(), "{path}");
    }
}

#[tokio::test]
async fn the_page_of_all_verdicts_is_written_and_linked() {
    let play = Play::after(true, "failure").await;
    play.upload(RUN, "quality-gate", Conclusion::Fail, |_| {});
    play.upload(RUN, "smoke-test", Conclusion::Pass, |_| {});
    let ended = play.run(&["--html", "out/report.html"]).await;
    assert_eq!(ended.code, 0, "{:?}", ended.verdict);
    let page = play.runner.read("out/report.html");
    assert!(page.contains("quality-gate") && page.contains("smoke-test"));
    let state = play.state();
    let link = "/actions/runs/10099#artifacts)";
    assert!(
        state.comments[0].body.contains(link),
        "{}",
        state.comments[0].body
    );
    let text = state.check_runs[0].text.as_deref().unwrap();
    assert!(text.contains(link), "{text}");
}
