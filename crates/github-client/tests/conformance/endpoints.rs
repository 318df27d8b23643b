//! What the sandbox answers beyond our client's questions: to other clients, to people, and to mistakes.

use std::collections::BTreeSet;

use reqwest::{Client, Method};
use sandbox::github::{Exchange, Identity};
use serde_json::{Value, json};

use crate::description::Description;
use crate::play::{HEAD, Play, RUN};

const REPO: &str = "/repos/stagegate/setlist";

/// Every operation of the sandbox, as GitHub's description names it. A new one is one more line, and a request below.
const OPERATIONS: &[&str] = &[
    "DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}",
    "GET /orgs/{org}/teams/{team_slug}/members",
    "GET /orgs/{org}/teams/{team_slug}/memberships/{username}",
    "GET /rate_limit",
    "GET /repos/{owner}/{repo}",
    "GET /repos/{owner}/{repo}/actions/artifacts",
    "GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}",
    "GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}",
    "GET /repos/{owner}/{repo}/actions/runs",
    "GET /repos/{owner}/{repo}/actions/runs/{run_id}",
    "GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals",
    "GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts",
    "GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs",
    "GET /repos/{owner}/{repo}/actions/runs/{run_id}/pending_deployments",
    "GET /repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs",
    "GET /repos/{owner}/{repo}/check-runs/{check_run_id}",
    "GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations",
    "GET /repos/{owner}/{repo}/collaborators",
    "GET /repos/{owner}/{repo}/collaborators/{username}",
    "GET /repos/{owner}/{repo}/collaborators/{username}/permission",
    "GET /repos/{owner}/{repo}/commits",
    "GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls",
    "GET /repos/{owner}/{repo}/commits/{ref}",
    "GET /repos/{owner}/{repo}/commits/{ref}/check-runs",
    "GET /repos/{owner}/{repo}/commits/{ref}/status",
    "GET /repos/{owner}/{repo}/commits/{ref}/statuses",
    "GET /repos/{owner}/{repo}/compare/{basehead}",
    "GET /repos/{owner}/{repo}/contents/{path}",
    "GET /repos/{owner}/{repo}/deployments",
    "GET /repos/{owner}/{repo}/deployments/{deployment_id}",
    "GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses",
    "GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses/{status_id}",
    "GET /repos/{owner}/{repo}/environments",
    "GET /repos/{owner}/{repo}/environments/{environment_name}",
    "GET /repos/{owner}/{repo}/issues/comments/{comment_id}",
    "GET /repos/{owner}/{repo}/issues/{issue_number}/comments",
    "GET /repos/{owner}/{repo}/pulls",
    "GET /repos/{owner}/{repo}/pulls/{pull_number}",
    "GET /repos/{owner}/{repo}/pulls/{pull_number}/commits",
    "GET /repos/{owner}/{repo}/pulls/{pull_number}/files",
    "GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews",
    "GET /user",
    "GET /versions",
    "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}",
    "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}",
    "POST /repos/{owner}/{repo}/actions/runs/{run_id}/pending_deployments",
    "POST /repos/{owner}/{repo}/check-runs",
    "POST /repos/{owner}/{repo}/deployments",
    "POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses",
    "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
    "POST /repos/{owner}/{repo}/statuses/{sha}",
];

/// Sends requests to the sandbox as it is, past our client.
struct Hand<'p> {
    play: &'p Play,
    http: Client,
    who: Identity,
}

impl Hand<'_> {
    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let url = format!("{}{path}", self.play.github().api_url());
        let mut request = self.http.request(method, url).bearer_auth(self.who.token());
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .body(body.to_string());
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    async fn get(&self, path: &str) -> Value {
        let (status, answer) = self.ask(Method::GET, path, None).await;
        assert!(
            matches!(status, 200 | 204 | 302),
            "{path}: {status} {answer}"
        );
        answer
    }

    /// Writes something and returns its number.
    async fn create(&self, path: &str, body: Value) -> u64 {
        let path = format!("{REPO}{path}");
        let (status, answer) = self.ask(Method::POST, &path, Some(body)).await;
        assert_eq!(status, 201, "{path}: {answer}");
        answer["id"].as_u64().unwrap()
    }
}

async fn writes(hand: &Hand<'_>) -> Vec<String> {
    let comment = hand
        .create("/issues/1/comments", json!({ "body": "x" }))
        .await;
    let annotation = json!({
        "path": "a.ts", "start_line": 1, "end_line": 1, "start_column": 1, "end_column": 2,
        "annotation_level": "notice", "message": "m", "title": "t", "raw_details": "r",
    });
    let check = json!({
        "name": "x", "head_sha": HEAD, "conclusion": "success", "started_at": "2026-01-02T03:04:05Z",
        "actions": [{ "label": "l", "description": "d", "identifier": "i" }],
        "output": { "title": "t", "summary": "s", "text": "x", "annotations": [annotation] },
    });
    let check = hand.create("/check-runs", check).await;
    let status = json!({ "state": "success", "context": "c", "description": "d" });
    hand.create(&format!("/statuses/{HEAD}"), status).await;
    let deployment = json!({
        "ref": HEAD, "auto_merge": false, "required_contexts": [], "environment": "production",
        "payload": { "any": { "thing": 1 } }, "description": null,
    });
    let deployment = hand.create("/deployments", deployment).await;
    let statuses = format!("/deployments/{deployment}/statuses");
    let status = hand.create(&statuses, json!({ "state": "success" })).await;
    for (path, body) in [
        (format!("/check-runs/{check}"), json!({ "name": "y" })),
        (
            format!("/issues/comments/{comment}"),
            json!({ "body": "y" }),
        ),
    ] {
        let (answered, answer) = hand
            .ask(Method::PATCH, &format!("{REPO}{path}"), Some(body))
            .await;
        assert_eq!(answered, 200, "{path}: {answer}");
    }
    vec![
        format!("/issues/comments/{comment}"),
        format!("/check-runs/{check}"),
        format!("/check-runs/{check}/annotations"),
        format!("/deployments/{deployment}"),
        format!("{statuses}/{status}"),
        statuses,
    ]
}

async fn reads(hand: &Hand<'_>, written: &[String]) {
    let artifact = hand.play.artifact;
    let run = format!("/actions/runs/{RUN}");
    for path in [
        "",
        "/issues/1/comments",
        "/pulls",
        "/pulls?state=all&head=stagegate:tour&base=main",
        "/pulls/1",
        "/pulls/1/commits",
        "/pulls/1/files",
        "/pulls/1/reviews",
        "/commits",
        "/commits?sha=tour&per_page=1&page=2",
        "/commits/main",
        &format!("/commits/{HEAD}/pulls"),
        &format!("/commits/{HEAD}/check-runs?check_name=x&filter=latest&status=completed"),
        &format!("/commits/{HEAD}/status"),
        &format!("/commits/{HEAD}/statuses"),
        "/compare/main...tour",
        "/compare/tour...main?per_page=1",
        "/deployments",
        &format!("/deployments?environment=production&sha={HEAD}&task=deploy&ref={HEAD}"),
        "/environments",
        "/environments/production",
        "/actions/runs",
        "/actions/workflows/release.yml/runs",
        &run,
        &format!("{run}/jobs"),
        &format!("{run}/artifacts?name=verdict-smoke"),
        &format!("{run}/approvals"),
        &format!("{run}/pending_deployments"),
        "/actions/artifacts",
        "/actions/artifacts?name=verdict-smoke&per_page=1",
        &format!("/actions/artifacts/{artifact}"),
        &format!("/actions/artifacts/{artifact}/zip"),
        "/collaborators",
        "/collaborators/admin",
        "/collaborators/admin/permission",
        "/contents/app/page.tsx",
        "/contents/app",
    ] {
        hand.get(&format!("{REPO}{path}")).await;
    }
    for path in written {
        hand.get(&format!("{REPO}{path}")).await;
    }
}

/// A person's part, and what GitHub tells a person.
async fn people(hand: &Hand<'_>) {
    for path in [
        "/user",
        "/rate_limit",
        "/versions",
        "/orgs/stagegate/teams/release/members",
        "/orgs/stagegate/teams/release/memberships/reviewer",
    ] {
        hand.get(path).await;
    }
    let pending = format!("{REPO}/actions/runs/{RUN}/pending_deployments");
    let id = hand.get(&pending).await[0]["environment"]["id"].clone();
    let decision = json!({ "environment_ids": [id], "state": "approved", "comment": "" });
    let (status, answer) = hand.ask(Method::POST, &pending, Some(decision)).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer.as_array().map(Vec::len), Some(1));
    hand.get(&format!("{REPO}/actions/runs/{RUN}/approvals"))
        .await;
}

#[tokio::test]
#[ignore = "run by `cargo xtask conformance github-openapi`"]
async fn conformance_of_every_answer_the_sandbox_gives() {
    let play = Play::start().await;
    let http = Client::builder()
        .user_agent("stagegate-tests")
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let hand = |who| Hand {
        play: &play,
        http: http.clone(),
        who,
    };
    let actions = hand(Identity::Actions);
    let written = writes(&actions).await;
    reads(&actions, &written).await;
    people(&hand(Identity::person("release-manager"))).await;
    play.github()
        .merge_pull_request(1, &"c".repeat(40), "release-manager")
        .unwrap();
    actions.get(&format!("{REPO}/pulls/1")).await;
    let comment = format!("{REPO}{}", written[0]);
    assert_eq!(actions.ask(Method::DELETE, &comment, None).await.0, 204);
    for (path, expected) in [
        ("/pulls/404", 404),
        ("/issues/404/comments", 404),
        ("/commits/nowhere", 422),
        ("/pulls?state=odd", 422),
    ] {
        let path = format!("{REPO}{path}");
        assert_eq!(actions.ask(Method::GET, &path, None).await.0, expected);
    }
    let exchanges = play.github().exchanges();
    let (sent_wrong, exchanges): (Vec<_>, Vec<_>) = exchanges
        .into_iter()
        .partition(|exchange| exchange.status == 422);
    let description = Description::load();
    let played = description.check(&exchanges);
    // Of a question that is wrong on purpose, the answer counts.
    description.check_answers(&sent_wrong);
    let expected: BTreeSet<String> = OPERATIONS.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(played, expected);
    println!("{} exchanges, {} operations", exchanges.len(), played.len());
}

/// The comparison itself: what it must not let through.
#[tokio::test]
#[ignore = "run by `cargo xtask conformance github-openapi`"]
async fn conformance_finds_mistakes() {
    let description = Description::load();
    let path = format!("{REPO}/issues/1/comments");
    let asked = |method: &str, path: &str, query: &[(&str, &str)], body: Option<Value>| Exchange {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        body,
        status: 404,
        media_type: "application/json".to_owned(),
        answer: Some(json!({ "message": "Not Found", "documentation_url": "", "status": "404" })),
    };
    let good = asked("GET", &path, &[("per_page", "100")], None);
    assert_eq!(description.problems(&good), Vec::<String>::new());
    let answered = |status: u16, answer: Value| Exchange {
        status,
        answer: Some(answer),
        ..good.clone()
    };
    for wrong in [
        asked("PUT", &path, &[], None),
        asked(
            "GET",
            "/repos/stagegate/setlist/isues/1/comments",
            &[],
            None,
        ),
        asked("GET", &format!("{REPO}/issues/one/comments"), &[], None),
        asked("GET", &path, &[("perpage", "100")], None),
        asked("GET", &path, &[("per_page", "all")], None),
        asked("GET", &path, &[("page", "1"), ("page", "2")], None),
        asked("GET", &path, &[], Some(json!({}))),
        asked("POST", &path, &[], None),
        asked("POST", &path, &[], Some(json!({ "body": 1 }))),
        asked(
            "POST",
            &path,
            &[],
            Some(json!({ "body": "x", "bodi": "x" })),
        ),
        answered(418, json!({})),
        answered(200, json!({})),
        answered(404, json!({ "message": "Not Found", "status": 404 })),
        answered(404, json!({ "message": "Not Found", "mesage": "" })),
        Exchange {
            media_type: "text/html".to_owned(),
            ..good.clone()
        },
    ] {
        assert!(!description.problems(&wrong).is_empty(), "{wrong:?}");
    }
}
