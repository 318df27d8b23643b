//! Faults and mishaps, each seen from outside.

use reqwest::Method;
use sandbox::faults::{Action, Fault, Mishap, Place, Side};
use serde_json::json;

use crate::support::{PLAIN, Play};

#[tokio::test]
async fn the_nth_request_fails_and_no_other() {
    let play = Play::start().await;
    let action = Action::Status {
        code: 429,
        headers: vec![("retry-after".into(), "1".into())],
        body: r#"{"error":{"code":"rate_limited"}}"#.into(),
    };
    play.vercel.add_fault(
        Fault::on(Side::Vercel, "POST", "/v2/files")
            .from(2)
            .times(2)
            .action(action),
    );
    let mut statuses = Vec::new();
    for number in 0..4 {
        statuses.push(play.upload(&format!("file {number}")).await.status);
    }
    assert_eq!(statuses, [200, 429, 429, 200]);
    assert_eq!(play.vercel.snapshot().uploads, 2);
    assert!(
        play.vercel
            .snapshot()
            .requests
            .iter()
            .any(|request| request.status == 429),
        "the log shows it"
    );
}

#[tokio::test]
async fn a_dropped_connection_is_no_answer_at_all() {
    let play = Play::start().await;
    play.vercel
        .add_fault(Fault::on(Side::Vercel, "GET", "/v9/**").action(Action::Drop));
    let error = play
        .api(Method::GET, &play.project("/v9/projects/{}"))
        .send()
        .await
        .unwrap_err();
    assert!(error.is_request(), "{error:?}");
    assert_eq!(play.vercel.snapshot().requests[0].status, 0);
    assert_eq!(
        play.get(&play.project("/v9/projects/{}")).await.status,
        200,
        "once"
    );
}

#[tokio::test]
async fn a_connection_is_cut_in_the_middle_of_an_upload_or_of_an_answer() {
    let play = Play::start().await;
    let content = "x".repeat(1 << 20);
    play.vercel
        .add_fault(Fault::on(Side::Vercel, "POST", "/v2/files").action(Action::CutUpload(1 << 10)));
    let digest = crate::support::sha(content.as_bytes());
    let request = play
        .api(Method::POST, "/v2/files")
        .header("x-vercel-digest", &digest)
        .body(content.clone());
    assert!(request.send().await.is_err());
    assert_eq!(play.vercel.snapshot().uploads, 0, "nothing of it is kept");
    assert_eq!(play.upload(&content).await.status, 200, "once");

    // The head comes whole, the body does not.
    let project = play.project("/v9/projects/{}");
    play.vercel
        .add_fault(Fault::on(Side::Vercel, "GET", "/v9/**").action(Action::CutAnswer(400)));
    let response = play.api(Method::GET, &project).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let error = response.bytes().await.unwrap_err();
    assert!(error.is_body() || error.is_decode(), "{error:?}");
    assert_eq!(play.get(&project).await.status, 200, "once");
}

#[tokio::test]
async fn a_lost_answer_leaves_the_deed_done() {
    let (play, _, second) = Play::with_versions().await;
    play.vercel.add_fault(
        Fault::on(Side::Vercel, "POST", "**/promote/*").action(Action::CommitThenStatus(502)),
    );
    assert_eq!(play.promote(&second).await, 502);
    play.look().await;
    assert_eq!(play.production().await, "v2");
}

#[tokio::test]
async fn a_fault_can_look_into_the_body() {
    let play = Play::start().await;
    let fault = Fault::on(Side::Vercel, "POST", "/v13/deployments")
        .body_contains("\"production\"")
        .times(u32::MAX);
    play.vercel.add_fault(fault.status(500));
    let files = [(".vercel/output/config.json", PLAIN)];
    assert_eq!(
        play.create(&files, json!({ "target": "production" }))
            .await
            .status,
        500
    );
    assert_eq!(play.create(&files, json!({})).await.status, 200);
    play.vercel.clear_faults();
    assert_eq!(
        play.create(&files, json!({ "target": "production" }))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn the_edge_can_fail_too() {
    let (play, first, _) = Play::with_versions().await;
    play.vercel
        .add_fault(Fault::on(Side::Edge, "GET", "/").from(2).status(504));
    let url = play.url_of(&first);
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(play.visit(&url, "/").await.status);
    }
    assert_eq!(statuses, [200, 504, 200]);
}

#[tokio::test]
async fn uploads_fail_now_and_then_and_arrive_damaged() {
    let play = Play::start().await;
    play.vercel.add_mishap(Mishap::UploadErrors { every: 3 });
    let mut statuses = Vec::new();
    for number in 0..6 {
        statuses.push(play.upload(&format!("file {number}")).await.status);
    }
    assert_eq!(statuses, [200, 200, 503, 200, 200, 503]);
    play.vercel.clear_faults();
    play.vercel
        .add_mishap(Mishap::DigestMismatch { uploads: 1 });
    assert_eq!(play.upload("file 2").await.status, 400);
    assert_eq!(play.upload("file 2").await.status, 200);
}

#[tokio::test]
async fn a_stuck_build_never_ends() {
    let play = Play::start().await;
    play.vercel.add_mishap(Mishap::StuckBuilding);
    let files = [(".vercel/output/config.json", PLAIN)];
    let id = play.create(&files, json!({})).await.json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    for _ in 0..10 {
        assert_eq!(
            play.get(&format!("/v13/deployments/{id}")).await.json()["readyState"],
            "BUILDING"
        );
    }
    play.deploy("the next one is fine", json!({})).await;
}

#[tokio::test]
async fn a_stale_edge_shows_the_old_version_for_a_while() {
    let (play, first, second) = Play::with_versions().await;
    play.vercel.add_mishap(Mishap::StaleEdge { requests: 2 });
    assert_eq!(play.production().await, "v1");
    play.promote(&second).await;
    play.look().await;
    assert_eq!(
        play.vercel.snapshot().production.unwrap(),
        second,
        "the API knows already"
    );
    let production = play.vercel.production_url();
    let old = play.visit(&production, "/").await;
    assert_eq!(
        (old.text().as_str(), old.header("x-deployment-id")),
        ("v1", first.as_str())
    );
    assert_eq!(play.production().await, "v1");
    assert_eq!(play.production().await, "v2");
}

#[tokio::test]
async fn a_path_breaks_with_the_promote_and_heals_with_the_rollback() {
    let play = Play::start().await;
    let files = |text: &'static str| {
        [
            (".vercel/output/config.json", PLAIN),
            (".vercel/output/static/index.html", text),
            (".vercel/output/static/health", "ok"),
        ]
    };
    let first = play
        .deploy_files(&files("v1"), json!({ "target": "production" }))
        .await;
    let staged = json!({ "target": "production", "autoAssignCustomDomains": false });
    let second = play.deploy_files(&files("v2"), staged).await;
    let broken = Mishap::BrokenPath {
        path: "/health".into(),
        status: 500,
        body: None,
        place: Place::ProductionAfterPromote,
    };
    play.vercel.add_mishap(broken);
    let production = play.vercel.production_url();
    assert_eq!(play.visit(&production, "/health").await.status, 200);
    play.promote(&second).await;
    play.look().await;
    assert_eq!(play.visit(&production, "/health").await.status, 500);
    assert_eq!(
        play.visit(&play.url_of(&second), "/health").await.status,
        200,
        "the same bytes are fine elsewhere"
    );
    play.roll_back(&first).await;
    play.look().await;
    assert_eq!(play.visit(&production, "/health").await.status, 200);
}

#[tokio::test]
async fn health_can_lie_and_bytes_can_be_wrong() {
    let (play, first, _) = Play::with_versions().await;
    let lie = r#"{"status":"healthy","services":{"db":{"status":"down"}}}"#;
    play.vercel.add_mishap(Mishap::BrokenPath {
        path: "/api/health".into(),
        status: 200,
        body: Some(lie.into()),
        place: Place::Everywhere,
    });
    let production = play.vercel.production_url();
    let answer = play.visit(&production, "/api/health").await;
    assert_eq!((answer.status, answer.text().as_str()), (200, lie));
    play.vercel.add_mishap(Mishap::WrongBytes {
        path: "/".into(),
        place: Place::Production,
    });
    assert_ne!(play.production().await, "v1");
    assert_eq!(play.visit(&play.url_of(&first), "/").await.text(), "v1");
}
