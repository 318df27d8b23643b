//! Bad requests: every one is 422 and names the field.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::support::{HEAD, Play, RUN, expect, fields};

fn annotation(change: Value) -> Value {
    let mut annotation = json!({
        "path": "a.ts", "start_line": 1, "end_line": 1,
        "annotation_level": "failure", "message": "wrong",
    });
    annotation
        .as_object_mut()
        .expect("an object")
        .extend(change.as_object().expect("an object").clone());
    annotation
}

fn check(annotations: Value) -> Value {
    json!({
        "name": "Stagegate", "head_sha": HEAD,
        "output": { "title": "t", "summary": "s", "annotations": annotations },
    })
}

#[tokio::test]
async fn bad_requests_are_refused_by_field() {
    let play = Play::start().await;
    play.github
        .request_deployment_review(RUN, "production")
        .expect("waits");
    let deployment = play
        .post("/deployments", json!({ "ref": HEAD, "auto_merge": false, "required_contexts": [], "environment": "staging" }))
        .await;
    let statuses = format!("/deployments/{}/statuses", deployment["id"]);
    let status = format!("/statuses/{HEAD}");
    let comments = "/issues/1/comments";
    let checks = "/check-runs";
    let long = "x".repeat(65_536);
    let cases: [(&str, Value, &str); 41] = [
        (comments, json!({}), "body"),
        (comments, json!({ "body": "  " }), "body"),
        (comments, json!({ "body": 1 }), "body"),
        (comments, json!({ "body": "x", "boddy": "y" }), "boddy"),
        (comments, json!({ "body": format!("{long}x") }), "data"),
        (checks, json!({ "name": "x" }), "head_sha"),
        (checks, json!({ "head_sha": HEAD }), "name"),
        (
            checks,
            json!({ "name": "x", "head_sha": HEAD, "status": "done" }),
            "status",
        ),
        (
            checks,
            json!({ "name": "x", "head_sha": HEAD, "status": "completed" }),
            "conclusion",
        ),
        (
            checks,
            json!({ "name": "x", "head_sha": HEAD, "conclusion": "passed" }),
            "conclusion",
        ),
        (
            checks,
            json!({ "name": "x", "head_sha": HEAD, "conclusion": "stale" }),
            "conclusion",
        ),
        (
            checks,
            json!({ "name": "x", "head_sha": HEAD, "started_at": "yesterday" }),
            "started_at",
        ),
        (
            checks,
            json!({ "name": "x", "head_sha": HEAD, "details_url": "javascript:1" }),
            "details_url",
        ),
        (
            checks,
            json!({ "name": "x", "head_sha": HEAD, "extra": 1 }),
            "extra",
        ),
        (
            checks,
            json!({ "name": "x", "head_sha": HEAD, "output": "s" }),
            "output",
        ),
        (
            checks,
            json!({ "name": "x", "head_sha": HEAD, "output": { "title": "t" } }),
            "output.summary",
        ),
        (
            checks,
            json!({ "name": "x", "head_sha": HEAD, "output": { "summary": "s" } }),
            "output.title",
        ),
        (
            checks,
            json!({ "name": "x", "head_sha": HEAD, "output": { "title": "t".repeat(256), "summary": "s" } }),
            "output.title",
        ),
        (
            checks,
            json!({ "name": "x", "head_sha": HEAD, "output": { "title": "t", "summary": long } }),
            "output.summary",
        ),
        (
            checks,
            json!({ "name": "x", "head_sha": HEAD, "output": { "title": "t", "summary": "s", "text": long } }),
            "output.text",
        ),
        (
            checks,
            check(json!(vec![annotation(json!({})); 51])),
            "output.annotations",
        ),
        (
            checks,
            check(json!([annotation(json!({ "annotation_level": "error" }))])),
            "output.annotations[0].annotation_level",
        ),
        (
            checks,
            check(json!([
                annotation(json!({})),
                annotation(json!({ "end_line": 0 }))
            ])),
            "output.annotations[1].end_line",
        ),
        (
            checks,
            check(json!([annotation(
                json!({ "start_line": 5, "end_line": 4 })
            )])),
            "output.annotations[0].end_line",
        ),
        (
            checks,
            check(json!([annotation(
                json!({ "end_line": 2, "start_column": 1 })
            )])),
            "output.annotations[0].start_column",
        ),
        (
            checks,
            check(json!([annotation(json!({ "path": "" }))])),
            "output.annotations[0].path",
        ),
        (
            checks,
            check(json!([annotation(json!({ "line": 1 }))])),
            "output.annotations[0].line",
        ),
        (
            checks,
            check(json!([annotation(json!({ "title": "t".repeat(256) }))])),
            "output.annotations[0].title",
        ),
        (
            checks,
            json!({ "name": "x", "head_sha": HEAD, "actions": [{ "label": "l".repeat(21), "description": "d", "identifier": "i" }] }),
            "actions[0].label",
        ),
        ("/deployments", json!({}), "ref"),
        (
            "/deployments",
            json!({ "ref": HEAD, "auto_merge": "no" }),
            "auto_merge",
        ),
        (
            "/deployments",
            json!({ "ref": HEAD, "required_contexts": [1] }),
            "required_contexts",
        ),
        (
            "/deployments",
            json!({ "ref": HEAD, "payload": 1 }),
            "payload",
        ),
        (
            "/deployments",
            json!({ "ref": HEAD, "enviroment": "staging" }),
            "enviroment",
        ),
        (&statuses, json!({}), "state"),
        (&statuses, json!({ "state": "done" }), "state"),
        (
            &statuses,
            json!({ "state": "success", "description": "d".repeat(141) }),
            "description",
        ),
        (
            &statuses,
            json!({ "state": "success", "environment_url": "127.0.0.1:3000" }),
            "environment_url",
        ),
        (
            &statuses,
            json!({ "state": "success", "url": "https://e.test" }),
            "url",
        ),
        (&status, json!({ "state": "green" }), "state"),
        (
            &status,
            json!({ "state": "success", "contxt": "x" }),
            "contxt",
        ),
    ];
    for (path, body, field) in cases {
        let request = play.ask(Method::POST, path).json(&body);
        let document = expect(request, StatusCode::UNPROCESSABLE_ENTITY).await;
        assert!(
            fields(&document).contains(&field.to_owned()),
            "{field}: {document}"
        );
        assert!(document["documentation_url"].is_string());
        assert_eq!(document["status"], "422");
    }
    let state = play.github.snapshot();
    assert!(
        state.comments.is_empty() && state.check_runs.is_empty(),
        "a refused request changes nothing"
    );
    assert_eq!(state.deployments.len(), 1);
}

#[tokio::test]
async fn all_problems_come_in_one_answer() {
    let play = Play::start().await;
    let request = play
        .ask(Method::POST, "/check-runs")
        .json(&json!({ "status": "done", "extra": 1 }));
    let document = expect(request, StatusCode::UNPROCESSABLE_ENTITY).await;
    assert_eq!(fields(&document), ["head_sha", "name", "status", "extra"]);
    assert_eq!(
        document["message"],
        "Invalid request.\n\n\"extra\" is not a permitted key."
    );
}

#[tokio::test]
async fn what_is_not_a_json_object_is_400() {
    let play = Play::start().await;
    for (body, message) in [
        ("{", "Problems parsing JSON"),
        ("[]", "Body should be a JSON object"),
    ] {
        let request = play.ask(Method::POST, "/issues/1/comments").body(body);
        let document = expect(request, StatusCode::BAD_REQUEST).await;
        assert_eq!(document["message"], message);
    }
}

#[tokio::test]
async fn unknown_things_are_404_and_unknown_commits_422() {
    let play = Play::start().await;
    let paths = [
        "/nothing",
        "/issues/99/comments",
        "/issues/comments/1",
        "/pulls/99",
        "/pulls/x",
        "/check-runs/1",
        "/deployments/1",
        "/deployments/1/statuses",
        "/environments/qa",
        "/actions/runs/1",
        "/actions/runs/1/approvals",
        "/actions/workflows/none.yml/runs",
        "/actions/artifacts/1",
        "/contents/none.txt",
        "/collaborators/stranger",
    ];
    for path in paths {
        let document = expect(play.ask(Method::GET, path), StatusCode::NOT_FOUND).await;
        assert!(document["message"].is_string(), "{path}");
    }
    let missing = "d".repeat(40);
    let unknown = json!({ "name": "x", "head_sha": missing });
    for request in [
        play.ask(Method::POST, "/check-runs").json(&unknown),
        play.ask(Method::POST, "/deployments")
            .json(&json!({ "ref": missing })),
        play.ask(Method::POST, &format!("/statuses/{missing}"))
            .json(&json!({ "state": "success" })),
        play.ask(Method::GET, &format!("/commits/{missing}/check-runs")),
    ] {
        expect(request, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
}
