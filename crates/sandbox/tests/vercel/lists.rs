//! Lists with their filters, and the ends a deployment can have: rebuilt, canceled, deleted.

use reqwest::Method;
use sandbox::vercel::Timings;
use serde_json::json;

use crate::support::{PLAIN, Play};

#[tokio::test]
async fn lists_filter_and_say_what_can_be_rolled_back_to() {
    let (play, first, second) = Play::with_versions().await;
    let preview = play
        .deploy("p", json!({ "meta": { "githubCommitSha": "abc" } }))
        .await;
    let list = async |query: &str| -> Vec<String> {
        let shown = play.get(&format!("/v7/deployments?{query}")).await.json();
        let items = shown["deployments"].as_array().unwrap().clone();
        items
            .iter()
            .map(|item| item["uid"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        list("limit=100").await,
        [&*preview, &*second, &*first],
        "newest first"
    );
    assert_eq!(list("target=production").await, [&*second, &*first]);
    assert_eq!(list("sha=abc").await, [&*preview]);
    assert_eq!(list("state=ERROR,CANCELED").await, [""; 0]);
    assert_eq!(list("limit=1").await, [&*preview]);
    assert_eq!(list("projectId=prj_other").await, [""; 0]);
    assert_eq!(list("rollbackCandidate=true").await, [""; 0]);
    assert_eq!(play.promote(&second).await, 201);
    play.look().await;
    assert_eq!(list("rollbackCandidate=true").await, [&*first]);
}

#[tokio::test]
async fn a_rebuild_is_marked_and_a_canceled_deployment_stays_canceled() {
    let play = Play::start().await;
    let preview = play.deploy("p", json!({})).await;
    let body = json!({ "name": "setlist", "deploymentId": preview, "target": "production", "meta": { "action": "promote" } });
    let rebuilt = play.post("/v13/deployments", body).await.json();
    assert_eq!(rebuilt["originalDeploymentId"], json!(preview));

    play.vercel.set_timings(Timings {
        queued: 9,
        ..Timings::instant()
    });
    let files = [(".vercel/output/config.json", PLAIN)];
    let id = play.create(&files, json!({})).await.json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let canceled = play
        .send(play.api(Method::PATCH, &format!("/v12/deployments/{id}/cancel")))
        .await;
    assert_eq!(canceled.json()["readyState"], "CANCELED");
    assert_eq!(
        play.get(&format!("/v13/deployments/{id}")).await.json()["readyState"],
        "CANCELED"
    );
    let late = play
        .send(play.api(Method::PATCH, &format!("/v12/deployments/{preview}/cancel")))
        .await;
    assert_eq!(late.status, 400);
    let removed = play
        .send(play.api(Method::DELETE, &format!("/v13/deployments/{preview}")))
        .await;
    assert_eq!(removed.json()["state"], "DELETED");
    assert_eq!(
        play.get(&format!("/v13/deployments/{preview}"))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn metrics_are_an_add_on_that_nobody_bought() {
    let play = Play::start().await;
    let query = play.post("/v2/observability/query", json!({})).await;
    assert_eq!(
        (query.status, query.code()),
        (402, "payment_required".to_owned())
    );
    for path in [
        "/v2/observability/schema",
        "/v2/observability/schema/x",
        "/metrics/v1",
    ] {
        assert_eq!(play.get(path).await.status, 402, "{path}");
    }
}
