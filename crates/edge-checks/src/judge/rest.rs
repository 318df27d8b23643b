//! TLS, compression and rate limit.

use verdict::{Finding, Metric};

use super::{Judged, at};
use crate::{
    facts::{Compressed, Limited},
    plan::{Limit, Plan, RateRule},
    site::values,
    tls::{Tls, Version},
};

/// TLS: no version older than allowed, and the newest.
pub(super) fn versions(plan: &Plan, tls: &Tls, judged: &mut Judged) {
    let (oldest, place) = (plan.min_version.value, plan.min_version.place.as_ref());
    for version in tls.accepted.iter().filter(|version| **version < oldest) {
        let message = format!(
            "TLS {} is accepted, older than {}",
            version.name(),
            oldest.name()
        );
        let finding = Finding::error("edge-tls-version", message)
            .fix("switch it off at the server or the CDN");
        judged.findings.push(at(finding, place));
    }
    if !tls.accepted.contains(&Version::Tls13) {
        let finding = Finding::new(plan.level(), "edge-tls-version", "TLS 1.3 is not accepted")
            .fix("switch it on at the server or the CDN");
        judged.findings.push(at(finding, place));
    }
}

/// The certificate: trusted, and with time until the first of its chain ends.
pub(super) fn certificate(plan: &Plan, tls: &Tls, now: i64, judged: &mut Judged) {
    let certificate = &tls.certificate;
    if let Some(why) = &tls.distrust {
        let message = format!(
            "the certificate ({}, for {}) is not trusted: {why}",
            certificate.subject,
            certificate.names.join(", ")
        );
        let fix = "serve a certificate of a known authority for this host, with its whole chain";
        judged
            .findings
            .push(Finding::error("edge-certificate", message).fix(fix));
    }
    let (days, limit) = (certificate.days_left(now), plan.certificate_days.value);
    if days < i64::from(limit) {
        let message = format!("the certificate chain ends in {days} days, less than {limit}");
        let finding = Finding::error("edge-certificate", message)
            .fix("renew the certificate, and find out why that did not happen by itself");
        judged
            .findings
            .push(at(finding, plan.certificate_days.place.as_ref()));
    }
    #[expect(clippy::cast_precision_loss, reason = "days are far below 2^53")]
    let days = days as f64;
    judged
        .metrics
        .push(Metric::new("certificate days left", days, "count").at_least(f64::from(limit)));
}

/// Compression: Brotli, that decodes, and a Vary for those who cannot.
pub(super) fn compression(path: &Limit<String>, seen: &Compressed, judged: &mut Judged) {
    let mut refuse = |message: String, fix: &str| {
        let finding = Finding::error("edge-compression", message).fix(fix);
        judged.findings.push(at(finding, path.place.as_ref()));
    };
    let name = &path.value;
    let encoding = values(&seen.headers, "content-encoding").join(", ");
    if encoding.trim().to_lowercase() != "br" {
        let sent = if encoding.is_empty() {
            "plain".to_owned()
        } else {
            format!("as `{encoding}`")
        };
        refuse(
            format!(
                "{name} is sent {sent} ({} bytes) to a browser that accepts Brotli",
                seen.bytes
            ),
            "switch Brotli on at the server or the CDN",
        );
        return;
    }
    if let Err(why) = &seen.decoded {
        refuse(
            format!("{name} is announced as Brotli and does not decode: {why}"),
            "look for a proxy that compresses twice or cuts answers",
        );
    }
    let varies = values(&seen.headers, "vary")
        .iter()
        .flat_map(|value| value.split(','))
        .any(|word| matches!(word.trim().to_lowercase().as_str(), "accept-encoding" | "*"));
    if !varies {
        refuse(
            format!(
                "{name} is compressed and does not vary by Accept-Encoding, so a cache hands it to everybody"
            ),
            "send `Vary: Accept-Encoding`",
        );
    }
}

/// A rate limit: the first refusal neither early nor late, and with a Retry-After.
pub(super) fn rate_limit(rule: &RateRule, seen: Limited, judged: &mut Judged) {
    let place = rule.requests.place.as_ref();
    let (limit, path) = (rule.requests.value, &rule.path);
    let mut refuse = |message: String, fix: &str| {
        judged.findings.push(at(
            Finding::error("edge-rate-limit", message).fix(fix),
            place,
        ));
    };
    match seen.passed {
        None => refuse(
            format!(
                "{} requests in a row to {path} passed; the limit is {limit}",
                seen.sent
            ),
            "switch the limit on, or raise `requests` to what it is",
        ),
        Some(passed) if passed < limit => refuse(
            format!("{path} refused after {passed} requests; {limit} must pass"),
            "raise the limit, or ask from an address that nobody else uses",
        ),
        Some(_) if !seen.retry_after => refuse(
            format!("{path} refuses without Retry-After, so clients come back at once"),
            "send `Retry-After` with 429",
        ),
        Some(_) => {}
    }
}
