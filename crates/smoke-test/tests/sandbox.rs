//! The gate against the sandbox's edge: releases that go wrong as Vercel's do.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod support;

use std::{collections::BTreeMap, path::Path};

use fake_runner::Ended;
use sandbox::{
    Options, Sandbox,
    faults::{Mishap, Place},
    vercel::Protection,
};
use support::with_section;
use verdict::Conclusion;

const SECTION: &str = "version: {html-meta: release}
checks:
  - name: home
    path: /
    expect: {status: 200, body: {contains: Set lists}}
  - name: health
    path: /api/health
    health: true
";

/// A built site of this version.
fn output(folder: &Path, version: &str) {
    std::fs::create_dir_all(folder.join("static/api")).unwrap();
    let config = r#"{"version":3,"overrides":{"api/health":{"contentType":"application/json"}}}"#;
    std::fs::write(folder.join("config.json"), config).unwrap();
    let page = format!("<meta name=\"release\" content=\"{version}\"><h1>Set lists</h1>");
    std::fs::write(folder.join("static/index.html"), page).unwrap();
    let health = r#"{"status":"healthy","services":{"database":{"status":"healthy"}}}"#;
    std::fs::write(folder.join("static/api/health"), health).unwrap();
}

async fn release(sandbox: &Sandbox, version: &str) {
    let folder = tempfile::tempdir().unwrap();
    output(folder.path(), version);
    sandbox
        .vercel
        .seed_production(folder.path(), BTreeMap::new())
        .await
        .unwrap();
}

async fn smoke(sandbox: &Sandbox, arguments: &[&str], secret: String) -> Ended {
    let domain = sandbox.vercel.production_domain();
    let mut runner = with_section(SECTION);
    runner.set("VERCEL_AUTOMATION_BYPASS_SECRET", secret);
    let arguments = [&["--url", &domain], arguments].concat();
    runner.finish(runner.command(&arguments)).await
}

#[tokio::test]
async fn a_stale_edge_is_waited_out() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    release(&sandbox, "v1").await;
    sandbox.vercel.add_mishap(Mishap::StaleEdge { requests: 3 });
    release(&sandbox, "v2").await;
    let ran = smoke(&sandbox, &["--expect-version", "v2"], String::new()).await;
    assert_eq!(
        (ran.code, ran.output("version")),
        (0, "v2"),
        "{}",
        ran.stderr
    );
}

#[tokio::test]
async fn an_edge_that_stays_stale_fails() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    release(&sandbox, "v1").await;
    sandbox
        .vercel
        .add_mishap(Mishap::StaleEdge { requests: 1000 });
    release(&sandbox, "v2").await;
    let ran = smoke(
        &sandbox,
        &["--expect-version", "v2", "--deadline", "1 s"],
        String::new(),
    )
    .await;
    assert_eq!(
        (ran.code, ran.rules()),
        (1, vec!["version"]),
        "{}",
        ran.stderr
    );
}

#[tokio::test]
async fn the_wall_is_named_and_the_secret_opens_it() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    release(&sandbox, "v1").await;
    sandbox.vercel.set_protection(Protection::All);
    let walled = smoke(&sandbox, &[], String::new()).await;
    assert_eq!(
        (walled.code, walled.rules()),
        (3, vec!["protection-wall"]),
        "{}",
        walled.stderr
    );
    let wrong = smoke(&sandbox, &[], "not-the-secret-of-this".to_owned()).await;
    let fix = wrong.verdict.findings[0].fix.as_deref().unwrap_or_default();
    assert!(wrong.code == 3 && fix.contains("not accepted"), "{fix}");
    let open = smoke(&sandbox, &[], sandbox.vercel.bypass_secret()).await;
    assert_eq!(open.code, 0, "{}", open.stderr);
}

#[tokio::test]
async fn a_lying_health_check_is_seen_through() {
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    release(&sandbox, "v1").await;
    sandbox.vercel.add_mishap(Mishap::BrokenPath {
        path: "/api/health".to_owned(),
        status: 200,
        body: Some(r#"{"status":"healthy","services":{"database":{"status":"down"}}}"#.to_owned()),
        place: Place::Production,
    });
    let ran = smoke(&sandbox, &["--deadline", "1 s"], String::new()).await;
    assert_eq!(
        (ran.code, ran.rules()),
        (1, vec!["health"]),
        "{}",
        ran.stderr
    );
    let message = &ran.verdict.findings[0].message;
    assert!(
        message.contains("service `database` is `down`, though the whole says `healthy`"),
        "{message}"
    );
    assert_eq!(ran.verdict.conclusion, Conclusion::Fail);
}
