//! `mode: rollback`.

use sandbox::{
    faults::{Fault, Mishap, Side},
    github::Identity,
};

use crate::support::Play;

#[tokio::test]
async fn production_returns_to_what_it_served_before() {
    let play = Play::start().await;
    let (first, second) = play.second_version().await;
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
    let (first, second) = play.second_version().await;
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
    let (first, second) = play.second_version().await;
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
    let (first, _) = play.second_version().await;
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

#[tokio::test]
async fn a_rollback_taken_up_again_does_not_go_one_further() {
    let play = Play::start().await;
    let (_, second) = play.second_version().await;
    play.build("third");
    let third = play.stage().await;
    assert_eq!(play.promote(&third).await.code, 0);
    // The first run rolls back and is cut short before it could say so; the second knows nothing of it.
    let first_run = play.run(&["--mode", "rollback"]).await;
    assert_eq!(
        (first_run.code, play.production()),
        (0, second.clone()),
        "{first_run:?}"
    );
    let again = play.run(&["--mode", "rollback"]).await;
    assert_eq!((again.code, play.production()), (0, second), "{again:?}");
    assert!(again.rules().contains(&"rolled-back"), "{again:?}");
    assert_eq!(play.asked("POST", "/rollback/"), 1);
}

#[tokio::test]
async fn the_time_to_recovery_is_measured_and_a_promote_turns_assignment_on_again() {
    let play = Play::start().await;
    let (first, second) = play.second_version().await;
    let back = play.run(&["--mode", "rollback"]).await;
    assert!(back.metric("recovery") > 0.0);
    assert!(!back.output("recovery-seconds").is_empty());
    assert!(!play.snapshot().auto_assign);
    assert_eq!(play.production(), first);
    let forward = play.promote(&second).await;
    assert_eq!(forward.code, 0, "{forward:?}");
    assert!(forward.rules().contains(&"auto-assign-on"), "{forward:?}");
    assert!(play.snapshot().auto_assign);
}

#[tokio::test]
async fn a_dry_run_says_where_it_would_go() {
    let play = Play::start().await;
    let (first, second) = play.second_version().await;
    let outcome = play.run(&["--mode", "rollback", "--dry-run"]).await;
    assert_eq!(
        outcome.verdict.title,
        format!("dry run: would return production from {second} to {first}")
    );
    assert_eq!(play.production(), second);
}
