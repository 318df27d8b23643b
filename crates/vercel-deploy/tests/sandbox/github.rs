//! GitHub's list of deployments beside Vercel's.

use sandbox::{
    faults::{Fault, Side},
    github::Identity,
};

use crate::support::{Play, SHA};

#[tokio::test]
async fn a_release_is_one_success_on_production() {
    let play = Play::start().await.with_github(&Identity::Actions);
    let staging = play.run(&["--environment", "staging"]).await;
    assert_eq!(staging.code, 0, "{staging:?}");
    let staged = play.stage().await;
    let promoted = play.promote(&staged).await;
    assert_eq!(promoted.code, 0, "{promoted:?}");

    let entries = play.sandbox.github.snapshot().deployments;
    let shown: Vec<_> = entries
        .iter()
        .map(|entry| {
            let states: Vec<&str> = entry
                .statuses
                .iter()
                .map(|status| status.state.as_str())
                .collect();
            (entry.environment.as_str(), states)
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("staging", vec!["in_progress", "success"]),
            ("production", vec!["in_progress", "success"])
        ]
    );
    assert_eq!(entries[0].payload["digest"], staging.output("digest"));
    assert_eq!(entries[1].payload["vercelDeployment"], staged.as_str());
    assert_eq!(
        entries[1].payload["previousDeployment"],
        promoted.output("previous-deployment-id")
    );
    assert!(entries[1].production_environment && !entries[0].production_environment);
}

#[tokio::test]
async fn a_read_only_token_is_one_warning_and_changes_nothing_else() {
    let play = Play::start().await.with_github(&Identity::ReadOnly);
    let outcome = play.run(&["--environment", "staging"]).await;
    assert_eq!(
        (outcome.code, outcome.output("conclusion")),
        (0, "pass"),
        "{outcome:?}"
    );
    assert_eq!(outcome.rules(), ["github-deployment"]);
    assert!(
        outcome.words().contains("deployments: write"),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn it_can_be_switched_off() {
    let play = Play::start().await.with_github(&Identity::Actions);
    let outcome = play.run(&["--github-deployment", "off"]).await;
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(play.sandbox.github.snapshot().deployments.is_empty());
}

#[tokio::test]
async fn an_entry_left_open_is_closed_by_the_next_run() {
    let play = Play::start().await.with_github(&Identity::Actions);
    let staged = play.stage().await;
    let record = play.record(SHA, "production");
    let promote = [
        "--mode",
        "promote",
        "--deployment",
        &staged,
        "--record",
        &record,
    ];
    // The first status is `in_progress`; the second one, which would close the entry, is refused.
    let fault = Fault::on(Side::GitHub, "POST", "/repos/*/*/deployments/*/statuses");
    play.sandbox.github.add_fault(fault.from(2).status(403));
    assert_eq!(play.run(&promote).await.code, 0);
    let states = || -> Vec<String> {
        let entries = play.sandbox.github.snapshot().deployments;
        entries
            .iter()
            .map(|entry| entry.state().to_owned())
            .collect()
    };
    assert_eq!(states(), ["in_progress"]);
    assert_eq!(play.run(&promote).await.code, 0);
    assert_eq!(states(), ["success"], "taken up, not entered twice");
    assert_eq!(play.run(&promote).await.code, 0);
    let entries = play.sandbox.github.snapshot().deployments;
    assert_eq!(entries[0].statuses.len(), 2, "a release is one success");
}
