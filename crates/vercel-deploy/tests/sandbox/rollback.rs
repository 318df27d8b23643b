//! `mode: rollback`.

use sandbox::{
    faults::{Fault, Mishap, Side},
    github::Identity,
};

use crate::support::{Play, SHA};

async fn second_version(play: &Play) -> (String, String) {
    let first = play.production();
    let staged = play.stage().await;
    let record = play.record(SHA, "production");
    let outcome = play
        .run(&[
            "--mode",
            "promote",
            "--deployment",
            &staged,
            "--record",
            &record,
        ])
        .await;
    assert_eq!(outcome.code, 0, "{outcome:?}");
    (first, staged)
}

#[tokio::test]
async fn production_returns_to_what_it_served_before() {
    let play = Play::start().await;
    let (first, second) = second_version(&play).await;
    assert_eq!(play.front_page().await, "<h1>second</h1>");
    let outcome = play.run(&["--mode", "rollback"]).await;
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(
        (play.production(), &*play.front_page().await),
        (first.clone(), "<h1>first</h1>")
    );
    assert_eq!(
        (
            outcome.output("rolled-back"),
            outcome.output("deployment-id")
        ),
        ("true", &*first)
    );
    assert_eq!(outcome.output("previous-deployment-id"), second);
    assert_eq!(outcome.output("url"), play.sandbox.vercel.production_url());
    assert_eq!(
        outcome.rules(),
        ["auto-assign-off"],
        "said, but no reason to warn"
    );
    assert_eq!(outcome.output("conclusion"), "pass");

    let again = play
        .run(&["--mode", "rollback", "--deployment", &first])
        .await;
    assert_eq!(again.code, 0, "{again:?}");
    assert_eq!(
        play.asked("POST", "/rollback/"),
        1,
        "nothing to do the second time"
    );
}

#[tokio::test]
async fn githubs_list_names_the_predecessor() {
    let play = Play::start().await.with_github(&Identity::Actions);
    let (first, second) = second_version(&play).await;
    let outcome = play.run(&["--mode", "rollback"]).await;
    assert_eq!((outcome.code, play.production()), (0, first), "{outcome:?}");
    assert_eq!(play.asked("GET", "/v7/deployments"), 0, "GitHub knew");
    let entries = play.sandbox.github.snapshot().deployments;
    let entry = entries
        .iter()
        .find(|entry| entry.payload["vercelDeployment"] == second.as_str())
        .unwrap();
    assert_eq!(entry.state(), "inactive");
}

#[tokio::test]
async fn a_rollback_that_moves_nothing_is_a_fail() {
    let play = Play::start().await;
    let (first, second) = second_version(&play).await;
    play.sandbox.vercel.add_mishap(Mishap::AliasError);
    let outcome = play
        .run(&["--mode", "rollback", "--deployment", &first])
        .await;
    assert_eq!(
        (outcome.code, outcome.output("rolled-back")),
        (1, ""),
        "{outcome:?}"
    );
    assert_eq!(play.production(), second);
}

#[tokio::test]
async fn a_plan_that_does_not_reach_back_says_so() {
    let play = Play::start().await;
    let (first, _) = second_version(&play).await;
    play.sandbox
        .vercel
        .add_fault(Fault::on(Side::Vercel, "POST", "/v1/projects/*/rollback/*").status(402));
    let outcome = play
        .run(&["--mode", "rollback", "--deployment", &first])
        .await;
    assert_eq!(outcome.code, 3, "{outcome:?}");
    assert!(
        outcome
            .words()
            .contains("on Hobby a rollback reaches the previous deployment only"),
        "{outcome:?}"
    );
}
