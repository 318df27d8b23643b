//! What github-client asks: every operation of its table, with and without what is optional in each.

use std::collections::BTreeSet;

use github_client::{
    ACTIONS_BOT, CheckAnnotation, CheckConclusion, DeploymentState, NewCheckRun, NewDeployment,
    NewDeploymentStatus, Sticky, StickyAction, operations,
};
use sandbox::faults::{Action, Fault, Side};
use sandbox::github::{Decision, Identity};
use serde_json::json;

use crate::description::Description;
use crate::play::{BASE, HEAD, Play, RUN};

fn annotation(line: u32) -> CheckAnnotation {
    let column = line.is_multiple_of(2).then_some(line);
    CheckAnnotation {
        path: "app/tour/page.tsx".to_owned(),
        start_line: line,
        end_line: line,
        start_column: column,
        end_column: column,
        annotation_level: ["notice", "warning", "failure"][line as usize % 3],
        message: "m".to_owned(),
        title: column.map(|_| "t".to_owned()),
    }
}

fn check_run(conclusion: CheckConclusion, annotations: u32) -> NewCheckRun {
    NewCheckRun {
        name: "Stagegate".to_owned(),
        head_sha: HEAD.to_owned(),
        external_id: format!("{conclusion:?}"),
        conclusion,
        details_url: (annotations > 0).then(|| "https://app.example/".to_owned()),
        title: "t".to_owned(),
        summary: "s".to_owned(),
        text: (annotations > 0).then(|| "more".to_owned()),
        annotations: (1..=annotations).map(annotation).collect(),
    }
}

async fn surfaces(play: &Play) {
    let client = play.client(&Identity::Actions);
    let sticky = |body: &'static str| Sticky {
        key: "stagegate",
        author: ACTIONS_BOT,
        body,
        create: true,
    };
    // More than a page, so that the second page's address is held against the description too.
    for _ in 0..101 {
        play.github().add_comment(1, "author", "hello").unwrap();
    }
    let post = async |body| client.sticky_comment(1, &sticky(body)).await.unwrap();
    assert_eq!(post("one").await.action, StickyAction::Created);
    assert_eq!(post("two").await.action, StickyAction::Updated);
    let twin = "<!-- stagegate -->\na twin";
    play.github().add_comment(1, ACTIONS_BOT, twin).unwrap();
    assert_eq!(post("two").await.merged, 1);

    for (conclusion, annotations) in [
        (CheckConclusion::Success, 0),
        (CheckConclusion::Failure, 120),
        (CheckConclusion::Neutral, 1),
        (CheckConclusion::ActionRequired, 0),
    ] {
        if annotations == 120 {
            // Makes the client look at the check run.
            let fault = Fault::on(Side::GitHub, "PATCH", "/repos/**/check-runs/*");
            play.github()
                .add_fault(fault.action(Action::CommitThenStatus(502)));
        }
        let new = check_run(conclusion, annotations);
        client.publish_check_run(&new).await.unwrap();
    }
}

async fn deployments(play: &Play) {
    let client = play.client(&Identity::Actions);
    let mut last = 0;
    for (environment, run) in [("staging", 1), ("production", 1), ("production", 2)] {
        let production = environment == "production";
        let new = NewDeployment {
            sha: HEAD.to_owned(),
            environment: environment.to_owned(),
            description: "d".to_owned(),
            payload: json!({ "digest": "sha256:00", "run": run }),
            production_environment: production,
            transient_environment: !production,
        };
        last = client.create_deployment(&new).await.unwrap().id;
        for state in [
            DeploymentState::Queued,
            DeploymentState::Pending,
            DeploymentState::InProgress,
            DeploymentState::Failure,
            DeploymentState::Error,
            DeploymentState::Success,
        ] {
            let url = production.then(|| "https://app.example/".to_owned());
            let status = NewDeploymentStatus {
                state,
                environment_url: url.clone(),
                log_url: url,
                description: "é".repeat(200),
            };
            client
                .create_deployment_status(last, &status)
                .await
                .unwrap();
        }
    }
    let retired = client.retire_deployments("production", last).await.unwrap();
    assert_eq!(retired.len(), 1);
    assert_eq!(client.deployments("staging", None).await.unwrap().len(), 1);
}

async fn reads(play: &Play) {
    let client = play.client(&Identity::Actions);
    let environment = client.environment("production").await.unwrap();
    assert!(environment.requires_reviewers());
    assert_eq!(client.pending_deployments(RUN).await.unwrap().len(), 1);
    play.github()
        .review(
            RUN,
            "production",
            "release-manager",
            Decision::Approved,
            "seen",
        )
        .unwrap();
    assert_eq!(client.approvals(RUN).await.unwrap().len(), 1);
    client.run(RUN).await.unwrap();
    // Twice: the second answer is 304.
    for _ in 0..2 {
        client.commit(HEAD).await.unwrap();
        client.pull(1).await.unwrap();
    }
    assert_eq!(client.commits_since(BASE, HEAD).await.unwrap().len(), 1);
    assert_eq!(client.commits_since(HEAD, HEAD).await.unwrap().len(), 0);
    assert_eq!(client.merge_base("main", HEAD).await.unwrap(), BASE);
    assert_eq!(client.history(HEAD).await.unwrap(), [HEAD, BASE]);
    assert_eq!(client.pulls_of_commit(HEAD).await.unwrap().len(), 1);
    let found = client.pulls_from_branch("stagegate", "tour").await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(client.pull_commits(1).await.unwrap().len(), 1);
    assert_eq!(client.pull_files(1).await.unwrap().len(), 1);
    assert_eq!(client.artifacts(RUN).await.unwrap().len(), 1);
    let named = client.artifacts_named("verdict-smoke").await.unwrap();
    let run = named[0].workflow_run.as_ref().unwrap();
    assert!(run.is_own() && run.head_sha.as_deref() == Some(HEAD));
    assert!(client.artifacts_named("another").await.unwrap().is_empty());
    let downloads = client.downloads().unwrap();
    assert_eq!(downloads.read(play.artifact, 10).await.unwrap(), [1]);
    let person = play.client(&Identity::person("reviewer"));
    assert_eq!(person.team_members("release").await.unwrap().len(), 1);
}

async fn refusals(play: &Play) {
    let reader = play.client(&Identity::ReadOnly);
    let new = check_run(CheckConclusion::Success, 0);
    let new = NewCheckRun {
        name: "Another".to_owned(),
        ..new
    };
    let error = reader.publish_check_run(&new).await.unwrap_err();
    assert!(error.is_forbidden(), "{error}");
    let client = play.client(&Identity::Actions);
    assert!(client.pull(404).await.unwrap_err().is_not_found());
    client.commit("nowhere").await.unwrap_err();
}

#[tokio::test]
#[ignore = "run by `cargo xtask conformance github-openapi`"]
async fn conformance_of_every_request_the_client_makes() {
    let play = Play::start().await;
    surfaces(&play).await;
    deployments(&play).await;
    reads(&play).await;
    refusals(&play).await;
    let exchanges = play.github().exchanges();
    assert!(exchanges.iter().any(|exchange| exchange.status == 304));
    let played = Description::load().check(&exchanges);
    let all: BTreeSet<String> = operations()
        .map(|(method, template)| format!("{method} {template}"))
        .collect();
    // A new operation of the client needs its case above.
    assert_eq!(played, all);
    println!("{} exchanges, {} operations", exchanges.len(), played.len());
}
