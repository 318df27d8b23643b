//! Deployments: recorded once, without the API's traps.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests, which clippy does not count as tests"
)]

mod support;

use github_client::{DeploymentState, NewDeployment, NewDeploymentStatus};
use serde_json::json;
use support::{Play, bad_gateway};

fn deployment(run: u64) -> NewDeployment {
    NewDeployment {
        sha: "a".repeat(40),
        environment: "production".to_owned(),
        description: "release".to_owned(),
        payload: json!({"digest": "sha256:00", "run": run}),
        production_environment: true,
        transient_environment: false,
    }
}

fn status(state: DeploymentState) -> NewDeploymentStatus {
    NewDeploymentStatus {
        state,
        environment_url: Some("https://app.example".to_owned()),
        log_url: None,
        description: "é".repeat(200),
    }
}

#[tokio::test]
async fn created_without_merging_and_without_foreign_conditions() {
    let play = Play::start().await;
    play.client.create_deployment(&deployment(1)).await.unwrap();
    play.with(|state| {
        assert_eq!(state.bodies[0]["auto_merge"], false);
        assert_eq!(state.bodies[0]["required_contexts"], json!([]));
        assert_eq!(state.bodies[0]["ref"], "a".repeat(40));
    });
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_deployment_and_takes_no_other_for_ours() {
    let play = Play::start().await;
    let earlier = play.client.create_deployment(&deployment(1)).await.unwrap();
    play.with(|state| state.faults.push(bad_gateway("POST", true)));
    let ours = play.client.create_deployment(&deployment(2)).await.unwrap();
    assert_ne!(ours.id, earlier.id);
    assert_eq!(play.with(|state| state.deployments.len()), 2);
}

#[tokio::test]
async fn a_status_is_cut_to_length_and_written_once() {
    let play = Play::start().await;
    let id = play
        .client
        .create_deployment(&deployment(1))
        .await
        .unwrap()
        .id;
    play.with(|state| state.faults.push(bad_gateway("/statuses", true)));
    let new = status(DeploymentState::Success);
    let written = play
        .client
        .create_deployment_status(id, &new)
        .await
        .unwrap();
    assert_eq!(written.description.chars().count(), 140);
    assert_eq!(play.with(|state| state.statuses.len()), 1);
}

#[tokio::test]
async fn only_what_served_is_retired() {
    let play = Play::start().await;
    let mut ids = Vec::new();
    for (run, state) in [
        (1, DeploymentState::Success),
        (2, DeploymentState::Failure),
        (3, DeploymentState::Success),
    ] {
        let id = play
            .client
            .create_deployment(&deployment(run))
            .await
            .unwrap()
            .id;
        let new = status(state);
        play.client
            .create_deployment_status(id, &new)
            .await
            .unwrap();
        ids.push(id);
    }
    let retired = play
        .client
        .retire_deployments("production", ids[2])
        .await
        .unwrap();
    assert_eq!(retired, [ids[0]]);
    let newest = play.client.deployment_statuses(ids[0]).await.unwrap();
    assert_eq!(newest[0].state, DeploymentState::Inactive);
    let again = play
        .client
        .retire_deployments("production", ids[2])
        .await
        .unwrap();
    assert!(again.is_empty());
}
