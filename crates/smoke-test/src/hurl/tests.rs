//! What the subset understands, what it refuses by name, and that nothing makes it panic.

mod asserts;

use http_client::{Body, Redactor, Response};
use proptest::prelude::*;
use serde_json::json;

use super::{Document, read};
use crate::{
    capture::Captured,
    plan::Check,
    rule::judge,
    seen::Seen,
    template::{Source, Template},
    testing::{answer, answered, world},
    variables::Variables,
};

fn check(document: &Document, index: usize) -> Result<Check, String> {
    let mut variables = Variables::default();
    variables.set("url", json!("https://app.example"));
    variables.set("id", json!(7));
    variables.set("who", json!("Ann \"A\""));
    let template = Template {
        name: "n".to_owned(),
        file: Some("a.hurl".to_owned()),
        source: Source::Hurl(Box::new(document.entries[index].clone())),
    };
    template
        .make(&world("https://app.example"), &variables, &mut |_| {})
        .map_err(|problems| {
            problems
                .iter()
                .map(|problem| format!("{problem}\n"))
                .collect()
        })
}

fn only(text: &str) -> Check {
    check(&read("a.hurl", text).unwrap(), 0).unwrap()
}

/// What is wrong with a file, or with the first check made of it.
fn mistakes(text: &str) -> String {
    match read("a.hurl", text) {
        Ok(document) => check(&document, 0)
            .err()
            .unwrap_or_else(|| "no mistake\n".to_owned()),
        Err(problems) => problems
            .iter()
            .map(|problem| format!("{problem}\n"))
            .collect(),
    }
}

#[test]
fn a_request_is_read_as_hurl_reads_it() {
    let text = r##"# tags: api, slow
# A comment.
POST {{url}}/lists?a=1 # another
X-Who: {{who}}
"odd: key": v \# w
[Query]
b: 2 3
[Cookies]
s: x{{id}}
[BasicAuth]
ann: secret
[Options]
location: true
compressed: true
{
  "id": {{id}}, "of": "{{who}}", "brace": "}{",
  "list": [1, {}]
}

HTTP 201
Content-Type: application/json
[Captures]
new: jsonpath "$.id"
hidden: header "X-Token" redact
[Asserts]
duration < 2000
jsonpath "$.id" == {{id}}

GET /lists/{{new}}
HTTP *
`exact`
"##;
    let text = text.replace("\"odd: key\": v \\# w\n", "X-Odd: v \\# w\n");
    let document = read("a.hurl", &text).unwrap();
    assert_eq!(document.tags, ["api", "slow"]);
    assert_eq!(
        document.entries[0].captured().collect::<Vec<_>>(),
        ["new", "hidden"]
    );
    let check_ = check(&document, 0).unwrap();
    assert_eq!(check_.url.as_str(), "https://app.example/lists?a=1&b=2+3");
    let headers: Vec<_> = check_
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    assert_eq!(
        headers,
        [
            "x-who: Ann \"A\"",
            "x-odd: v # w",
            "cookie: s=x7",
            "authorization: Basic YW5uOnNlY3JldA==",
            "accept-encoding: gzip, br",
            "content-type: application/json",
        ]
    );
    let Body::Bytes(body) = &check_.body else {
        panic!("a body")
    };
    let body: serde_json::Value = serde_json::from_slice(body).unwrap();
    assert_eq!(
        body,
        json!({"id": 7, "of": "Ann \"A\"", "brace": "}{", "list": [1, {}]})
    );
    assert_eq!(
        (check_.redirects, check_.rules.len(), check_.captures.len()),
        (50, 4, 2)
    );
    assert_eq!(
        check_.rules[3].place.as_ref().unwrap().to_string(),
        "a.hurl:27:1"
    );
    assert!(
        check(&document, 1)
            .unwrap_err()
            .contains("a.hurl:29:5: no variable is called `new`")
    );
}

fn page() -> Response {
    answer(
        200,
        &[
            ("content-type", "application/json"),
            ("x-two", "a"),
            ("x-two", "b"),
            ("set-cookie", "s=abc; Path=/"),
        ],
        r#"{"n": 1, "f": 1.5, "t": "text 42", "e": "", "l": [1, 2, 3], "o": {"a": null}, "b": true, "enc": "YQ=="}"#,
    )
}

fn markup() -> Response {
    answer(
        200,
        &[("content-type", "text/html")],
        "<ul><li>one<li>two</ul>",
    )
}

fn faults(assertion: &str, response: &Response) -> Vec<String> {
    let check = only(&format!("GET /\nHTTP 200\n[Asserts]\n{assertion}\n"));
    let answer = answered(response.clone());
    judge(&check.rules, &Seen::new(&answer), &Redactor::default())
        .into_iter()
        .map(|mismatch| mismatch.message)
        .collect()
}

#[test]
fn bodies_headers_and_captures_of_an_answer() {
    let check = only(
        "GET /\nHTTP 200\nContent-Type: application/json\nX-Two: b\n[Captures]\nnumber: jsonpath \"$.t\" regex /(\\d+)/ toInt\nlist: jsonpath \"$.l\" redact\n",
    );
    let answer_ = answered(page());
    let seen = Seen::new(&answer_);
    assert_eq!(judge(&check.rules, &seen, &Redactor::default()), []);
    let taken: Vec<_> = check
        .captures
        .iter()
        .map(|capture| capture.take(&seen).unwrap())
        .collect();
    let captured = |name: &str, value, redact| Captured {
        name: name.to_owned(),
        value,
        redact,
    };
    assert_eq!(
        taken,
        [
            captured("number", json!(42), false),
            captured("list", json!([1, 2, 3]), true)
        ]
    );
    for (text, body, holds) in [
        ("`exact`", "exact", true),
        ("`exact`", "exact ", false),
        ("```\nline\n```", "line\n", true),
        ("{\"a\": 1}", "{\"a\": 1}", true),
        ("{\"a\": 1}", "{\"a\":1}", false),
        ("hex,616263;", "abc", true),
        ("base64,YWJj;", "abc", true),
        ("file,src/hurl.rs;", include_str!("../hurl.rs"), true),
    ] {
        let check = only(&format!("GET /\nHTTP 200\n{text}\n"));
        let answer = answered(answer(200, &[], body));
        let found = judge(&check.rules, &Seen::new(&answer), &Redactor::default());
        assert_eq!(found.is_empty(), holds, "{text} {body:?}: {found:?}");
    }
}

#[test]
fn what_is_not_understood_is_named() {
    let asserts = |line: &str| format!("GET /\nHTTP 200\n[Asserts]\n{line}\n");
    let cases = [
        String::new(),
        "# nothing\n".to_owned(),
        "HTTP 200\n".to_owned(),
        "FETCH /\nHTTP 200\n".to_owned(),
        "GET /\n".to_owned(),
        "GET app.example\nHTTP 200\n".to_owned(),
        "GET / now\nHTTP 200\n".to_owned(),
        "GET /\nHTTP/1.1 200\n".to_owned(),
        "GET /\nHTTP 2xx\n".to_owned(),
        "GET /\nno header\nHTTP 200\n".to_owned(),
        "GET /\nA: \\q\nHTTP 200\n".to_owned(),
        "GET /\n[Multipart]\na: b\nHTTP 200\n".to_owned(),
        "GET /\n[Asserts]\nHTTP 200\n".to_owned(),
        "GET /\nHTTP 200\n[Query]\na: b\n".to_owned(),
        "GET /\n[Options]\ninsecure: true\nlocation: yes\nHTTP 200\n".to_owned(),
        "GET /{{nobody}}\nA: {{open\nHTTP 200\n".to_owned(),
        "POST /\n<a/>\nHTTP 200\n".to_owned(),
        "POST /\n{\"a\": [1\nHTTP 200\n".to_owned(),
        "POST /\n```graphql\n{}\n```\nHTTP 200\n".to_owned(),
        "POST /\n```\nHTTP 200\n".to_owned(),
        "POST /\nfile,no-such-file;\nHTTP 200\n".to_owned(),
        "POST /\nhex,6;\nHTTP 200\n".to_owned(),
        "GET /\nHTTP 200\n[Captures]\na b: body\nc: nothing\n".to_owned(),
        asserts("xpath \"//h1[\" exists"),
        asserts("xpath \"matches(//h1, 'a')\" exists"),
        asserts("cookie \"a[Secure]\" exists"),
        asserts("certificate \"Issuer\" exists"),
        asserts("jsonpath \"$.[\" exists"),
        asserts("jsonpath $.a exists"),
        asserts("jsonpath \"$.a exists"),
        asserts("jsonpath \"$.a\" toDate \"%Y\" exists"),
        asserts("jsonpath \"$.a\" isIpv4"),
        asserts("jsonpath \"$.a\""),
        asserts("jsonpath \"$.a\" == yes"),
        asserts("jsonpath \"$.a\" == 1 2"),
        asserts("body matches /(/"),
        asserts("body matches /a"),
        asserts("body contains\nstatus = 200"),
    ];
    let told: Vec<String> = cases
        .iter()
        .map(|case| {
            format!(
                "{case}=> {}",
                mistakes(case).trim_end().replace('\n', "\n=> ")
            )
        })
        .collect();
    insta::assert_snapshot!(told.join("\n\n"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn nothing_makes_it_panic(lines in proptest::collection::vec(
        prop_oneof![
            Just("GET /a".to_owned()),
            Just("HTTP 200".to_owned()),
            Just("[Asserts]".to_owned()),
            Just("[Captures]".to_owned()),
            Just("```".to_owned()),
            "[A-Za-z\"/{}\\[\\]:;,#`\\\\ü.$=<>! 0-9-]{0,30}",
            "(jsonpath|regex|header|body|status) ?\"?[$.a\\[\\]*/(\\\\]{0,8}\"? (count|nth|==|not|matches|exists) ?[\"/a-z{}0-9\\\\]{0,8}",
            ".{0,20}",
        ], 0..12)) {
        let text = lines.join("\n");
        if let Ok(document) = read("a.hurl", &text) {
            for index in 0..document.entries.len() {
                if let Ok(check) = check(&document, index) {
                    let answer = answered(page());
                    let _ = judge(&check.rules, &Seen::new(&answer), &Redactor::default());
                }
            }
        }
    }

    #[test]
    fn what_is_quoted_is_compared_as_it_is(text in "[ -~äß€]{0,30}") {
        let escaped: String = text.chars().map(|c| match c {
            '"' | '\\' => format!("\\{c}"),
            '{' => "\\u{7b}".to_owned(),
            c => c.to_string(),
        }).collect();
        // Two braces are a placeholder, however they are written.
        prop_assume!(!text.contains("{{"));
        let found = faults(&format!("body == \"{escaped}\""), &answer(200, &[], &text));
        prop_assert_eq!(found, Vec::<String>::new());
    }
}
