//! Budgets of the checks and the load, against servers that are fast, slow and broken.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod support;

use std::{thread::sleep, time::Duration};

use support::{Server, http, smoke};
use verdict::{Conclusion, Figure};

/// Where the findings are annotated.
fn places(ran: &fake_runner::Ended) -> Vec<String> {
    let findings = ran.verdict.findings.iter();
    findings
        .map(|finding| finding.place.as_ref().unwrap().to_string())
        .collect()
}

#[test]
fn a_load_is_bounded_judged_and_drawn() {
    let server = Server::answering(|_, _| http("200 OK", &[], ""));
    let section = "checks: [{path: /}]
load: {rps: 100, duration: 10 s, max-requests: 60, budgets: {error-rate: 0 %, p95: 20 s}}";
    let ran = smoke(section, &["--url", &server.url(), "--load"]);
    assert_eq!(
        (ran.code, ran.verdict.conclusion),
        (0, Conclusion::Pass),
        "{}",
        ran.stderr
    );
    assert_eq!(
        server.asked().len(),
        61,
        "one check, and no more than max-requests"
    );
    assert!((ran.metric("load error rate") - 0.0).abs() < f64::EPSILON);
    let drawn = ran.verdict.figures.iter().find_map(|figure| match figure {
        Figure::Histogram(histogram) if histogram.title == "Times under load" => Some(
            histogram
                .ranges
                .iter()
                .map(|range| range.count)
                .sum::<u64>(),
        ),
        _ => None,
    });
    assert_eq!(drawn, Some(60));
}

#[test]
fn a_load_that_breaks_the_deployment_fails() {
    let server = Server::answering(|number, _| {
        let broken = number > 0 && number % 2 == 0;
        http(
            if broken {
                "503 Service Unavailable"
            } else {
                "200 OK"
            },
            &[],
            "",
        )
    });
    let section =
        "checks: [{name: home, path: /}]\nload: {rps: 100, duration: 1 s, max-requests: 40}";
    let ran = smoke(section, &["--url", &server.url(), "--load"]);
    assert_eq!(
        (ran.code, ran.rules()),
        (1, vec!["budget-error-rate"]),
        "{}",
        ran.stderr
    );
    assert!(
        ran.verdict.findings[0]
            .message
            .contains("last failure: home: status 503"),
        "{}",
        ran.verdict.findings[0].message
    );
    // The share is the usual one, which the section stands for.
    assert_eq!(places(&ran), ["stagegate.yml:3:9"]);
    assert!(
        ran.verdict.title.contains("did not stand 40 requests"),
        "{}",
        ran.verdict.title
    );
}

#[test]
fn a_server_that_stalls_cannot_hide_behind_the_client() {
    // Answers one at a time, each after 50 ms: at 100 requests a second the queue grows, and so do the times.
    let turn = std::sync::Mutex::new(());
    let server = Server::answering(move |_, _| {
        let _turn = turn.lock().unwrap();
        sleep(Duration::from_millis(50));
        http("200 OK", &[], "")
    });
    let section = "checks: [{path: /}]
load: {rps: 100, duration: 1 s, max-requests: 30, budgets: {p99: 500 ms}}";
    let ran = smoke(section, &["--url", &server.url(), "--load"]);
    assert_eq!(
        (ran.code, ran.rules()),
        (1, vec!["budget-p99"]),
        "{}",
        ran.stderr
    );
    // The last of 30 was due after 0.3 s and is answered after 1.5 s.
    assert!(
        ran.metric("load p99") >= 1000.0,
        "{}",
        ran.metric("load p99")
    );
}

#[test]
fn a_load_is_put_where_it_is_allowed_and_wanted() {
    let load = "load: {rps: 10, duration: 1 s, hosts: ['*-staging.example.com']}";
    let told = |section: &str, arguments: &[&str]| {
        let ran = smoke(section, arguments);
        assert_eq!(ran.code, 2, "{}", ran.stderr);
        ran.verdict.findings[0].message.clone()
    };
    let section = format!("checks: [{{path: /}}]\n{load}");
    let message = told(&section, &["--url", "https://www.example.com", "--load"]);
    assert_eq!(
        message,
        "load: www.example.com is not one of the hosts that may be loaded"
    );
    let message = told(
        "checks: [{path: /}]",
        &["--url", "https://www.example.com", "--load"],
    );
    assert!(message.contains("does not say how much"), "{message}");
    let message = told(
        &format!("checks: [{{path: /, method: POST}}]\n{load}"),
        &["--url", "https://a-staging.example.com", "--load"],
    );
    assert!(message.contains("only reads"), "{message}");

    let server = Server::answering(|_, _| http("200 OK", &[], ""));
    let ran = smoke(
        "checks: [{path: /}]\nload: {rps: 10, duration: 1 s}",
        &["--url", &server.url()],
    );
    assert_eq!(
        (ran.code, server.asked().len()),
        (0, 1),
        "without the input there is no load"
    );
}

#[test]
fn budgets_hold_the_checks_together() {
    let server = Server::answering(|_, head| {
        if head.starts_with("GET /slow") {
            sleep(Duration::from_millis(120));
        }
        http("200 OK", &[], "")
    });
    let section = "budgets: {p50: 20 s, p99: 100 ms, ttfb: 100 ms, error-rate: 0 %}
checks: [{path: /a}, {path: /b}, {path: /slow}]";
    let ran = smoke(section, &["--url", &server.url()]);
    assert_eq!(
        (ran.code, ran.rules()),
        (1, vec!["budget-p99", "budget-ttfb"]),
        "{}",
        ran.stderr
    );
    assert_eq!(places(&ran), ["stagegate.yml:2:29", "stagegate.yml:2:43"]);
    assert!(
        ran.verdict.title.contains("99 % of the answers took up to"),
        "{}",
        ran.verdict.title
    );
    assert_eq!(
        ran.verdict
            .metrics
            .iter()
            .filter(|metric| metric.conclusion == Conclusion::Fail)
            .count(),
        2
    );
}

#[test]
fn a_failed_answer_is_shown_with_its_head_and_without_its_cookies() {
    let server = Server::answering(|_, _| {
        http(
            "500 Internal Server Error",
            &[
                ("set-cookie", "session=abc123; Path=/"),
                ("server", "nginx"),
            ],
            "<h1>Broken</h1>",
        )
    });
    let ran = smoke(
        "checks: [{name: home, path: /}]",
        &["--url", &server.url(), "--deadline", "1 s"],
    );
    let table = |title: &str| {
        ran.verdict.figures.iter().find_map(|figure| match figure {
            Figure::Table(table) if table.title == title => Some(table.rows.clone()),
            _ => None,
        })
    };
    let checks = table("Checks").unwrap();
    assert_eq!(checks[0][..2], ["home", "failed: status"]);
    let answer = table("Answer to home").unwrap();
    for row in [
        ["status", "500 Internal Server Error"],
        ["set-cookie", "session=…"],
        ["server", "nginx"],
        ["body", "<h1>Broken</h1>"],
    ] {
        assert!(
            answer.iter().any(|found| *found == row),
            "{row:?}: {answer:?}"
        );
    }
    assert!(!ran.everything().contains("abc123"));
}
