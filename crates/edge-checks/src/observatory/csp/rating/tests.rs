use crate::{observatory::csp, testing::site};

fn id(policy: &str) -> &'static str {
    super::rate(&site(&[("content-security-policy", policy)], ""))
        .rating
        .id
}

#[test]
fn policies_are_rated_by_their_worst_source() {
    let cases = [
        (
            "default-src 'none'",
            "csp-implemented-with-no-unsafe-default-src-none",
        ),
        ("default-src 'self'", "csp-implemented-with-no-unsafe"),
        (
            "default-src 'self'; script-src 'self' 'unsafe-inline'",
            "csp-implemented-with-unsafe-inline",
        ),
        (
            "default-src 'self'; script-src 'unsafe-inline' 'nonce-abc'",
            "csp-implemented-with-no-unsafe",
        ),
        (
            "script-src 'nonce-a' 'strict-dynamic' https: 'unsafe-inline'; object-src 'none'",
            "csp-implemented-with-unsafe-inline-in-style-src-only",
        ),
        (
            "default-src 'self'; script-src 'strict-dynamic'",
            "csp-header-invalid",
        ),
        (
            "default-src 'self'; style-src 'unsafe-inline'",
            "csp-implemented-with-unsafe-inline-in-style-src-only",
        ),
        (
            "default-src 'self'; img-src http:",
            "csp-implemented-with-insecure-scheme-in-passive-content-only",
        ),
        (
            "default-src 'self'; connect-src http://a.example",
            "csp-implemented-with-insecure-scheme",
        ),
        (
            "default-src 'self' 'unsafe-eval'",
            "csp-implemented-with-unsafe-eval",
        ),
        ("img-src 'self'", "csp-implemented-with-unsafe-inline"),
        (
            "default-src 'self'; default-src 'none'",
            "csp-header-invalid",
        ),
        (
            "default-src 'self'; report-to a; report-to b",
            "csp-implemented-but-duplicate-directives",
        ),
    ];
    for (policy, expected) in cases {
        assert_eq!(id(policy), expected, "{policy}");
    }
}

#[test]
fn a_policy_in_the_page_counts_and_cannot_rule_framing_alone() {
    let page = "<meta http-equiv=Content-Security-Policy content=\"default-src 'self'\">";
    let html = site(&[("content-type", "text/html")], page);
    assert_eq!(
        super::rate(&html).rating.id,
        "csp-implemented-with-no-unsafe"
    );
    let page = "<meta http-equiv=Content-Security-Policy content=\"frame-ancestors 'none'\">";
    let html = site(&[("content-type", "text/html")], page);
    assert_eq!(super::rate(&html).rating.id, "csp-not-implemented");
}

#[test]
fn every_weakness_names_its_directive() {
    let policy = "default-src 'self'; script-src 'unsafe-inline' 'unsafe-eval'; img-src http:";
    let found = csp::weaknesses(&site(&[("content-security-policy", policy)], ""));
    let directives: Vec<_> = found.iter().map(|weakness| weakness.directive).collect();
    assert_eq!(
        directives,
        ["script-src", "script-src", "img-src", "base-uri"]
    );
}
