//! Our score against the MDN HTTP Observatory's own, on generated sites: `cargo xtask conformance observatory`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test stops where it fails"
)]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use edge_checks::{CrossOrigin, Https, PlainHttp, Site, observatory};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

/// As many sites as are compared.
const SITES: usize = 600;

const CSP: &[&str] = &[
    "default-src 'none'",
    "default-src 'self'",
    "default-src 'self'; script-src 'self' 'unsafe-inline'",
    "default-src 'self'; script-src 'nonce-abc' 'unsafe-inline'",
    "default-src 'self'; script-src 'nonce-abc' 'strict-dynamic' https: 'unsafe-inline'; object-src 'none'",
    "script-src 'strict-dynamic'; object-src 'none'",
    "default-src 'self'; style-src 'self' 'unsafe-inline'",
    "default-src https:; img-src data: http:",
    "default-src 'self'; img-src http://images.example.org",
    "default-src 'self'; connect-src ftp://a.example",
    "default-src 'self' 'unsafe-eval'; object-src 'none'; base-uri 'none'",
    "script-src 'sha256-abc' 'self'; style-src 'sha384-x' 'unsafe-inline'; object-src 'none'",
    "script-src *.example.com * ; frame-ancestors 'none'",
    "frame-ancestors 'self'",
    "default-src 'none'; frame-ancestors 'none'; report-uri /a; report-uri /b",
    "default-src 'self'; default-src 'none'",
    "DEFAULT-SRC 'SELF'; upgrade-insecure-requests",
    "default-src 'none'; script-src; img-src",
    "default-src data:",
    "default-src 'self' https: https://a.example https://*",
    "object-src *; script-src 'self'",
    "x",
    "default-src 'self' blob:; media-src https://*.*; style-src *",
];
const COOKIES: &[&str] = &[
    "theme=dark",
    "theme=dark; Secure; SameSite=Lax",
    "session=1; Secure; HttpOnly; SameSite=Strict",
    "session=1; Secure; HttpOnly",
    "session=1; Secure",
    "sessid=1; HttpOnly",
    "login_token=1; HttpOnly; SameSite=Lax",
    "csrftoken=1; Secure",
    "csrftoken=1; Secure; SameSite=Strict",
    "a=1; Secure; SameSite=None",
    "a=1; SameSite=None",
    "a=1; Secure; SameSite=Sometimes",
    "heroku-session-affinity=1",
    "b=2; Path=/x; Max-Age=60; Secure",
];
const REFERRER: &[&str] = &[
    "no-referrer",
    "same-origin, strict-origin-when-cross-origin",
    "unsafe-url",
    "origin, nonsense",
    "nonsense",
    "NO-REFERRER-WHEN-DOWNGRADE",
];
const HSTS: &[&str] = &[
    "max-age=31536000; includeSubDomains; preload",
    "max-age=15552000",
    "max-age=15551999",
    "max-age=0",
    "includeSubDomains",
    "max-age=1, max-age=2",
    "MAX-AGE=63072000",
];
const SNIFF: &[&str] = &["nosniff", " NoSniff ", "sniff"];
const FRAME: &[&str] = &["DENY", "sameorigin", "ALLOW-FROM https://a.example", "nope"];
const CORP: &[&str] = &[
    "same-origin",
    "same-site",
    "cross-origin",
    "nope",
    "SAME-ORIGIN",
];
const BODIES: &[&str] = &[
    "",
    "<!doctype html><p>nothing",
    "<script>1</script>",
    "<script src=/a.js></script>",
    "<script src=/a.js integrity=sha384-x></script>",
    "<script src=https://cdn.example.com/a.js></script>",
    "<script src=https://other.org/a.js></script>",
    "<script src=https://other.org/a.js integrity=sha384-x crossorigin></script><script src=/b.js></script>",
    "<script src=http://other.org/a.js integrity=sha384-x></script>",
    "<script src=//other.org/a.js></script>",
    "<script src=http://other.org/a.js></script><script src=https://other.org/b.js></script>",
    "<meta http-equiv=content-security-policy content=\"default-src 'self'\"><meta name=referrer content=no-referrer>",
    "<meta http-equiv=Content-Security-Policy content=\"frame-ancestors 'none'\">",
    "<meta name=referrer content=unsafe-url><script src=https://a.other.co.uk/x.js></script>",
];
const ROUTES: &[&[&str]] = &[
    &["http://www.example.com/"],
    &["http://www.example.com/", "https://www.example.com/"],
    &["http://www.example.com/", "https://example.org/"],
    &[
        "http://www.example.com/",
        "http://www.example.com/a",
        "https://www.example.com/",
    ],
    &["http://www.example.com/", "http://www.example.com/a"],
];

/// A small generator with a fixed start: every run compares the same sites.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        // Knuth's MMIX constants.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    /// Usually something: a site without any header is soon seen.
    fn maybe(&mut self) -> bool {
        self.below(4) > 0
    }
}

fn site(dice: &mut Dice) -> Value {
    let mut headers: Vec<(&str, String)> = vec![(
        "content-type",
        dice.one(&["text/html; charset=utf-8", "text/html", "application/json"])
            .to_owned(),
    )];
    for (name, values) in [
        ("content-security-policy", CSP),
        ("referrer-policy", REFERRER),
        ("strict-transport-security", HSTS),
        ("x-content-type-options", SNIFF),
        ("x-frame-options", FRAME),
        ("cross-origin-resource-policy", CORP),
    ] {
        if dice.maybe() {
            headers.push((name, dice.one(values).to_owned()));
        }
    }
    if dice.below(8) == 0 {
        headers.push((
            "content-security-policy-report-only",
            "default-src 'self'".to_owned(),
        ));
    }
    for _ in 0..dice.below(3) {
        headers.push(("set-cookie", dice.one(COOKIES).to_owned()));
    }
    let https = dice.below(8) > 0;
    let origin = "https://stranger.example";
    let cross_origin = dice.maybe().then(|| {
        let mut headers = Vec::new();
        if dice.maybe() {
            headers.push((
                "access-control-allow-origin",
                dice.one(&["*", origin, "https://friend.example"]),
            ));
        }
        if dice.maybe() {
            headers.push((
                "access-control-allow-credentials",
                dice.one(&["true", "TRUE", "false"]),
            ));
        }
        json!({ "origin": origin, "headers": headers })
    });
    let http = dice.maybe().then(
        || json!({ "trusted": dice.below(8) > 0, "route": ROUTES[dice.below(ROUTES.len())] }),
    );
    json!({
        "host": "www.example.com",
        "url": if https { "https://www.example.com/" } else { "http://www.example.com/" },
        "headers": headers,
        "body": dice.one(BODIES),
        "http": http,
        "https": https.then(|| json!({ "trusted": dice.below(8) > 0 })),
        "crossOrigin": cross_origin,
    })
}

fn headers(of: &Value) -> HeaderMap {
    let mut map = HeaderMap::new();
    for pair in of.as_array().unwrap() {
        map.append(
            HeaderName::from_bytes(pair[0].as_str().unwrap().as_bytes()).unwrap(),
            HeaderValue::from_str(pair[1].as_str().unwrap()).unwrap(),
        );
    }
    map
}

fn ours(site: &Value) -> Value {
    let url = |text: &Value| text.as_str().unwrap().parse().unwrap();
    let read = Site {
        host: site["host"].as_str().unwrap().to_owned(),
        url: url(&site["url"]),
        headers: headers(&site["headers"]),
        body: site["body"].as_str().unwrap().to_owned(),
        http: site["http"].as_object().map(|http| PlainHttp {
            route: http["route"].as_array().unwrap().iter().map(url).collect(),
            trusted: http["trusted"].as_bool().unwrap(),
        }),
        https: site["https"].as_object().map(|https| Https {
            headers: headers(&site["headers"]),
            trusted: https["trusted"].as_bool().unwrap(),
        }),
        cross_origin: site["crossOrigin"].as_object().map(|cross| CrossOrigin {
            origin: cross["origin"].as_str().unwrap().to_owned(),
            headers: headers(&cross["headers"]),
        }),
    };
    let score = observatory::score(&read);
    let results: Vec<_> = score.ratings.iter().map(|(_, rating)| rating.id).collect();
    json!({ "points": score.points, "grade": score.grade.name(), "results": results })
}

fn theirs(sites: &[Value]) -> Vec<Value> {
    let peers = std::env::var_os("STAGEGATE_PEERS").expect("run by `cargo xtask conformance`");
    let driver = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/observatory.mjs");
    let mut node = Command::new("node")
        .arg(driver)
        .arg(Path::new(&peers).join("observatory"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node");
    let text = serde_json::to_vec(sites).unwrap();
    node.stdin.take().unwrap().write_all(&text).unwrap();
    let output = node.wait_with_output().unwrap();
    assert!(output.status.success(), "the Observatory failed");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
#[ignore = "run by `cargo xtask conformance observatory`"]
fn every_site_gets_the_observatory_s_score() {
    let mut dice = Dice(7);
    let sites: Vec<Value> = (0..SITES).map(|_| site(&mut dice)).collect();
    let expected = theirs(&sites);
    assert_eq!(expected.len(), SITES);
    let mut grades = std::collections::BTreeSet::new();
    for (site, expected) in sites.iter().zip(&expected) {
        assert_eq!(&ours(site), expected, "{site:#}");
        grades.insert(expected["grade"].to_string());
    }
    assert!(
        grades.len() >= 10,
        "the sites are too much alike: {grades:?}"
    );
}
