//! Reads a request body strictly: wrong types, values out of range, missing and unknown fields are all collected.
//!
//! GitHub ignores some misspelt fields and refuses others; the sandbox refuses them all, because a field that is ignored is
//! a mistake nobody sees. Every problem names its field by path (`output.annotations[3].end_line`).

use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::call::Refusal;

/// The fields of one JSON object, with the problems found so far.
#[derive(Debug)]
pub(super) struct Fields<'b> {
    resource: &'static str,
    prefix: String,
    map: &'b Map<String, Value>,
    known: Vec<&'static str>,
    problems: Vec<Problem>,
}

#[derive(Debug)]
struct Problem {
    field: String,
    code: &'static str,
    message: String,
    unknown: bool,
}

/// Parses a body as a JSON object.
///
/// # Errors
/// 400 in GitHub's words for what is not JSON or not an object.
pub(super) fn object(body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            "Body should be a JSON object",
        )),
        Err(_) => Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            "Problems parsing JSON",
        )),
    }
}

impl<'b> Fields<'b> {
    /// Starts reading; `resource` is GitHub's name of the thing (`CheckRun`).
    pub(super) fn of(resource: &'static str, map: &'b Map<String, Value>) -> Self {
        Self::under(resource, String::new(), map)
    }

    fn under(resource: &'static str, prefix: String, map: &'b Map<String, Value>) -> Self {
        Self {
            resource,
            prefix,
            map,
            known: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// Records a problem with a field.
    pub(super) fn refuse(&mut self, name: &str, code: &'static str, message: impl Into<String>) {
        self.problems.push(Problem {
            field: format!("{}{name}", self.prefix),
            code,
            message: message.into(),
            unknown: false,
        });
    }

    /// Whether the field was sent at all.
    pub(super) fn has(&self, name: &str) -> bool {
        self.map.contains_key(name)
    }

    /// Any JSON value.
    pub(super) fn raw(&mut self, name: &'static str) -> Option<&'b Value> {
        self.known.push(name);
        self.map.get(name)
    }

    /// An optional string.
    pub(super) fn text(&mut self, name: &'static str) -> Option<&'b str> {
        let value = self.raw(name)?;
        let text = value.as_str();
        if text.is_none() {
            self.refuse(name, "invalid", format!("{name} is not a string"));
        }
        text
    }

    /// An optional string that may also be null.
    pub(super) fn nullable_text(&mut self, name: &'static str) -> Option<&'b str> {
        if self.map.get(name).is_some_and(Value::is_null) {
            self.known.push(name);
            return None;
        }
        self.text(name)
    }

    /// A string that must be there and not be blank; empty when it is not, with the problem recorded.
    pub(super) fn need_text(&mut self, name: &'static str) -> &'b str {
        match self.text(name) {
            Some(text) if text.trim().is_empty() => {
                self.refuse(name, "missing_field", format!("{name} can't be blank"));
                ""
            }
            Some(text) => text,
            None => {
                if !self.has(name) {
                    self.refuse(name, "missing_field", format!("{name} wasn't supplied"));
                }
                ""
            }
        }
    }

    /// Refuses a string longer than `limit` characters.
    pub(super) fn at_most(&mut self, name: &'static str, limit: usize) {
        let length = self
            .map
            .get(name)
            .and_then(Value::as_str)
            .map_or(0, |text| text.chars().count());
        if length > limit {
            self.refuse(
                name,
                "invalid",
                format!("{name} is too long (maximum is {limit} characters)"),
            );
        }
    }

    /// An optional string out of a list.
    pub(super) fn one_of(&mut self, name: &'static str, allowed: &[&str]) -> Option<&'b str> {
        let text = self.text(name)?;
        if allowed.contains(&text) {
            return Some(text);
        }
        self.refuse(
            name,
            "invalid",
            format!("{name} must be one of {}", allowed.join(", ")),
        );
        None
    }

    /// A string out of a list that must be there.
    pub(super) fn need_one_of(&mut self, name: &'static str, allowed: &[&str]) -> &'b str {
        if !self.has(name) {
            self.known.push(name);
            self.refuse(name, "missing_field", format!("{name} wasn't supplied"));
        }
        self.one_of(name, allowed).unwrap_or_default()
    }

    /// An optional boolean.
    pub(super) fn flag(&mut self, name: &'static str) -> Option<bool> {
        let value = self.raw(name)?;
        if value.as_bool().is_none() {
            self.refuse(name, "invalid", format!("{name} is not a boolean"));
        }
        value.as_bool()
    }

    /// An optional whole number of at least 1.
    pub(super) fn number(&mut self, name: &'static str) -> Option<u64> {
        let value = self.raw(name)?;
        let number = value.as_u64().filter(|number| *number > 0);
        if number.is_none() {
            self.refuse(name, "invalid", format!("{name} is not a positive integer"));
        }
        number
    }

    /// A whole number that must be there.
    pub(super) fn need_number(&mut self, name: &'static str) -> u64 {
        if !self.has(name) {
            self.refuse(name, "missing_field", format!("{name} wasn't supplied"));
        }
        self.number(name).unwrap_or_default()
    }

    /// An optional RFC 3339 time, normalised to UTC seconds.
    pub(super) fn time(&mut self, name: &'static str) -> Option<String> {
        let text = self.text(name)?;
        match text.parse::<Timestamp>() {
            Ok(time) => Some(super::state::rfc3339(time)),
            Err(_) => {
                self.refuse(name, "invalid", format!("{name} is not a date-time"));
                None
            }
        }
    }

    /// An optional http(s) address.
    pub(super) fn address(&mut self, name: &'static str) -> Option<&'b str> {
        let text = self.nullable_text(name).filter(|text| !text.is_empty())?;
        let parsed = url::Url::parse(text);
        if parsed.is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
            return Some(text);
        }
        self.refuse(
            name,
            "invalid",
            format!("{name} must use http(s) scheme, got {text}"),
        );
        None
    }

    /// An optional list whose items `read` accepts.
    pub(super) fn items<T>(
        &mut self,
        name: &'static str,
        kind: &str,
        read: impl Fn(&'b Value) -> Option<T>,
    ) -> Option<Vec<T>> {
        let value = self.raw(name)?;
        let items = value
            .as_array()
            .and_then(|items| items.iter().map(read).collect());
        if items.is_none() {
            self.refuse(name, "invalid", format!("{name} is not a list of {kind}"));
        }
        items
    }

    /// An optional object, read by `read`.
    pub(super) fn group<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Fields<'b>) -> T,
    ) -> Option<T> {
        let value = self.raw(name)?;
        self.nested(name, name.to_owned(), value, read)
    }

    /// An optional list of at most `limit` objects, each read by `read`.
    pub(super) fn each<T>(
        &mut self,
        name: &'static str,
        limit: usize,
        mut read: impl FnMut(&mut Fields<'b>) -> T,
    ) -> Option<Vec<T>> {
        let value = self.raw(name)?;
        let Some(items) = value.as_array() else {
            self.refuse(name, "invalid", format!("{name} is not a list"));
            return None;
        };
        if items.len() > limit {
            self.refuse(
                name,
                "invalid",
                format!(
                    "no more than {limit} items are allowed; {} were supplied",
                    items.len()
                ),
            );
            return None;
        }
        Some(
            items
                .iter()
                .enumerate()
                .filter_map(|(at, item)| {
                    self.nested(name, format!("{name}[{at}]"), item, &mut read)
                })
                .collect(),
        )
    }

    fn nested<T>(
        &mut self,
        name: &str,
        place: String,
        value: &'b Value,
        read: impl FnOnce(&mut Fields<'b>) -> T,
    ) -> Option<T> {
        let Value::Object(map) = value else {
            self.refuse(&place, "invalid", format!("{name} is not an object"));
            return None;
        };
        let mut inner = Fields::under(self.resource, format!("{}{place}.", self.prefix), map);
        let read = read(&mut inner);
        inner.note_unknown();
        self.problems.append(&mut inner.problems);
        Some(read)
    }

    fn note_unknown(&mut self) {
        for key in self.map.keys() {
            if !self.known.contains(&key.as_str()) {
                self.problems.push(Problem {
                    field: format!("{}{key}", self.prefix),
                    code: "custom",
                    message: format!("\"{key}\" is not a permitted key."),
                    unknown: true,
                });
            }
        }
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// 422 with every problem found, unknown fields included.
    pub(super) fn finish(mut self) -> Result<(), Refusal> {
        self.note_unknown();
        if self.problems.is_empty() {
            return Ok(());
        }
        let message = self
            .problems
            .iter()
            .find(|problem| problem.unknown)
            .map_or_else(
                || "Validation Failed".to_owned(),
                |problem| format!("Invalid request.\n\n{}", problem.message),
            );
        let errors = self.problems.iter().map(|problem| {
            json!({
                "resource": self.resource,
                "field": problem.field,
                "code": problem.code,
                "message": problem.message,
            })
        });
        Err(Refusal {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            message,
            errors: errors.collect(),
        })
    }
}
