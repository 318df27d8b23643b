//! `mode: rolling`.

use sandbox::{
    faults::{Mishap, Place},
    github::Identity,
    vercel::ReleaseState,
};

use fake_runner::Ended;

use crate::support::{Play, SHA};

pub(crate) async fn roll(play: &Play, deployment: &str, more: &[&str]) -> Ended {
    let record = play.record(SHA, "production");
    let mut arguments = vec![
        "--mode",
        "rolling",
        "--deployment",
        deployment,
        "--record",
        &record,
    ];
    arguments.extend(["--samples", "10"]);
    arguments.extend(more);
    play.run(&arguments).await
}

pub(crate) async fn staged() -> (Play, String, String) {
    let play = Play::start().await;
    play.sandbox.vercel.enable_rolling_release(&[10, 50]);
    let before = play.production();
    let staged = play.stage().await;
    (play, before, staged)
}

#[tokio::test]
async fn each_stage_is_sampled_and_the_last_completes() {
    let (play, before, staged) = staged().await;
    let outcome = roll(&play, &staged, &[]).await;
    assert_eq!(
        (outcome.code, outcome.output("conclusion")),
        (0, "pass"),
        "{outcome:?}"
    );
    assert_eq!(
        (play.production(), outcome.output("previous-deployment-id")),
        (staged.clone(), &*before)
    );
    assert_eq!(
        play.snapshot().release.unwrap().state,
        ReleaseState::Complete
    );
    assert!(outcome.metric("canary-share at 10 %") < 0.35);
    assert_eq!(outcome.metric("canary-errors at 50 %"), 0.0);

    let again = roll(&play, &staged, &[]).await;
    assert_eq!(again.code, 0, "{again:?}");
    assert_eq!(
        play.asked("POST", "/rolling-release/start"),
        1,
        "nothing to do the second time"
    );
}

#[tokio::test]
async fn a_bad_canary_is_taken_back_at_its_first_stage() {
    let (play, before, staged) = staged().await;
    play.sandbox
        .vercel
        .add_mishap(Mishap::CanaryErrors { every: 3 });
    let outcome = roll(&play, &staged, &[]).await;
    assert_eq!(
        (outcome.code, outcome.output("rolled-back")),
        (1, "true"),
        "{outcome:?}"
    );
    assert!(outcome.rules().contains(&"canary-errors"), "{outcome:?}");
    assert_eq!(
        (
            play.production(),
            outcome.output("production-deployment-id")
        ),
        (before.clone(), &*before)
    );
    assert_eq!(
        play.snapshot().release.unwrap().state,
        ReleaseState::Aborted
    );
    assert_eq!(
        play.asked("POST", "/approve-stage"),
        0,
        "no further visitor met it"
    );
    assert_eq!(play.front_page().await, "<h1>first</h1>");
}

#[tokio::test]
async fn errors_within_the_limit_are_let_through() {
    let (play, _, staged) = staged().await;
    play.sandbox
        .vercel
        .add_mishap(Mishap::CanaryErrors { every: 10 });
    let outcome = roll(&play, &staged, &["--max-error-rate", "30 %"]).await;
    assert_eq!(
        (outcome.code, play.production()),
        (0, staged),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn an_active_release_is_taken_up_where_it_stands() {
    let (play, _, staged) = staged().await;
    // The approval of the second stage never arrives: the run ends undecided with the canary at its first stage.
    let fault = sandbox::faults::Fault::on(
        sandbox::faults::Side::Vercel,
        "POST",
        "/v1/projects/*/rolling-release/approve-stage",
    );
    play.sandbox.vercel.add_fault(fault.status(500));
    let outcome = roll(&play, &staged, &[]).await;
    assert_eq!(outcome.code, 3, "{outcome:?}");
    assert!(
        outcome
            .words()
            .contains("serves 10 % of visitors; run it again to go on"),
        "{outcome:?}"
    );
    let outcome = roll(&play, &staged, &[]).await;
    assert_eq!(
        (outcome.code, play.production()),
        (0, staged),
        "{outcome:?}"
    );
    assert_eq!(play.asked("POST", "/rolling-release/start"), 1);
}

#[tokio::test]
async fn a_release_that_is_over_keeps_its_verdict_and_the_way_back() {
    let play = Play::start().await.with_github(&Identity::Actions);
    play.sandbox.vercel.enable_rolling_release(&[10, 50]);
    let before = play.production();
    let staged = play.stage().await;
    assert_eq!(roll(&play, &staged, &[]).await.code, 0);
    play.sandbox.vercel.add_mishap(Mishap::BrokenPath {
        path: "/".to_owned(),
        status: 502,
        body: None,
        place: Place::Production,
    });
    let again = roll(&play, &staged, &[]).await;
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
}

#[tokio::test]
async fn what_does_not_fit_together_is_refused() {
    let (play, before, staged) = staged().await;
    let promote = play
        .run(&["--mode", "promote", "--deployment", &staged])
        .await;
    assert_eq!(promote.code, 2, "{promote:?}");
    assert!(
        promote.words().contains("use `mode: rolling`"),
        "{promote:?}"
    );
    play.runner.write(
        "stagegate.yml",
        "deploy:\n  rolling:\n    stages: [5 %, 100 %]\n",
    );
    let outcome = roll(&play, &staged, &[]).await;
    assert_eq!(outcome.code, 2, "{outcome:?}");
    assert_eq!(play.production(), before);

    let plain = Play::start().await;
    let staged = plain.stage().await;
    let outcome = roll(&plain, &staged, &[]).await;
    assert_eq!(outcome.code, 2, "{outcome:?}");
    assert!(
        outcome.words().contains("no rolling releases"),
        "{outcome:?}"
    );
}
