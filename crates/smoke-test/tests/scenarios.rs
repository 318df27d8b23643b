//! Scenarios against a server with a memory: captures, cookies, clean-up, secrets.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod support;

use fake_runner::Ended;
use support::{Server, http, with_section};
use verdict::Conclusion;

const PASSWORD: &str = "correct-horse-battery";

/// Signs in for a token and a cookie, makes a list, shows it, deletes it. Shows 500 for the list when `broken`.
fn lists(broken: bool) -> Server {
    Server::answering(move |_, head| {
        let line = head.lines().next().unwrap_or_default();
        let lower = head.to_ascii_lowercase();
        let signed_in = lower.contains("authorization: bearer tok-31337-secret")
            && lower.contains("cookie: sid=abc");
        if line.starts_with("POST /session") {
            let cookie = ("set-cookie", "sid=abc; Path=/; HttpOnly");
            return http("200 OK", &[cookie], r#"{"token":"tok-31337-secret"}"#);
        }
        if !signed_in {
            return http("401 Unauthorized", &[], head);
        }
        match line {
            _ if line.starts_with("POST /lists") => http("201 Created", &[], r#"{"id":7}"#),
            _ if line.starts_with("GET /lists/7 ") && broken => {
                // Echoes all it was sent.
                http("500 Internal Server Error", &[], head)
            }
            _ if line.starts_with("GET /lists/7 ") => {
                http("200 OK", &[], r#"{"id":7,"of":"tok-31337-secret"}"#)
            }
            _ if line.starts_with("DELETE /lists/7 ") => http("204 No Content", &[], ""),
            _ => http("404 Not Found", &[], ""),
        }
    })
}

const SECTION: &str = r#"deadline: 1 s
secrets: [SMOKE_PASSWORD]
variables: {user: smoke}
scenarios:
  - name: make a list
    tags: [lists]
    steps:
      - path: /session
        method: POST
        json: {user: "{{user}}", password: "{{SMOKE_PASSWORD}}"}
        captures: {token: {json: $.token, redact: true}}
      - path: /lists
        method: POST
        bearer: "{{token}}"
        form: {title: Friday}
        expect: {status: 201}
        captures: {id: {json: $.id}}
      - name: show it
        path: /lists/{{id}}
        bearer: "{{token}}"
        expect: {json: {$.id: "{{id}}"}}
      - name: never reached when broken
        path: /lists/{{id}}
        bearer: "{{token}}"
      - name: delete it
        path: /lists/{{id}}
        method: DELETE
        always: true
        bearer: "{{token}}"
        expect: {status: 204}
"#;

fn run(server: &Server) -> Ended {
    let mut runner = with_section(SECTION);
    runner.set("SMOKE_PASSWORD", PASSWORD);
    runner.run(&["--url", &server.url(), "-vv"])
}

#[test]
fn steps_hand_captures_and_cookies_on() {
    let server = lists(false);
    let ran = run(&server);
    assert_eq!(
        (ran.code, ran.verdict.conclusion),
        (0, Conclusion::Pass),
        "{}",
        ran.stderr
    );
    assert_eq!(
        server.asked(),
        [
            "POST /session",
            "POST /lists",
            "GET /lists/7",
            "GET /lists/7",
            "DELETE /lists/7"
        ]
    );
    let sent = server.requests.lock().unwrap().join("\n");
    assert!(
        sent.contains("content-type: application/x-www-form-urlencoded"),
        "{sent}"
    );
}

#[test]
fn a_failed_step_ends_the_scenario_but_for_its_clean_up() {
    let server = lists(true);
    let ran = run(&server);
    assert_eq!(
        (ran.code, ran.rules()),
        (1, vec!["status", "json"]),
        "{}",
        ran.stderr
    );
    let asked = server.asked();
    assert_eq!(asked.last().unwrap(), "DELETE /lists/7", "{asked:?}");
    assert_eq!(
        ran.output("failed"),
        "2",
        "the one that failed and the one after it"
    );
    let place = ran.verdict.findings[0].place.as_ref().unwrap().to_string();
    assert!(place.starts_with("stagegate.yml:20"), "{place}");
    let shown = ran.everything();
    let mask = format!("::add-mask::{PASSWORD}");
    let shown = shown.replace(&mask, "");
    assert!(!shown.contains("31337"), "the captured token: {shown}");
    assert!(!shown.contains("horse"), "the secret: {shown}");
}

#[test]
fn a_capture_that_is_not_there_fails_its_step() {
    let server = Server::answering(|_, _| http("200 OK", &[], "{}"));
    let ran = run(&server);
    assert_eq!(
        (ran.code, ran.rules()),
        (1, vec!["capture"]),
        "{}",
        ran.stderr
    );
    let message = &ran.verdict.findings[0].message;
    assert!(
        message.contains("`token` cannot be captured: `$.token` finds nothing"),
        "{message}"
    );
    assert!(
        server.asked().iter().all(|line| line == "POST /session"),
        "nothing was made, so nothing is cleaned up: {:?}",
        server.asked()
    );
}

#[test]
fn a_secret_that_is_not_set_or_would_leave_unencrypted_is_wrong_usage() {
    let unset = with_section(SECTION).run(&["--url", "https://app.invalid"]);
    assert_eq!(unset.code, 2);
    let finding = &unset.verdict.findings[0];
    assert!(
        finding
            .message
            .contains("`SMOKE_PASSWORD` is not in the environment"),
        "{finding:?}"
    );
    assert_eq!(
        finding.place.as_ref().unwrap().to_string(),
        "stagegate.yml:3:13"
    );

    let mut runner = with_section(SECTION);
    runner.set("SMOKE_PASSWORD", PASSWORD);
    let plain = runner.run(&["--url", "http://app.invalid"]);
    assert_eq!(plain.code, 2);
    assert!(
        plain.verdict.findings[0]
            .message
            .contains("would travel unencrypted to app.invalid"),
        "{}",
        plain.stderr
    );
    assert_eq!(
        with_section(SECTION).run(&["--dry-run"]).code,
        0,
        "a dry run does without"
    );
}

#[test]
fn scenarios_run_beside_each_other_with_jars_of_their_own() {
    let server = Server::answering(|_, head| {
        let cookie = if head.contains("cookie:") {
            "200 OK"
        } else {
            "403 Forbidden"
        };
        match head.lines().next().unwrap_or_default() {
            line if line.starts_with("GET /in") => {
                http("200 OK", &[("set-cookie", "s=1; Path=/")], "")
            }
            _ => http(cookie, &[], ""),
        }
    });
    let section = "concurrency: 2
scenarios:
  - {name: a, steps: [{path: /in}, {path: /me}]}
  - {name: b, steps: [{path: /me, expect: {status: 403}}]}
checks:
  - {path: /me, expect: {status: 403}}
";
    let ran = support::smoke(section, &["--url", &server.url()]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(ran.output("passed"), "4");
}

#[test]
fn a_captured_address_is_followed_on_the_same_host_only() {
    let leads_to = |page: &'static str| {
        Server::answering(move |_, head| {
            let body = if head.starts_with("GET / ") {
                format!("<ul><li><a href='{page}'>An artist</a></ul>")
            } else {
                "<h1>An artist</h1>".to_owned()
            };
            http("200 OK", &[("content-type", "text/html")], &body)
        })
    };
    let section = r#"deadline: 1 s
scenarios:
  - name: follow
    steps:
      - path: /
        captures: {page: {xpath: //li/a/@href}, name: {selector: a}}
      - path: "{{page}}?from=list"
        expect: {xpath: {//h1: "{{name}}"}}
"#;
    let inside = leads_to("/artists/7");
    let ran = with_section(section).run(&["--url", &inside.url()]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let runner = with_section("deadline: 1 s");
    runner.write(
        "a.hurl",
        "GET /\nHTTP 200\n[Captures]\npage: xpath \"string(//a/@href)\"\n\nGET {{page}}\nHTTP 200\n[Asserts]\nxpath \"//h1\" count == 1\n",
    );
    let ran = runner.run(&["--url", &inside.url(), "--suite", "a.hurl"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let asked = inside.asked();
    for line in ["GET /artists/7?from=list", "GET /artists/7"] {
        assert!(asked.iter().any(|asked| asked == line), "{asked:?}");
    }
    let outside = leads_to("https://elsewhere.example/");
    let ran = with_section(section).run(&["--url", &outside.url()]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let told = &ran.verdict.findings[0].message;
    assert!(told.contains("stay on the host"), "{told}");
}
