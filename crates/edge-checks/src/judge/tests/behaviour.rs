//! What is proved by asking again: caching, compression, a rate limit.

use http::{HeaderMap, HeaderName, HeaderValue};

use super::{facts, plan};
use crate::{
    facts::{Cached, Compressed, Facts, Limited},
    judge::judge,
};

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    pairs
        .iter()
        .map(|(name, value)| {
            (
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_str(value).unwrap(),
            )
        })
        .collect()
}

#[test]
fn cache_rules_are_proved_by_behaviour() {
    let miss = headers(&[
        ("cache-control", "public, max-age=0, must-revalidate"),
        ("x-vercel-cache", "MISS"),
    ]);
    let hit = headers(&[
        ("cache-control", "public, max-age=0, must-revalidate"),
        ("x-vercel-cache", "HIT"),
    ]);
    let aged = headers(&[
        ("cache-control", "public, max-age=31536000, immutable"),
        ("age", "3"),
    ]);
    let rfc9211 = headers(&[("cache-status", "edge; hit; ttl=3")]);
    let missed = headers(&[("cache-status", "edge; fwd=uri-miss"), ("age", "3")]);
    let cases = [
        ("cdn: true", vec![&miss, &hit], 0),
        ("cdn: true", vec![&hit], 1),
        ("cdn: true", vec![&miss, &miss, &miss], 1),
        ("cdn: true", vec![&aged, &aged], 0),
        ("cdn: true", vec![&rfc9211, &rfc9211], 0),
        ("cdn: true", vec![&missed, &missed], 1),
        ("cdn: false", vec![&miss, &hit], 1),
        ("directives: [immutable]", vec![&aged], 0),
        ("directives: [public, immutable]", vec![&miss], 1),
        ("max-age: 31536000", vec![&aged], 0),
        ("max-age: 31536000", vec![&miss], 1),
        ("max-age: 1", vec![&rfc9211], 1),
    ];
    for (rule, answers, expected) in cases {
        let facts = Facts {
            cache: vec![Ok(Cached {
                path: "/a".to_owned(),
                answers: answers.into_iter().cloned().collect(),
            })],
            ..facts()
        };
        let plan = plan(&format!("cache:\n  - path: /a\n    {rule}")).unwrap();
        assert_eq!(judge(&plan, &facts).findings.len(), expected, "{rule}");
    }
}

#[test]
fn compression_must_be_brotli_that_decodes_and_varies() {
    let seen = |pairs: &[(&str, &str)], decoded: Result<usize, &str>| Compressed {
        headers: headers(pairs),
        bytes: 10,
        decoded: decoded.map_err(str::to_owned),
    };
    let cases = [
        (
            seen(
                &[("content-encoding", "br"), ("vary", "RSC, Accept-Encoding")],
                Ok(20),
            ),
            0,
        ),
        (seen(&[("content-encoding", "br")], Ok(20)), 1),
        (
            seen(&[("content-encoding", "br"), ("vary", "*")], Err("cut")),
            1,
        ),
        (
            seen(&[("content-encoding", "gzip"), ("vary", "*")], Err("no")),
            1,
        ),
        (seen(&[], Err("no")), 1),
    ];
    for (seen, expected) in cases {
        let facts = Facts {
            compression: vec![Ok(seen.clone())],
            ..facts()
        };
        let judged = judge(&plan("compression: [/]").unwrap(), &facts);
        assert_eq!(judged.findings.len(), expected, "{seen:?}");
    }
}

#[test]
fn a_rate_limit_is_neither_early_nor_late() {
    let cases = [
        (Some(50), true, 0),
        (Some(55), true, 0),
        (Some(49), true, 1),
        (Some(50), false, 1),
        (None, false, 1),
    ];
    for (passed, retry_after, expected) in cases {
        let facts = Facts {
            rate_limit: Some(Ok(Limited {
                sent: 56,
                passed,
                retry_after,
            })),
            ..facts()
        };
        let plan = plan("rate-limit: {path: /api, requests: 50}").unwrap();
        assert_eq!(judge(&plan, &facts).findings.len(), expected, "{passed:?}");
    }
}
