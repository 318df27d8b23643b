//! Making deployments: uploads, rounds, lost answers.

use std::{collections::BTreeMap, fs};

use build_output::BuildOutput;
use serde_json::{Value, json};
use tempfile::TempDir;
use vercel_client::{Error, NewDeployment, Shipment, Target, Uploaded};
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{header, method, path, query_param},
};

use crate::support::{TOKEN, accepted, vercel};

const ONE: &str = "fe05bcdcdc4928012781a5f1a2a77cbb5398e106";
const THREE: &str = "b802f384302cb24fbab0a44997e820bf2e8507bb";
const CONFIG: &str = "15ce20dffd92d3b9a5ef45880aeb21090b8e579a";

/// Four files, two of them alike.
fn build() -> (TempDir, Shipment) {
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
    (folder, Shipment::of(&output, None))
}

fn order(target: Target) -> NewDeployment<'static> {
    let meta = BTreeMap::from([("stagegateDigest".to_owned(), "sha256:0".to_owned())]);
    NewDeployment {
        name: "setlist",
        target,
        meta,
        git: None,
        attempt: "attempt-1".to_owned(),
        most_uploads: None,
    }
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

#[tokio::test]
async fn only_missing_contents_are_uploaded_and_a_bad_answer_costs_one_more_try() {
    let server = MockServer::start().await;
    let (_folder, shipment) = build();
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
        .create(&shipment, &order(Target::Preview))
        .await
        .unwrap();
    assert_eq!(created.deployment.id, "dpl_1");
    assert_eq!(created.uploaded, Uploaded { files: 2, bytes: 8 });
    assert_eq!(vercel.requests(), 2 + 3);
}

#[tokio::test]
async fn the_order_has_these_fields_and_no_others() {
    let server = MockServer::start().await;
    let (_folder, shipment) = build();
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
        vercel.create(&shipment, &order(target)).await.unwrap();
        let request = server.received_requests().await.unwrap().pop().unwrap();
        assert_eq!(
            request.url.query(),
            Some("skipAutoDetectionConfirmation=1&prebuilt=1&teamId=team_1")
        );
        bodies.push(request.body_json::<Value>().unwrap());
    }
    let preview = json!({
        "name": "setlist", "project": "prj_1", "source": "cli", "version": 2,
        "meta": {"stagegateDigest": "sha256:0", "stagegateAttempt": "attempt-1"},
        "files": [
            {"file": ".vercel/output/config.json", "sha": CONFIG, "size": 13, "mode": 33188},
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
async fn a_used_up_quota_is_one_named_error_at_once() {
    // The name stands in another place by version, and often no header says how long the lock-out lasts.
    for (error, retry_after) in [
        (
            json!({"code": "api-upload-free", "message": "Too many requests"}),
            Some("86400"),
        ),
        (
            json!({"code": "api-upload-free", "message": "Too many requests"}),
            None,
        ),
        (
            json!({"code": "rate_limited", "name": "api-upload-free", "message": ""}),
            None,
        ),
        (
            json!({"code": "rate_limited", "message": "more than 5000, code: \"api-upload-free\""}),
            None,
        ),
    ] {
        let server = MockServer::start().await;
        let (_folder, shipment) = build();
        Mock::given(path("/v13/deployments"))
            .respond_with(missing(&[ONE, THREE]))
            .mount(&server)
            .await;
        let mut quota = ResponseTemplate::new(429).set_body_json(json!({"error": error}));
        if let Some(seconds) = retry_after {
            quota = quota.insert_header("retry-after", seconds);
        }
        Mock::given(path("/v2/files"))
            .respond_with(quota)
            .mount(&server)
            .await;
        let refused = vercel(&server)
            .create(&shipment, &order(Target::Preview))
            .await
            .unwrap_err();
        assert!(
            refused.to_string().contains("5,000 uploads in 24 hours"),
            "{refused}"
        );
        assert!(
            received(&server, "/v2/files").await.len() <= 2,
            "no file is tried twice: {error}"
        );
        assert_eq!(
            received(&server, "/v13/deployments").await.len(),
            1,
            "no second round: {error}"
        );
    }
}

#[tokio::test]
async fn a_rate_limit_that_ends_soon_is_waited_for() {
    let server = MockServer::start().await;
    let (_folder, shipment) = build();
    let soon = json!({"code": "rate_limited", "message": "", "limit": {"resetMs": 1}});
    Mock::given(path("/v13/deployments"))
        .respond_with(ResponseTemplate::new(429).set_body_json(json!({"error": soon})))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(path("/v13/deployments"))
        .respond_with(accepted())
        .mount(&server)
        .await;
    let created = vercel(&server)
        .create(&shipment, &order(Target::Preview))
        .await;
    assert!(created.is_ok(), "{created:?}");
}

#[tokio::test]
async fn rounds_are_bounded_and_unknown_files_refused() {
    let server = MockServer::start().await;
    let (_folder, shipment) = build();
    Mock::given(path("/v13/deployments"))
        .respond_with(missing(&[ONE]))
        .mount(&server)
        .await;
    Mock::given(path("/v2/files"))
        .respond_with(ResponseTemplate::new(200))
        .mount(&server)
        .await;
    let error = vercel(&server)
        .create(&shipment, &order(Target::Preview))
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
        .create(&shipment, &order(Target::Preview))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::UnknownFile { .. }), "{error}");
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_deployment() {
    let server = MockServer::start().await;
    let (_folder, shipment) = build();
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
        .create(&shipment, &order(Target::Preview))
        .await
        .unwrap();
    assert_eq!(created.deployment.id, "dpl_1");
    let posts = received(&server, "/v13/deployments").await.len();
    assert_eq!(posts, 1, "found, not posted again");
}
