//! What queries find: JSON, bytes, or a date.

use regex_lite::Regex;
use serde_json::{Number, Value};
use serde_json_path::JsonPath;
use verdict::Digest;

use super::{filter::MadeFilter, syntax::Part};
use crate::{rule::expires_at, seen::Seen, xpath};

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Datum {
    Json(Value),
    Bytes(Vec<u8>),
    /// Seconds since 1970.
    Date(i64),
    /// So many nodes of a document.
    Nodes(usize),
}

impl From<Value> for Datum {
    fn from(value: Value) -> Self {
        Self::Json(value)
    }
}

impl Datum {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Json(Value::String(text.into()))
    }

    pub(super) fn integer(number: impl Into<Number>) -> Self {
        Self::Json(Value::Number(number.into()))
    }

    /// For messages.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Json(Value::String(text)) => text.clone(),
            Self::Json(value) => value.to_string(),
            Self::Bytes(bytes) => bytes
                .iter()
                .take(64)
                .map(|byte| format!("{byte:02x}"))
                .collect(),
            Self::Nodes(count) => format!("{count} nodes"),
            Self::Date(seconds) => jiff::Timestamp::from_second(*seconds)
                .map_or_else(|_| seconds.to_string(), |date| date.to_string()),
        }
    }
}

/// A query whose texts are filled in and understood.
#[derive(Clone, Debug)]
pub(super) enum MadeQuery {
    Part(Part),
    Header(String),
    Cookie(String),
    Jsonpath(JsonPath),
    Xpath(xpath::Query),
    Regex(Regex),
    /// A variable's value, which is known already.
    Known(Option<Value>),
}

/// A query and its filters.
#[derive(Clone, Debug)]
pub struct Extract {
    pub(super) query: MadeQuery,
    pub(super) filters: Vec<MadeFilter>,
}

impl Extract {
    /// What it finds; `None` for nothing.
    ///
    /// # Errors
    /// Why it cannot be looked for, such as a body that is no JSON.
    pub(super) fn find(&self, seen: &Seen<'_>) -> Result<Option<Datum>, String> {
        let mut found = self.query.find(seen)?;
        for filter in &self.filters {
            // Also under `not`: what was not there to be looked at proves nothing.
            let datum = found.ok_or("there is nothing to filter")?;
            found = filter.apply(datum, seen.answer.now)?;
        }
        Ok(found)
    }

    /// What it finds, as a value for later steps.
    ///
    /// # Errors
    /// That it finds nothing, or nothing that can be kept.
    pub fn value(&self, seen: &Seen<'_>) -> Result<Value, String> {
        match self.find(seen)? {
            Some(Datum::Json(value)) => Ok(value),
            Some(Datum::Bytes(bytes)) => match String::from_utf8(bytes) {
                Ok(text) => Ok(text.into()),
                Err(_) => Err("the bytes are no text".to_owned()),
            },
            Some(date @ Datum::Date(_)) => Ok(date.shown().into()),
            Some(Datum::Nodes(_)) => Err(
                "nodes cannot be kept: take `string(…)` of the XPath, or `count` them".to_owned(),
            ),
            None => Err("the query finds nothing".to_owned()),
        }
    }
}

impl MadeQuery {
    fn find(&self, seen: &Seen<'_>) -> Result<Option<Datum>, String> {
        Ok(match self {
            Self::Part(part) => part.of(seen),
            Self::Header(name) => several(
                seen.headers(name)
                    .into_iter()
                    .map(|value| Value::from(value.into_owned()))
                    .collect(),
            ),
            Self::Cookie(name) => seen.cookie(name).map(Datum::text),
            Self::Jsonpath(path) => by_path(path, seen.json()?),
            Self::Xpath(query) => by_xpath(query, seen.page()?)?,
            Self::Regex(regex) => by_regex(regex, seen.text()),
            Self::Known(value) => value.clone().map(Datum::Json),
        })
    }
}

impl Part {
    fn of(self, seen: &Seen<'_>) -> Option<Datum> {
        let response = &seen.answer.response;
        Some(match self {
            Self::Status => Datum::integer(response.status.as_u16()),
            Self::Url => Datum::text(response.url.as_str()),
            Self::Body => Datum::text(seen.text()),
            Self::Bytes => Datum::Bytes(response.body.clone()),
            Self::Sha256 => Datum::Bytes(digest(&response.body)),
            Self::Duration => {
                let millis = response.timings.total.as_millis();
                Datum::integer(u64::try_from(millis).unwrap_or(u64::MAX))
            }
            Self::CertificateExpires => Datum::Date(expires_at(seen.answer)?),
        })
    }
}

/// Nothing, the one value, or the list of several.
fn several(mut values: Vec<Value>) -> Option<Datum> {
    match values.len() {
        0 => None,
        1 => values.pop().map(Datum::Json),
        _ => Some(Datum::Json(Value::Array(values))),
    }
}

pub(super) fn by_path(path: &JsonPath, json: &Value) -> Option<Datum> {
    several(path.query(json).all().into_iter().cloned().collect())
}

pub(super) fn by_regex(regex: &Regex, text: &str) -> Option<Datum> {
    let groups = regex.captures(text)?;
    groups.get(1).map(|group| Datum::text(group.as_str()))
}

/// What an XPath finds. No nodes are found nodes, whose number is 0.
pub(super) fn by_xpath(query: &xpath::Query, page: &xpath::Page) -> Result<Option<Datum>, String> {
    Ok(Some(match query.find(page)? {
        xpath::Found::Nodes(count) => Datum::Nodes(count),
        xpath::Found::Text(text) => Datum::text(text),
        xpath::Found::Truth(truth) => Datum::Json(truth.into()),
        xpath::Found::Number(number) => match Number::from_f64(number) {
            Some(number) => Datum::Json(Value::Number(number)),
            None => return Err("the XPath computes no number".to_owned()),
        },
    }))
}

fn digest(bytes: &[u8]) -> Vec<u8> {
    let hex = Digest::of(bytes).hex().to_owned();
    hex.as_bytes()
        .chunks(2)
        .filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}
