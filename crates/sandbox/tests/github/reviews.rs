//! Reviews of waiting jobs: who may decide, by API, in process and at the environment's gate.

use reqwest::{Method, StatusCode};
use sandbox::github::{ControlError, Decision, Identity};
use serde_json::{Value, json};

use super::support::{Play, RUN, expect, fields, run};

const PENDING: &str = "/actions/runs/7001/pending_deployments";

fn wait(play: &Play, environment: &str, seconds: u64) -> reqwest::RequestBuilder {
    play.client.post(format!(
        "{}/_sandbox/environment-wait?run_id={RUN}&environment={environment}&job=deploy&seconds={seconds}",
        play.github.api_url()
    ))
}

async fn decide(play: &Play, who: &str, status: StatusCode) -> Value {
    let pending = play.get(PENDING).await;
    let id = &pending[0]["environment"]["id"];
    let body = json!({ "environment_ids": [id], "state": "approved", "comment": "ship it" });
    let who = Identity::person(who);
    expect(play.ask_as(&who, Method::POST, PENDING).json(&body), status).await
}

#[tokio::test]
async fn a_required_reviewer_approves_through_the_api() {
    let play = Play::start().await;
    assert_eq!(play.get(PENDING).await, json!([]));
    let waiting = expect(wait(&play, "production", 0), StatusCode::ACCEPTED).await;
    assert_eq!(waiting["state"], "waiting");
    let pending = play.get(PENDING).await;
    assert_eq!(pending[0]["environment"]["name"], "production");
    assert_eq!(
        pending[0]["current_user_can_approve"], false,
        "a workflow's token never approves"
    );
    assert_eq!(pending[0]["reviewers"][1]["reviewer"]["slug"], "release");
    assert_eq!(play.get("/actions/runs/7001").await["status"], "waiting");

    decide(&play, "release-manager", StatusCode::OK).await;
    assert_eq!(play.get(PENDING).await, json!([]));
    let approvals = play.get("/actions/runs/7001/approvals").await;
    assert_eq!(approvals[0]["state"], "approved");
    assert_eq!(approvals[0]["user"]["login"], "release-manager");
    assert_eq!(approvals[0]["comment"], "ship it");
    assert_eq!(approvals[0]["environments"][0]["name"], "production");
    let gate = expect(wait(&play, "production", 20), StatusCode::OK).await;
    assert_eq!(
        (&gate["state"], &gate["user"]),
        (&json!("approved"), &json!("release-manager"))
    );
}

#[tokio::test]
async fn nobody_else_approves() {
    let play = Play::start().await;
    play.github.start_run(run("release-manager"));
    play.github
        .request_deployment_review(RUN, "production")
        .expect("waits");
    for who in ["author", "stranger", "newcomer", "admin", "release-manager"] {
        let document = decide(&play, who, StatusCode::UNPROCESSABLE_ENTITY).await;
        assert!(document["message"].is_string(), "{who}");
    }
    let body = json!({ "environment_ids": [1], "state": "approved", "comment": "" });
    expect(
        play.ask(Method::POST, PENDING).json(&body),
        StatusCode::FORBIDDEN,
    )
    .await;
    assert!(play.github.snapshot().reviews.is_empty());
    decide(&play, "reviewer", StatusCode::OK).await;
}

#[tokio::test]
async fn bad_decisions_name_the_field() {
    let play = Play::start().await;
    play.github
        .request_deployment_review(RUN, "production")
        .expect("waits");
    let cases = [
        (
            json!({ "state": "approved", "comment": "" }),
            "environment_ids",
        ),
        (
            json!({ "environment_ids": ["1"], "state": "approved", "comment": "" }),
            "environment_ids",
        ),
        (
            json!({ "environment_ids": [], "state": "approved", "comment": "" }),
            "environment_ids",
        ),
        (
            json!({ "environment_ids": [1], "state": "approved", "comment": "" }),
            "environment_ids",
        ),
        (
            json!({ "environment_ids": [1], "state": "yes", "comment": "" }),
            "state",
        ),
        (
            json!({ "environment_ids": [1], "state": "approved" }),
            "comment",
        ),
        (
            json!({ "environment_ids": [1], "state": "approved", "comment": "", "by": "me" }),
            "by",
        ),
    ];
    let who = Identity::person("release-manager");
    for (body, field) in cases {
        let request = play.ask_as(&who, Method::POST, PENDING).json(&body);
        let document = expect(request, StatusCode::UNPROCESSABLE_ENTITY).await;
        assert!(
            fields(&document).contains(&field.to_owned()),
            "{field}: {document}"
        );
    }
}

#[tokio::test]
async fn a_job_and_the_release_manager_wait_for_each_other() {
    let play = Play::start().await;
    let github = play.github.clone();
    let manager = async {
        let pending = github.wait_for_pending().await;
        assert_eq!(
            (pending.run_id, pending.job.as_deref()),
            (RUN, Some("deploy"))
        );
        github.review(
            RUN,
            &pending.environment,
            "release-manager",
            Decision::Rejected,
            "not on Friday",
        )
    };
    let (gate, reviewed) = tokio::join!(
        expect(wait(&play, "production", 20), StatusCode::OK),
        manager
    );
    reviewed.expect("may decide");
    assert_eq!(gate["state"], "rejected");
    let review = play.github.wait_for_review(RUN, "production").await;
    assert_eq!(
        (review.user.as_str(), review.comment.as_str()),
        ("release-manager", "not on Friday")
    );
}

#[tokio::test]
async fn environments_without_reviewers_need_no_review() {
    let play = Play::start().await;
    for environment in ["staging", "never-heard-of"] {
        let gate = expect(wait(&play, environment, 20), StatusCode::OK).await;
        assert_eq!(gate["state"], "not-required");
    }
    let refused = play.github.request_deployment_review(RUN, "staging");
    assert_eq!(
        refused,
        Err(ControlError::NoReviewers("staging".to_owned()))
    );
    let decided = play
        .github
        .review(RUN, "production", "release-manager", Decision::Approved, "");
    assert!(matches!(decided, Err(ControlError::NothingPending { .. })));
}

#[tokio::test]
async fn a_new_attempt_needs_a_new_review() {
    let play = Play::start().await;
    play.github
        .request_deployment_review(RUN, "production")
        .expect("waits");
    decide(&play, "release-manager", StatusCode::OK).await;
    let mut again = run("author");
    again.attempt = 2;
    play.github.start_run(again);
    expect(wait(&play, "production", 0), StatusCode::ACCEPTED).await;
}

#[tokio::test]
async fn gates_of_unknown_runs_and_web_pages_are_refused() {
    let play = Play::start().await;
    let url = format!(
        "{}/_sandbox/environment-wait?run_id=1&environment=production",
        play.github.api_url()
    );
    expect(play.client.post(&url), StatusCode::NOT_FOUND).await;
    let page = wait(&play, "production", 0).header("origin", "https://evil.example.test");
    expect(page, StatusCode::FORBIDDEN).await;
}
