//! `.hurl` files through the binary, and generated ones side by side with Hurl itself.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

#[path = "hurl/files.rs"]
mod files;
mod support;

use std::{collections::BTreeSet, io::Read as _, process::Command};

use files::{Dice, file};
use support::{Server, http, with_section};

/// What `/page` says.
const PAGE: &str = "<!DOCTYPE html><html lang=\"en\"><head><title>Set lists</title><link rel=\"canonical\" href=\"/page\"></head>\
<body><h1 id=\"top\">Set lists</h1><ul><li class=\"a\">one</li><li class=\"a b\">two</li><li>three</li></ul>\
<p>42 <b>songs</b></p></body></html>";
/// What `/feed` says.
const FEED: &str = "<?xml version=\"1.0\"?><feed xmlns=\"urn:feed\" xmlns:m=\"urn:more\"><entry m:n=\"1\"><id>a</id></entry>\
<entry m:n=\"2\"><id>b &amp; c</id></entry></feed>";

/// Answers by path, always alike, and echoes what it was sent.
fn server() -> Server {
    Server::raw(|stream| {
        let head = support::read_head(stream);
        // A connection opened ahead and not used.
        if head.is_empty() {
            return;
        }
        let length = head
            .lines()
            .find_map(|line| {
                line.to_ascii_lowercase()
                    .strip_prefix("content-length: ")?
                    .parse()
                    .ok()
            })
            .unwrap_or(0);
        let mut body = vec![0; length];
        stream.read_exact(&mut body).unwrap();
        let answer = answer(&head, &String::from_utf8_lossy(&body));
        let _ = std::io::Write::write_all(stream, answer.as_bytes());
    })
}

fn answer(head: &str, body: &str) -> String {
    let mut words = head.split_whitespace();
    let (method, target) = (words.next().unwrap(), words.next().unwrap());
    let header = |name: &str| {
        let line = head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name)
                .then(|| value.trim().to_owned())
        });
        line.unwrap_or_default()
    };
    let json = [("content-type", "application/json")];
    match target.split('?').next().unwrap() {
        "/json" => http(
            "200 OK",
            &json,
            r#"{"id": 7, "name": "Ann", "list": [1, 2, 3], "none": null, "nested": {"a": "x-12"}, "ok": true, "f": 2.5}"#,
        ),
        "/text" => http(
            "200 OK",
            &[
                ("content-type", "text/plain"),
                ("x-two", "a"),
                ("x-two", "b"),
            ],
            "plain text 42",
        ),
        "/page" => http(
            "200 OK",
            &[("content-type", "text/html; charset=utf-8")],
            PAGE,
        ),
        "/feed" => http("200 OK", &[("content-type", "application/xml")], FEED),
        "/missing" => http("404 Not Found", &[], "gone"),
        "/in" => http(
            "200 OK",
            &[("set-cookie", "sid=abc; Path=/; HttpOnly")],
            "in",
        ),
        "/moved" => http("302 Found", &[("location", "/in")], ""),
        "/loop" => http("302 Found", &[("location", "/loop")], ""),
        _ => {
            let sent = serde_json::json!({
                "method": method, "target": target, "body": body, "kind": header("content-type"),
                "cookie": header("cookie"), "auth": header("authorization"), "who": header("x-who"),
            });
            http("200 OK", &json, &sent.to_string())
        }
    }
}

#[test]
fn a_hurl_file_is_asked_and_its_lines_are_named() {
    let server = server();
    let runner = with_section("suites: [smoke/*.hurl]\ndeadline: 1 s\nvariables: {who: Ann}");
    runner.write(
        "smoke/a.hurl",
        "# tags: sign-in\nGET {{url}}/in\nHTTP 200\n\nPOST /echo\nX-Who: {{who}}\n{\"who\": \"{{who}}\"}\nHTTP 200\n[Captures]\nwho: jsonpath \"$.who\"\n[Asserts]\njsonpath \"$.cookie\" == \"sid=abc\"\n\nGET /{{who}}\nHTTP 200\n[Asserts]\njsonpath \"$.target\" == \"/Ann\"\n",
    );
    runner.write(
        "smoke/b.hurl",
        "GET /json\nHTTP 200\n[Asserts]\njsonpath \"$.id\" == 8\n",
    );
    let fine = runner.run(&["--url", &server.url(), "--tags", "sign-in"]);
    assert_eq!(
        (fine.code, fine.output("passed")),
        (0, "3"),
        "{}",
        fine.stderr
    );
    let ran = runner.run(&["--url", &server.url()]);
    assert_eq!(
        (ran.code, ran.rules()),
        (1, vec!["assert"]),
        "{}",
        ran.stderr
    );
    let finding = &ran.verdict.findings[0];
    assert_eq!(
        finding.place.as_ref().unwrap().to_string(),
        "smoke/b.hurl:4:1"
    );
    assert!(
        finding
            .message
            .contains("`jsonpath \"$.id\" == 8` does not hold: found `7`"),
        "{}",
        finding.message
    );
}

#[test]
fn redirects_are_followed_to_their_end_or_named_as_endless() {
    let server = server();
    let runner = with_section("deadline: 1 s");
    runner.write("a.hurl", "GET /moved\n[Options]\nlocation: true\nHTTP 200\n`in`\n\nGET /echo\nHTTP 200\n[Asserts]\njsonpath \"$.cookie\" == \"sid=abc\"\n");
    let fine = runner.run(&["--url", &server.url(), "--suite", "a.hurl"]);
    assert_eq!(fine.code, 0, "{}", fine.stderr);
    runner.write(
        "b.hurl",
        "GET /loop\n[Options]\nlocation: true\nmax-redirs: 5\nHTTP *\n",
    );
    let endless = runner.run(&["--url", &server.url(), "--suite", "b.hurl"]);
    assert_eq!(
        (endless.code, endless.rules()),
        (1, vec!["endless-redirects"]),
        "{}",
        endless.stderr
    );
}

#[test]
#[ignore = "needs Hurl: cargo xtask conformance hurl"]
fn agrees_with_hurl() {
    const FILES: usize = 1500;
    let server = server();
    let runner = with_section("deadline: 40 s\nsuites: ['*.hurl']\nvariables: {id: 7, name: Ann}");
    let mut dice = Dice(20_261_122);
    let texts: Vec<(String, String)> = (0..FILES)
        .map(|number| (format!("s{number:04}.hurl"), file(&mut dice)))
        .collect();
    for (name, text) in &texts {
        runner.write(name, text);
    }
    let folder = runner.path("");
    let hurl = Command::new("hurl")
        .current_dir(&folder)
        .args([
            "--test",
            "--jobs",
            "2",
            "--report-json",
            "report",
            "--no-output",
        ])
        .args([
            "--variable",
            &format!("url={}", server.url()),
            "--variable",
            "id=7",
            "--variable",
            "name=Ann",
        ])
        .args(texts.iter().map(|(name, _)| name))
        .output()
        .expect("hurl runs");
    assert!(
        matches!(hurl.status.code(), Some(0 | 3 | 4)),
        "{}",
        String::from_utf8_lossy(&hurl.stderr)
    );
    let report = std::fs::read(folder.join("report/report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_slice(&report).unwrap();
    let theirs: BTreeSet<String> = report
        .as_array()
        .unwrap()
        .iter()
        .filter(|file| file["success"] == false)
        .map(|file| file["filename"].as_str().unwrap().to_owned())
        .collect();
    let ran = runner.run(&["--url", &server.url()]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let ours: BTreeSet<String> = ran
        .verdict
        .findings
        .iter()
        .map(|finding| finding.place.as_ref().unwrap().path.clone())
        .collect();
    assert!(
        theirs.len() > FILES / 5 && theirs.len() < FILES * 4 / 5,
        "both happen: {}",
        theirs.len()
    );
    let other: Vec<_> = ours.symmetric_difference(&theirs).collect();
    let shown: Vec<_> = texts
        .iter()
        .filter(|(name, _)| other.contains(&name))
        .take(8)
        .map(|(name, text)| {
            let said = ran
                .verdict
                .findings
                .iter()
                .find(|finding| finding.place.as_ref().unwrap().path == *name);
            format!(
                "{name}\n{text}\nours: {:?}",
                said.map(|finding| &finding.message)
            )
        })
        .collect();
    assert!(
        other.is_empty(),
        "{} of {FILES} differ:\n{}",
        other.len(),
        shown.join("\n----\n")
    );
}
