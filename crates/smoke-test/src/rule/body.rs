//! Tests of whole bodies: JSON by a schema, HTML by selectors.

use std::{borrow::Cow, fmt, sync::Arc};

use http_client::Redactor;
use jsonschema::Validator;
use serde_json::Value;

use super::{Mismatch, TextRule};
use crate::{quote::quote, seen::Seen, select::Query};

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

/// What must hold of the elements that a selector finds.
#[derive(Clone, Debug)]
pub struct SelectorRule {
    /// What finds them.
    pub query: Query,
    /// So many there are.
    pub count: Option<u64>,
    /// One of them passes; `None` where only their number counts.
    pub text: Option<TextRule>,
}

impl SelectorRule {
    pub(super) fn judge(&self, seen: &Seen<'_>, redactor: &Redactor) -> Option<Mismatch> {
        let texts = self.query.texts(seen.html());
        let what = format!("`{}`", self.query.written());
        if let Some(count) = self.count.filter(|count| *count != texts.len() as u64) {
            let message = format!("{what} finds {} elements, expected {count}", texts.len());
            return Some(Mismatch::error("selector", message));
        }
        let texts: Vec<Cow<'_, str>> = texts.into_iter().map(Cow::Owned).collect();
        self.text
            .as_ref()?
            .fault(&what, &texts, redactor)
            .map(|fault| Mismatch::error("selector", fault))
    }
}
