//! What was seen of a site, as plain values: everything its score is computed from.

use http::HeaderMap;
use url::Url;

/// A site as a scanner meets it: over http, over https, and asked from another origin.
#[derive(Clone, Debug)]
pub struct Site {
    /// The host that was asked for.
    pub host: String,
    /// The address the page was read from.
    pub url: Url,
    /// The page's response headers.
    pub headers: HeaderMap,
    /// The page, as far as it was read; empty unless it is text.
    pub body: String,
    /// What plain http answers; `None` where nothing listens.
    pub http: Option<PlainHttp>,
    /// What https answers; `None` where nothing listens.
    pub https: Option<Https>,
    /// The answer to a preflight from another origin.
    pub cross_origin: Option<CrossOrigin>,
}

/// What plain http answers.
#[derive(Clone, Debug)]
pub struct PlainHttp {
    /// Every address on the way, the one asked for first.
    pub route: Vec<Url>,
    /// Whether every certificate on the way is trusted.
    pub trusted: bool,
}

/// What https answers.
#[derive(Clone, Debug)]
pub struct Https {
    /// The last answer's headers.
    pub headers: HeaderMap,
    /// Whether every certificate on the way is trusted.
    pub trusted: bool,
}

/// The answer to a preflight.
#[derive(Clone, Debug)]
pub struct CrossOrigin {
    /// The origin that asked.
    pub origin: String,
    /// The answer's headers.
    pub headers: HeaderMap,
}

impl Site {
    /// The values of a header of the page, in order.
    pub(crate) fn values(&self, name: &str) -> Vec<String> {
        values(&self.headers, name)
    }

    /// The first value of a header of the page.
    pub(crate) fn first(&self, name: &str) -> Option<String> {
        self.values(name).into_iter().next()
    }

    /// Whether the page is HTML by its type.
    pub(crate) fn is_html(&self) -> bool {
        let kind = self.first("content-type").unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default();
        matches!(kind, "text/html" | "application/xhtml+xml")
    }
}

/// The values of a header, in order; bytes that are no text are replaced.
pub(crate) fn values(headers: &HeaderMap, name: &str) -> Vec<String> {
    headers
        .get_all(name)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect()
}
