//! Each demand, held and broken.

use std::time::Duration;

use http_client::{Redactor, Response, Timings};

use super::judge;
use crate::{
    seen::Seen,
    testing::{answer, answered, rules},
};

/// The mismatches of an answer under an `expect` mapping.
fn faults(expect: &str, response: &Response) -> Vec<String> {
    let answer = answered(response.clone());
    let found = judge(&rules(expect), &Seen::new(&answer), &Redactor::default());
    found
        .into_iter()
        .map(|mismatch| format!("{}: {}", mismatch.rule, mismatch.message))
        .collect()
}

#[test]
fn what_holds() {
    let page = answer(
        200,
        &[
            ("content-type", "text/html; charset=utf-8"),
            ("set-cookie", "a=1"),
            ("set-cookie", "b=2"),
            ("x-release", "v2"),
        ],
        "<h1>Set lists</h1>",
    );
    for expect in [
        "{}",
        "{status: 200}",
        "{status: [404, 2xx]}",
        "{headers: {content-type: {contains: text/html}, x-release: v2}}",
        "{headers: {Set-Cookie: b=2}}",
        "{headers: {x-release: {matches: '^v[0-9]+$'}, x-powered-by: {exists: false}, content-type: {exists: true}}}",
        "{headers: {content-type: {contains: [text/html, utf-8]}}}",
        "{body: {contains: Set lists, not-contains: [Application error, Oops], matches: '<h1>.*</h1>'}}",
        "{max-time: 2 s, max-ttfb: 1 s, max-size: 18 B}",
        "{cookies: {a: '1', b: {matches: '^[0-9]$'}, c: {exists: false}}}",
        "{selector: {h1: Set lists, h2: {exists: false}, 'h1, p': {count: 1}}}",
    ] {
        assert_eq!(faults(expect, &page), Vec::<String>::new(), "{expect}");
    }
    let digest = verdict::Digest::of(&page.body);
    for digest in [digest.as_str(), digest.hex(), &digest.hex().to_uppercase()] {
        assert_eq!(
            faults(&format!("{{body: {{sha256: '{digest}'}}}}"), &page),
            Vec::<String>::new()
        );
    }
    let other = faults(&format!("{{body: {{sha256: {}}}}}", "0".repeat(64)), &page);
    assert!(
        other[0].starts_with("body: the body's SHA-256 is"),
        "{other:?}"
    );
}

#[test]
fn what_does_not_hold() {
    let slow = Response {
        timings: Timings {
            total: Duration::from_millis(2001),
            ..Timings::default()
        },
        ..answer(500, &[("content-type", "text/plain")], "Application error")
    };
    for (expect, fault) in [
        ("{}", "status: status 500, expected 2xx"),
        (
            "{status: [200, 404]}",
            "status: status 500, expected 200, 404",
        ),
        (
            "{status: 5xx, headers: {content-type: text/html}}",
            "header: header `content-type` is `text/plain`, expected `text/html`",
        ),
        (
            "{status: 5xx, headers: {content-type: {contains: [text, html]}}}",
            "header: header `content-type` is `text/plain`, expected `text` in it and `html` in it",
        ),
        (
            "{status: 5xx, headers: {content-type: {exists: false}}}",
            "header: header `content-type` is `text/plain`, expected none",
        ),
        (
            "{status: 5xx, headers: {x-release: {matches: 'v.'}}}",
            "header: header `x-release` is missing",
        ),
        (
            "{status: 5xx, body: {contains: [error, Set lists]}}",
            "body: the body lacks `Set lists`",
        ),
        (
            "{status: 5xx, body: {not-contains: Application error}}",
            "body: the body contains `Application error`",
        ),
        (
            "{status: 5xx, body: {matches: '^error'}}",
            "body: nothing in the body matches `^error`",
        ),
        (
            "{status: 5xx, max-time: 2 s}",
            "max-time: took longer than 2000 ms",
        ),
        (
            "{status: 5xx, json: {$.a: 1, $.b: 2}}",
            "json: the body is no JSON (expected value at line 1 column 1)",
        ),
    ] {
        assert_eq!(faults(expect, &slow), [fault], "{expect}");
    }
}

#[test]
fn redirects_are_asserted_in_any_form_of_their_target() {
    let to = |location: &str| answer(308, &[("location", location)], "");
    for (expect, location) in [
        ("/en", "/en"),
        ("/en", "https://app.example/en"),
        ("https://app.example/en", "/en"),
        ("/en?x=1", "/en?x=1"),
        ("https://other.example/", "https://other.example/"),
        ("{matches: '^/[a-z]{2}$'}", "/de"),
    ] {
        assert_eq!(
            faults(&format!("{{redirect: {expect}}}"), &to(location)),
            Vec::<String>::new(),
            "{expect} {location}"
        );
    }
    // Another host's `/en` is not ours.
    assert_eq!(
        faults("{redirect: /en}", &to("https://other.example/en")).len(),
        1
    );
    let none = faults("{redirect: /en}", &answer(200, &[], ""));
    assert_eq!(
        none,
        [
            "status: status 200, expected 301, 302, 303, 307, 308",
            "redirect: redirect is missing"
        ]
    );
}

#[test]
fn json_paths() {
    let json = r#"{"status":"healthy","count":3,"ratio":1.0,"tags":["a","b"],"items":[{"s":"ok"},{"s":"ok"},{"s":"bad"}],"none":null}"#;
    let page = answer(200, &[], json);
    for test in [
        "$.status: healthy",
        "$.count: 3",
        "$.ratio: 1",
        "$.none: null",
        "$.tags: [a, b]",
        "$.tags: {contains: a}",
        "$.status: {contains: heal, matches: '^h'}",
        "$.count: {matches: '^[0-9]$'}",
        "$.error: {exists: false}",
        "$.status: {exists: true}",
        "'$.items[0:2].s': ok",
    ] {
        assert_eq!(
            faults(&format!("{{json: {{{test}}}}}"), &page),
            Vec::<String>::new(),
            "{test}"
        );
    }
    for (test, fault) in [
        (
            "$.status: sick",
            "`$.status` is `\"healthy\"`, expected `\"sick\"`",
        ),
        ("$.count: '3'", "`$.count` is `3`, expected `\"3\"`"),
        ("$.error: null", "`$.error` finds nothing"),
        (
            "$.status: {exists: false}",
            "`$.status` finds `\"healthy\"`, expected nothing",
        ),
        (
            "'$.items[*].s': ok",
            "`$['items'][*]['s']` is `\"bad\"`, expected `\"ok\"`",
        ),
        (
            "$.tags: {contains: c}",
            "`$.tags` is `[\"a\",\"b\"]`, expected `\"c\"` in it",
        ),
        (
            "$.tags: {matches: a}",
            "`$.tags` is `[\"a\",\"b\"]`, expected a text or a number to match",
        ),
    ] {
        let found = faults(&format!("{{json: {{{test}}}}}"), &page);
        assert_eq!(found.len(), 1, "{test}");
        let (found, fault) = (normal(&found[0]), normal(fault));
        assert!(found.ends_with(&fault), "{found}: {fault}");
    }
}

/// `$['a']['b']` as `$.a.b`: how paths are written out is the library's choice.
fn normal(text: &str) -> String {
    text.replace("['", ".").replace("']", "")
}

#[test]
fn json_is_counted_compared_and_valid_by_a_schema() {
    let body = answer(
        200,
        &[],
        r#"{"items": [{"id": 3}, {"id": 5}], "next": null}"#,
    );
    for (expect, expected) in [
        (
            "{json: {'$.items[*]': {count: 2}, '$.items[*].id': {at-least: 3, at-most: 5}}}",
            vec![],
        ),
        ("{json: {'$.none[*]': {count: 0}}}", vec![]),
        (
            "{json: {'$.items[*]': {count: 3}}}",
            vec!["json: `$.items[*]` finds 2 nodes, expected 3"],
        ),
        (
            "{json: {'$.items[*].id': {at-least: 4}}}",
            vec!["json: `$.items[*].id` is `3`, expected at least 4"],
        ),
        (
            "{json: {$.next: {at-most: 4}}}",
            vec!["json: `$.next` is `null`, expected at most 4"],
        ),
        ("{schema: {type: object, required: [items]}}", vec![]),
        (
            "{schema: {properties: {items: {maxItems: 1, items: {properties: {id: {type: string}}}}}}}",
            vec![
                "schema: `/items/0/id` breaks the schema: `3 is not of type \"string\"`",
                "schema: `/items/1/id` breaks the schema: `5 is not of type \"string\"`",
                "schema: `/items` breaks the schema: `[{\"id\":3},{\"id\":5}] has more than 1 item`",
            ],
        ),
    ] {
        let mut found = faults(expect, &body);
        found.sort();
        let mut expected = expected;
        expected.sort_unstable();
        assert_eq!(found, expected, "{expect}");
    }
}

#[test]
fn pages_and_cookies_that_are_not_as_expected() {
    let page = answer(
        200,
        &[("set-cookie", "a=1; Path=/")],
        "<p>one<p>two</p><a href=/x>go</a>",
    );
    for (expect, expected) in [
        (
            "{selector: {p: three}}",
            "selector: `p` is `one`, expected `three`",
        ),
        (
            "{selector: {p: {count: 3}}}",
            "selector: `p` finds 2 elements, expected 3",
        ),
        (
            "{selector: {h1: {exists: true}}}",
            "selector: `h1` is missing",
        ),
        (
            "{selector: {a@href: /y}}",
            "selector: `a@href` is `/x`, expected `/y`",
        ),
        (
            "{selector: {p: {exists: false}}}",
            "selector: `p` is `one`, expected none",
        ),
        (
            "{cookies: {a: '2'}}",
            "cookie: cookie `a` is `1`, expected `2`",
        ),
        (
            "{cookies: {b: {exists: true}}}",
            "cookie: cookie `b` is missing",
        ),
        ("{max-size: 10 B}", "max-size: the body is larger than 10 B"),
        (
            "{tls: {min-version: '1.2'}}",
            "tls: the connection is not encrypted",
        ),
    ] {
        assert_eq!(faults(expect, &page), [expected], "{expect}");
    }
    assert_eq!(
        faults("{selector: {p: two}}", &page),
        [""; 0],
        "one of them is enough"
    );
}

#[test]
fn a_connection_is_held_to_version_and_days() {
    // Of `tests/fixtures/make.sh`: 22 December 2026, 05:36:35 GMT.
    let ends = 1_797_917_795;
    let encrypted = |version| Response {
        tls: Some(http_client::Tls {
            version: Some(version),
            certificate: Some(
                include_bytes!("../../tests/fixtures/certificate.der")
                    .as_slice()
                    .into(),
            ),
        }),
        ..answer(200, &[], "")
    };
    let days = |days: i64, expect: &str| {
        let mut answer = answered(encrypted("1.2"));
        answer.now = jiff::Timestamp::from_second(ends - days * 86_400).unwrap();
        judge(&rules(expect), &Seen::new(&answer), &Redactor::default())
            .into_iter()
            .map(|mismatch| mismatch.message)
            .collect::<Vec<_>>()
    };
    assert_eq!(days(14, "{tls: {certificate-days: 14}}"), [""; 0]);
    assert_eq!(
        days(13, "{tls: {certificate-days: 14}}"),
        ["the certificate is valid for 13 days more, expected 14 or more"]
    );
    assert_eq!(days(-1, "{tls: {certificate-days: 0}}").len(), 1);
    assert_eq!(
        faults("{tls: {min-version: '1.3'}}", &encrypted("1.2")),
        ["tls: the connection is TLS 1.2, expected 1.3 or newer"]
    );
    assert_eq!(
        faults("{tls: {min-version: '1.2'}}", &encrypted("1.3")),
        [""; 0]
    );
}
