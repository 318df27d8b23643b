//! The gate as a program, in a fake runner folder, against the sandbox's GitHub.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests, which clippy does not count as tests"
)]

mod support;

use std::fs;

use sandbox::faults::{Fault, Side};
use sandbox::github::{Commit, Decision, NewPull};
use support::{Play, RUN, SHA};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use verdict::{Digest, ReleaseRecord};

#[tokio::test]
async fn waits_then_approves_and_writes_the_record() {
    let play = Play::start().await;
    let waiting = play.run(&[]).await;
    assert_eq!(
        (waiting.code, waiting.output("decision")),
        (0, "pending"),
        "{}",
        waiting.stderr
    );
    assert_eq!(waiting.output("conclusion"), "pending");
    assert!(!play.runner.path(".stagegate/release-record.json").exists());

    play.review("release-manager", Decision::Approved);
    let approved = play.run(&[]).await;
    assert_eq!(
        (approved.code, approved.output("decision")),
        (0, "approved"),
        "{}",
        approved.stderr
    );
    assert_eq!(approved.output("approvers"), r#"["release-manager"]"#);
    assert_eq!(approved.output("missing"), "[]");
    let json = fs::read(play.runner.path(approved.output("record-path"))).unwrap();
    assert_eq!(Digest::of(&json).hex(), approved.output("record-sha256"));
    let record = ReleaseRecord::from_json(&json).unwrap();
    assert_eq!(record.sha().unwrap().as_str(), SHA);
    assert_eq!(record.digest(), Some(&Digest::of(b"build")));
    assert_eq!(record.staging_url, "http://127.0.0.1:1/");
    assert_eq!(record.approvals[0].comment, "seen");
    assert_eq!(record.verdicts.len(), 2, "its own verdict proves nothing");
}

#[tokio::test]
async fn a_rejection_and_an_authors_own_approval_stop_it() {
    let play = Play::start().await;
    play.review("release-manager", Decision::Rejected);
    let rejected = play.run(&[]).await;
    assert_eq!(
        (rejected.code, rejected.output("decision")),
        (1, "rejected")
    );

    let play = Play::start().await;
    play.review("author", Decision::Approved);
    let own = play.run(&["--approvers", "author"]).await;
    assert_eq!((own.code, own.output("decision")), (1, "blocked"));
    assert_eq!(own.rules(), ["approval-invalid", "approval-ignored"]);
    assert!(own.verdict.findings[1].message.contains("started this run"));
}

#[tokio::test]
async fn everything_that_is_off_is_listed_together() {
    let play = Play::start().await;
    play.review("release-manager", Decision::Approved);
    play.verdict("quality-gate", |verdict| {
        verdict.subject.sha = Some("2".repeat(40).parse().unwrap())
    });
    play.verdict("smoke-test", |verdict| verdict.subject.digest = None);
    play.deploy_to_staging(&Digest::of(b"other")).await;
    let blocked = play.run(&["--require", "security-gate"]).await;
    assert_eq!((blocked.code, blocked.output("decision")), (1, "blocked"));
    let mut rules = blocked.rules();
    rules.sort_unstable();
    assert_eq!(
        rules,
        [
            "staging-digest",
            "verdict-digest",
            "verdict-missing",
            "verdict-subject"
        ]
    );
    assert!(blocked.output("missing").contains("security-gate"));
    assert_eq!(blocked.output("record-path"), "");
}

#[tokio::test]
async fn a_gate_that_answered_twice_blocks() {
    let play = Play::start().await;
    play.review("release-manager", Decision::Approved);
    let file = ".stagegate/verdicts/smoke-test.json";
    let json = fs::read_to_string(play.runner.path(file)).unwrap();
    play.runner
        .write(".stagegate/verdicts/verdict-old/smoke-test.json", &json);
    let blocked = play.run(&[]).await;
    assert_eq!((blocked.code, blocked.output("decision")), (1, "blocked"));
    assert_eq!(blocked.rules(), ["verdict-twice"]);
    let reason = blocked.output("reason");
    assert!(reason.contains(file), "{reason}");
    assert!(reason.contains("verdict-old/smoke-test.json"), "{reason}");
}

#[tokio::test]
async fn another_runs_verdicts_count_once_it_succeeded() {
    let play = Play::start().await;
    play.review("release-manager", Decision::Approved);
    let evidence = play.evidence_run();
    play.verdict("quality-gate", |verdict| {
        verdict.run.as_mut().unwrap().id = evidence;
    });
    let id = evidence.to_string();
    let flags = ["--evidence-run-id", id.as_str()];
    let going_on = play.run(&flags).await;
    assert_eq!((going_on.code, going_on.output("decision")), (3, "error"));
    let reason = going_on.output("reason");
    assert!(reason.contains("has not ended"), "{reason}");
    let github = &play.sandbox.github;
    github.finish_run(evidence, "failure").unwrap();
    let failed = play.run(&flags).await;
    assert_eq!((failed.code, failed.output("decision")), (3, "error"));
    let reason = failed.output("reason");
    assert!(reason.contains("ended with `failure`"), "{reason}");
    github.finish_run(evidence, "success").unwrap();
    let approved = play.run(&flags).await;
    assert_eq!(
        (approved.code, approved.output("decision")),
        (0, "approved"),
        "{}",
        approved.stderr
    );
}

#[tokio::test]
async fn whoever_wrote_what_production_lacks_does_not_approve_it() {
    let play = Play::start().await;
    let github = &play.sandbox.github;
    // Released, then changed by the release manager, then by the author, whose pull request is the newest.
    let commit = |sha: String, author: &str, parent: Option<String>| Commit {
        sha,
        message: "A change".to_owned(),
        author: author.to_owned(),
        committer: author.to_owned(),
        parents: parent.into_iter().collect(),
        at: "2026-01-02T03:04:05Z".to_owned(),
    };
    let (released, earlier) = ("a".repeat(40), "b".repeat(40));
    github.push("main", commit(released.clone(), "author", None));
    github.push(
        "main",
        commit(earlier.clone(), "release-manager", Some(released.clone())),
    );
    github.push("main", commit(SHA.to_owned(), "author", Some(earlier)));
    play.review("release-manager", Decision::Approved);
    let first = play.run(&[]).await;
    assert_eq!(
        first.output("decision"),
        "approved",
        "nothing was released yet"
    );

    play.deploy(&released, "production", &Digest::of(b"old"))
        .await;
    let own = play.run(&[]).await;
    assert_eq!(
        (own.code, own.output("decision")),
        (1, "blocked"),
        "{}",
        own.stderr
    );
    assert_eq!(own.rules(), ["approval-invalid", "approval-ignored"]);
    let message = &own.verdict.findings[1].message;
    assert!(message.ends_with("wrote bbbbbbbbbbbb"), "{message}");

    // What cannot be compared cannot be decided.
    let path = "/repos/stagegate/setlist/compare/*";
    github.add_fault(Fault::on(Side::GitHub, "GET", path).status(404));
    let unknown = play.run(&[]).await;
    assert_eq!((unknown.code, unknown.output("decision")), (3, "error"));
    let reason = unknown.output("reason");
    assert!(
        reason.contains("what is new since the last release"),
        "{reason}"
    );
}

#[tokio::test]
async fn a_forks_run_proves_nothing() {
    let play = Play::start().await;
    play.review("release-manager", Decision::Approved);
    let evidence = play.evidence_run();
    let github = &play.sandbox.github;
    github.finish_run(evidence, "success").unwrap();
    github.open_pull_request(NewPull {
        author: "stranger".to_owned(),
        fork: true,
        ..NewPull::new(8, SHA)
    });
    let id = evidence.to_string();
    let refused = play.run(&["--evidence-run-id", id.as_str()]).await;
    assert_eq!((refused.code, refused.output("decision")), (3, "error"));
    let reason = refused.output("reason");
    assert!(reason.contains("belongs to stranger/setlist"), "{reason}");
}

#[tokio::test]
async fn this_run_named_as_evidence_need_not_have_ended() {
    let play = Play::start().await;
    play.review("release-manager", Decision::Approved);
    let approved = play
        .run(&["--evidence-run-id", RUN.to_string().as_str()])
        .await;
    assert_eq!(
        (approved.code, approved.output("decision")),
        (0, "approved"),
        "{}",
        approved.stderr
    );
}

#[tokio::test]
async fn a_run_that_passed_unreviewed_is_a_bypass() {
    let play = Play::start().await;
    play.sandbox.github.finish_run(RUN, "success").unwrap();
    let bypassed = play.run(&[]).await;
    assert_eq!(bypassed.rules(), ["approval-bypassed"]);
    let open = play.run(&["--behind-environment", "false"]).await;
    assert_eq!(open.output("decision"), "pending");
}

#[tokio::test]
async fn what_cannot_be_found_out_is_an_error_and_no_answer() {
    let play = Play::start().await;
    play.review("release-manager", Decision::Approved);
    let path = format!("/repos/stagegate/setlist/actions/runs/{RUN}/approvals");
    play.sandbox
        .github
        .add_fault(Fault::on(Side::GitHub, "GET", path).status(403));
    let error = play.run(&[]).await;
    assert_eq!(
        (error.code, error.output("decision")),
        (3, "error"),
        "{}",
        error.stderr
    );
    assert!(error.output("reason").contains("who approved the run"));
    play.sandbox.github.clear_faults();

    play.runner.write(".stagegate/verdicts/broken.json", "{}");
    assert_eq!(
        play.run(&[]).await.code,
        3,
        "a file that may say no is not skipped"
    );
    fs::remove_dir_all(play.runner.path(".stagegate")).unwrap();
    let empty = play.run(&[]).await;
    assert_eq!(empty.code, 3);
    assert!(
        empty
            .output("reason")
            .contains("no verdict in .stagegate/verdicts")
    );
}

#[tokio::test]
async fn wrong_usage_names_every_mistake() {
    let play = Play::start().await;
    fs::remove_file(play.runner.path("stagegate.yml")).unwrap();
    let wrong = play.run(&["--mode", "wait"]).await;
    assert_eq!(wrong.code, 2);
    assert_eq!(wrong.rules(), ["usage", "usage", "usage"]);
    assert!(
        wrong
            .verdict
            .findings
            .iter()
            .any(|finding| finding.message.contains("mode `wait` is not there yet"))
    );
}

#[tokio::test]
async fn a_proxy_is_asked_for_servers_elsewhere() {
    let mut play = Play::start().await;
    let proxy = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", proxy.local_addr().unwrap());
    let asked = tokio::spawn(async move {
        let (mut socket, _) = proxy.accept().await.unwrap();
        let mut head = vec![0; 64];
        socket.read_exact(&mut head).await.unwrap();
        let answer = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        socket.write_all(answer).await.unwrap();
        String::from_utf8(head).unwrap()
    });
    play.runner
        .set("GITHUB_API_URL", "http://github.invalid/api/v3")
        .set("HTTP_PROXY", address);
    let ended = play.run(&[]).await;
    assert_eq!((ended.code, ended.output("decision")), (3, "error"));
    let head = asked.await.unwrap();
    assert!(
        head.starts_with("GET http://github.invalid/api/v3/repos/stagegate/"),
        "{head}"
    );
}
