mod behaviour;

use pipeline_config::{ConfigFile, Located};
use verdict::{Level, Place};

use super::{Judged, judge};
use crate::{
    Plan,
    facts::Facts,
    policy::EdgePolicy,
    testing::site,
    tls::{Certificate, Tls, Version},
};

const GOOD: [(&str, &str); 6] = [
    (
        "content-security-policy",
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    ),
    (
        "strict-transport-security",
        "max-age=63072000; includeSubDomains",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("content-type", "text/html"),
];

const DAY: i64 = 86_400;

fn plan(yaml: &str) -> Result<Plan, Vec<String>> {
    // Any section serves: what is read is the policy's own form.
    let indented: String = yaml.lines().map(|line| format!("  {line}\n")).collect();
    let section = ConfigFile::from_text("stagegate.yml", format!("smoke:\n{indented}  path: /\n"))
        .section::<EdgePolicy>("smoke")
        .unwrap();
    let place = |at: &Located<()>| -> Option<Place> { section.place(at) };
    Plan::compile(&section.values, &place).map_err(|mistakes| {
        mistakes
            .into_iter()
            .map(|mistake| format!("{}: {}", mistake.place.unwrap(), mistake.message))
            .collect()
    })
}

fn facts() -> Facts {
    Facts {
        site: Ok(site(&GOOD, "")),
        tls: None,
        cache: Vec::new(),
        compression: Vec::new(),
        rate_limit: None,
        now: 0,
    }
}

fn tls(accepted: &[Version], days: i64) -> Tls {
    Tls {
        accepted: accepted.to_vec(),
        certificate: Certificate {
            subject: "CN=www.example.com".to_owned(),
            issuer: "CN=Some Authority".to_owned(),
            names: vec!["www.example.com".to_owned()],
            not_before: 0,
            not_after: days * DAY,
            chain: 2,
            chain_not_after: days * DAY,
        },
        distrust: None,
    }
}

fn rules(judged: &Judged) -> Vec<(Level, &str)> {
    let mut rules: Vec<_> = judged
        .findings
        .iter()
        .map(|finding| (finding.level, finding.rule.as_str()))
        .collect();
    rules.sort_unstable();
    rules
}

#[test]
fn a_site_that_keeps_every_promise_has_no_findings() {
    let judged = judge(&plan("profile: strict").unwrap(), &facts());
    assert_eq!(rules(&judged), []);
    assert_eq!(judged.metrics[0].value, 120.0);
    assert_eq!(judged.figures.len(), 1);
}

#[test]
fn a_bare_site_fails_by_grade_and_every_weakness_has_a_remedy() {
    let bare = Facts {
        site: Ok(site(&[], "")),
        ..facts()
    };
    let judged = judge(&plan("profile: standard").unwrap(), &bare);
    assert_eq!(
        rules(&judged)
            .iter()
            .filter(|(level, _)| *level == Level::Error)
            .count(),
        1
    );
    assert!(
        judged
            .findings
            .iter()
            .all(|finding| finding.fix.as_ref().is_some_and(|fix| !fix.is_empty()))
    );
    let strict = judge(&plan("profile: strict").unwrap(), &bare);
    assert!(
        strict
            .findings
            .iter()
            .all(|finding| finding.level == Level::Error)
    );
}

#[test]
fn the_requirements_own_headers_are_graded_b_plus() {
    let headers = [
        (
            "content-security-policy",
            "default-src 'self'; script-src 'self' 'unsafe-inline'",
        ),
        (
            "strict-transport-security",
            "max-age=31536000; includeSubDomains",
        ),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "strict-origin-when-cross-origin"),
    ];
    let facts = Facts {
        site: Ok(site(&headers, "")),
        ..facts()
    };
    let judged = judge(&plan("profile: requirements").unwrap(), &facts);
    assert_eq!(
        rules(&judged),
        [(
            Level::Warning,
            "edge-headers/csp-implemented-with-unsafe-inline"
        )]
    );
    let judged = judge(&plan("min-grade: A").unwrap(), &facts);
    assert!(rules(&judged).contains(&(Level::Error, "edge-grade")));
}

#[test]
fn hsts_is_held_to_what_is_written() {
    let cases = [
        ("hsts: {max-age: 63072000}", 0),
        ("hsts: {max-age: 63072001}", 1),
        ("hsts: {include-subdomains: true, preload: true}", 1),
    ];
    for (policy, expected) in cases {
        let judged = judge(&plan(policy).unwrap(), &facts());
        assert_eq!(judged.findings.len(), expected, "{policy}");
    }
}

#[test]
fn tls_is_held_to_its_versions_and_its_days() {
    use Version::{Tls10, Tls12, Tls13};
    type Case = (
        &'static [Version],
        i64,
        &'static str,
        &'static [(Level, &'static str)],
    );
    let cases: [Case; 5] = [
        (&[Tls12, Tls13], 14, "{}", &[]),
        (
            &[Tls10, Tls12, Tls13],
            14,
            "{}",
            &[(Level::Error, "edge-tls-version")],
        ),
        (
            &[Tls12, Tls13],
            14,
            "{min-version: '1.3'}",
            &[(Level::Error, "edge-tls-version")],
        ),
        (&[Tls12], 14, "{}", &[(Level::Warning, "edge-tls-version")]),
        (&[Tls13], 13, "{}", &[(Level::Error, "edge-certificate")]),
    ];
    for (accepted, days, policy, expected) in cases {
        let facts = Facts {
            tls: Some(Ok(tls(accepted, days))),
            ..facts()
        };
        let judged = judge(&plan(&format!("tls: {policy}")).unwrap(), &facts);
        assert_eq!(rules(&judged), expected, "{accepted:?} {days} {policy}");
    }
    let mut untrusted = tls(&[Tls12, Tls13], 90);
    untrusted.distrust = Some("unknown issuer".to_owned());
    let facts = Facts {
        tls: Some(Ok(untrusted)),
        ..facts()
    };
    let judged = judge(&plan("").unwrap(), &facts);
    assert_eq!(rules(&judged), [(Level::Error, "edge-certificate")]);
}

#[test]
fn what_could_not_be_seen_is_an_error() {
    let blind = || "connection refused".to_owned();
    let facts = Facts {
        site: Err(blind()),
        tls: Some(Err(blind())),
        cache: vec![Err(blind())],
        compression: vec![Err(blind())],
        rate_limit: Some(Err(blind())),
        now: 0,
    };
    let plan = plan(
        "cache: [{path: /a, cdn: true}]\ncompression: [/]\nrate-limit: {path: /api, requests: 5}",
    )
    .unwrap();
    let judged = judge(&plan, &facts);
    assert_eq!(judged.findings.len(), 5);
    assert!(
        judged
            .findings
            .iter()
            .all(|finding| finding.level == Level::Error)
    );
}

#[test]
fn mistakes_are_named_together_with_their_lines() {
    let mistakes = plan(
        "min-grade: E\ntls: {min-version: '1.1'}\ncache:\n  - path: a\n    cdn: true\n  - path: /b\n  - {path: '/[', cdn: true}\ncompression: [b]\nrate-limit: {path: /api, requests: 480}",
    )
    .unwrap_err();
    assert_eq!(
        mistakes,
        [
            "stagegate.yml:2:14: `E` is no grade; grades are A+, A, A-, B+, B, B-, C+, C, C-, D+, D, D-, F",
            "stagegate.yml:3:22: `1.1` is neither \"1.2\" nor \"1.3\"",
            "stagegate.yml:5:13: `a` is no path: begin with `/`",
            "stagegate.yml:7:13: this cache rule expects nothing; give it `directives`, `max-age` or `cdn`",
            "stagegate.yml:9:17: `b` is no path: begin with `/`",
            "stagegate.yml:10:38: a rate limit is tried with 1 to 500 requests, slack included",
        ]
    );
}
