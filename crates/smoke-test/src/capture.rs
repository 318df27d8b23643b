//! Takes a value out of an answer for the steps that follow.

use http_client::HeaderName;
use regex_lite::Regex;
use serde_json::Value;
use serde_json_path::JsonPath;
use verdict::Place;

use crate::{
    hurl::Extract,
    rule::{Finder, Mismatch},
    seen::Seen,
};

/// A value to take.
#[derive(Clone, Debug)]
pub struct Capture {
    /// The variable's name.
    pub name: String,
    /// Where it is.
    pub source: Source,
    /// Whether it is never shown.
    pub redact: bool,
    /// Where it was written.
    pub place: Option<Place>,
}

/// Where a value is.
#[derive(Clone, Debug)]
pub enum Source {
    /// The first node of a JSON body that a path finds.
    Json(JsonPath),
    /// A header.
    Header(HeaderName),
    /// A cookie that is set.
    Cookie(String),
    /// A match in the body.
    Matches(Regex),
    /// An element of an HTML or XML body.
    Element(Finder),
    /// What a query of a `.hurl` file finds.
    Hurl(Extract),
}

/// A value that was taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Captured {
    /// The variable's name.
    pub name: String,
    /// The value.
    pub value: Value,
    /// Whether it is never shown.
    pub redact: bool,
}

impl Capture {
    /// Takes the value.
    ///
    /// # Errors
    /// What is missing.
    pub fn take(&self, seen: &Seen<'_>) -> Result<Captured, Mismatch> {
        let found = match &self.source {
            Source::Json(path) => seen.json().map_err(str::to_owned).and_then(|json| {
                let first = path.query(json).first();
                first
                    .cloned()
                    .ok_or_else(|| format!("`{path}` finds nothing"))
            }),
            Source::Header(name) => seen
                .headers(name.as_str())
                .first()
                .map(|value| value.as_ref().into())
                .ok_or_else(|| format!("header `{name}` is missing")),
            Source::Cookie(name) => seen
                .cookie(name)
                .map(Value::from)
                .ok_or_else(|| format!("no cookie `{name}` is set")),
            Source::Matches(regex) => regex
                .captures(seen.text())
                .and_then(|groups| groups.get(1).or_else(|| groups.get(0)))
                .map(|group| group.as_str().into())
                .ok_or_else(|| format!("nothing in the body matches `{regex}`")),
            Source::Element(finder) => finder.texts(seen).and_then(|texts| {
                let first = texts.into_iter().next();
                first
                    .map(Value::from)
                    .ok_or_else(|| format!("`{}` finds no element", finder.written()))
            }),
            Source::Hurl(extract) => extract.value(seen),
        };
        match found {
            Ok(value) => Ok(Captured {
                name: self.name.clone(),
                value,
                redact: self.redact,
            }),
            Err(reason) => Err(Mismatch {
                place: self.place.clone(),
                ..Mismatch::error(
                    "capture",
                    format!("`{}` cannot be captured: {reason}", self.name),
                )
            }),
        }
    }
}
