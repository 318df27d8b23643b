//! What the edge keeps beyond files: tags by which it is thrown away, and prerendered pages.

use serde_json::json;

use crate::support::Play;

#[tokio::test]
async fn what_the_edge_keeps_is_thrown_away_by_tag_or_all_at_once() {
    let play = Play::start().await;
    let config = r#"{ "version": 3, "routes": [
        { "src": "/a", "headers": { "vercel-cache-tag": "songs, lists" }, "continue": true },
        { "handle": "filesystem" }] }"#;
    let files = [
        (".vercel/output/config.json", config),
        (".vercel/output/static/a", "a"),
        (".vercel/output/static/b", "b"),
    ];
    let target = json!({ "target": "production" });
    play.deploy_files(&files, target).await;
    let production = play.vercel.production_url();
    let seen = async |path: &str| {
        let answer = play.visit(&production, path).await;
        assert_eq!(answer.header("vercel-cache-tag"), "", "kept from visitors");
        answer.header("x-vercel-cache").to_owned()
    };
    let purge = async |path: &str, body| {
        let path = format!("/v1/edge-cache/{path}?projectIdOrName=setlist");
        play.post(&path, body).await.status
    };
    for expected in ["MISS", "HIT"] {
        assert_eq!(
            (seen("/a").await, seen("/b").await),
            (expected.into(), expected.into())
        );
    }
    assert_eq!(
        purge("invalidate-by-tags", json!({ "tags": ["lists"] })).await,
        200
    );
    assert_eq!(
        (seen("/a").await, seen("/b").await),
        ("STALE".into(), "HIT".into())
    );
    assert_eq!(seen("/a").await, "HIT", "refreshed");
    let elsewhere = json!({ "tags": "songs", "target": "preview" });
    assert_eq!(purge("dangerously-delete-by-tags", elsewhere).await, 200);
    assert_eq!(seen("/a").await, "HIT");
    let here = json!({ "tags": "other,songs", "target": "production" });
    assert_eq!(purge("dangerously-delete-by-tags", here).await, 200);
    assert_eq!(
        (seen("/a").await, seen("/b").await),
        ("MISS".into(), "HIT".into())
    );
    assert_eq!(purge("purge-all", json!({})).await, 200);
    assert_eq!(seen("/b").await, "MISS");
    assert_eq!(
        purge("invalidate-by-tags", json!({ "tags": [] })).await,
        400
    );
    let unnamed = play
        .post("/v1/edge-cache/invalidate-by-tags", json!({ "tags": "a" }))
        .await;
    assert_eq!(unnamed.status, 400);
}

const PRERENDERED: &str = "<!doctype html><title>lists</title>";

#[tokio::test]
async fn a_prerendered_page_is_served_in_its_functions_place() {
    let play = Play::start().await;
    let prerender = r#"{ "expiration": 60, "fallback": "page.prerender-fallback.html",
        "initialStatus": 404, "initialHeaders": { "X-Nextjs-Stale-Time": "300" } }"#;
    let files = [
        (".vercel/output/config.json", r#"{"version":3}"#),
        (
            ".vercel/output/functions/lists/page.func/.vc-config.json",
            "{}",
        ),
        (
            ".vercel/output/functions/lists/page.prerender-config.json",
            prerender,
        ),
        (
            ".vercel/output/functions/lists/page.prerender-fallback.html",
            PRERENDERED,
        ),
        (".vercel/output/functions/api/x.func/.vc-config.json", "{}"),
    ];
    let url = play.url_of(&play.deploy_files(&files, json!({})).await);
    for cache in ["PRERENDER", "HIT"] {
        let page = play.visit(&url, "/lists/page").await;
        assert_eq!((page.status, page.text().as_str()), (404, PRERENDERED));
        assert_eq!(page.header("x-vercel-cache"), cache);
        assert_eq!(page.header("x-nextjs-stale-time"), "300");
    }
    assert_eq!(play.visit(&url, "/api/x").await.status, 501);
    let missing = [
        (".vercel/output/config.json", r#"{"version":3}"#),
        (
            ".vercel/output/functions/a.prerender-config.json",
            r#"{"fallback":"none.html"}"#,
        ),
    ];
    let id = play.create(&missing, json!({})).await.json()["id"].clone();
    let shown = play
        .get(&format!("/v13/deployments/{}", id.as_str().unwrap()))
        .await
        .json();
    assert!(
        shown["errorMessage"]
            .as_str()
            .unwrap()
            .contains("none.html"),
        "{shown}"
    );
}
