//! `mode: deploy`.

use sandbox::{
    faults::{Action, Fault, Mishap, Side},
    vercel::{ReadyState, Timings},
};

use crate::support::{Play, SHA};

/// Eight files: config.json, the page and six assets.
const FILES: &str = "8";

#[tokio::test]
async fn a_build_is_uploaded_once_and_carries_its_digest() {
    let play = Play::start().await;
    // The assets are there already, by the first production version.
    let first = play.run(&[]).await;
    assert_eq!(first.code, 0, "{first:?}");
    assert_eq!(
        (first.output("files-total"), first.output("files-uploaded")),
        (FILES, "1")
    );
    assert_eq!(
        (first.output("ready-state"), first.output("conclusion")),
        ("READY", "pass")
    );
    assert!(
        first.output("url").starts_with("http://127.0.0.1:"),
        "a loopback host has no TLS"
    );
    let deployment = play
        .snapshot()
        .deployment(first.output("deployment-id"))
        .unwrap()
        .clone();
    let digest = build_output::BuildOutput::open(play.output())
        .unwrap()
        .digest()
        .to_string();
    assert_eq!(deployment.meta["stagegateDigest"], digest);
    assert_eq!(deployment.meta["githubCommitSha"], SHA);
    assert_eq!(deployment.meta["githubCommitRef"], "main");
    assert_eq!(
        first.verdict.subject.digest.as_ref().unwrap().as_str(),
        digest
    );

    let again = play.run(&[]).await;
    assert_eq!(
        (
            again.code,
            again.output("files-uploaded"),
            again.output("bytes-uploaded")
        ),
        (0, "0", "0")
    );
    // The order and one poll.
    assert_eq!(again.output("requests"), "2", "nothing else is asked");
    assert_ne!(again.output("deployment-id"), first.output("deployment-id"));
}

#[tokio::test]
async fn every_state_is_waited_for() {
    let play = Play::start().await;
    play.sandbox.vercel.set_timings(Timings::default());
    let outcome = play.run(&["--environment", "staging"]).await;
    assert_eq!(
        (outcome.code, outcome.output("ready-state")),
        (0, "READY"),
        "{outcome:?}"
    );
    let staging = play.sandbox.vercel.environment_url("staging").unwrap();
    assert_eq!(format!("http://{}", outcome.output("aliases")), staging);
}

#[tokio::test]
async fn uploads_that_fail_now_and_then_do_not_end_the_deploy() {
    for mishap in [
        Mishap::UploadErrors { every: 2 },
        Mishap::DigestMismatch { uploads: 1 },
    ] {
        let play = Play::start().await;
        for number in 0..6 {
            std::fs::write(
                play.output().join(format!("static/assets/{number}.js")),
                format!("new {number}"),
            )
            .unwrap();
        }
        play.sandbox.vercel.add_mishap(mishap.clone());
        let outcome = play.run(&[]).await;
        assert_eq!(
            (outcome.code, outcome.output("files-uploaded")),
            (0, "7"),
            "{mishap:?}: {outcome:?}"
        );
    }
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_deployment() {
    let play = Play::start().await;
    let before = play.snapshot().deployments.len();
    // The second order is the one that is accepted; its answer is lost.
    let fault = Fault::on(Side::Vercel, "POST", "/v13/deployments")
        .from(2)
        .action(Action::CommitThenStatus(502));
    play.sandbox.vercel.add_fault(fault);
    let outcome = play.run(&[]).await;
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(play.snapshot().deployments.len(), before + 1);
}

#[tokio::test]
async fn another_build_than_the_one_agreed_on_is_not_deployed() {
    let play = Play::start().await;
    let before = play.snapshot().deployments.len();
    let other = format!("sha256:{}", "0".repeat(64));
    let outcome = play.run(&["--digest", &other]).await;
    assert_eq!(
        (outcome.code, outcome.rules()),
        (1, vec!["wrong-bytes"]),
        "{outcome:?}"
    );
    assert_eq!(play.snapshot().deployments.len(), before);
    let outcome = play.run(&["--output-dir", "nowhere"]).await;
    assert_eq!(outcome.code, 3);
    assert!(outcome.words().contains("build it first"), "{outcome:?}");
}

#[tokio::test]
async fn a_failed_build_is_a_fail_with_its_log() {
    let play = Play::start().await;
    std::fs::write(
        play.output().join("config.json"),
        r#"{"version":3,"routes":[{"src":"("}]}"#,
    )
    .unwrap();
    let outcome = play.run(&[]).await;
    assert_eq!(
        (outcome.code, outcome.rules()),
        (1, vec!["deployment-failed"]),
        "{outcome:?}"
    );
    assert_eq!(outcome.output("ready-state"), "ERROR");
}

#[tokio::test]
async fn a_stuck_build_ends_with_the_timeout_and_says_where_it_is() {
    let play = Play::start().await;
    play.sandbox.vercel.add_mishap(Mishap::StuckBuilding);
    let outcome = play.run(&["--timeout", "1 s"]).await;
    assert_eq!(outcome.code, 3, "{outcome:?}");
    let id = outcome.output("deployment-id").to_owned();
    assert!(
        outcome.verdict.title.contains(&id) && outcome.verdict.title.contains("BUILDING"),
        "{}",
        outcome.verdict.title
    );
    assert_ne!(
        play.snapshot().deployment(&id).unwrap().ready_state,
        ReadyState::Ready
    );
}

#[tokio::test]
async fn production_is_live_only_when_its_domain_says_so() {
    let play = Play::start().await;
    let first = play.production();
    let outcome = play.run(&["--environment", "production"]).await;
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let second = play.production();
    assert_eq!(
        (
            outcome.output("deployment-id"),
            outcome.output("production-deployment-id")
        ),
        (&*second, &*second)
    );
    assert_eq!(outcome.output("previous-deployment-id"), first);

    // After a rollback Vercel moves no domain by itself, and says READY all the same.
    assert_eq!(play.run(&["--mode", "rollback"]).await.code, 0);
    play.build("third");
    let outcome = play
        .run(&["--environment", "production", "--timeout", "3 s"])
        .await;
    assert_eq!(outcome.code, 1, "{outcome:?}");
    assert!(
        outcome.rules().contains(&"domain-elsewhere") && outcome.rules().contains(&"not-live"),
        "{outcome:?}"
    );
    assert_eq!(play.production(), first);
}

#[tokio::test]
async fn a_dry_run_changes_nothing() {
    let play = Play::start().await;
    let before = play.snapshot();
    let outcome = play
        .run(&["--dry-run", "--environment", "production"])
        .await;
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(
        outcome
            .verdict
            .title
            .starts_with("dry run: would deploy 8 files"),
        "{}",
        outcome.verdict.title
    );
    let after = play.snapshot();
    assert_eq!(
        (after.deployments.len(), after.uploads),
        (before.deployments.len(), before.uploads)
    );
}
