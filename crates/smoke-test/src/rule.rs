//! Judges one answer by the rules of its check. Pure: an answer goes in, what does not hold comes out.

mod body;
mod connection;
mod json;
#[cfg(test)]
mod tests;
mod text;

pub use body::{ElementRule, Finder, Schema};
pub use connection::TlsVersion;
pub(crate) use connection::expires_at;
pub use json::JsonRule;
pub(crate) use json::equal;
pub use text::TextRule;

use std::borrow::Cow;

use http_client::{HeaderName, Redactor};
use pipeline_config::{ByteSize, Millis};
use regex_lite::Regex;
use serde_json_path::JsonPath;
use verdict::{Digest, Level, Place};

use crate::{health, hurl::Assertion, quote::quote, seen::Seen, status::StatusSet};

/// Something that must hold of an answer.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Where it was written.
    pub place: Option<Place>,
    /// What must hold.
    pub demand: Demand,
}

/// What must hold.
#[derive(Clone, Debug)]
pub enum Demand {
    /// One of these statuses.
    Status(StatusSet),
    /// A header's value passes.
    Header(HeaderName, TextRule),
    /// The value of a cookie that is set passes.
    Cookie(String, TextRule),
    /// The target of the redirect passes.
    Redirect(TextRule),
    /// The body has this text in it.
    BodyContains(String),
    /// The body does not have this text in it.
    BodyLacks(String),
    /// The expression matches in the body.
    BodyMatches(Regex),
    /// The SHA-256 of the body, in lower-case hex digits.
    BodySha256(String),
    /// What the path finds in the JSON body passes.
    Json(JsonPath, JsonRule),
    /// The JSON body is valid.
    Schema(Schema),
    /// The body is exactly this.
    Body(Vec<u8>),
    /// A line of a `.hurl` file holds.
    Hurl(Box<Assertion>),
    /// What the selector finds in the HTML body passes.
    Elements(ElementRule),
    /// Every service the JSON body names is healthy.
    Health,
    /// The answer took no longer.
    MaxTime(Millis),
    /// Its headers took no longer.
    MaxTtfb(Millis),
    /// Its body is no larger.
    MaxSize(ByteSize),
    /// The connection's protocol is not older.
    TlsVersion(TlsVersion),
    /// The certificate is valid for so many days more.
    CertificateDays(u32),
}

impl Demand {
    /// Whether it reads the body as JSON.
    fn reads_json(&self) -> bool {
        matches!(self, Self::Json(..) | Self::Schema(_) | Self::Health)
    }
}

/// Something that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// An error fails the check, a warning does not.
    pub level: Level,
    /// The kind of rule, for the finding.
    pub rule: &'static str,
    /// What was found and what was expected.
    pub message: String,
    /// Where the rule was written.
    pub place: Option<Place>,
}

impl Mismatch {
    /// A mismatch that fails the check.
    pub fn error(rule: &'static str, message: impl Into<String>) -> Self {
        Self {
            level: Level::Error,
            rule,
            message: message.into(),
            place: None,
        }
    }

    /// The same mismatch as a warning.
    #[must_use]
    pub fn warn(self) -> Self {
        Self {
            level: Level::Warning,
            ..self
        }
    }
}

/// Judges an answer. Without an error in the list, the check passes.
pub fn judge(rules: &[Rule], seen: &Seen<'_>, redactor: &Redactor) -> Vec<Mismatch> {
    let mut found = Vec::new();
    let mut no_json = false;
    for rule in rules {
        let mismatches = match (rule.demand.reads_json(), no_json) {
            // Said once: the other rules about JSON could only repeat it.
            (true, true) => Vec::new(),
            (true, false) => match seen.json() {
                Ok(json) => match &rule.demand {
                    Demand::Json(path, test) => json::judge(path, test, json, redactor),
                    Demand::Schema(schema) => schema.judge(json, redactor),
                    _ => health::judge(json, redactor),
                },
                Err(reason) => {
                    no_json = true;
                    vec![Mismatch::error("json", reason)]
                }
            },
            (false, _) => plain_rule(&rule.demand, seen, redactor)
                .into_iter()
                .collect(),
        };
        found.extend(mismatches.into_iter().map(|mismatch| Mismatch {
            place: rule.place.clone(),
            ..mismatch
        }));
    }
    found
}

fn plain_rule(demand: &Demand, seen: &Seen<'_>, redactor: &Redactor) -> Option<Mismatch> {
    let response = &seen.answer.response;
    match demand {
        Demand::Status(set) => (!set.accepts(response.status)).then(|| {
            let status = response.status.as_u16();
            Mismatch::error("status", format!("status {status}, expected {set}"))
        }),
        Demand::Header(name, rule) => rule
            .fault(
                &format!("header `{name}`"),
                &seen.headers(name.as_str()),
                redactor,
            )
            .map(|fault| Mismatch::error("header", fault)),
        Demand::Cookie(name, rule) => {
            let value: Vec<Cow<'_, str>> = seen.cookie(name).map(Cow::Owned).into_iter().collect();
            rule.fault(&format!("cookie `{name}`"), &value, redactor)
                .map(|fault| Mismatch::error("cookie", fault))
        }
        Demand::Redirect(rule) => rule
            .fault("redirect", &text::targets(response), redactor)
            .map(|fault| Mismatch::error("redirect", fault)),
        Demand::BodyContains(text) => (!seen.text().contains(text.as_str()))
            .then(|| Mismatch::error("body", format!("the body lacks {}", quote(redactor, text)))),
        Demand::BodyLacks(text) => seen.text().contains(text.as_str()).then(|| {
            Mismatch::error(
                "body",
                format!("the body contains {}", quote(redactor, text)),
            )
        }),
        Demand::BodyMatches(regex) => (!regex.is_match(seen.text())).then(|| {
            let message = format!(
                "nothing in the body matches {}",
                quote(redactor, regex.as_str())
            );
            Mismatch::error("body", message)
        }),
        Demand::BodySha256(expected) => {
            let digest = Digest::of(&response.body);
            (digest.hex() != expected).then(|| {
                let message = format!(
                    "the body's SHA-256 is {}, expected {expected}",
                    digest.hex()
                );
                Mismatch::error("body", message)
            })
        }
        Demand::Body(expected) => (response.body != *expected).then(|| {
            let expected = String::from_utf8_lossy(expected);
            let message = format!("the body is not {}", quote(redactor, &expected));
            Mismatch::error("body", message)
        }),
        Demand::Hurl(assertion) => assertion.judge(seen, redactor),
        Demand::Elements(rule) => rule.judge(seen, redactor),
        // Without the measured time, so that two runs over the limit are the same finding.
        Demand::MaxTime(limit) => connection::slower(response.timings.total, *limit)
            .then(|| Mismatch::error("max-time", format!("took longer than {limit}"))),
        Demand::MaxTtfb(limit) => connection::slower(response.timings.ttfb, *limit)
            .then(|| Mismatch::error("max-ttfb", format!("the headers took longer than {limit}"))),
        Demand::MaxSize(limit) => (seen.answer.size > limit.bytes())
            .then(|| Mismatch::error("max-size", format!("the body is larger than {limit}"))),
        Demand::TlsVersion(oldest) => connection::too_old(seen.answer, *oldest),
        Demand::CertificateDays(days) => connection::expires(seen.answer, *days),
        Demand::Json(..) | Demand::Schema(_) | Demand::Health => None,
    }
}
