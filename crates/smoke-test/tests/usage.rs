//! What is asked of the gate: mistakes in inputs and suites, dry runs, suite files.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod support;

use support::{Server, http, smoke, with_section};
use verdict::Conclusion;

const HOME: &str = "checks: [{name: home, path: /}]";

#[test]
fn wrong_usage_is_told_whole_and_asks_nothing() {
    let server = Server::answering(|_, _| http("200 OK", &[], ""));
    let url = server.url();
    let cases: &[(&str, &[&str], &[&str])] = &[
        (HOME, &[], &["url is missing"]),
        ("checks: []", &["--url", &url], &["no check is written"]),
        (
            HOME,
            &["--url", &url, "--tags", "nope"],
            &["no check has the tag `nope`"],
        ),
        (
            HOME,
            &["--url", &url, "--expect-version", "v2"],
            &["does not say where the version is read"],
        ),
        (
            HOME,
            &["--url", &url, "--deadline", "60"],
            &["deadline 60 ms is under a second"],
        ),
        (
            HOME,
            &["--url", &url, "--suite", "none/*.yml"],
            &["suite `none/*.yml` names no file"],
        ),
        (
            "checks: [{path: /, method: POST}]",
            &["--url", &url, "--watch", "5 s"],
            &["no check outside scenarios only reads"],
        ),
        (
            "checks: [{path: x}, {path: /, method: GO}]",
            &["--samples", "0"],
            &[
                "url is missing",
                "samples 0",
                "path `x`",
                "unknown method `GO`",
            ],
        ),
    ];
    for (section, arguments, told) in cases {
        let ran = smoke(section, arguments);
        assert_eq!(
            (ran.code, ran.verdict.conclusion),
            (2, Conclusion::Error),
            "{arguments:?}"
        );
        let messages: Vec<_> = ran
            .verdict
            .findings
            .iter()
            .map(|finding| finding.message.as_str())
            .collect();
        for part in *told {
            assert!(
                messages.iter().any(|message| message.contains(part)),
                "{part}: {messages:?}"
            );
        }
    }
    assert_eq!(server.asked(), [""; 0]);
}

#[test]
fn a_dry_run_asks_nothing_and_proves_nothing() {
    let server = Server::answering(|_, _| http("200 OK", &[], ""));
    let ran = smoke(HOME, &["--url", &server.url(), "--dry-run"]);
    assert_eq!((ran.code, ran.verdict.conclusion), (0, Conclusion::Pending));
    assert_eq!(server.asked(), [""; 0]);
    assert_eq!(smoke(HOME, &["--dry-run"]).code, 0, "and needs no address");
}

#[test]
fn suites_come_from_files_with_their_own_lines() {
    let server = Server::answering(|_, head| {
        http(
            if head.starts_with("GET /b") {
                "404 Not Found"
            } else {
                "200 OK"
            },
            &[],
            "",
        )
    });
    let runner = with_section("checks: [{path: /unused}]\ndeadline: 1 s");
    runner.write("smoke/a.yml", "smoke:\n  checks: [{path: /a}]\n");
    runner.write("smoke/b.yml", "smoke:\n  checks:\n    - path: /b\n");
    let ran = runner.run(&["--url", &server.url(), "--suite", "smoke/*.yml"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert_eq!(
        ran.verdict.findings[0].place.as_ref().unwrap().to_string(),
        "smoke/b.yml:3:13"
    );
    assert!(!server.asked().contains(&"GET /unused".to_owned()));

    runner.write("smoke/c.hurl", "GET /\nHTTP/2 200\n");
    runner.write("smoke/d.yml", "checks: []\n");
    let ran = runner.run(&[
        "--url",
        &server.url(),
        "--suite",
        "smoke/c.hurl",
        "--suite",
        "smoke/d.yml",
    ]);
    assert_eq!(ran.code, 2);
    let messages: Vec<_> = ran
        .verdict
        .findings
        .iter()
        .map(|finding| finding.message.as_str())
        .collect();
    assert!(
        messages
            .iter()
            .any(|message| message.contains("the version of HTTP is not tested")),
        "{messages:?}"
    );
    assert!(
        messages
            .iter()
            .any(|message| message.contains("smoke/d.yml")
                || message.contains("unknown key `checks`")),
        "{messages:?}"
    );
}
