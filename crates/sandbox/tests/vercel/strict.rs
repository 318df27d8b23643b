//! What the API refuses. A client that passes here cannot rely on the service overlooking its mistakes.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{PLAIN, Play, entry};

#[tokio::test]
async fn strangers_and_wrong_teams_are_turned_away() {
    let play = Play::start().await;
    let api = play.vercel.api_url();
    let token = play.vercel.token();
    let project = play.project("/v9/projects/{}");
    // path, token, status, code
    let table: [(String, Option<&str>, u16, &str); 9] = [
        (
            format!("{project}?teamId=team_sandbox"),
            Some(&token),
            200,
            "",
        ),
        (format!("{project}?slug=stagegate"), Some(&token), 200, ""),
        (
            format!("{project}?teamId=team_sandbox"),
            None,
            403,
            "forbidden",
        ),
        (
            format!("{project}?teamId=team_sandbox"),
            Some("other"),
            403,
            "forbidden",
        ),
        (
            format!("{project}?teamId=team_other"),
            Some(&token),
            403,
            "forbidden",
        ),
        (
            format!("{project}?slug=other"),
            Some(&token),
            403,
            "forbidden",
        ),
        (project.clone(), Some(&token), 404, "not_found"),
        ("/v2/user".to_owned(), Some(&token), 200, ""),
        ("/teams/team_sandbox".to_owned(), Some(&token), 200, ""),
    ];
    for (path, token, status, code) in table {
        let mut request = play.http.get(format!("{api}{path}"));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let answer = play.send(request).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (status, code),
            "{path} {token:?}"
        );
    }
}

#[tokio::test]
async fn bad_bodies_are_400_with_the_fields_name() {
    let play = Play::start().await;
    let base = json!({ "name": "setlist", "files": [entry("index.html", "x")] });
    let table: Vec<(&str, Value, &str)> = vec![
        ("colour", json!("red"), "colour"),
        ("name", json!("Set List"), "name"),
        ("name", json!(7), "string"),
        ("version", json!(1), "version"),
        ("target", json!("prod"), "prod"),
        ("customEnvironmentSlugOrId", json!("nowhere"), "nowhere"),
        ("meta", json!({ "a": 1 }), "string"),
        ("meta", json!(["a"]), "map"),
        ("autoAssignCustomDomains", json!("no"), "boolean"),
        ("gitMetadata", json!({ "sha": "x" }), "sha"),
        ("projectSettings", json!({ "root": "x" }), "root"),
        ("build", json!({ "command": "x" }), "command"),
        ("files", json!([]), "files"),
        (
            "files",
            json!([{ "file": "/etc/x", "sha": "a".repeat(40), "size": 1 }]),
            "files[0]",
        ),
        (
            "files",
            json!([{ "file": "a/../b", "sha": "a".repeat(40), "size": 1 }]),
            "files[0]",
        ),
        (
            "files",
            json!([{ "file": "a", "sha": "a", "size": 1 }]),
            "sha",
        ),
        (
            "files",
            json!([{ "file": "a", "sha": "a".repeat(40) }]),
            "size",
        ),
        (
            "files",
            json!([{ "file": "a", "sha": "a".repeat(40), "size": 1, "mode": 0o040_755 }]),
            "mode",
        ),
        (
            "files",
            json!([{ "file": "a", "data": "!", "encoding": "base64" }]),
            "data",
        ),
        (
            "files",
            json!([{ "file": "a", "data": "x", "encoding": "hex" }]),
            "encoding",
        ),
        ("files", json!([{ "file": "a" }]), "data"),
        ("files", json!([entry("a", "x"), entry("a", "x")]), "twice"),
        ("deploymentId", json!("dpl_x"), "deploymentId"),
    ];
    for (field, value, named) in table {
        let mut body = base.clone();
        body[field] = value.clone();
        let answer = play.post("/v13/deployments", body).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (400, "bad_request"),
            "{field}: {value}"
        );
        assert!(
            answer.text().contains(named),
            "{field}: {value}: {}",
            answer.text()
        );
    }
    assert!(play.vercel.snapshot().deployments.is_empty());
}

#[tokio::test]
async fn unknown_paths_parameters_methods_and_things_are_refused() {
    let play = Play::start().await;
    let id = play.deploy("x", json!({})).await;
    let table: Vec<(Method, String, Value, u16)> = vec![
        (Method::GET, "/v1/nothing".into(), json!({}), 404),
        (Method::GET, "/v9/projects/prj_other".into(), json!({}), 404),
        (
            Method::GET,
            "/v9/projects/{}?colour=red".into(),
            json!({}),
            400,
        ),
        (
            Method::GET,
            "/v13/deployments/dpl_none".into(),
            json!({}),
            404,
        ),
        (Method::PUT, "/v2/files".into(), json!({}), 405),
        (
            Method::POST,
            "/v13/deployments?prebuilt=yes".into(),
            json!({}),
            400,
        ),
        (
            Method::POST,
            "/v13/deployments?force=1".into(),
            json!({}),
            400,
        ),
        (
            Method::GET,
            "/v7/deployments?limit=0".into(),
            json!({}),
            400,
        ),
        (
            Method::GET,
            "/v7/deployments?limit=101".into(),
            json!({}),
            400,
        ),
        (
            Method::GET,
            "/v4/aliases/none.example.com".into(),
            json!({}),
            404,
        ),
        (
            Method::POST,
            format!("/v2/deployments/{id}/aliases"),
            json!({}),
            400,
        ),
        (
            Method::POST,
            format!("/v2/deployments/{id}/aliases"),
            json!({ "alias": "not a domain" }),
            400,
        ),
        (
            Method::POST,
            format!("/v10/projects/{{}}/promote/{id}"),
            json!({}),
            422,
        ),
        (
            Method::POST,
            format!("/v10/projects/{{}}/promote/{id}"),
            json!({ "x": 1 }),
            400,
        ),
        (
            Method::POST,
            "/v10/projects/{}/promote/dpl_none".into(),
            json!({}),
            404,
        ),
        (
            Method::POST,
            "/v9/projects/{}/custom-environments".into(),
            json!({ "slug": "staging" }),
            400,
        ),
        (
            Method::POST,
            "/v9/projects/{}/custom-environments".into(),
            json!({ "slug": "Big Name" }),
            400,
        ),
        (
            Method::GET,
            "/v3/env/pull/{}/nowhere".into(),
            json!({}),
            404,
        ),
        (
            Method::GET,
            "/v3/env/pull/{}/production?source=vercel-cli".into(),
            json!({}),
            200,
        ),
        (
            Method::PATCH,
            "/v1/projects/{}/protection-bypass".into(),
            json!({ "revoke": { "secret": "x", "regenerate": true } }),
            404,
        ),
        (
            Method::PATCH,
            "/v1/projects/{}/protection-bypass".into(),
            json!({ "generate": { "secret": "short" } }),
            400,
        ),
        (
            Method::PATCH,
            "/v1/projects/{}/rolling-release/config".into(),
            json!({ "enabled": true }),
            400,
        ),
        (
            Method::PATCH,
            "/v1/projects/{}/rolling-release/config".into(),
            json!({ "enabled": true, "advancementType": "manual-approval",
                "stages": [{ "targetPercentage": 10 }, { "targetPercentage": 50 }] }),
            400,
        ),
        (
            Method::PATCH,
            "/v1/projects/{}/rolling-release/config".into(),
            json!({ "enabled": true, "advancementType": "automatic",
                "stages": [{ "targetPercentage": 10 }, { "targetPercentage": 100 }] }),
            400,
        ),
        (
            Method::POST,
            "/v1/projects/{}/rolling-release/start".into(),
            json!({ "canaryDeploymentId": id }),
            400,
        ),
        (
            Method::POST,
            "/v1/projects/{}/rolling-release/complete".into(),
            json!({ "canaryDeploymentId": id }),
            404,
        ),
    ];
    for (method, path, body, status) in table {
        let path = play.project(&path);
        let mut request = play.api(method.clone(), &path);
        if method != Method::GET {
            request = request.json(&body);
        }
        let answer = play.send(request).await;
        assert_eq!(
            answer.status,
            status,
            "{method} {path} {body}: {}",
            answer.text()
        );
        if status >= 400 {
            assert!(
                !answer.code().is_empty(),
                "{method} {path} answers in Vercel's shape"
            );
        }
    }
}

#[tokio::test]
async fn requests_are_logged_as_they_were_answered() {
    let play = Play::start().await;
    play.upload(PLAIN).await;
    play.get("/v1/nothing").await;
    let log = play.vercel.snapshot().requests;
    let lines: Vec<String> = log
        .iter()
        .map(|line| format!("{} {} {}", line.method, line.path, line.status))
        .collect();
    assert_eq!(
        lines,
        [
            "POST /v2/files?teamId=team_sandbox 200",
            "GET /v1/nothing?teamId=team_sandbox 404"
        ]
    );
}
