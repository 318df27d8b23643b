//! Forks, made-up files and missing permissions: the report goes where GitHub says or nowhere, and never
//! looks better than the run was.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests, which clippy does not count as tests"
)]

mod support;

use sandbox::faults::{Fault, Side};
use support::zip::{Entry, zip};
use support::{Conclusion, Identity, Play, RUN, sha};

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
    let play = Play::after(true, "success").await;
    // The artifact claims another pull request; the event names only the run.
    play.upload(RUN, "quality-gate", Conclusion::Warn, |verdict| {
        verdict.subject.pull_request = Some(1);
    });
    play.artifact(RUN, "build", b"no verdict, and not looked at".to_vec());
    let ended = play.run(&[]).await;
    assert_eq!(
        (ended.code, ended.output("overall")),
        (0, "warn"),
        "{:?}",
        ended.verdict
    );
    let state = play.state();
    assert_eq!((state.comments.len(), state.comments[0].issue), (1, 7));
    assert_eq!(state.check_runs[0].head_sha, sha('a'));
    let external_id = state.check_runs[0].external_id.as_deref();
    assert!(external_id.unwrap().starts_with("99-1-"));
    let evidence = &ended.verdict.evidence;
    assert_eq!(evidence.len(), 1, "{evidence:?}");
    let check = &state.check_runs[0];
    let check = format!(
        "{} {:?}\n{}\n{}",
        check.name,
        check.conclusion,
        check.title.as_deref().unwrap(),
        check.summary.as_deref().unwrap()
    );
    insta::assert_snapshot!("fork_check_run", play.neutral(&check));
    insta::assert_snapshot!("fork_comment", play.neutral(&state.comments[0].body));
}

#[tokio::test]
async fn verdicts_of_something_else_are_refused_and_shown_as_such() {
    let play = Play::after(true, "success").await;
    play.upload(RUN, "quality-gate", Conclusion::Pass, |_| {});
    play.upload(RUN, "security-gate", Conclusion::Pass, |verdict| {
        verdict.subject.sha = Some(sha('b').parse().unwrap());
        verdict.gate = "@everyone <img src=x>".to_owned();
    });
    play.upload(RUN, "smoke-test", Conclusion::Pass, |verdict| {
        verdict.subject.repository = Some("someone/else".to_owned());
    });
    play.upload(RUN, "bundle-budget", Conclusion::Pass, |verdict| {
        verdict.subject.sha = None;
    });
    let ended = play.run(&[]).await;
    assert_eq!((ended.code, ended.output("overall")), (3, "error"));
    let state = play.state();
    assert_eq!(state.check_runs[0].conclusion.as_deref(), Some("failure"));
    insta::assert_snapshot!("refused_comment", play.neutral(&state.comments[0].body));
}

#[tokio::test]
async fn what_an_archive_hides_is_listed_and_the_rest_is_shown() {
    let play = Play::after(true, "success").await;
    play.upload(RUN, "quality-gate", Conclusion::Pass, |_| {});
    let verdict = fake_runner::verdict("smoke-test", &sha('a'), RUN);
    let json = verdict.to_canonical_json().unwrap();
    let evil = [
        Entry::stored("smoke.json", json.as_bytes()),
        Entry::stored("../../.bashrc.json", json.as_bytes()),
        Entry::stored("link.json", b"/proc/self/environ").with(|entry| entry.mode = 0o120_777),
        Entry::stored("twice.json", b"{}"),
        Entry::stored("twice.json", b"{}"),
        Entry::stored("\u{1b}[31m::error::x.json", b"{}"),
        Entry::stored("page.json", b"<script>alert(1)</script>"),
    ];
    play.artifact(RUN, "verdict-evil", zip(&evil));
    play.artifact(RUN, "verdict-<b>@all</b>", b"no zip".to_vec());
    play.artifact(RUN, "verdict-empty", zip(&[]));
    let ended = play.run(&[]).await;
    assert_eq!((ended.code, ended.output("overall")), (3, "error"));
    insta::assert_snapshot!("evil_comment", play.neutral(&play.comments()[0]));
    insta::assert_snapshot!("evil_findings", ended.findings().join("\n"));
    let lines = ended.stdout.lines();
    let own = [
        "::error",
        "::warning",
        "::notice",
        "::add-mask::",
        "::stop-commands::",
    ];
    for line in lines.filter(|line| line.starts_with("::")) {
        assert!(
            own.iter().any(|command| line.starts_with(command)),
            "{line}"
        );
    }
}

#[tokio::test]
async fn artifacts_that_cannot_be_read_are_said() {
    let play = Play::after(true, "success").await;
    play.upload(RUN, "quality-gate", Conclusion::Pass, |_| {});
    play.artifact(RUN, "verdict-huge", vec![0; (8 << 20) + 1]);
    let lost = play.artifact(RUN, "verdict-lost", b"zip".to_vec());
    let path = format!("**/artifacts/{lost}/zip");
    let fault = Fault::on(Side::GitHub, "GET", &path).status(404);
    play.sandbox.github.add_fault(fault);
    let ended = play.run(&[]).await;
    assert_eq!(ended.code, 3);
    let said = ended.findings().join("\n");
    assert!(
        said.contains("verdict-huge: has 8388609 bytes, over the limit of 8388608"),
        "{said}"
    );
    assert!(said.contains("verdict-lost: GET"), "{said}");
    let asked = play.state().requests;
    assert!(
        asked
            .iter()
            .filter(|request| request.path.ends_with("/zip"))
            .count()
            == 2,
        "what is too large is not downloaded"
    );

    play.sandbox.github.expire_artifacts(RUN);
    let ended = play.run(&[]).await;
    assert_eq!((ended.code, ended.output("overall")), (3, "error"));
    assert!(
        play.comments()[0].contains("has expired"),
        "{:?}",
        play.comments()
    );
}

#[tokio::test]
async fn all_pages_of_artifacts_are_read() {
    let play = Play::after(false, "success").await;
    for number in 0..130 {
        play.artifact(RUN, &format!("other-{number}"), b"x".to_vec());
    }
    play.upload(RUN, "quality-gate", Conclusion::Warn, |_| {});
    let ended = play.run(&[]).await;
    assert_eq!(
        (ended.code, ended.output("overall")),
        (0, "warn"),
        "{:?}",
        ended.verdict
    );
}

#[tokio::test]
async fn a_failed_run_with_passing_verdicts_is_not_shown_green() {
    let play = Play::after(false, "failure").await;
    play.upload(RUN, "quality-gate", Conclusion::Pass, |_| {});
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
async fn a_run_without_a_verdict_is_said_and_never_green() {
    for fork in [false, true] {
        let play = if fork {
            Play::after(true, "success").await
        } else {
            Play::start(false).await
        };
        let none = play.run(&[]).await;
        assert_eq!((none.code, none.output("overall")), (3, "error"));
        assert!(
            play.comments()[0].contains("no verdict of aaaaaaaaaaaa is there"),
            "{:?}",
            play.comments()
        );
        let check = play.state().check_runs[0].clone();
        assert_eq!(check.conclusion.as_deref(), Some("failure"));
    }
}
