//! The whole gate against servers that count: what is asked, what is repeated, what is told, what is kept secret.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod support;

use std::{
    io::Write as _,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use support::{SECRET, Server, http, read_head, smoke, smoke_with_secret};
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
    let ran = smoke_with_secret(
        section,
        &["--url", &server.url(), "--deadline", "1 s", "-vv"],
        SECRET,
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
    let ran = smoke_with_secret(HOME, &["--url", "http://app.invalid"], SECRET);
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
        &["--url", &fine.url(), "--watch", "2.5 s"],
    );
    assert_eq!(held.code, 0, "{}", held.stderr);
    assert_eq!(held.output("error-rate"), "0.0000");
    let host = fine.url().replace("http://", "");
    assert!(
        held.stderr
            .contains(&format!("watching {host} for 2.5 s … 2 s")),
        "the log says what is going on: {}",
        held.stderr
    );
    assert!(
        (4..=16).contains(&fine.asked().len()),
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
    let place =
        |ran: &fake_runner::Ended| ran.verdict.findings[0].place.clone().unwrap().to_string();
    assert_eq!(place(&broke), "stagegate.yml:2:68", "the limit's line");
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
    assert_eq!(
        place(&short),
        "stagegate.yml:2:19",
        "no limit is written, so where the suite starts"
    );
}

#[test]
fn a_thousand_checks_share_a_few_connections() {
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    let server = Server::raw(move |stream| {
        counted.fetch_add(1, Ordering::SeqCst);
        // Without `connection: close` the next request comes on the same one.
        while !read_head(stream).is_empty() {
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
            if stream.write_all(answer).is_err() {
                break;
            }
        }
    });
    let mut section = "checks:\n".to_owned();
    for number in 0..1000 {
        section += &format!("  - {{path: /{number}, expect: {{body: {{contains: ok}}}}}}\n");
    }
    let ran = smoke(&section, &["--url", &server.url()]);
    assert_eq!(
        (ran.code, ran.output("passed")),
        (0, "1000"),
        "{}",
        ran.stderr
    );
    let connections = connections.load(Ordering::SeqCst);
    assert!(connections <= 20, "{connections} connections");
    assert!(
        ran.verdict.metrics.len() < 20,
        "one row in the table each, not one metric"
    );
}
