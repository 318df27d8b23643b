//! CSS selectors over an HTML body.

use scraper::{ElementRef, Html, Selector};

/// A selector, and the attribute that is asked for.
#[derive(Clone, Debug)]
pub struct Query {
    selector: Selector,
    attribute: Option<String>,
    written: String,
}

impl Query {
    /// Reads `h1`, or `link[rel=canonical]@href` for an attribute.
    ///
    /// # Errors
    /// The parser's words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let is_name = |name: &str| {
            !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_:.".contains(&byte))
        };
        let (selector, attribute) = match text.rsplit_once('@') {
            Some((selector, name)) if is_name(name.trim()) => (selector, Some(name.trim())),
            _ => (text, None),
        };
        Ok(Self {
            selector: Selector::parse(selector.trim())
                .map_err(|error| format!("`{text}`: {error}"))?,
            attribute: attribute.map(str::to_ascii_lowercase),
            written: text.to_owned(),
        })
    }

    /// As it was written.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// The texts it finds, in the order of the document, with single spaces; of an attribute as written. Elements without
    /// the attribute are not found.
    pub fn texts(&self, document: &Html) -> Vec<String> {
        let text = |element: ElementRef<'_>| match &self.attribute {
            Some(name) => element.value().attr(name).map(str::to_owned),
            None => {
                let text: String = element.text().collect();
                Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
            }
        };
        document.select(&self.selector).filter_map(text).collect()
    }
}

#[cfg(test)]
mod tests {
    use scraper::Html;

    use super::Query;

    #[test]
    fn finds_texts_and_attributes() {
        let page = Html::parse_document(
            "<head><link rel=canonical href='https://a.example/?x@y'><link rel=icon></head>
             <h1>Set\n  <em>lists</em></h1><p class='a b'>one<p class=a>two",
        );
        for (selector, expected) in [
            ("h1", vec!["Set lists"]),
            ("p.a", vec!["one", "two"]),
            ("p.a.b", vec!["one"]),
            ("link@href", vec!["https://a.example/?x@y"]),
            ("link[href$='x@y']@rel", vec!["canonical"]),
            ("link[href$='x@y']", vec![""]),
            ("h2", vec![]),
        ] {
            assert_eq!(
                Query::parse(selector).unwrap().texts(&page),
                expected,
                "{selector}"
            );
        }
        for broken in ["", "h1[", "@href", ">>"] {
            assert!(Query::parse(broken).is_err(), "{broken}");
        }
    }
}
