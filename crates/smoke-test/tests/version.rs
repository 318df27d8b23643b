//! The old deployment cannot pass, however the edge shows it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod support;

use support::{Server, http, smoke};
use verdict::Conclusion;

#[test]
fn the_old_version_cannot_pass() {
    let server = Server::answering(|_, _| http("200 OK", &[("x-release", "v1")], "Set lists"));
    let section = "version: {header: x-release, path: /api/health}\nchecks: [{path: /}]";
    let ran = smoke(
        section,
        &[
            "--url",
            &server.url(),
            "--deadline",
            "1 s",
            "--expect-version",
            "v2",
        ],
    );
    assert_eq!(
        (ran.code, ran.rules()),
        (1, vec!["version"]),
        "{}",
        ran.stderr
    );
    assert!(
        ran.verdict
            .title
            .contains("version `v1` answers, expected `v2`"),
        "{}",
        ran.verdict.title
    );
    assert!(
        server.asked().iter().all(|line| line == "GET /api/health"),
        "no check before the version: {:?}",
        server.asked()
    );
    assert_eq!(
        [
            ran.output("passed"),
            ran.output("failed"),
            ran.output("version")
        ],
        ["0", "1", "v1"]
    );
}

#[test]
fn a_stale_answer_to_a_check_does_not_count() {
    // The version path is fresh at once; the page is stale for two answers more.
    let server = Server::answering(|number, head| {
        let release = if head.starts_with("GET / ") && number < 3 {
            "v1"
        } else {
            "v2"
        };
        http("200 OK", &[("x-release", release)], "")
    });
    let section = "version: {header: x-release, path: /version}\nchecks: [{path: /}]";
    let ran = smoke(section, &["--url", &server.url(), "--expect-version", "v2"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(
        server.asked(),
        ["GET /version", "GET /", "GET /", "GET /", "GET /version"]
    );
}

#[test]
fn an_edge_that_flips_back_is_caught_and_waited_out() {
    let server = Server::answering(|number, head| {
        let version = if head.starts_with("GET /version") && number == 2 {
            "v1"
        } else {
            "v2"
        };
        http("200 OK", &[], &format!("{{\"version\":\"{version}\"}}"))
    });
    let section = "version: {json: $.version, path: /version}\nchecks: [{path: /}]";
    let ran = smoke(section, &["--url", &server.url(), "--expect-version", "v2"]);
    assert_eq!(
        (ran.code, ran.verdict.conclusion, ran.rules()),
        (0, Conclusion::Warn, vec!["version-flip"]),
        "{}",
        ran.stderr
    );
    assert_eq!(
        server.asked(),
        [
            "GET /version",
            "GET /",
            "GET /version",
            "GET /version",
            "GET /",
            "GET /version"
        ]
    );
}

#[test]
fn an_edge_that_keeps_flipping_fails_without_a_flood() {
    let versions = std::sync::atomic::AtomicUsize::new(0);
    let server = Server::answering(move |_, head| {
        let asked = head.starts_with("GET /version");
        let number = if asked {
            versions.fetch_add(1, std::sync::atomic::Ordering::SeqCst)
        } else {
            0
        };
        http(
            "200 OK",
            &[],
            &format!("<meta name=release content=v{}>", 2 - number % 2),
        )
    });
    let section = "version: {html-meta: release, path: /version}\nchecks: [{path: /}]";
    let ran = smoke(
        section,
        &[
            "--url",
            &server.url(),
            "--expect-version",
            "v2",
            "--deadline",
            "1 s",
        ],
    );
    assert_eq!(
        (ran.code, ran.rules()),
        (1, vec!["version"]),
        "{}",
        ran.stderr
    );
    assert!(
        ran.verdict.findings[0]
            .message
            .contains("it had answered before"),
        "{}",
        ran.verdict.findings[0].message
    );
    assert!(server.asked().len() <= 12, "{:?}", server.asked());
}
