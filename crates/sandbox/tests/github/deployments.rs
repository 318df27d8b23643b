//! Deployments: the traps of creating one, and what a success does to earlier ones.

use reqwest::{Method, StatusCode};
use sandbox::github::{Commit, NewCheck};
use serde_json::{Value, json};

use super::support::{HEAD, MERGE, Play, expect};

fn plain(environment: &str) -> Value {
    json!({ "ref": HEAD, "environment": environment, "auto_merge": false, "required_contexts": [] })
}

async fn deploy(play: &Play, environment: &str) -> u64 {
    let created = play.post("/deployments", plain(environment)).await;
    let id = created["id"].as_u64().expect("an id");
    let body = json!({ "state": "success", "environment_url": "http://127.0.0.1:1/", "log_url": "https://e.test/log" });
    play.post(&format!("/deployments/{id}/statuses"), body)
        .await;
    id
}

async fn states(play: &Play, id: u64) -> Vec<String> {
    let statuses = play.get(&format!("/deployments/{id}/statuses")).await;
    let statuses = statuses.as_array().expect("a list").clone();
    statuses
        .iter()
        .filter_map(|status| status["state"].as_str().map(str::to_owned))
        .collect()
}

#[tokio::test]
async fn a_success_ends_earlier_ones_but_never_production() {
    let play = Play::start().await;
    let (first, second) = (
        deploy(&play, "staging").await,
        deploy(&play, "staging").await,
    );
    assert_eq!(states(&play, first).await, ["inactive", "success"]);
    assert_eq!(states(&play, second).await, ["success"]);
    let (old, new) = (
        deploy(&play, "production").await,
        deploy(&play, "production").await,
    );
    assert_eq!(
        states(&play, old).await,
        ["success"],
        "production needs an explicit inactive"
    );
    assert_eq!(states(&play, new).await, ["success"]);
    let body = json!({ "state": "success", "auto_inactive": false });
    let kept = play.post("/deployments", plain("staging")).await;
    play.post(&format!("/deployments/{}/statuses", kept["id"]), body)
        .await;
    assert_eq!(states(&play, second).await, ["success"]);
}

#[tokio::test]
async fn lists_filter_and_are_newest_first() {
    let play = Play::start().await;
    let first = deploy(&play, "staging").await;
    let last = deploy(&play, "staging").await;
    deploy(&play, "production").await;
    let listed = play
        .get(&format!(
            "/deployments?environment=staging&sha={HEAD}&task=deploy"
        ))
        .await;
    let ids: Vec<u64> = listed
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| one["id"].as_u64())
        .collect();
    assert_eq!(ids, [last, first]);
    assert_eq!(play.get("/deployments?environment=qa").await, json!([]));
    let one = play.get(&format!("/deployments/{first}")).await;
    assert_eq!(one["production_environment"], false);
    assert_eq!(one["payload"], json!({}));
}

#[tokio::test]
async fn required_contexts_left_out_make_every_check_count() {
    let play = Play::start().await;
    let body = json!({ "ref": HEAD, "auto_merge": false });
    play.post(
        &format!("/statuses/{HEAD}"),
        json!({ "state": "pending", "context": "ci" }),
    )
    .await;
    let ask = |body: &Value| play.ask(Method::POST, "/deployments").json(body);
    let document = expect(ask(&body), StatusCode::CONFLICT).await;
    assert_eq!(document["errors"][0]["field"], "required_contexts");
    play.post(
        &format!("/statuses/{HEAD}"),
        json!({ "state": "success", "context": "ci" }),
    )
    .await;
    expect(ask(&body), StatusCode::CREATED).await;
    play.github.add_check_run(NewCheck {
        name: "the running job".to_owned(),
        head_sha: HEAD.to_owned(),
        app: "github-actions".to_owned(),
        conclusion: None,
    });
    expect(ask(&body), StatusCode::CONFLICT).await;
    let named = json!({ "ref": HEAD, "auto_merge": false, "required_contexts": ["ci"] });
    expect(ask(&named), StatusCode::CREATED).await;
    let missing = json!({ "ref": HEAD, "auto_merge": false, "required_contexts": ["absent"] });
    expect(ask(&missing), StatusCode::CONFLICT).await;
}

#[tokio::test]
async fn auto_merge_creates_nothing_for_a_branch_that_is_behind() {
    let play = Play::start().await;
    play.github.push(
        "main",
        Commit {
            sha: MERGE.to_owned(),
            message: "Newer".to_owned(),
            author: "author".to_owned(),
            committer: "author".to_owned(),
            parents: Vec::new(),
            at: "2026-01-02T00:00:00Z".to_owned(),
        },
    );
    let ask = |body: Value| play.ask(Method::POST, "/deployments").json(&body);
    let answer = expect(
        ask(json!({ "ref": "tour", "required_contexts": [] })),
        StatusCode::ACCEPTED,
    )
    .await;
    assert_eq!(
        answer["message"],
        "Auto-merged main into tour on deployment."
    );
    assert!(play.github.snapshot().deployments.is_empty());
    expect(
        ask(json!({ "ref": HEAD, "required_contexts": [] })),
        StatusCode::CREATED,
    )
    .await;
}
