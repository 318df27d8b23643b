//! What the plan allows, as headers count it and as the API says when it is used up.

use sandbox::vercel::Quota;
use serde_json::json;

use crate::support::{PLAIN, Play, entry};

#[tokio::test]
async fn uploads_run_out_with_the_limits_own_name() {
    let play = Play::start().await;
    play.vercel.set_quota(Quota {
        uploads: 2,
        deployments: 9,
    });
    let first = play.upload("one").await;
    assert_eq!(first.header("x-ratelimit-limit"), "2");
    assert_eq!(first.header("x-ratelimit-remaining"), "1");
    assert!(!first.header("x-ratelimit-reset").is_empty());
    assert_eq!(play.upload("two").await.status, 200);
    let refused = play.upload("three").await;
    assert_eq!(refused.status, 429);
    let error = &refused.json()["error"];
    assert_eq!(error["code"], "rate_limited");
    assert_eq!(error["name"], "api-upload-free");
    assert_eq!(error["limit"]["total"], json!(2));
    assert!(error["message"].as_str().unwrap().contains("24 hours"));
    play.vercel.set_quota(Quota::default());
    assert_eq!(play.upload("three").await.status, 200);
}

#[tokio::test]
async fn deployments_run_out_too_and_refused_ones_do_not_count() {
    let play = Play::start().await;
    play.vercel.set_quota(Quota {
        uploads: 9,
        deployments: 1,
    });
    let files = [(".vercel/output/config.json", PLAIN)];
    let missing = json!({ "name": "setlist", "files": [entry("a", "never sent")] });
    let refused = play.post("/v13/deployments", missing).await;
    assert_eq!(refused.code(), "missing_files");
    assert_eq!(play.create(&files, json!({})).await.status, 200);
    let refused = play.create(&files, json!({})).await;
    assert_eq!(refused.status, 402);
    assert_eq!(refused.code(), "api-deployments-free-per-day");
}

#[tokio::test]
async fn more_than_15_000_files_are_too_many() {
    let play = Play::start().await;
    let body = |count: usize| {
        let file = entry("x", "x");
        let files: Vec<_> = (0..count)
            .map(|number| {
                let mut file = file.clone();
                file["file"] = json!(format!("{number}.html"));
                file
            })
            .collect();
        json!({ "name": "setlist", "files": files })
    };
    let refused = play.post("/v13/deployments", body(15_001)).await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (400, "too_many_files")
    );
    let taken = play.post("/v13/deployments", body(15_000)).await;
    assert_eq!(taken.code(), "missing_files");
}
