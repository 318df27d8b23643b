//! The whole gate against servers that count: what is asked, what is repeated, what is told, what is kept secret.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod support;

use support::{SECRET, Server, http, smoke, smoke_in, smoke_with};
use verdict::{Conclusion, EvidenceState};

const HOME: &str = "checks: [{name: home, path: /}]";

#[test]
fn a_check_is_repeated_until_it_passes() {
    let server = Server::answering(|number, _| match number {
        0 => http("502 Bad Gateway", &[], ""),
        1 => http("200 OK", &[], "starting"),
        _ => http("200 OK", &[], "Set lists"),
    });
    let ran = smoke(
        "checks: [{path: /, expect: {body: {contains: Set lists}}}]",
        &["--url", &server.url()],
    );
    assert_eq!(
        (ran.code, ran.verdict.conclusion),
        (0, Conclusion::Pass),
        "{}",
        ran.stderr
    );
    assert_eq!(server.asked().len(), 3);
    assert_eq!(
        [
            ran.output("passed"),
            ran.output("failed"),
            ran.output("conclusion")
        ],
        ["1", "0", "pass"]
    );
    assert_eq!(ran.output("error-rate"), "0.6667");
    assert_eq!(ran.verdict.evidence[0].state, EvidenceState::Clean);
}

#[test]
fn a_last_failure_shows_the_answer_on_the_rules_line() {
    let server = Server::answering(|_, _| {
        http(
            "500 Internal Server Error",
            &[("x-vercel-error", "FUNCTION_INVOCATION_FAILED")],
            "<h1>\nBroken\n</h1>",
        )
    });
    let section = "checks:\n  - path: /\n    name: home\n    expect:\n      status: [200, 204]\n";
    let ran = smoke(section, &["--url", &server.url(), "--deadline", "1 s"]);
    assert_eq!(ran.code, 1);
    let finding = &ran.verdict.findings[0];
    assert_eq!(
        finding.place.as_ref().unwrap().to_string(),
        "stagegate.yml:6:17"
    );
    for part in [
        "home: status 500, expected 200, 204",
        "tries answered 500",
        "FUNCTION_INVOCATION_FAILED",
        "`<h1> Broken </h1>`",
    ] {
        assert!(
            finding.message.contains(part),
            "{part}: {}",
            finding.message
        );
    }
    assert!(ran.stdout.contains("::error"), "annotated: {}", ran.stdout);
}

#[test]
fn a_post_that_may_have_landed_is_sent_once() {
    let server = Server::answering(|_, _| http("500 Internal Server Error", &[], ""));
    let ran = smoke(
        "checks: [{path: /orders, method: POST, body: '{}'}]",
        &["--url", &server.url()],
    );
    assert_eq!(ran.code, 1);
    assert_eq!(server.asked(), ["POST /orders"]);
}

#[test]
fn a_secret_goes_to_the_target_only_and_is_never_shown() {
    let other = Server::answering(|_, _| http("200 OK", &[], ""));
    let elsewhere = other.url();
    // Echoes what it was sent in every place an answer has.
    let server = Server::answering(move |_, head| {
        let echo = head.lines().collect::<Vec<_>>().join(" | ");
        let location = format!("{elsewhere}/?token={SECRET}");
        http(
            "302 Found",
            &[
                ("location", &location),
                ("server", SECRET),
                ("x-release", SECRET),
            ],
            &echo,
        )
    });
    let section = "version: {header: x-release}\nchecks:\n  - path: /\n    expect: {headers: {server: nginx}, json: {$.a: 1}, redirect: /x}\n";
    let variables = [("VERCEL_AUTOMATION_BYPASS_SECRET", SECRET)];
    let ran = smoke_with(
        section,
        &["--url", &server.url(), "--deadline", "1 s", "-vv"],
        &variables,
    );
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let sent = server.requests.lock().unwrap().join("\n");
    assert!(
        sent.contains(&format!("x-vercel-protection-bypass: {SECRET}")),
        "{sent}"
    );
    assert_eq!(other.asked(), [""; 0], "redirects are not followed");
    let mask = format!("::add-mask::{SECRET}");
    let shown = ran.everything().replace(&mask, "");
    assert!(!shown.contains("s3cr3t"), "{shown}");
    assert_eq!(ran.output("version"), "***");
}

#[test]
fn a_secret_does_not_travel_unencrypted() {
    let variables = [("VERCEL_AUTOMATION_BYPASS_SECRET", SECRET)];
    let ran = smoke_with(HOME, &["--url", "http://app.invalid"], &variables);
    assert_eq!(ran.code, 2);
    assert!(
        ran.verdict.title.contains("unencrypted"),
        "{}",
        ran.verdict.title
    );
}

#[test]
fn a_wall_is_named_at_once() {
    let server = Server::answering(|_, _| {
        http(
            "401 Unauthorized",
            &[("set-cookie", "_vercel_sso_nonce=x; Path=/")],
            "Authentication Required",
        )
    });
    // 401 is what this check wants, and still the wall is not the app.
    let section = "checks: [{path: /api/private, expect: {status: 401}}]";
    let ran = smoke(section, &["--url", &server.url(), "--deadline", "10 min"]);
    assert_eq!(
        (ran.code, ran.rules()),
        (3, vec!["protection-wall"]),
        "{}",
        ran.stderr
    );
    let fix = ran.verdict.findings[0].fix.as_deref().unwrap();
    assert!(fix.contains("VERCEL_AUTOMATION_BYPASS_SECRET"), "{fix}");
    assert_eq!(server.asked().len(), 1);
}

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

#[test]
fn samples_are_asked_in_a_row() {
    let server = Server::answering(|_, _| http("200 OK", &[], ""));
    let ran = smoke(HOME, &["--url", &server.url(), "--samples", "5"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(server.asked().len(), 5);
}

#[test]
fn a_watch_holds_or_fails_fast_or_cannot_tell() {
    let watch = "watch: {window: 1 s, min-samples: 3, windows: 1, max-error-rate: 10 %}\n";
    let fine = Server::answering(|_, _| http("200 OK", &[], ""));
    let held = smoke(
        &format!("{watch}{HOME}"),
        &["--url", &fine.url(), "--watch", "1 s"],
    );
    assert_eq!(held.code, 0, "{}", held.stderr);
    assert_eq!(held.output("error-rate"), "0.0000");
    assert!(
        (4..=8).contains(&fine.asked().len()),
        "bounded rate: {:?}",
        fine.asked().len()
    );

    let breaks = Server::answering(|number, _| {
        http(
            if number == 0 {
                "200 OK"
            } else {
                "500 Internal Server Error"
            },
            &[],
            "",
        )
    });
    let broke = smoke(
        &format!("{watch}{HOME}"),
        &["--url", &breaks.url(), "--watch", "10 min"],
    );
    assert_eq!(
        (broke.code, broke.rules()),
        (1, vec!["watch-error-rate"]),
        "{}",
        broke.stderr
    );
    assert!(
        breaks.asked().len() < 12,
        "stopped after the first window: {}",
        breaks.asked().len()
    );

    let short = smoke(HOME, &["--url", &fine.url(), "--watch", "1 s"]);
    assert_eq!(
        (short.code, short.rules()),
        (3, vec!["watch-samples"]),
        "{}",
        short.stderr
    );
}

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
            &["no check only reads"],
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
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("smoke")).unwrap();
    std::fs::write(
        folder.path().join("stagegate.yml"),
        "smoke: {checks: [{path: /unused}], deadline: 1 s}\n",
    )
    .unwrap();
    std::fs::write(
        folder.path().join("smoke/a.yml"),
        "smoke:\n  checks: [{path: /a}]\n",
    )
    .unwrap();
    std::fs::write(
        folder.path().join("smoke/b.yml"),
        "smoke:\n  checks:\n    - path: /b\n",
    )
    .unwrap();
    let ran = smoke_in(
        folder.path(),
        &["--url", &server.url(), "--suite", "smoke/*.yml"],
        &[],
    );
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert_eq!(
        ran.verdict.findings[0].place.as_ref().unwrap().to_string(),
        "smoke/b.yml:3:13"
    );
    assert!(!server.asked().contains(&"GET /unused".to_owned()));

    std::fs::write(folder.path().join("smoke/c.hurl"), "GET /\n").unwrap();
    std::fs::write(folder.path().join("smoke/d.yml"), "checks: []\n").unwrap();
    let ran = smoke_in(
        folder.path(),
        &[
            "--url",
            &server.url(),
            "--suite",
            "smoke/c.hurl",
            "--suite",
            "smoke/d.yml",
        ],
        &[],
    );
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
            .any(|message| message.contains(".hurl files are not supported yet")),
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
