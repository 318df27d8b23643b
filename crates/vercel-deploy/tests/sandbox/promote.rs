//! `mode: promote`: what goes live is what was approved, or nothing goes live.

use sandbox::{
    faults::{Action, Fault, Mishap, Side},
    github::Identity,
};
use verdict::Digest;

use fake_runner::Ended;

use crate::support::{Play, SHA};

#[tokio::test]
async fn the_approved_bytes_go_live() {
    let play = Play::start().await;
    let before = play.production();
    let staged = play.stage().await;
    assert_eq!(play.production(), before, "staged serves nobody");
    let outcome = play.promote(&staged).await;
    assert_eq!(
        (outcome.code, outcome.output("conclusion")),
        (0, "pass"),
        "{outcome:?}"
    );
    assert_eq!(play.production(), staged);
    assert_eq!(outcome.output("previous-deployment-id"), before);
    assert_eq!(outcome.output("production-deployment-id"), staged);
    assert_eq!(outcome.output("substate"), "PROMOTED");
    // What a smoke test visits next must be the domain, not the deployment's own address.
    assert_eq!(outcome.output("url"), play.sandbox.vercel.production_url());
    assert_eq!(outcome.output("aliases"), play.snapshot().production_domain);
    assert_eq!(play.front_page().await, "<h1>second</h1>");

    let again = play.promote(&staged).await;
    assert_eq!(again.code, 0, "{again:?}");
    assert_eq!(
        play.asked("POST", "/promote/"),
        1,
        "nothing to do the second time"
    );
}

#[tokio::test]
async fn nothing_goes_live_unless_record_bytes_and_deployment_agree() {
    let play = Play::start().await;
    let before = play.production();
    let staged = play.stage().await;
    let promote = async |record: String| play.promote_by(&staged, &record).await;
    let refused = |outcome: &Ended, rule: &str| {
        assert_eq!(
            (outcome.code, outcome.rules()),
            (1, vec![rule]),
            "{outcome:?}"
        );
        assert_eq!(play.production(), before);
    };
    let other_sha = "c".repeat(40);
    refused(
        &promote(play.record(&other_sha, "production")).await,
        "wrong-commit",
    );
    refused(
        &promote(play.record_of(SHA, &Digest::of(b"other"), "production")).await,
        "wrong-bytes",
    );
    refused(
        &promote(play.record(SHA, "staging")).await,
        "wrong-environment",
    );

    // Record and deployment agree, but the build here is another one.
    let record = play.record(SHA, "production");
    play.build("swapped");
    refused(&promote(record).await, "wrong-bytes");

    // The record fits the bytes here, but the deployment was made of others.
    refused(
        &promote(play.record(SHA, "production")).await,
        "wrong-bytes",
    );

    // A digest alone binds too.
    let digest = Digest::of(b"other").to_string();
    let outcome = play
        .run(&[
            "--mode",
            "promote",
            "--deployment",
            &staged,
            "--digest",
            &digest,
        ])
        .await;
    refused(&outcome, "wrong-bytes");
    assert_eq!(play.asked("POST", "/promote/"), 0, "nothing was even asked");
}

#[tokio::test]
async fn a_record_that_cannot_be_read_decides_nothing() {
    let play = Play::start().await;
    let before = play.production();
    let staged = play.stage().await;
    let missing = play
        .run(&[
            "--mode",
            "promote",
            "--deployment",
            &staged,
            "--record",
            "gone.json",
        ])
        .await;
    assert_eq!(missing.code, 3, "{missing:?}");
    let record = play.record(SHA, "production");
    std::fs::write(&record, "{}").unwrap();
    let empty = play.promote_by(&staged, &record).await;
    assert_eq!(empty.code, 3, "{empty:?}");
    // Without the build nothing shows that the record is about these bytes.
    let record = play.record(SHA, "production");
    std::fs::remove_dir_all(play.output()).unwrap();
    let unbuilt = play.promote_by(&staged, &record).await;
    assert_eq!(unbuilt.code, 3, "{unbuilt:?}");
    assert_eq!(play.production(), before);
}

#[tokio::test]
async fn a_preview_is_not_rebuilt_into_production() {
    let play = Play::start().await;
    let preview = play.run(&[]).await.output("deployment-id").to_owned();
    let outcome = play
        .run(&["--mode", "promote", "--deployment", &preview])
        .await;
    assert_eq!(outcome.code, 1, "{outcome:?}");
    assert!(outcome.rules().contains(&"rebuild"), "{outcome:?}");
}

#[tokio::test]
async fn a_failed_alias_job_is_a_fail_and_production_stays() {
    let play = Play::start().await;
    let before = play.production();
    let staged = play.stage().await;
    play.sandbox.vercel.add_mishap(Mishap::AliasError);
    let outcome = play.promote(&staged).await;
    assert_eq!(outcome.code, 1, "{outcome:?}");
    assert_eq!(outcome.rules(), ["alias-job-failed", "domain-elsewhere"]);
    assert_eq!(
        (
            play.production(),
            outcome.output("production-deployment-id")
        ),
        (before.clone(), &*before)
    );

    // The same promote, tried again, is not mistaken for the failed one.
    let outcome = play.promote(&staged).await;
    assert_eq!(
        (outcome.code, play.production()),
        (0, staged),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_lost_answer_is_settled_by_the_domains() {
    let play = Play::start().await;
    let staged = play.stage().await;
    let fault = Fault::on(Side::Vercel, "POST", "/v10/projects/*/promote/*")
        .action(Action::CommitThenStatus(500));
    play.sandbox.vercel.add_fault(fault);
    let outcome = play.promote(&staged).await;
    assert_eq!(
        (outcome.code, play.production()),
        (0, staged),
        "{outcome:?}"
    );
    assert_eq!(play.asked("POST", "/promote/"), 1);

    // And when it did not land, the domains tell that as well.
    play.build("third");
    let staged = play.stage().await;
    play.sandbox
        .vercel
        .add_fault(Fault::on(Side::Vercel, "POST", "/v10/projects/*/promote/*").status(500));
    let record = play.record(SHA, "production");
    let outcome = play
        .run(&[
            "--mode",
            "promote",
            "--deployment",
            &staged,
            "--record",
            &record,
            "--timeout",
            "2 s",
        ])
        .await;
    assert_eq!(
        (outcome.code, outcome.rules()),
        (1, vec!["domain-elsewhere"]),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_domain_that_breaks_with_the_move_is_a_fail() {
    let play = Play::start().await;
    let staged = play.stage().await;
    let place = sandbox::faults::Place::ProductionAfterPromote;
    play.sandbox.vercel.add_mishap(Mishap::BrokenPath {
        path: "/".to_owned(),
        status: 502,
        body: None,
        place,
    });
    let outcome = play.promote(&staged).await;
    assert_eq!(
        (outcome.code, outcome.rules()),
        (1, vec!["domain-broken"]),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_promote_taken_up_again_keeps_its_verdict_and_the_way_back() {
    let play = Play::start().await.with_github(&Identity::Actions);
    let before = play.production();
    let staged = play.stage().await;
    let place = sandbox::faults::Place::ProductionAfterPromote;
    play.sandbox.vercel.add_mishap(Mishap::BrokenPath {
        path: "/".to_owned(),
        status: 502,
        body: None,
        place,
    });
    let record = play.record(SHA, "production");
    let promote = [
        "--mode",
        "promote",
        "--deployment",
        &staged,
        "--record",
        &record,
    ];
    assert_eq!(play.run(&promote).await.code, 1);
    // Every domain moved, so only GitHub's list still knows where from.
    let again = play.run(&promote).await;
    assert_eq!(
        (again.code, again.rules()),
        (1, vec!["domain-broken"]),
        "{again:?}"
    );
    assert_eq!(again.output("previous-deployment-id"), before);
    assert_eq!(
        again.verdict.title,
        format!("{staged} was not proven on production; what served before is {before}")
    );
    assert_eq!(play.asked("POST", "/promote/"), 1);
}

#[tokio::test]
async fn a_promote_without_any_proof_says_so() {
    let play = Play::start().await;
    let staged = play.stage().await;
    let outcome = play
        .run(&["--mode", "promote", "--deployment", &staged])
        .await;
    assert_eq!(
        (outcome.code, outcome.output("conclusion")),
        (0, "warn"),
        "{outcome:?}"
    );
    assert_eq!(outcome.rules(), ["unbound"]);
}
