//! `mode: rolling` step by step, and with a program that judges.

use fake_runner::Ended;
use sandbox::{github::Identity, vercel::ReleaseState};

use crate::{
    rolling::{roll, staged},
    support::{Play, SHA},
};

async fn step(play: &Play, step: &str, more: &[&str]) -> Ended {
    let record = play.record(SHA, "production");
    let mode = ["--mode", "rolling", "--record", &record, "--step", step];
    play.run(&[&mode[..], more].concat()).await
}

#[tokio::test]
async fn a_release_can_be_led_by_hand() {
    let (play, before, staged) = staged().await;
    let none = step(&play, "approve", &[]).await;
    none.assert(2, "no rolling release is active");
    let started = step(&play, "start", &["--deployment", &staged]).await;
    assert_eq!(
        (started.code, started.output("state")),
        (0, "rolling"),
        "{started:?}"
    );
    assert!(started.verdict.title.contains("serves 10 % of visitors"));
    let dry = step(&play, "approve", &["--dry-run"]).await;
    assert_eq!(
        dry.verdict.title,
        format!("dry run: would give {staged} 50 % of visitors")
    );
    let approved = step(&play, "approve", &[]).await;
    assert!(
        approved.verdict.title.contains("serves 50 % of visitors"),
        "{approved:?}"
    );
    let other = step(&play, "complete", &["--deployment", &before]).await;
    other.assert(2, "the active release is of");
    let completed = step(&play, "complete", &[]).await;
    assert_eq!(
        (completed.code, play.production()),
        (0, staged),
        "{completed:?}"
    );
    assert_eq!(completed.output("previous-deployment-id"), before);
}

#[tokio::test]
async fn a_release_of_other_bytes_does_not_go_on_and_can_be_aborted() {
    let (play, before, staged) = staged().await;
    assert_eq!(
        step(&play, "start", &["--deployment", &staged]).await.code,
        0
    );
    play.build("swapped");
    for name in ["approve", "complete"] {
        let refused = step(&play, name, &[]).await;
        assert_eq!(
            (refused.code, refused.rules()),
            (1, vec!["wrong-bytes"]),
            "{refused:?}"
        );
    }
    assert!(play.snapshot().release.unwrap().state == ReleaseState::Active);
    let aborted = play.run(&["--mode", "rolling", "--step", "abort"]).await;
    assert_eq!(
        (aborted.code, aborted.output("rolled-back")),
        (0, "true"),
        "{aborted:?}"
    );
    assert_eq!(play.production(), before);
}

#[cfg(unix)]
#[tokio::test]
async fn a_program_judges_each_stage_without_our_secrets() {
    let (play, before, staged) = staged().await;
    let script = "#!/bin/sh\necho \"$STAGEGATE_CANARY at $STAGEGATE_SHARE, token=$VERCEL_TOKEN.\"\n[ \"$STAGEGATE_SHARE\" = 10 ]\n";
    play.runner.write_program("judge.sh", script);
    let outcome = roll(&play, &staged, &["--stage-command", "./judge.sh"]).await;
    assert_eq!(
        (outcome.code, outcome.output("rolled-back")),
        (1, "true"),
        "{outcome:?}"
    );
    assert!(outcome.rules().contains(&"stage-command"), "{outcome:?}");
    assert!(
        outcome
            .words()
            .contains(&format!("{staged} at 50, token=.")),
        "{outcome:?}"
    );
    assert_eq!(play.production(), before);
    let (play, before, staged) = crate::rolling::staged().await;
    let outcome = roll(&play, &staged, &["--stage-command", "./gone.sh"]).await;
    assert_eq!(
        (outcome.code, play.production()),
        (1, before),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_release_taken_up_again_is_one_entry_in_githubs_list() {
    let play = Play::start().await.with_github(&Identity::Actions);
    play.sandbox.vercel.enable_rolling_release(&[10, 50]);
    let staged = play.stage().await;
    let path = "/v1/projects/*/rolling-release/approve-stage";
    let fault = sandbox::faults::Fault::on(sandbox::faults::Side::Vercel, "POST", path);
    play.sandbox.vercel.add_fault(fault.status(500));
    assert_eq!(roll(&play, &staged, &[]).await.code, 3);
    assert_eq!(roll(&play, &staged, &[]).await.code, 0);
    let entries = play.sandbox.github.snapshot().deployments;
    let successes = entries
        .iter()
        .flat_map(|entry| &entry.statuses)
        .filter(|status| status.state == "success")
        .count();
    assert_eq!(
        (entries.len(), successes),
        (1, 1),
        "a release is one success"
    );
}
