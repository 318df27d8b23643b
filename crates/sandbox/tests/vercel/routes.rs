//! Build Output routes as a visitor meets them.

use serde_json::json;

use crate::support::Play;

const CONFIG: &str = r#"{
  "version": 3,
  "routes": [
    { "src": "/(.*)", "headers": { "x-first": "yes", "x-path": "$1" }, "continue": true },
    { "src": "^/old/(?<rest>.*)$", "status": 308, "headers": { "Location": "/new/$rest" } },
    { "src": "/gone", "status": 410 },
    { "src": "/posted", "methods": ["POST"], "status": 418 },
    { "src": "/secret", "missing": [{ "type": "header", "key": "x-key", "value": "open.*" }], "status": 403 },
    { "src": "^(?!/api)/(.*)/$", "status": 308, "headers": { "Location": "/$1" } },
    { "src": "/checked", "dest": "/hit.txt", "check": true },
    { "handle": "filesystem" },
    { "src": "/artist/(?<slug>[^/]+)", "dest": "/artist/template.html?slug=$slug" },
    { "src": "/proxy", "dest": "https://example.com/" },
    { "handle": "miss" },
    { "src": "/_next/static/(.*)", "status": 404, "dest": "$0", "headers": { "x-missed": "yes" } },
    { "handle": "hit" },
    { "src": "/hit.txt", "headers": { "x-hit": "yes" }, "continue": true },
    { "handle": "error" },
    { "src": "/.*", "status": 404, "dest": "/oops.html" }
  ],
  "overrides": {
    "about.html": { "path": "about" },
    "data": { "contentType": "application/json" }
  }
}"#;

async fn site() -> (Play, String) {
    let play = Play::start().await;
    let files = [
        (".vercel/output/config.json", CONFIG),
        (".vercel/output/static/index.html", "home"),
        (".vercel/output/static/about.html", "about"),
        (".vercel/output/static/data", "{}"),
        (".vercel/output/static/hit.txt", "hit"),
        (".vercel/output/static/secret", "secret"),
        (".vercel/output/static/artist/template.html", "artist"),
        (".vercel/output/static/docs/index.html", "docs"),
        (".vercel/output/static/sp ace.txt", "space"),
        (".vercel/output/static/oops.html", "oops"),
        (
            ".vercel/output/functions/api/hello.func/.vc-config.json",
            "{}",
        ),
    ];
    let id = play.deploy_files(&files, json!({})).await;
    let url = play.url_of(&id);
    (play, url)
}

#[tokio::test]
async fn paths_find_what_the_config_says() {
    let (play, url) = site().await;
    // path, status, body, header, its value
    let table = [
        ("/", 200, "home", "x-first", "yes"),
        (
            "/about",
            200,
            "about",
            "content-type",
            "text/html; charset=utf-8",
        ),
        (
            "/about.html",
            404,
            "oops",
            "content-type",
            "text/html; charset=utf-8",
        ),
        ("/data", 200, "{}", "content-type", "application/json"),
        ("/docs", 200, "docs", "x-path", "docs"),
        ("/docs/", 308, "", "location", "/docs"),
        ("/sp%20ace.txt", 200, "space", "x-first", "yes"),
        ("/old/a/b", 308, "", "location", "/new/a/b"),
        ("/OLD/x", 308, "", "location", "/new/x"),
        ("/posted", 404, "oops", "x-first", "yes"),
        (
            "/artist/nobody?x=1",
            200,
            "artist",
            "x-path",
            "artist/nobody",
        ),
        ("/hit.txt", 200, "hit", "x-hit", "yes"),
        ("/checked", 200, "hit", "x-hit", "yes"),
        ("/nothing", 404, "oops", "x-vercel-cache", "MISS"),
        ("/_next/static/none.js", 404, "oops", "x-missed", "yes"),
        ("/%2e%2e/%2e%2e/etc/passwd", 404, "oops", "x-first", "yes"),
    ];
    for (path, status, body, header, value) in table {
        let answer = play.visit(&url, path).await;
        assert_eq!(
            (answer.status, answer.text().as_str()),
            (status, body),
            "{path}"
        );
        assert_eq!(answer.header(header), value, "{path}: {header}");
    }
    assert_eq!(play.visit(&url, "/gone").await.status, 410);
    assert_eq!(
        play.send(play.http.post(format!("{url}/posted")))
            .await
            .status,
        418
    );
    assert_eq!(play.visit(&url, "/secret").await.status, 403);
    let opened = play
        .send(
            play.http
                .get(format!("{url}/secret"))
                .header("x-key", "open sesame"),
        )
        .await;
    assert_eq!(opened.text(), "secret");
}

#[tokio::test]
async fn what_the_sandbox_does_not_do_it_says() {
    let (play, url) = site().await;
    let function = play.visit(&url, "/api/hello").await;
    assert_eq!(function.status, 501);
    assert!(
        function.text().contains("runs no functions"),
        "{}",
        function.text()
    );
    let proxied = play.visit(&url, "/proxy").await;
    assert_eq!(proxied.status, 501);
    assert!(proxied.text().contains("https://example.com/"));
    let snapshot = play.vercel.snapshot();
    let log = play
        .get(&format!(
            "/v3/deployments/{}/events",
            snapshot.deployments[0].id
        ))
        .await
        .text();
    assert!(log.contains("function `api/hello`"), "{log}");
}

#[tokio::test]
async fn a_404_page_of_the_apps_own_is_used_without_routes() {
    let play = Play::start().await;
    let files = [
        (".vercel/output/config.json", r#"{"version":3}"#),
        (".vercel/output/static/404.html", "not here"),
    ];
    let id = play.deploy_files(&files, json!({})).await;
    let answer = play.visit(&play.url_of(&id), "/x").await;
    assert_eq!(
        (answer.status, answer.text().as_str(), answer.header("etag")),
        (404, "not here", "")
    );
}

#[tokio::test]
async fn links_lead_to_files_inside() {
    let play = Play::start().await;
    let (config, page, link) = (r#"{"version":3}"#, "page", "a/page.html");
    for content in [config, page, link] {
        play.upload(content).await;
    }
    let mut linked = crate::support::entry(".vercel/output/static/link.html", link);
    linked["mode"] = json!(0o120_777);
    let body = json!({ "name": "setlist", "files": [
        crate::support::entry(".vercel/output/config.json", config),
        crate::support::entry(".vercel/output/static/a/page.html", page),
        linked,
    ] });
    let id = play.post("/v13/deployments?prebuilt=1", body).await.json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    play.get(&format!("/v13/deployments/{id}")).await;
    assert_eq!(
        play.visit(&play.url_of(&id), "/link.html").await.text(),
        "page"
    );
}
