//! octocrab's typed calls, a client that was not written for the sandbox, parse every answer.

use octocrab::Octocrab;
use octocrab::models::repos::DeploymentStatusState;
use octocrab::params::checks::{
    CheckRunConclusion, CheckRunOutput, CheckRunOutputAnnotation, CheckRunOutputAnnotationLevel,
    CheckRunStatus,
};
use octocrab::params::repos::{Commitish, Reference};
use sandbox::github::Identity;

use super::support::{HEAD, Play, RUN};

fn octocrab(play: &Play, who: &Identity) -> Octocrab {
    Octocrab::builder()
        .base_uri(play.github.api_url())
        .expect("an address")
        .personal_token(who.token())
        .build_with_reqwest(play.client.clone())
        .expect("a client")
}

#[tokio::test]
async fn comments_are_written_listed_edited_and_deleted() {
    let play = Play::start().await;
    let octocrab = octocrab(&play, &Identity::Actions);
    let issues = octocrab.issues("stagegate", "setlist");
    let comment = issues.create_comment(1, "hello").await.expect("created");
    assert_eq!(comment.user.login, "github-actions[bot]");
    issues
        .update_comment(comment.id, "changed")
        .await
        .expect("updated");
    let listed = issues
        .list_comments(1)
        .per_page(1)
        .send()
        .await
        .expect("listed");
    assert_eq!(listed.items[0].body.as_deref(), Some("changed"));
    issues.delete_comment(comment.id).await.expect("deleted");
}

#[tokio::test]
async fn check_runs_are_created_updated_and_listed() {
    let play = Play::start().await;
    let octocrab = octocrab(&play, &Identity::Actions);
    let checks = octocrab.checks("stagegate", "setlist");
    let created = checks
        .create_check_run("Stagegate", HEAD)
        .status(CheckRunStatus::InProgress)
        .external_id("key")
        .send()
        .await
        .expect("created");
    let output = CheckRunOutput {
        title: "2 problems".to_owned(),
        summary: "## Summary".to_owned(),
        text: None,
        annotations: vec![CheckRunOutputAnnotation {
            path: "a.ts".to_owned(),
            start_line: 3,
            end_line: 3,
            start_column: Some(1),
            end_column: Some(4),
            annotation_level: CheckRunOutputAnnotationLevel::Failure,
            message: "wrong".to_owned(),
            title: None,
            raw_details: None,
        }],
        images: Vec::new(),
    };
    let updated = checks
        .update_check_run(created.id)
        .conclusion(CheckRunConclusion::Failure)
        .output(output)
        .send()
        .await
        .expect("updated");
    assert_eq!(updated.conclusion.as_deref(), Some("failure"));
    let annotations = checks
        .list_annotations(created.id)
        .send()
        .await
        .expect("listed");
    assert_eq!(
        (annotations[0].start_line, annotations[0].message.as_deref()),
        (3, Some("wrong"))
    );
    let listed = checks
        .list_check_runs_for_git_ref(Commitish(HEAD.to_owned()))
        .send()
        .await
        .expect("listed");
    assert_eq!(listed.total_count, 1);
}

#[tokio::test]
async fn deployments_and_their_statuses_are_created_and_listed() {
    let play = Play::start().await;
    let octocrab = octocrab(&play, &Identity::Actions);
    let repository = octocrab.repos("stagegate", "setlist");
    let deployments = repository.deployments();
    let deployment = deployments
        .create(HEAD)
        .auto_merge(false)
        .required_contexts(Vec::<String>::new())
        .environment("staging")
        .payload(serde_json::json!({ "digest": "sha256:0" }))
        .send()
        .await
        .expect("created");
    let statuses = deployments.statuses(deployment.id);
    let status = statuses
        .create(DeploymentStatusState::Success)
        .environment_url("http://127.0.0.1:3000")
        .description("served")
        .send()
        .await
        .expect("created");
    assert_eq!(status.state, DeploymentStatusState::Success);
    assert_eq!(statuses.list().send().await.expect("listed").items.len(), 1);
    let listed = deployments
        .list()
        .environment("staging")
        .send()
        .await
        .expect("listed");
    assert_eq!(listed.items[0].payload["digest"], "sha256:0");
    deployments.get(deployment.id).await.expect("found");
}

#[tokio::test]
async fn a_review_is_asked_for_and_given() {
    let play = Play::start().await;
    play.github
        .request_deployment_review(RUN, "production")
        .expect("waits");
    let manager = octocrab(&play, &Identity::person("release-manager"));
    let workflows = manager.workflows("stagegate", "setlist");
    let pending = workflows
        .get_run_pending_deployments(RUN.into())
        .await
        .expect("listed");
    assert!(pending[0].current_user_can_approve);
    let id = pending[0].environment.id;
    workflows
        .review_pending_deployments(RUN, &[id], "approved", "fine")
        .await
        .expect("approved");
    let approvals = workflows
        .get_run_approvals(RUN.into())
        .await
        .expect("listed");
    assert_eq!(
        (approvals[0].state.as_str(), approvals[0].comment.as_str()),
        ("approved", "fine")
    );
}

#[tokio::test]
async fn runs_jobs_artifacts_environments_and_pulls_parse() {
    let play = Play::start().await;
    play.github
        .record_job(RUN, "build", Some("success"))
        .expect("known");
    play.github
        .add_artifact(RUN, "verdict-smoke", vec![1])
        .expect("known");
    play.github
        .put_content("stagegate.yml", "main", "smoke: {}\n");
    let octocrab = octocrab(&play, &Identity::Actions);
    let workflows = octocrab.workflows("stagegate", "setlist");
    assert_eq!(
        workflows.get(RUN.into()).await.expect("a run").head_sha,
        HEAD
    );
    assert_eq!(
        workflows
            .list_runs("release.yml")
            .send()
            .await
            .expect("runs")
            .items
            .len(),
        1
    );
    assert_eq!(
        workflows
            .list_jobs(RUN.into())
            .send()
            .await
            .expect("jobs")
            .items
            .len(),
        1
    );
    let artifacts = octocrab
        .actions()
        .list_workflow_run_artifacts("stagegate", "setlist", RUN.into())
        .send()
        .await
        .expect("artifacts");
    assert_eq!(artifacts.value.map(|page| page.items.len()), Some(1));

    let repository = octocrab.repos("stagegate", "setlist");
    assert_eq!(
        repository.get().await.expect("a repository").name,
        "setlist"
    );
    let environment = repository
        .environments()
        .get("production")
        .await
        .expect("an environment");
    assert_eq!(environment.name, "production");
    assert_eq!(
        repository
            .environments()
            .list()
            .send()
            .await
            .expect("a list")
            .environments
            .len(),
        2
    );
    let branch = Reference::Branch("tour".to_owned());
    let status = repository.combined_status_for_ref(&branch);
    assert_eq!(status.await.expect("a status").total_count, 0);
    let file = repository
        .get_content()
        .path("stagegate.yml")
        .send()
        .await
        .expect("a file");
    assert_eq!(
        file.items[0].decoded_content().as_deref(),
        Some("smoke: {}\n")
    );

    let pulls = octocrab.pulls("stagegate", "setlist");
    assert_eq!(pulls.get(1).await.expect("a pull request").number, 1);
    assert_eq!(pulls.list().send().await.expect("a list").items.len(), 1);
    assert_eq!(pulls.list_files(1).await.expect("a list").items.len(), 1);
}

#[tokio::test]
async fn a_refusal_is_read_as_one() {
    let play = Play::start().await;
    let octocrab = octocrab(&play, &Identity::Actions);
    let refused = octocrab
        .issues("stagegate", "setlist")
        .create_comment(1, "")
        .await;
    let Err(octocrab::Error::GitHub { source, .. }) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(source.status_code, 422);
    assert_eq!(source.errors.map(|errors| errors.len()), Some(1));
}
