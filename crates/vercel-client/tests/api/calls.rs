//! Single calls and refusals.

use serde_json::json;
use vercel_client::{Accepted, Error, Filter};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{body_json, method, path, query_param},
};

use crate::support::{TOKEN, vercel};

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
    assert_eq!(
        texts(vercel.events("dpl_1", 0).await.unwrap()),
        ["one", "two"]
    );
    assert_eq!(texts(vercel.events("dpl_2", 5).await.unwrap()), ["one", ""]);
    let release = vercel.rolling_release().await.unwrap().unwrap();
    assert_eq!(
        (release.canary_id(), release.current_id()),
        ("dpl_2", "dpl_1")
    );
    assert_eq!(release.next_stage.unwrap().index, Some(1));
    assert_eq!(vercel.rolling_config().await.unwrap(), None);
}
