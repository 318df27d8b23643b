//! Every request that is sent, against the schemas of Vercel's own SDK (npm `@vercel/sdk`), which is generated from the API's
//! description: paths, queries, bodies and the headers of an upload.
//!
//! `cargo xtask conformance vercel-sdk-requests` installs it and runs this test.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    path::PathBuf,
    process::{Command, Stdio},
};

use build_output::BuildOutput;
use http_client::Secret;
use serde_json::{Map, Value, json};
use vercel_client::{Filter, GitMetadata, NewDeployment, Scope, Shipment, Target, Vercel};
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::any};

/// Below the installed peers.
const SDK: &str = "vercel-sdk/node_modules/@vercel/sdk";

/// What the SDK has no place for and Vercel's CLI sends: without it nothing is deployed as it was built.
const SENT_BY_THE_CLI: [&str; 5] = [
    "/prebuilt",
    "/requestBody/autoAssignCustomDomains",
    "/requestBody/files[]/mode",
    "/requestBody/source",
    "/requestBody/version",
];

/// Method, path with the names of its parameters, module and schema of the SDK.
const OPERATIONS: &[(&str, &str, &str, &str)] = &[
    (
        "POST",
        "/v13/deployments",
        "responsebodyimages",
        "CreateDeploymentRequest",
    ),
    (
        "GET",
        "/v13/deployments/{idOrUrl}",
        "getdeploymentgitsourcedeploymentsresponse200applicationjsonresponsebody215type",
        "GetDeploymentRequest",
    ),
    ("POST", "/v2/files", "uploadfileop", "UploadFileRequest"),
    (
        "GET",
        "/v3/deployments/{idOrUrl}/events",
        "getdeploymenteventsop",
        "GetDeploymentEventsRequest",
    ),
    (
        "GET",
        "/v7/deployments",
        "getdeploymentsop",
        "GetDeploymentsRequest",
    ),
    (
        "GET",
        "/v9/projects/{idOrName}",
        "getprojecthas2",
        "GetProjectRequest",
    ),
    (
        "GET",
        "/v9/projects/{idOrName}/domains",
        "getprojectdomainsop",
        "GetProjectDomainsRequest",
    ),
    (
        "GET",
        "/v4/aliases/{idOrAlias}",
        "getaliasop",
        "GetAliasRequest",
    ),
    (
        "POST",
        "/v2/deployments/{id}/aliases",
        "assignaliasop",
        "AssignAliasRequest",
    ),
    (
        "POST",
        "/v10/projects/{projectId}/promote/{deploymentId}",
        "requestpromoteop",
        "RequestPromoteRequest",
    ),
    (
        "POST",
        "/v1/projects/{projectId}/rollback/{deploymentId}",
        "requestrollbackop",
        "RequestRollbackRequest",
    ),
    (
        "GET",
        "/v1/projects/{idOrName}/rolling-release",
        "getrollingreleaseop",
        "GetRollingReleaseRequest",
    ),
    (
        "GET",
        "/v1/projects/{idOrName}/rolling-release/config",
        "getrollingreleaseconfigop",
        "GetRollingReleaseConfigRequest",
    ),
    (
        "POST",
        "/v1/projects/{idOrName}/rolling-release/start",
        "startrollingreleaseop",
        "StartRollingReleaseRequest",
    ),
    (
        "POST",
        "/v1/projects/{idOrName}/rolling-release/approve-stage",
        "approverollingreleasestageop",
        "ApproveRollingReleaseStageRequest",
    ),
    (
        "POST",
        "/v1/projects/{idOrName}/rolling-release/complete",
        "completerollingreleaseop",
        "CompleteRollingReleaseRequest",
    ),
];

/// The parameters in a path, if it is the operation's.
fn parameters(pattern: &str, path: &str) -> Option<Map<String, Value>> {
    let (pattern, path): (Vec<_>, Vec<_>) =
        (pattern.split('/').collect(), path.split('/').collect());
    if pattern.len() != path.len() {
        return None;
    }
    let mut found = Map::new();
    for (expected, part) in pattern.iter().zip(path) {
        match expected
            .strip_prefix('{')
            .and_then(|name| name.strip_suffix('}'))
        {
            Some(name) => drop(found.insert(name.to_owned(), json!(part))),
            None if *expected == part => {}
            None => return None,
        }
    }
    Some(found)
}

/// A request as the SDK would be asked to send it.
fn as_the_sdk(request: &Request) -> Value {
    let (method, path) = (request.method.as_str(), request.url.path());
    let (operation, mut body) = OPERATIONS
        .iter()
        .filter(|(known, ..)| *known == method)
        .find_map(|operation| Some((operation, parameters(operation.1, path)?)))
        .unwrap_or_else(|| panic!("{method} {path} is no operation of the SDK"));
    for (name, value) in request.url.query_pairs() {
        body.insert(name.into_owned(), json!(value));
    }
    if path == "/v2/files" {
        for (header, name) in [
            ("content-length", "contentLength"),
            ("x-vercel-digest", "xVercelDigest"),
            ("x-now-digest", "xNowDigest"),
            ("x-now-size", "xNowSize"),
        ] {
            let values: Vec<_> = request.headers.get_all(header).iter().collect();
            assert_eq!(values.len(), 1, "{header} once: {values:?}");
            body.insert(name.to_owned(), json!(values[0].to_str().unwrap()));
        }
    } else if let Ok(json) = serde_json::from_slice::<Value>(&request.body)
        && json != json!({})
    {
        body.insert("requestBody".to_owned(), json);
    }
    json!({ "name": format!("{method} {}", operation.1), "module": operation.2, "schema": operation.3, "body": body,
        "direction": "outbound" })
}

/// Makes every call once, and deployments of every kind. The answers are of no use: only what is sent counts.
async fn requests() -> Vec<Request> {
    let server = MockServer::start().await;
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("static")).unwrap();
    fs::write(folder.path().join("config.json"), r#"{"version":3}"#).unwrap();
    fs::write(folder.path().join("static/index.html"), "<h1>hello</h1>").unwrap();
    let output = BuildOutput::open(folder.path()).unwrap();
    let missing: Vec<String> = output
        .entries()
        .iter()
        .map(|entry| entry.sha1_hex())
        .collect();
    let missing =
        json!({ "error": { "code": "missing_files", "message": "", "missing": missing } });
    Mock::given(wiremock::matchers::path("/v13/deployments"))
        .respond_with(ResponseTemplate::new(400).set_body_json(missing))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(any())
        .respond_with(
            ResponseTemplate::new(200)
                .set_body_json(json!({ "id": "dpl_1", "url": "a.vercel.app" })),
        )
        .mount(&server)
        .await;
    let scope = Scope {
        org_id: "team_1".to_owned(),
        project_id: "prj_1".to_owned(),
    };
    let token = Secret::new("token-0123456789");
    let vercel = Vercel::new(server.uri().parse().unwrap(), &token, scope).unwrap();
    let git = GitMetadata {
        remote_url: Some("https://github.com/acme/web".to_owned()),
        commit_ref: Some("main".to_owned()),
        commit_sha: Some("a".repeat(40)),
        commit_author_name: Some("The Author".to_owned()),
        commit_message: Some("Fix".to_owned()),
        dirty: Some(false),
        root_directory: Some("apps/web".to_owned()),
    };
    for target in [
        Target::Preview,
        Target::Custom("staging".to_owned()),
        Target::Production { staged: true },
    ] {
        let new = NewDeployment {
            name: "web",
            target,
            meta: BTreeMap::from([("githubCommitSha".to_owned(), "a".repeat(40))]),
            git: Some(git.clone()),
            attempt: "1".to_owned(),
            most_uploads: None,
        };
        let shipment = Shipment::of(&output, Some("apps/web"));
        vercel.create(&shipment, &new).await.unwrap();
    }
    let filter = Filter {
        target: Some("production"),
        rollback_candidate: true,
        limit: Some(20),
    };
    vercel.rebuild("dpl_1", "web", "1").await.unwrap();
    vercel.deployment("dpl_1").await.unwrap();
    let _ = vercel.events("dpl_1", 1).await;
    let _ = vercel.follow("dpl_1", 0).await;
    let _ = vercel.deployments(&filter).await;
    let _ = vercel.project().await;
    let _ = vercel.production_domains().await;
    let _ = vercel.alias("setlist.example").await;
    let _ = vercel.assign_alias("dpl_1", "setlist.example").await;
    vercel.promote("dpl_1").await.unwrap();
    vercel.rollback("dpl_1", Some("why")).await.unwrap();
    let _ = vercel.rolling_config().await;
    let _ = vercel.rolling_release().await;
    vercel.start_rolling("dpl_1").await.unwrap();
    vercel.approve_stage("dpl_1", 1).await.unwrap();
    vercel.complete_rolling("dpl_1").await.unwrap();
    server.received_requests().await.unwrap()
}

#[tokio::test]
#[ignore = "run by `cargo xtask conformance vercel-sdk-requests`"]
async fn the_sdk_would_send_every_request() {
    let requests: Vec<Value> = requests().await.iter().map(as_the_sdk).collect();
    for (method, path, ..) in OPERATIONS {
        let name = format!("{method} {path}");
        assert!(
            requests.iter().any(|request| request["name"] == name),
            "{name} was not sent"
        );
    }
    let peers = std::env::var_os("STAGEGATE_PEERS").expect("run by `cargo xtask conformance`");
    let script =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/peers/vercel-sdk/read.mjs");
    let mut node = Command::new("node")
        .arg(script)
        .arg(PathBuf::from(peers).join(SDK))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node runs");
    let input = serde_json::to_vec(&requests).unwrap();
    node.stdin.take().unwrap().write_all(&input).unwrap();
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success());
    let results: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(results.len(), requests.len());
    let mut wrong = Vec::new();
    for result in &results {
        let problems = result["problems"].as_array().unwrap().iter();
        wrong.extend(problems.map(|problem| format!("{}: refused: {problem}", result["name"])));
        let unknown = result["unknown"].as_array().unwrap().iter();
        let unknown = unknown.filter(|field| !SENT_BY_THE_CLI.contains(&field.as_str().unwrap()));
        wrong.extend(unknown.map(|field| format!("{}: unknown field {field}", result["name"])));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
