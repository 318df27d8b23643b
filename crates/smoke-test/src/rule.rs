//! Judges one answer by the rules of its check. Pure: an answer goes in, what does not hold comes out.

mod json;
#[cfg(test)]
mod tests;
mod text;

pub use json::JsonRule;
pub use text::TextRule;

use std::borrow::Cow;

use http_client::{HeaderName, Redactor, Response};
use pipeline_config::Millis;
use regex_lite::Regex;
use serde_json::Value;
use serde_json_path::JsonPath;
use verdict::{Digest, Level, Place};

use crate::{health, quote::quote, status::StatusSet};

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
    /// Every service the JSON body names is healthy.
    Health,
    /// The answer took no longer.
    MaxTime(Millis),
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
pub fn judge(rules: &[Rule], response: &Response, redactor: &Redactor) -> Vec<Mismatch> {
    let body = String::from_utf8_lossy(&response.body);
    let reads_json = |rule: &&Rule| matches!(rule.demand, Demand::Json(..) | Demand::Health);
    let json = rules
        .iter()
        .find(reads_json)
        .map(|rule| (rule, serde_json::from_slice::<Value>(&response.body)));
    let mut found = Vec::new();
    for rule in rules {
        let mismatches = match (&rule.demand, &json) {
            (Demand::Json(path, test), Some((_, Ok(json)))) => {
                json::judge(path, test, json, redactor)
            }
            (Demand::Health, Some((_, Ok(json)))) => health::judge(json, redactor),
            // Said once: the other rules about JSON could only repeat it.
            (Demand::Json(..) | Demand::Health, Some((first, Err(error))))
                if std::ptr::eq(*first, rule) =>
            {
                vec![Mismatch::error(
                    "json",
                    format!("the body is no JSON ({error})"),
                )]
            }
            _ => plain_rule(&rule.demand, response, &body, redactor)
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

fn plain_rule(
    demand: &Demand,
    response: &Response,
    body: &str,
    redactor: &Redactor,
) -> Option<Mismatch> {
    let status = response.status.as_u16();
    match demand {
        Demand::Status(set) => (!set.accepts(response.status))
            .then(|| Mismatch::error("status", format!("status {status}, expected {set}"))),
        Demand::Header(name, rule) => {
            let values: Vec<Cow<'_, str>> = response
                .headers
                .get_all(name)
                .iter()
                .map(|value| String::from_utf8_lossy(value.as_bytes()))
                .collect();
            rule.fault(&format!("header `{name}`"), &values, redactor)
                .map(|fault| Mismatch::error("header", fault))
        }
        Demand::Redirect(rule) => rule
            .fault("redirect", &text::targets(response), redactor)
            .map(|fault| Mismatch::error("redirect", fault)),
        Demand::BodyContains(text) => (!body.contains(text.as_str()))
            .then(|| Mismatch::error("body", format!("the body lacks {}", quote(redactor, text)))),
        Demand::BodyLacks(text) => body.contains(text.as_str()).then(|| {
            Mismatch::error(
                "body",
                format!("the body contains {}", quote(redactor, text)),
            )
        }),
        Demand::BodyMatches(regex) => (!regex.is_match(body)).then(|| {
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
        Demand::MaxTime(limit) => {
            let took = response.timings.total.as_secs_f64() * 1e3;
            // Without the measured time, so that two runs over the limit are the same finding.
            (took > limit.value())
                .then(|| Mismatch::error("max-time", format!("took longer than {limit}")))
        }
        Demand::Json(..) | Demand::Health => None,
    }
}
