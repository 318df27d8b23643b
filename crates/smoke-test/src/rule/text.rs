//! Tests of texts: headers, and the targets of redirects.

use std::borrow::Cow;

use http_client::{Redactor, Response, header::LOCATION};
use regex_lite::Regex;

use crate::quote::quote;

/// What must hold of a text.
#[derive(Clone, Debug, Default)]
pub struct TextRule {
    /// It is this text.
    pub equals: Option<String>,
    /// These are in it.
    pub contains: Vec<String>,
    /// This matches in it.
    pub matches: Option<Regex>,
    /// It must not be there at all.
    pub absent: bool,
}

/// The forms a redirect's target may be expected in: as written, absolute, and as a path of the same host.
pub(super) fn targets(response: &Response) -> Vec<Cow<'_, str>> {
    let location = response.headers.get(LOCATION);
    let Some(written) = location.and_then(|value| value.to_str().ok()) else {
        return Vec::new();
    };
    let mut forms = vec![Cow::Borrowed(written)];
    if let Ok(absolute) = response.url.join(written) {
        if absolute.origin() == response.url.origin() {
            forms.push(absolute[url::Position::BeforePath..].to_owned().into());
        }
        forms.push(String::from(absolute).into());
    }
    forms
}

impl TextRule {
    /// What is wrong with the values of a thing, if none of them passes.
    pub(super) fn fault(
        &self,
        what: &str,
        values: &[Cow<'_, str>],
        redactor: &Redactor,
    ) -> Option<String> {
        let Some(first) = values.first() else {
            return (!self.absent).then(|| format!("{what} is missing"));
        };
        let found = quote(redactor, first);
        if self.absent {
            return Some(format!("{what} is {found}, expected none"));
        }
        if values.iter().any(|value| self.passes(value)) {
            return None;
        }
        let mut wanted = Vec::new();
        if let Some(text) = &self.equals {
            wanted.push(quote(redactor, text));
        }
        wanted.extend(
            self.contains
                .iter()
                .map(|text| format!("{} in it", quote(redactor, text))),
        );
        if let Some(regex) = &self.matches {
            wanted.push(format!("a match of {}", quote(redactor, regex.as_str())));
        }
        Some(format!(
            "{what} is {found}, expected {}",
            wanted.join(" and ")
        ))
    }

    fn passes(&self, value: &str) -> bool {
        self.equals.as_ref().is_none_or(|text| text == value)
            && self
                .contains
                .iter()
                .all(|text| value.contains(text.as_str()))
            && self
                .matches
                .as_ref()
                .is_none_or(|regex| regex.is_match(value))
    }
}
