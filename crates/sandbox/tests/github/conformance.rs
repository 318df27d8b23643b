//! Every answer against GitHub's own OpenAPI description (npm `@octokit/openapi`, `generated/api.github.com.deref.json`).
//!
//! The description is 30 MB and no part of the repository: `cargo xtask conformance github-openapi` installs it
//! and runs this test.

use reqwest::{Method, StatusCode};
use sandbox::github::Identity;
use serde_json::{Map, Value, json};

use super::support::{HEAD, MERGE, Play, RUN, expect};

const REPO: &str = "/repos/{owner}/{repo}";

/// Below the installed peers.
const FILE: &str =
    "github-openapi/node_modules/@octokit/openapi/generated/api.github.com.deref.json";

/// The description, ready to validate with.
struct Description(Value);

impl Description {
    fn load() -> Self {
        let peers = std::env::var_os("STAGEGATE_PEERS").expect("run by `cargo xtask conformance`");
        let path = std::path::Path::new(&peers).join(FILE);
        let text = std::fs::read(path).expect("the description");
        Self(serde_json::from_slice(&text).expect("JSON"))
    }

    fn check(&self, method: &str, route: &str, status: &str, body: &Value) {
        let route = if route.is_empty() || route.starts_with('/') {
            format!("{REPO}{route}")
        } else {
            format!("/{route}")
        };
        let content = &self.0["paths"][&route][method]["responses"][status]["content"];
        let schema = &content["application/json"]["schema"];
        assert!(
            schema.is_object(),
            "{method} {route} {status} is not described"
        );
        let schema = json_schema(schema);
        let validator = jsonschema::draft202012::new(&schema).expect("a schema");
        let problems: Vec<String> = validator
            .iter_errors(body)
            .map(|error| format!("{}: {error:.300}", error.instance_path()))
            .collect();
        assert!(problems.is_empty(), "{method} {route}: {problems:#?}");
        let mut unknown = Vec::new();
        undescribed(&schema, body, "", &mut unknown);
        assert!(
            unknown.is_empty(),
            "{method} {route} answers fields GitHub does not: {unknown:?}"
        );
    }
}

/// OpenAPI 3.0 says `nullable`, JSON Schema lists `null` among the types.
fn json_schema(schema: &Value) -> Value {
    match schema {
        Value::Object(map) => {
            let mut out: Map<String, Value> = map
                .iter()
                .filter(|(key, _)| {
                    !["example", "examples", "nullable", "format"].contains(&key.as_str())
                })
                .map(|(key, value)| (key.clone(), json_schema(value)))
                .collect();
            if map.get("nullable") == Some(&Value::Bool(true)) {
                return json!({ "anyOf": [{ "type": "null" }, out] });
            }
            // A property may be called `type`; only a string is the keyword.
            if out
                .get("type")
                .is_some_and(|kind| !kind.is_string() && !kind.is_object())
            {
                out.remove("type");
            }
            Value::Object(out)
        }
        Value::Array(items) => items.iter().map(json_schema).collect(),
        other => other.clone(),
    }
}

/// Fields of plain objects that the schema does not name. Choices are not followed.
fn undescribed(schema: &Value, body: &Value, place: &str, out: &mut Vec<String>) {
    match body {
        Value::Object(fields) => {
            let Some(properties) = schema["properties"].as_object() else {
                return;
            };
            for (key, value) in fields {
                match properties.get(key) {
                    Some(schema) => undescribed(schema, value, &format!("{place}/{key}"), out),
                    None => out.push(format!("{place}/{key}")),
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                undescribed(&schema["items"], item, &format!("{place}[]"), out);
            }
        }
        _ => {}
    }
}

#[tokio::test]
#[ignore = "run by `cargo xtask conformance github-openapi`"]
async fn every_answer_is_as_github_describes_it() {
    let description = Description::load();
    let play = Play::start().await;
    play.github
        .record_job(RUN, "build", Some("success"))
        .expect("known");
    let artifact = play
        .github
        .add_artifact(RUN, "verdict-smoke", vec![1])
        .expect("known");
    play.github.put_content("app/page.tsx", "main", "x");
    play.github
        .review_pull_request(1, "reviewer", "APPROVED", HEAD)
        .expect("known");
    play.github
        .request_deployment_review(RUN, "production")
        .expect("waits");

    let create = async |route: &str, path: &str, body: Value| {
        let answer = play.post(path, body).await;
        description.check("post", route, "201", &answer);
        answer["id"].clone()
    };
    let comment = create(
        "/issues/{issue_number}/comments",
        "/issues/1/comments",
        json!({ "body": "x" }),
    )
    .await;
    let annotation = json!({
        "path": "a.ts", "start_line": 1, "end_line": 1, "annotation_level": "notice", "message": "m",
    });
    let check = create(
        "/check-runs",
        "/check-runs",
        json!({
            "name": "x", "head_sha": HEAD, "conclusion": "success",
            "output": { "title": "t", "summary": "s", "annotations": [annotation] },
        }),
    )
    .await;
    create(
        "/statuses/{sha}",
        &format!("/statuses/{HEAD}"),
        json!({ "state": "success" }),
    )
    .await;
    let deployment = create(
        "/deployments",
        "/deployments",
        json!({
            "ref": HEAD, "auto_merge": false, "required_contexts": [], "environment": "production",
        }),
    )
    .await;
    let statuses = format!("/deployments/{deployment}/statuses");
    let status = create(
        "/deployments/{deployment_id}/statuses",
        &statuses,
        json!({ "state": "success" }),
    )
    .await;
    let update = play
        .ask(Method::PATCH, &format!("/check-runs/{check}"))
        .json(&json!({ "name": "y" }));
    description.check(
        "patch",
        "/check-runs/{check_run_id}",
        "200",
        &expect(update, StatusCode::OK).await,
    );
    let update = play
        .ask(Method::PATCH, &format!("/issues/comments/{comment}"))
        .json(&json!({ "body": "y" }));
    description.check(
        "patch",
        "/issues/comments/{comment_id}",
        "200",
        &expect(update, StatusCode::OK).await,
    );

    let reads = [
        (
            "/issues/{issue_number}/comments",
            "/issues/1/comments".to_owned(),
        ),
        (
            "/issues/comments/{comment_id}",
            format!("/issues/comments/{comment}"),
        ),
        ("/pulls", "/pulls".to_owned()),
        ("/pulls/{pull_number}", "/pulls/1".to_owned()),
        (
            "/pulls/{pull_number}/commits",
            "/pulls/1/commits".to_owned(),
        ),
        ("/pulls/{pull_number}/files", "/pulls/1/files".to_owned()),
        (
            "/pulls/{pull_number}/reviews",
            "/pulls/1/reviews".to_owned(),
        ),
        ("/commits/{ref}", "/commits/main".to_owned()),
        (
            "/commits/{commit_sha}/pulls",
            format!("/commits/{HEAD}/pulls"),
        ),
        (
            "/commits/{ref}/check-runs",
            format!("/commits/{HEAD}/check-runs"),
        ),
        ("/commits/{ref}/status", format!("/commits/{HEAD}/status")),
        (
            "/commits/{ref}/statuses",
            format!("/commits/{HEAD}/statuses"),
        ),
        ("/check-runs/{check_run_id}", format!("/check-runs/{check}")),
        (
            "/check-runs/{check_run_id}/annotations",
            format!("/check-runs/{check}/annotations"),
        ),
        ("/deployments", "/deployments".to_owned()),
        (
            "/deployments/{deployment_id}",
            format!("/deployments/{deployment}"),
        ),
        ("/deployments/{deployment_id}/statuses", statuses.clone()),
        (
            "/deployments/{deployment_id}/statuses/{status_id}",
            format!("{statuses}/{status}"),
        ),
        ("/environments", "/environments".to_owned()),
        (
            "/environments/{environment_name}",
            "/environments/production".to_owned(),
        ),
        ("/actions/runs", "/actions/runs".to_owned()),
        (
            "/actions/workflows/{workflow_id}/runs",
            "/actions/workflows/release.yml/runs".to_owned(),
        ),
        ("/actions/runs/{run_id}", format!("/actions/runs/{RUN}")),
        (
            "/actions/runs/{run_id}/jobs",
            format!("/actions/runs/{RUN}/jobs"),
        ),
        (
            "/actions/runs/{run_id}/artifacts",
            format!("/actions/runs/{RUN}/artifacts"),
        ),
        (
            "/actions/runs/{run_id}/pending_deployments",
            format!("/actions/runs/{RUN}/pending_deployments"),
        ),
        (
            "/actions/artifacts/{artifact_id}",
            format!("/actions/artifacts/{artifact}"),
        ),
        ("/collaborators", "/collaborators".to_owned()),
        (
            "/collaborators/{username}/permission",
            "/collaborators/admin/permission".to_owned(),
        ),
        ("/contents/{path}", "/contents/app/page.tsx".to_owned()),
        ("/contents/{path}", "/contents/app".to_owned()),
    ];
    for (route, path) in reads {
        description.check("get", route, "200", &play.get(&path).await);
    }

    let manager = Identity::person("release-manager");
    let path = format!("/actions/runs/{RUN}/pending_deployments");
    let id = play.get(&path).await[0]["environment"]["id"].clone();
    let decision = json!({ "environment_ids": [id], "state": "approved", "comment": "" });
    let request = play.ask_as(&manager, Method::POST, &path).json(&decision);
    let answer = expect(request, StatusCode::OK).await;
    assert_eq!(answer.as_array().map(Vec::len), Some(1));
    description.check(
        "post",
        "/actions/runs/{run_id}/pending_deployments",
        "200",
        &answer,
    );
    let approvals = play.get(&format!("/actions/runs/{RUN}/approvals")).await;
    description.check("get", "/actions/runs/{run_id}/approvals", "200", &approvals);
    play.github
        .merge_pull_request(1, MERGE, "release-manager")
        .expect("known");
    description.check(
        "get",
        "/pulls/{pull_number}",
        "200",
        &play.get("/pulls/1").await,
    );
    description.check("get", "", "200", &play.get("").await);

    for (route, path) in [
        ("user", "user"),
        ("rate_limit", "rate_limit"),
        (
            "orgs/{org}/teams/{team_slug}/members",
            "orgs/stagegate/teams/release/members",
        ),
        (
            "orgs/{org}/teams/{team_slug}/memberships/{username}",
            "orgs/stagegate/teams/release/memberships/reviewer",
        ),
    ] {
        let url = format!("{}/{path}", play.github.api_url());
        let answer = expect(
            play.client.get(url).bearer_auth(manager.token()),
            StatusCode::OK,
        )
        .await;
        description.check("get", route, "200", &answer);
    }
}
