//! Static files as the edge sends them: validators, encodings, cache headers.

use std::io::Read;

use serde_json::json;

use crate::support::{Answer, Play};

const PAGE: &str = "<!doctype html><title>lists</title><p>one two three one two three one two three one two three</p>";
const CONFIG: &str = r#"{
  "version": 3,
  "routes": [
    { "src": "/_next/static/(.*)", "headers": { "cache-control": "public, max-age=31536000, immutable" }, "continue": true },
    { "src": "/feed.json", "headers": { "Cache-Control": "s-maxage=600" }, "continue": true },
    { "src": "/photo.png", "headers": { "cache-control": "no-store" }, "continue": true },
    { "handle": "filesystem" }
  ]
}"#;

async fn site() -> (Play, String) {
    let play = Play::start().await;
    let files = [
        (".vercel/output/config.json", CONFIG),
        (".vercel/output/static/index.html", PAGE),
        (
            ".vercel/output/static/_next/static/app.js",
            "let setlist = ['setlist','setlist','setlist'];",
        ),
        (".vercel/output/static/feed.json", "{\"songs\":[]}"),
        (".vercel/output/static/photo.png", "not really a picture"),
    ];
    let id = play
        .deploy_files(&files, json!({ "target": "production" }))
        .await;
    let url = play.url_of(&id);
    (play, url)
}

async fn with(play: &Play, url: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = play.http.get(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    play.send(request).await
}

#[tokio::test]
async fn brotli_and_gzip_decode_to_the_very_bytes() {
    let (play, url) = site().await;
    let plain = with(&play, &url, &[]).await;
    assert_eq!(
        (plain.text().as_str(), plain.header("content-encoding")),
        (PAGE, "")
    );

    let brotli = with(&play, &url, &[("accept-encoding", "gzip, br")]).await;
    assert_eq!(
        (brotli.header("content-encoding"), brotli.header("vary")),
        ("br", "Accept-Encoding")
    );
    assert_eq!(
        brotli.header("content-length"),
        brotli.body.len().to_string()
    );
    let mut decoded = String::new();
    brotli::Decompressor::new(&brotli.body[..], 4096)
        .read_to_string(&mut decoded)
        .unwrap();
    assert_eq!(decoded, PAGE);

    let gzip = with(&play, &url, &[("accept-encoding", "br;q=0, gzip")]).await;
    assert_eq!(gzip.header("content-encoding"), "gzip");
    let mut decoded = String::new();
    flate2::read::GzDecoder::new(&gzip.body[..])
        .read_to_string(&mut decoded)
        .unwrap();
    assert_eq!(decoded, PAGE);

    let picture = with(
        &play,
        &format!("{url}/photo.png"),
        &[("accept-encoding", "br")],
    )
    .await;
    assert_eq!(
        (picture.header("content-encoding"), picture.header("vary")),
        ("", "")
    );
}

#[tokio::test]
async fn known_content_is_304_and_head_is_get_without_a_body() {
    let (play, url) = site().await;
    let first = with(&play, &url, &[("accept-encoding", "br")]).await;
    let etag = first.header("etag").to_owned();
    assert!(etag.starts_with("W/\""), "{etag}");
    let again = with(&play, &url, &[("if-none-match", &etag)]).await;
    assert_eq!(
        (
            again.status,
            again.body.len(),
            again.header("etag").is_empty()
        ),
        (304, 0, false)
    );
    assert_eq!(
        with(&play, &url, &[("if-none-match", "\"other\"")])
            .await
            .status,
        200
    );

    let head = play.send(play.http.head(&url)).await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), PAGE.len().to_string());
    assert_eq!(play.send(play.http.post(&url)).await.status, 405);
}

#[tokio::test]
async fn cache_headers_are_the_routes_or_the_default() {
    let (play, url) = site().await;
    let table = [
        (
            "/",
            "public, max-age=0, must-revalidate",
            "text/html; charset=utf-8",
        ),
        (
            "/_next/static/app.js",
            "public, max-age=31536000, immutable",
            "application/javascript; charset=utf-8",
        ),
        // What is meant for the CDN is not shown to browsers.
        (
            "/feed.json",
            "public, max-age=0, must-revalidate",
            "application/json; charset=utf-8",
        ),
    ];
    for (path, cache, kind) in table {
        let answer = play.visit(&url, path).await;
        assert_eq!(
            (
                answer.header("cache-control"),
                answer.header("content-type")
            ),
            (cache, kind),
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_edge_misses_once_per_host_and_deployment_then_hits_with_rising_age() {
    let (play, url) = site().await;
    let seen = async |url: &str| {
        let answer = play.visit(url, "/").await;
        (
            answer.header("x-vercel-cache").to_owned(),
            answer.header("age").parse::<u32>().unwrap(),
        )
    };
    assert_eq!(seen(&url).await, ("MISS".into(), 0));
    assert_eq!(seen(&url).await, ("HIT".into(), 1));
    assert_eq!(seen(&url).await, ("HIT".into(), 2));
    let production = play.vercel.production_url();
    assert_eq!(
        seen(&production).await.0,
        "MISS",
        "warming a URL does not warm the domain"
    );
    assert_eq!(seen(&production).await.0, "HIT");
    for _ in 0..2 {
        let never = play.visit(&url, "/photo.png").await;
        assert_eq!(
            never.header("x-vercel-cache"),
            "MISS",
            "no-store is not stored"
        );
    }
    let bypass = with(&play, &production, &[("authorization", "Bearer x")]).await;
    assert_eq!(bypass.header("x-vercel-cache"), "BYPASS");
    play.deploy("next", json!({ "target": "production" })).await;
    assert_eq!(
        seen(&production).await.0,
        "MISS",
        "every promote starts cold"
    );
}

#[tokio::test]
async fn robots_are_kept_from_previews_only() {
    let (play, url) = site().await;
    let preview = play.deploy("p", json!({})).await;
    assert_eq!(
        play.visit(&play.url_of(&preview), "/")
            .await
            .header("x-robots-tag"),
        "noindex"
    );
    assert_eq!(play.visit(&url, "/").await.header("x-robots-tag"), "");
    assert_eq!(
        play.visit(&play.vercel.production_url(), "/")
            .await
            .header("x-robots-tag"),
        ""
    );
}

#[tokio::test]
async fn one_part_of_a_file_can_be_asked_for() {
    let (play, url) = site().await;
    let js = format!("{url}/_next/static/app.js");
    let whole = with(&play, &js, &[("accept-encoding", "br")]).await;
    assert_eq!(whole.header("accept-ranges"), "bytes");
    let plain = with(&play, &js, &[]).await;
    let etag = plain.header("etag").to_owned();
    // Asked for with an encoding, a part is still a part of the file.
    let ask = [
        ("range", "bytes=4-10"),
        ("accept-encoding", "br"),
        ("if-range", &etag),
    ];
    let part = with(&play, &js, &ask).await;
    assert_eq!((part.status, part.text().as_str()), (206, "setlist"));
    let length = plain.body.len();
    assert_eq!(part.header("content-range"), format!("bytes 4-10/{length}"));
    assert_eq!(
        (
            part.header("content-encoding"),
            part.header("content-length")
        ),
        ("", "7")
    );
    let outside = with(&play, &js, &[("range", "bytes=9999-")]).await;
    assert_eq!((outside.status, outside.body.len()), (416, 0));
    assert_eq!(outside.header("content-range"), format!("bytes */{length}"));
    let changed = with(
        &play,
        &js,
        &[("range", "bytes=0-1"), ("if-range", "\"old\"")],
    )
    .await;
    assert_eq!((changed.status, changed.body.len()), (200, length));
}
