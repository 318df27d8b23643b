//! `allow-rebuild`: a preview that is built again for production.

use sandbox::{
    faults::{Fault, Side},
    github::Identity,
};

use crate::support::Play;

#[tokio::test]
async fn a_preview_goes_live_only_when_a_rebuild_is_allowed_and_never_without_a_word() {
    let play = Play::start().await.with_github(&Identity::Actions);
    let before = play.production();
    let preview = play.run(&[]).await.output("deployment-id").to_owned();
    let promote = ["--mode", "promote", "--deployment", &preview];
    let refused = play.run(&promote).await;
    assert_eq!(
        (refused.code, play.production()),
        (1, before.clone()),
        "{refused:?}"
    );
    let dry = play
        .run(&[&promote[..], &["--allow-rebuild", "--dry-run"]].concat())
        .await;
    assert!(
        dry.verdict.title.starts_with("dry run: would build"),
        "{dry:?}"
    );
    assert_eq!(play.production(), before);
    let outcome = play
        .run(&[&promote[..], &["--allow-rebuild"]].concat())
        .await;
    assert_eq!(
        (outcome.code, outcome.output("conclusion")),
        (0, "warn"),
        "{outcome:?}"
    );
    assert!(outcome.rules().contains(&"rebuild"), "{outcome:?}");
    let live = play.production();
    assert_ne!(live, preview);
    let deployment = play.snapshot().deployment(&live).unwrap().clone();
    assert_eq!(deployment.rebuilt_from.as_deref(), Some(&*preview));
    assert_eq!(outcome.output("previous-deployment-id"), before);
    assert_eq!(outcome.output("production-deployment-id"), live);
}

#[tokio::test]
async fn a_lost_answer_builds_it_once() {
    let play = Play::start().await;
    let preview = play.run(&[]).await.output("deployment-id").to_owned();
    let before = play.snapshot().deployments.len();
    let fault = Fault::on(Side::Vercel, "POST", "/v13/deployments")
        .action(sandbox::faults::Action::CommitThenStatus(502));
    play.sandbox.vercel.add_fault(fault);
    let promote = [
        "--mode",
        "promote",
        "--deployment",
        &preview,
        "--allow-rebuild",
    ];
    let outcome = play.run(&promote).await;
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(play.snapshot().deployments.len(), before + 1);
}
