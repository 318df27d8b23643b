//! Fills in the texts of queries, filters and predicates and understands their expressions.

use regex_lite::Regex;
use serde_json::Value;
use serde_json_path::JsonPath;

use super::{
    filter::MadeFilter,
    predicate::{Assertion, Test},
    syntax::{AssertLine, Fault, Filter, Operand, Pattern, Payload, Predicate, Query, Spot, Text},
    value::{Datum, Extract, MadeQuery},
};
use crate::{variables::Variables, world::World, xpath};

/// Fills in texts and keeps the mistakes it meets.
pub(super) struct Maker<'a> {
    pub(super) variables: &'a Variables,
    pub(super) used: &'a mut dyn FnMut(&str),
    pub(super) faults: &'a mut Vec<Fault>,
}

impl Maker<'_> {
    pub(super) fn refuse(&mut self, spot: Spot, message: impl Into<String>) {
        let message = message.into();
        self.faults.push(Fault { spot, message });
    }

    /// The text with its values, or nothing and its mistake noted.
    pub(super) fn fill(&mut self, text: &Text) -> Option<String> {
        match self.variables.fill(&text.raw, &mut *self.used) {
            Ok(filled) => Some(filled),
            Err(error) => {
                self.refuse(text.spot, error.to_string());
                None
            }
        }
    }

    /// The bytes of a body.
    pub(super) fn payload(&mut self, payload: &Payload, world: &World) -> Option<Vec<u8>> {
        match payload {
            Payload::Bytes(bytes) => Some(bytes.clone()),
            Payload::Text(text) => self.fill(text).map(String::into_bytes),
            Payload::Json(text) => self.fill_json(text).map(String::into_bytes),
            Payload::File(text) => {
                let path = self.fill(text)?;
                match world.file(&path) {
                    Ok(bytes) => Some(bytes),
                    Err(error) => {
                        self.refuse(text.spot, format!("file `{path}`: {error}"));
                        None
                    }
                }
            }
        }
    }

    /// JSON with its values: within quotes as a part of that text, outside of them as JSON.
    fn fill_json(&mut self, text: &Text) -> Option<String> {
        let (mut filled, mut rest) = (String::new(), text.raw.as_str());
        let (mut quoted, mut escaped) = (false, false);
        while let Some(c) = rest.chars().next() {
            let placeholder = rest
                .strip_prefix("{{")
                .and_then(|rest| rest.split_once("}}"));
            // Without a name it is JSON's own `{{`, which JSON will complain of.
            if let Some((name, after)) = placeholder
                && crate::variables::is_name(name.trim())
            {
                let name = name.trim();
                let Some(value) = self.variables.get(name) else {
                    let error = crate::variables::FillError::Unknown(name.to_owned());
                    self.refuse(text.spot, error.to_string());
                    return None;
                };
                (self.used)(name);
                let json = match (quoted, value) {
                    (true, value) => Value::from(crate::variables::text(value)).to_string(),
                    (false, value) => value.to_string(),
                };
                let json = if quoted {
                    json.trim_start_matches('"')
                        .strip_suffix('"')
                        .unwrap_or(&json)
                } else {
                    &json
                };
                filled.push_str(json);
                rest = after;
                continue;
            }
            match c {
                _ if escaped => escaped = false,
                '\\' if quoted => escaped = true,
                '"' => quoted = !quoted,
                _ => {}
            }
            filled.push(c);
            rest = &rest[c.len_utf8()..];
        }
        Some(filled)
    }

    pub(super) fn extract(&mut self, query: &Query, filters: &[Filter]) -> Option<Extract> {
        let query = self.query(query)?;
        let filters: Option<Vec<_>> = filters.iter().map(|filter| self.filter(filter)).collect();
        Some(Extract {
            query,
            filters: filters?,
        })
    }

    pub(super) fn assertion(&mut self, line: &AssertLine) -> Option<Assertion> {
        let extract = self.extract(&line.query, &line.filters)?;
        let test = match &line.predicate {
            Predicate::Exists => Test::Exists,
            Predicate::Is(kind) => Test::Is(*kind),
            Predicate::Matches(pattern) => Test::Matches(self.pattern(pattern)?),
            Predicate::Compare(comparison, operand) => {
                Test::Compare(*comparison, self.operand(operand)?)
            }
        };
        Some(Assertion {
            written: line.written.clone(),
            extract,
            not: line.not,
            test,
        })
    }

    fn query(&mut self, query: &Query) -> Option<MadeQuery> {
        Some(match query {
            Query::Part(part) => MadeQuery::Part(*part),
            Query::Header(name) => MadeQuery::Header(self.fill(name)?),
            Query::Cookie(name) => MadeQuery::Cookie(self.fill(name)?),
            Query::Jsonpath(path) => MadeQuery::Jsonpath(self.path(path)?),
            Query::Xpath(text) => MadeQuery::Xpath(self.xpath(text)?),
            Query::Regex(pattern) => MadeQuery::Regex(self.pattern(pattern)?),
            Query::Variable(name) => {
                let name = self.fill(name)?;
                (self.used)(&name);
                MadeQuery::Known(self.variables.get(&name).cloned())
            }
        })
    }

    fn filter(&mut self, filter: &Filter) -> Option<MadeFilter> {
        Some(match filter {
            Filter::Plain(plain) => MadeFilter::Plain(*plain),
            Filter::Nth(index) => MadeFilter::Nth(*index),
            Filter::Jsonpath(path) => MadeFilter::Jsonpath(self.path(path)?),
            Filter::Xpath(text) => MadeFilter::Xpath(self.xpath(text)?),
            Filter::Regex(pattern) => MadeFilter::Regex(self.pattern(pattern)?),
            Filter::Split(by) => MadeFilter::Split(self.fill(by)?),
            Filter::Replace(old, new) => MadeFilter::Replace(self.fill(old)?, self.fill(new)?),
        })
    }

    fn operand(&mut self, operand: &Operand) -> Option<Datum> {
        Some(match operand {
            Operand::Value(value) => Datum::Json(value.clone()),
            Operand::Bytes(bytes) => Datum::Bytes(bytes.clone()),
            Operand::Text(text) => Datum::text(self.fill(text)?),
            Operand::Variable(name) => match self.variables.get(&name.raw) {
                Some(value) => {
                    (self.used)(&name.raw);
                    Datum::Json(value.clone())
                }
                None => {
                    let error = crate::variables::FillError::Unknown(name.raw.clone());
                    self.refuse(name.spot, error.to_string());
                    return None;
                }
            },
        })
    }

    fn path(&mut self, text: &Text) -> Option<JsonPath> {
        let filled = self.fill(text)?;
        let path = JsonPath::parse(&filled).ok();
        if path.is_none() {
            self.refuse(
                text.spot,
                format!("`{filled}` is no JSONPath (RFC 9535); write it like `$.status`"),
            );
        }
        path
    }

    fn xpath(&mut self, text: &Text) -> Option<xpath::Query> {
        let filled = self.fill(text)?;
        let query = xpath::Query::parse(&filled);
        query
            .map_err(|error| self.refuse(text.spot, format!("no XPath: {error}")))
            .ok()
    }

    fn pattern(&mut self, pattern: &Pattern) -> Option<Regex> {
        let (filled, spot) = match pattern {
            Pattern::Plain(text) => (text.raw.clone(), text.spot),
            Pattern::Quoted(text) => (self.fill(text)?, text.spot),
        };
        match Regex::new(&filled) {
            Ok(regex) => Some(regex),
            Err(error) => {
                self.refuse(
                    spot,
                    format!("`{filled}` is no regular expression: {error}"),
                );
                None
            }
        }
    }
}
