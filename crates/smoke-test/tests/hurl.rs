//! `.hurl` files through the binary, and generated ones side by side with Hurl itself.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod support;

use std::{collections::BTreeSet, fmt::Write as _, io::Read as _, process::Command};

use support::{Server, http, with_section};

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

/// A generator of numbers; the same every time.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        // SplitMix64 (Steele, Lea and Flood, 2014).
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        let index = self.throw(from.len() as u64);
        from[usize::try_from(index).unwrap()]
    }
}

const QUERIES: &[&str] = &[
    "status",
    "url",
    "body",
    "duration",
    "header \"Content-Type\"",
    "header \"X-Two\"",
    "header \"X-None\"",
    "cookie \"sid\"",
    "cookie \"none\"",
    "jsonpath \"$.id\"",
    "jsonpath \"$.name\"",
    "jsonpath \"$.list\"",
    "jsonpath \"$.list[*]\"",
    "jsonpath \"$.list[0]\"",
    "jsonpath \"$.none\"",
    "jsonpath \"$.missing\"",
    "jsonpath \"$.nested\"",
    "jsonpath \"$.nested.a\"",
    "jsonpath \"$.ok\"",
    "jsonpath \"$.f\"",
    "jsonpath \"$.list[?(@ > 1)]\"",
    "jsonpath \"$..a\"",
    "regex /(\\d+)/",
    "regex \"x-(\\\\d+)\"",
    "bytes",
    "sha256",
];
const FILTERS: &[&str] = &[
    "",
    "",
    "",
    "",
    " count",
    " first",
    " last",
    " nth 1",
    " nth -1",
    " toInt",
    " toFloat",
    " toString",
    " regex /(\\d+)/",
    " split \"-\"",
    " replace \"x\" \"y\"",
    " urlEncode",
    " urlDecode",
];
const PREDICATES: &[&str] = &[
    "== 200",
    "== 7",
    "== 7.0",
    "== \"Ann\"",
    "== \"7\"",
    "!= 7",
    "== true",
    "== null",
    "> 1",
    ">= 2",
    "< 3",
    "<= 2.5",
    "> \"A\"",
    "exists",
    "isInteger",
    "isFloat",
    "isNumber",
    "isString",
    "isBoolean",
    "isList",
    "isObject",
    "isEmpty",
    "isCollection",
    "contains \"n\"",
    "contains 2",
    "startsWith \"A\"",
    "endsWith \"2\"",
    "matches /^A/",
    "matches \"\\\\d\"",
    "== 3",
    "== 2",
    "== 42",
    "== \"12\"",
    "contains \"42\"",
    "== hex,00;",
    "startsWith hex,7b;",
];

/// Rows that hold for `/json`.
const HOLD: &[&str] = &[
    "status == 200",
    "header \"content-type\" startsWith \"application\"",
    "header \"X-None\" not exists",
    "jsonpath \"$.id\" == 7",
    "jsonpath \"$.id\" toString == \"7\"",
    "jsonpath \"$.f\" toInt == 2",
    "jsonpath \"$.f\" > 2",
    "jsonpath \"$.name\" matches /^A/",
    "jsonpath \"$.list\" count == 3",
    "jsonpath \"$.list[*]\" contains 2",
    "jsonpath \"$.list[?(@ > 1)]\" count == 2",
    "jsonpath \"$.none\" == null",
    "jsonpath \"$.none\" exists",
    "jsonpath \"$.missing\" not exists",
    "jsonpath \"$.nested.a\" split \"-\" last == \"12\"",
    "jsonpath \"$.nested\" isObject",
    "jsonpath \"$.ok\" isBoolean",
    "jsonpath \"$..a\" contains \"x\"",
    "regex /\"id\": (\\d+)/ toInt == 7",
    "body contains \"Ann\"",
    "bytes startsWith hex,7b;",
    "bytes count > 10",
    "duration < 60000",
];

/// A file of one to three requests, of which most hold.
fn file(dice: &mut Dice) -> String {
    let mut text = String::new();
    for _ in 0..=dice.throw(8) / 4 {
        let path = dice.pick(&[
            "/json", "/json", "/json", "/text", "/missing", "/in", "/moved", "/echo", "/echo",
        ]);
        let rarely = dice.throw(8) == 0;
        match path {
            "/echo" => echo(dice, &mut text),
            "/moved" => {
                text += "GET {{url}}/moved\n";
                let follow = dice.throw(2) == 0;
                if follow {
                    text += "[Options]\nlocation: true\n";
                }
                text += if follow != rarely {
                    "HTTP 200\n"
                } else {
                    "HTTP 302\n"
                };
                text += dice.pick(&[
                    "",
                    "[Asserts]\ncookie \"sid\" exists\n",
                    "[Asserts]\nurl endsWith \"/in\"\n",
                ]);
            }
            _ => {
                let _ = writeln!(text, "GET {{{{url}}}}{path}");
                let right = if path == "/missing" { "404" } else { "200" };
                let _ = writeln!(
                    text,
                    "HTTP {}",
                    if rarely {
                        dice.pick(&["404", "302", "*"])
                    } else {
                        right
                    }
                );
                text += match (path, rarely) {
                    ("/json", _) => dice.pick(&["", "Content-Type: application/json\n"]),
                    ("/text", _) => dice.pick(&["", "X-Two: b\n", "X-Two: c\n"]),
                    (_, true) => "X-Two: b\n",
                    _ => "",
                };
                text += dice.pick(&[
                    "",
                    "",
                    "[Captures]\nc: jsonpath \"$.id\"\n",
                    "[Captures]\nc: status\nd: header \"Content-Length\" toInt\n",
                ]);
                text += "[Asserts]\n";
                for _ in 0..=dice.throw(3) {
                    if path == "/json" && dice.throw(6) > 0 {
                        let _ = writeln!(text, "{}", dice.pick(HOLD));
                        continue;
                    }
                    let (query, filter) = (dice.pick(QUERIES), dice.pick(FILTERS));
                    let (not, predicate) =
                        (dice.pick(&["", "not ", "not "]), dice.pick(PREDICATES));
                    let _ = writeln!(text, "{query}{filter} {not}{predicate}");
                }
            }
        }
        text.push('\n');
    }
    text
}

/// A request in one of its forms, with what it echoes.
fn echo(dice: &mut Dice, text: &mut String) {
    let forms: &[(&str, &str, &str)] = &[
        ("GET", "X-Who: Ann\n", "$.who\" == \"Ann"),
        ("GET", "X-Who: a \\# b # c\n", "$.who\" == \"a # b"),
        ("GET", "X-Who: {{name}} {{id}}\n", "$.who\" == \"Ann 7"),
        (
            "GET",
            "[Query]\na: 1 2\n",
            "$.target\" matches \"^/echo.a=1(%20|.)2$",
        ),
        ("GET", "[Cookies]\nc: d\n", "$.cookie\" contains \"c=d"),
        (
            "GET",
            "[BasicAuth]\nann: x y\n",
            "$.auth\" == \"Basic YW5uOnggeQ==",
        ),
        (
            "POST",
            "[Form]\na: b\nc: d&=\n",
            "$.body\" == \"a=b&c=d%26%3D",
        ),
        (
            "POST",
            "[Form]\na: b\n",
            "$.kind\" == \"application/x-www-form-urlencoded",
        ),
        (
            "POST",
            "{\"id\": {{id}}, \"s\": \"{{name}}\"}\n",
            "$.body\" == \"{\\\"id\\\": 7, \\\"s\\\": \\\"Ann\\\"}",
        ),
        ("POST", "{\"id\": 7}\n", "$.kind\" == \"application/json"),
        ("PUT", "`text {{id}}`\n", "$.body\" == \"text 7"),
        (
            "PUT",
            "```\ntwo\nlines\n```\n",
            "$.body\" == \"two\\nlines\\n",
        ),
        ("PUT", "hex,4142;\n", "$.body\" == \"AB"),
        ("PUT", "base64,QUI=;\n", "$.body\" == \"AB"),
    ];
    let index = usize::try_from(dice.throw(forms.len() as u64)).unwrap();
    let (method, form, expected) = forms[index];
    let wrong = if dice.throw(6) == 0 { "?" } else { "" };
    let _ = write!(
        text,
        "{method} {{{{url}}}}/echo\n{form}HTTP 200\n[Asserts]\njsonpath \"{expected}{wrong}\"\n"
    );
}

#[test]
#[ignore = "needs Hurl: cargo xtask conformance hurl"]
fn agrees_with_hurl() {
    const FILES: usize = 1500;
    let server = server();
    let runner = with_section("deadline: 5 s\nsuites: ['*.hurl']\nvariables: {id: 7, name: Ann}");
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
