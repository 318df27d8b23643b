//! The client against scripted answers: what is sent, what is repeated, what errors say. The flows against a service with a
//! memory are tested with the sandbox, in vercel-deploy.

#![allow(clippy::unwrap_used, reason = "a helper of a test may end it too")]

use std::{collections::BTreeMap, fs, time::Duration};

use build_output::BuildOutput;
use http_client::{Deadline, Secret};
use serde_json::{Value, json};
use tempfile::TempDir;
use vercel_client::{
    Accepted, Error, Filter, NewDeployment, Pace, Scope, Target, Uploaded, Vercel,
};
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{body_json, header, method, path, query_param},
};

const TOKEN: &str = "vc-token-0123456789";

fn vercel(server: &MockServer) -> Vercel {
    let scope = Scope {
        org_id: "team_1".to_owned(),
        project_id: "prj_1".to_owned(),
    };
    Vercel::new(server.uri().parse().unwrap(), &Secret::new(TOKEN), scope)
        .unwrap()
        .with_pace(Pace {
            first: Duration::from_millis(1),
            cap: Duration::from_millis(1),
        })
        .with_deadline(Deadline::after(Duration::from_secs(60)))
}

/// Four files, two of them alike.
fn build() -> (TempDir, BuildOutput) {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("static")).unwrap();
    for (name, content) in [
        ("config.json", r#"{"version":3}"#),
        ("static/a.txt", "one"),
        ("static/b.txt", "one"),
        ("static/c.txt", "three"),
    ] {
        fs::write(folder.path().join(name), content).unwrap();
    }
    let output = BuildOutput::open(folder.path()).unwrap();
    (folder, output)
}

fn order(target: Target) -> NewDeployment<'static> {
    let meta = BTreeMap::from([("stagegateDigest".to_owned(), "sha256:0".to_owned())]);
    NewDeployment {
        name: "setlist",
        target,
        meta,
        attempt: "attempt-1".to_owned(),
    }
}

fn accepted() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(
        json!({"id": "dpl_1", "url": "setlist-1.vercel.app", "readyState": "QUEUED"}),
    )
}

fn missing(shas: &[&str]) -> ResponseTemplate {
    let error =
        json!({"error": {"code": "missing_files", "message": "Missing files", "missing": shas}});
    ResponseTemplate::new(400).set_body_json(error)
}

async fn received(server: &MockServer, wanted: &str) -> Vec<Request> {
    let requests = server.received_requests().await.unwrap();
    requests
        .into_iter()
        .filter(|request| request.url.path() == wanted)
        .collect()
}

const ONE: &str = "fe05bcdcdc4928012781a5f1a2a77cbb5398e106";
const THREE: &str = "b802f384302cb24fbab0a44997e820bf2e8507bb";

#[tokio::test]
async fn only_missing_contents_are_uploaded_and_a_bad_answer_costs_one_more_try() {
    let server = MockServer::start().await;
    let (_folder, output) = build();
    Mock::given(path("/v13/deployments"))
        .respond_with(missing(&[ONE, THREE]))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(path("/v13/deployments"))
        .respond_with(accepted())
        .mount(&server)
        .await;
    Mock::given(path("/v2/files"))
        .and(header("x-now-digest", ONE))
        .respond_with(ResponseTemplate::new(503))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    for (sha1, size) in [(ONE, "3"), (THREE, "5")] {
        Mock::given(method("POST"))
            .and(path("/v2/files"))
            .and(query_param("teamId", "team_1"))
            .and(header("x-now-digest", sha1))
            .and(header("x-vercel-digest", sha1))
            .and(header("x-now-size", size))
            .and(header("content-length", size))
            .and(header("content-type", "application/octet-stream"))
            .and(header("authorization", format!("Bearer {TOKEN}").as_str()))
            .respond_with(ResponseTemplate::new(200))
            .expect(1)
            .mount(&server)
            .await;
    }
    let vercel = vercel(&server);
    let created = vercel
        .create(&output, &order(Target::Preview))
        .await
        .unwrap();
    assert_eq!(created.deployment.id, "dpl_1");
    assert_eq!(created.uploaded, Uploaded { files: 2, bytes: 8 });
    assert_eq!(vercel.requests(), 2 + 3);
}

#[tokio::test]
async fn the_order_has_these_fields_and_no_others() {
    let server = MockServer::start().await;
    let (_folder, output) = build();
    Mock::given(path("/v13/deployments"))
        .respond_with(accepted())
        .mount(&server)
        .await;
    let vercel = vercel(&server);
    let mut bodies = Vec::new();
    for target in [
        Target::Preview,
        Target::Custom("staging".to_owned()),
        Target::Production { staged: false },
        Target::Production { staged: true },
    ] {
        vercel.create(&output, &order(target)).await.unwrap();
        let request = server.received_requests().await.unwrap().pop().unwrap();
        assert_eq!(
            request.url.query(),
            Some("prebuilt=1&skipAutoDetectionConfirmation=1&teamId=team_1")
        );
        bodies.push(request.body_json::<Value>().unwrap());
    }
    let preview = json!({
        "name": "setlist", "project": "prj_1", "source": "cli", "version": 2,
        "meta": {"stagegateDigest": "sha256:0", "stagegateAttempt": "attempt-1"},
        "files": [
            {"file": ".vercel/output/config.json", "sha": output.entries()[0].sha1_hex(), "size": 13, "mode": 33188},
            {"file": ".vercel/output/static/a.txt", "sha": ONE, "size": 3, "mode": 33188},
            {"file": ".vercel/output/static/b.txt", "sha": ONE, "size": 3, "mode": 33188},
            {"file": ".vercel/output/static/c.txt", "sha": THREE, "size": 5, "mode": 33188},
        ],
    });
    let with = |more: Value| {
        let mut body = preview.clone();
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        body
    };
    assert_eq!(bodies[0], preview);
    assert_eq!(
        bodies[1],
        with(json!({"customEnvironmentSlugOrId": "staging"}))
    );
    assert_eq!(bodies[2], with(json!({"target": "production"})));
    assert_eq!(
        bodies[3],
        with(json!({"target": "production", "autoAssignCustomDomains": false}))
    );
}

#[tokio::test]
async fn a_refusal_that_no_retry_mends_ends_the_uploads() {
    let server = MockServer::start().await;
    let (_folder, output) = build();
    Mock::given(path("/v13/deployments"))
        .respond_with(missing(&[ONE, THREE]))
        .mount(&server)
        .await;
    let quota = json!({"error": {"code": "api-upload-free", "message": "Too many requests"}});
    let quota = ResponseTemplate::new(429)
        .set_body_json(quota)
        .insert_header("retry-after", "86400");
    Mock::given(path("/v2/files"))
        .respond_with(quota)
        .mount(&server)
        .await;
    let error = vercel(&server)
        .create(&output, &order(Target::Preview))
        .await
        .unwrap_err();
    assert_eq!(error.code(), Some("api-upload-free"));
    assert!(
        error.to_string().contains("5,000 uploads in 24 hours"),
        "{error}"
    );
    assert_eq!(
        received(&server, "/v13/deployments").await.len(),
        1,
        "no second round after a round without any success"
    );
}

#[tokio::test]
async fn rounds_are_bounded_and_unknown_files_refused() {
    let server = MockServer::start().await;
    let (_folder, output) = build();
    Mock::given(path("/v13/deployments"))
        .respond_with(missing(&[ONE]))
        .mount(&server)
        .await;
    Mock::given(path("/v2/files"))
        .respond_with(ResponseTemplate::new(200))
        .mount(&server)
        .await;
    let error = vercel(&server)
        .create(&output, &order(Target::Preview))
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            Error::StillMissing {
                missing: 1,
                rounds: 4
            }
        ),
        "{error}"
    );

    let server = MockServer::start().await;
    Mock::given(path("/v13/deployments"))
        .respond_with(missing(&["0000"]))
        .mount(&server)
        .await;
    let error = vercel(&server)
        .create(&output, &order(Target::Preview))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::UnknownFile { .. }), "{error}");
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_deployment() {
    let server = MockServer::start().await;
    let (_folder, output) = build();
    Mock::given(method("POST"))
        .and(path("/v13/deployments"))
        .respond_with(ResponseTemplate::new(502))
        .mount(&server)
        .await;
    let listed = json!({"deployments": [
        {"uid": "dpl_9", "url": "other.vercel.app", "meta": {"stagegateAttempt": "attempt-0"}},
        {"uid": "dpl_1", "url": "setlist-1.vercel.app", "meta": {"stagegateAttempt": "attempt-1"}},
    ]});
    Mock::given(path("/v7/deployments"))
        .respond_with(ResponseTemplate::new(200).set_body_json(listed))
        .mount(&server)
        .await;
    Mock::given(method("GET"))
        .and(path("/v13/deployments/dpl_1"))
        .respond_with(accepted())
        .mount(&server)
        .await;
    let created = vercel(&server)
        .create(&output, &order(Target::Preview))
        .await
        .unwrap();
    assert_eq!(created.deployment.id, "dpl_1");
    let posts = received(&server, "/v13/deployments").await.len();
    assert_eq!(posts, 1, "found, not posted again");
}

#[tokio::test]
async fn promote_and_rollback_say_how_they_were_taken() {
    for (status, expected) in [
        (201, Accepted::Begun),
        (202, Accepted::Queued),
        (500, Accepted::Unknown),
    ] {
        let server = MockServer::start().await;
        Mock::given(method("POST"))
            .and(path("/v10/projects/prj_1/promote/dpl_1"))
            .and(query_param("teamId", "team_1"))
            .and(body_json(json!({})))
            .respond_with(ResponseTemplate::new(status))
            .expect(1)
            .mount(&server)
            .await;
        assert_eq!(
            vercel(&server).promote("dpl_1").await.unwrap(),
            expected,
            "{status}"
        );
    }
    let server = MockServer::start().await;
    let payment = json!({"error": {"code": "payment_required", "message": "Upgrade"}});
    Mock::given(path("/v1/projects/prj_1/rollback/dpl_1"))
        .and(query_param("description", "why"))
        .respond_with(ResponseTemplate::new(402).set_body_json(payment))
        .mount(&server)
        .await;
    let error = vercel(&server)
        .rollback("dpl_1", Some("why"))
        .await
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        "Vercel refused POST /v1/projects/prj_1/rollback/dpl_1: 402 payment_required: Upgrade; the plan does not include this; on Hobby a rollback reaches the previous deployment only"
    );
}

#[tokio::test]
async fn refusals_are_quoted_with_a_way_out_and_without_the_token() {
    for (status, body, expected) in [
        (
            403,
            json!({"error": {"code": "forbidden", "message": "Not authorized"}}),
            "403 forbidden: Not authorized; the token in VERCEL_TOKEN may not do this in VERCEL_ORG_ID",
        ),
        (
            403,
            json!({"error": {"code": "forbidden", "message": "Not authorized", "invalidToken": true}}),
            "403 forbidden",
        ),
        (
            401,
            json!({"error": {"code": "unauthorized", "message": "who is vc-token-0123456789?"}}),
            "401 unauthorized: who is ***?; the token in VERCEL_TOKEN is wrong",
        ),
        (
            404,
            json!({"error": {"code": "not_found", "message": "Project not found"}}),
            "404 not_found: Project not found; check VERCEL_PROJECT_ID",
        ),
        (404, json!({"message": "Not Found"}), "404: Not Found"),
        (418, json!("teapot\u{1b}[0m"), "418: \"teapot"),
    ] {
        let server = MockServer::start().await;
        Mock::given(path("/v9/projects/prj_1"))
            .respond_with(ResponseTemplate::new(status).set_body_json(body))
            .mount(&server)
            .await;
        let error = vercel(&server).project().await.unwrap_err().to_string();
        assert!(
            error.contains(expected) && !error.contains(TOKEN) && !error.contains('\u{1b}'),
            "{error}"
        );
    }
    let server = MockServer::start().await;
    Mock::given(path("/v9/projects/prj_1"))
        .respond_with(ResponseTemplate::new(200).set_body_string("<html>"))
        .mount(&server)
        .await;
    assert!(matches!(
        vercel(&server).project().await,
        Err(Error::Shape { .. })
    ));
}

#[tokio::test]
async fn look_ups() {
    let server = MockServer::start().await;
    let alias =
        json!({"uid": "1", "alias": "127.0.0.1:3000", "deploymentId": "dpl_1", "somethingNew": {}});
    Mock::given(path("/v4/aliases/127.0.0.1:3000"))
        .respond_with(ResponseTemplate::new(200).set_body_json(alias))
        .mount(&server)
        .await;
    let listed = json!({"deployments": [{"uid": "dpl_2", "url": "x", "created": 2, "createdAt": 2, "state": "READY", "readyState": "READY", "isRollbackCandidate": true}]});
    Mock::given(path("/v7/deployments"))
        .and(query_param("projectId", "prj_1"))
        .and(query_param("target", "production"))
        .and(query_param("rollbackCandidate", "true"))
        .respond_with(ResponseTemplate::new(200).set_body_json(listed))
        .mount(&server)
        .await;
    let array =
        json!([{"type": "stdout", "payload": {"text": "one"}}, {"type": "stderr", "text": "two"}]);
    Mock::given(path("/v3/deployments/dpl_1/events"))
        .respond_with(ResponseTemplate::new(200).set_body_json(array))
        .mount(&server)
        .await;
    let lines = "{\"type\":\"stdout\",\"text\":\"one\"}\n{\"type\":\"exit\"}\n";
    Mock::given(path("/v3/deployments/dpl_2/events"))
        .respond_with(ResponseTemplate::new(200).set_body_string(lines))
        .mount(&server)
        .await;
    let release = json!({"rollingRelease": {
        "state": "ACTIVE", "activeStage": {"index": 0, "targetPercentage": 10}, "nextStage": {"index": 1, "targetPercentage": 100},
        "canaryDeployment": {"id": "dpl_2"}, "currentDeployment": {"id": "dpl_1"}, "queuedDeploymentId": null}});
    Mock::given(path("/v1/projects/prj_1/rolling-release"))
        .respond_with(ResponseTemplate::new(200).set_body_json(release))
        .mount(&server)
        .await;
    Mock::given(path("/v1/projects/prj_1/rolling-release/config"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"rollingRelease": null})))
        .mount(&server)
        .await;

    let vercel = vercel(&server);
    assert_eq!(
        vercel
            .alias("127.0.0.1:3000")
            .await
            .unwrap()
            .unwrap()
            .deployment_id
            .as_deref(),
        Some("dpl_1")
    );
    assert_eq!(vercel.alias("unknown.example").await.unwrap(), None);
    let filter = Filter {
        target: Some("production"),
        rollback_candidate: true,
        limit: None,
    };
    assert_eq!(vercel.deployments(&filter).await.unwrap()[0].uid, "dpl_2");
    let texts = |events: Vec<vercel_client::Event>| {
        events
            .into_iter()
            .map(|event| event.text)
            .collect::<Vec<_>>()
    };
    assert_eq!(texts(vercel.events("dpl_1").await.unwrap()), ["one", "two"]);
    assert_eq!(texts(vercel.events("dpl_2").await.unwrap()), ["one", ""]);
    let release = vercel.rolling_release().await.unwrap().unwrap();
    assert_eq!(
        (release.canary_id(), release.current_id()),
        ("dpl_2", "dpl_1")
    );
    assert_eq!(release.next_stage.unwrap().index, Some(1));
    assert_eq!(vercel.rolling_config().await.unwrap(), None);
}
