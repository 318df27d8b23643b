//! Tests of whole bodies: JSON by a schema, HTML and XML by selectors and XPath.

use std::{borrow::Cow, fmt, sync::Arc};

use http_client::Redactor;
use jsonschema::Validator;
use serde_json::Value;

use super::{Mismatch, TextRule};
use crate::{quote::quote, seen::Seen, select::Query, xpath};

/// More faults of one body are counted, not told.
const MOST: usize = 5;

/// A JSON Schema, understood.
#[derive(Clone)]
pub struct Schema(Arc<Validator>);

impl Schema {
    /// Reads a schema. References lead only into itself: nothing is fetched.
    ///
    /// # Errors
    /// The validator's words.
    pub fn new(schema: &Value) -> Result<Self, String> {
        jsonschema::validator_for(schema)
            .map(|validator| Self(Arc::new(validator)))
            .map_err(|error| error.to_string())
    }

    pub(super) fn judge(&self, json: &Value, redactor: &Redactor) -> Vec<Mismatch> {
        let mut errors = self.0.iter_errors(json);
        let mut found: Vec<_> = errors
            .by_ref()
            .take(MOST)
            .map(|error| {
                let path = error.instance_path().to_string();
                let at = if path.is_empty() {
                    "the whole".to_owned()
                } else {
                    quote(redactor, &path)
                };
                Mismatch::error(
                    "schema",
                    format!(
                        "{at} breaks the schema: {}",
                        quote(redactor, &error.to_string())
                    ),
                )
            })
            .collect();
        let more = errors.count();
        if more > 0 {
            found.push(Mismatch::error(
                "schema",
                format!("{more} more places break the schema"),
            ));
        }
        found
    }
}

impl fmt::Debug for Schema {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Schema").finish_non_exhaustive()
    }
}

/// What finds elements.
#[derive(Clone, Debug)]
pub enum Finder {
    /// A CSS selector, in HTML.
    Selector(Query),
    /// An XPath, in HTML and XML.
    Xpath(xpath::Query),
}

impl Finder {
    /// Whether it finds elements, and does not compute a value.
    pub fn finds_nodes(&self) -> bool {
        match self {
            Self::Selector(_) => true,
            Self::Xpath(query) => query.finds_nodes(),
        }
    }

    /// As it was written.
    pub(crate) fn written(&self) -> &str {
        match self {
            Self::Selector(query) => query.written(),
            Self::Xpath(query) => query.written(),
        }
    }

    /// The rule of its findings.
    const fn rule(&self) -> &'static str {
        match self {
            Self::Selector(_) => "selector",
            Self::Xpath(_) => "xpath",
        }
    }

    /// The texts it finds.
    ///
    /// # Errors
    /// Why it cannot look for them.
    pub(crate) fn texts(&self, seen: &Seen<'_>) -> Result<Vec<String>, String> {
        match self {
            Self::Selector(query) => Ok(query.texts(seen.html()?)),
            Self::Xpath(query) => query.texts(seen.page()?),
        }
    }
}

/// What must hold of the elements that something finds.
#[derive(Clone, Debug)]
pub struct ElementRule {
    /// What finds them.
    pub finder: Finder,
    /// So many there are.
    pub count: Option<u64>,
    /// One of them passes; `None` where only their number counts.
    pub text: Option<TextRule>,
}

impl ElementRule {
    pub(super) fn judge(&self, seen: &Seen<'_>, redactor: &Redactor) -> Option<Mismatch> {
        let rule = self.finder.rule();
        let what = format!("`{}`", self.finder.written());
        let texts = match self.finder.texts(seen) {
            Ok(texts) => texts,
            Err(reason) => return Some(Mismatch::error(rule, format!("{what}: {reason}"))),
        };
        if let Some(count) = self.count.filter(|count| *count != texts.len() as u64) {
            let message = format!("{what} finds {} elements, expected {count}", texts.len());
            return Some(Mismatch::error(rule, message));
        }
        let texts: Vec<Cow<'_, str>> = texts.into_iter().map(Cow::Owned).collect();
        self.text
            .as_ref()?
            .fault(&what, &texts, redactor)
            .map(|fault| Mismatch::error(rule, fault))
    }
}
