//! What a page says about itself: scripts, and the headers that stand in `<meta>`. Read as browsers read HTML.

use std::sync::LazyLock;

use scraper::{Html, Selector};

/// A `<script src>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Script {
    /// The address as written.
    pub(crate) src: String,
    /// Whether it carries a hash.
    pub(crate) integrity: bool,
}

/// The scripts of a page: those with an address, and how many there are in all.
pub(crate) fn scripts(body: &str) -> (Vec<Script>, usize) {
    let page = Html::parse_document(body);
    let Some(selector) = &*SCRIPT else {
        return (Vec::new(), 0);
    };
    let mut all = 0;
    let mut external = Vec::new();
    for script in page.select(selector) {
        all += 1;
        if let Some(src) = script
            .attr("src")
            .map(str::trim)
            .filter(|src| !src.is_empty())
        {
            external.push(Script {
                src: src.to_owned(),
                integrity: script
                    .attr("integrity")
                    .is_some_and(|hash| !hash.is_empty()),
            });
        }
    }
    (external, all)
}

/// The policies in `<meta http-equiv="content-security-policy">`, in order.
pub(crate) fn content_security_policies(body: &str) -> Vec<String> {
    metas(body)
        .into_iter()
        .filter(|meta| meta.http_equiv.as_deref() == Some("content-security-policy"))
        .filter_map(|meta| meta.content)
        .filter(|content| !content.is_empty())
        .collect()
}

/// The last `<meta name="referrer">`.
pub(crate) fn referrer_policy(body: &str) -> Option<String> {
    metas(body)
        .into_iter()
        .filter(|meta| meta.http_equiv.is_none() || meta.content.is_none())
        .filter(|meta| meta.name.as_deref() == Some("referrer"))
        .filter_map(|meta| meta.content)
        .rfind(|content| !content.is_empty())
}

struct Meta {
    http_equiv: Option<String>,
    name: Option<String>,
    content: Option<String>,
}

fn metas(body: &str) -> Vec<Meta> {
    let page = Html::parse_document(body);
    let Some(selector) = &*META else {
        return Vec::new();
    };
    let lower = |text: &str| text.trim().to_lowercase();
    page.select(selector)
        .map(|meta| Meta {
            http_equiv: meta.attr("http-equiv").map(lower),
            name: meta.attr("name").map(lower),
            content: meta.attr("content").map(str::to_owned),
        })
        .collect()
}

static SCRIPT: LazyLock<Option<Selector>> = LazyLock::new(|| Selector::parse("script").ok());
static META: LazyLock<Option<Selector>> = LazyLock::new(|| Selector::parse("meta").ok());

/// The addresses a page loads or links to on its own host, as paths, in order.
pub(crate) fn addresses(body: &str) -> Vec<String> {
    let page = Html::parse_document(body);
    let Some(selector) = &*LOADED else {
        return Vec::new();
    };
    page.select(selector)
        .filter_map(|element| element.attr("src").or_else(|| element.attr("href")))
        .filter(|address| address.starts_with('/') && !address.starts_with("//"))
        .map(|address| {
            address
                .split(['?', '#'])
                .next()
                .unwrap_or(address)
                .to_owned()
        })
        .collect()
}

static LOADED: LazyLock<Option<Selector>> =
    LazyLock::new(|| Selector::parse("script[src], link[href], img[src], a[href]").ok());
