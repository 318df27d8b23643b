//! The tags of a prerendered page: its scripts, its images, and every built file it refers to.

use std::collections::{BTreeMap, BTreeSet};

use super::Chunk;

/// What a page refers to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Page {
    /// Scripts that every browser of today loads at once.
    pub scripts: BTreeSet<Chunk>,
    /// Scripts a page asks for early: module preloads and the islands that load at once.
    pub preloads: BTreeSet<Chunk>,
    /// Every built file in a `src` or `href`.
    pub references: BTreeSet<Chunk>,
    /// The `integrity` of a file, where its tag has one.
    pub integrity: BTreeMap<Chunk, String>,
    /// Every `<img>`.
    pub images: Vec<Img>,
}

/// An `<img>`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Img {
    /// As written.
    pub src: String,
    /// Whether width and height are both given, so that nothing moves when it arrives.
    pub sized: bool,
}

impl Page {
    /// Reads the tags; `resolve` says which built file an address leads to. The content of `<script>` is skipped:
    /// frameworks put their data there, with markup in it.
    pub(crate) fn parse(html: &str, resolve: impl Fn(&str) -> Option<Chunk>) -> Self {
        let mut page = Self::default();
        let mut rest = html;
        while let Some(start) = rest.find('<') {
            rest = rest.get(start + 1..).unwrap_or_default();
            if let Some(comment) = rest.strip_prefix("!--") {
                rest = comment.split_once("-->").map_or("", |(_, after)| after);
                continue;
            }
            let name_end = rest
                .find(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
                .unwrap_or(rest.len());
            let (name, after) = rest.split_at(name_end);
            if name.is_empty() {
                continue;
            }
            let (attributes, after) = attributes(after);
            page.tag(name, &Attributes(attributes), &resolve);
            let is = |wanted: &str| name.eq_ignore_ascii_case(wanted);
            rest = if is("script") || is("style") {
                after_raw(after, name)
            } else {
                after
            };
        }
        page
    }

    fn tag(
        &mut self,
        name: &str,
        attributes: &Attributes<'_>,
        resolve: &dyn Fn(&str) -> Option<Chunk>,
    ) {
        let is = |wanted: &str| name.eq_ignore_ascii_case(wanted);
        if is("img") {
            self.images.push(img(attributes));
        }
        for key in ["src", "href"] {
            let Some(chunk) = attributes.get(key).and_then(|url| resolve(&url)) else {
                continue;
            };
            if is("script") && key == "src" && attributes.get("nomodule").is_none() {
                self.scripts.insert(chunk.clone());
            }
            if is("link")
                && attributes
                    .get("rel")
                    .is_some_and(|rel| rel.eq_ignore_ascii_case("modulepreload"))
            {
                self.preloads.insert(chunk.clone());
            }
            if let Some(integrity) = attributes
                .get("integrity")
                .filter(|_| is("script") || is("link"))
            {
                self.integrity.insert(chunk.clone(), integrity);
            }
            self.references.insert(chunk);
        }
        if is("astro-island") {
            // Without a directive that waits, an island loads with the page.
            let now = attributes
                .get("client")
                .is_some_and(|client| client == "load" || client == "only");
            for key in ["component-url", "renderer-url", "before-hydration-url"] {
                if let Some(chunk) = attributes.get(key).and_then(|url| resolve(&url)) {
                    if now {
                        self.preloads.insert(chunk.clone());
                    }
                    self.references.insert(chunk);
                }
            }
        }
    }
}

fn img(attributes: &Attributes<'_>) -> Img {
    let style = attributes.get("style").unwrap_or_default();
    // `next/image` with `fill` takes the size of its parent by absolute position.
    let placed = style.contains("position:absolute")
        || attributes
            .get("data-nimg")
            .is_some_and(|kind| kind == "fill");
    let has = |key: &str| {
        attributes.get(key).is_some_and(|value| !value.is_empty())
            || style
                .split(';')
                .any(|rule| rule.trim_start().starts_with(key))
    };
    Img {
        src: attributes.get("src").unwrap_or_default(),
        sized: placed || (has("width") && has("height")) || style.contains("aspect-ratio"),
    }
}

struct Attributes<'a>(Vec<(&'a str, &'a str)>);

impl Attributes<'_> {
    /// The value of an attribute; the first counts, as in browsers.
    fn get(&self, wanted: &str) -> Option<String> {
        self.0
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
            .map(|(_, value)| {
                value
                    .replace("&#x2F;", "/")
                    .replace("&quot;", "\"")
                    .replace("&amp;", "&")
            })
    }
}

/// The attributes of a tag and what follows its `>`.
fn attributes(mut rest: &str) -> (Vec<(&str, &str)>, &str) {
    let mut found = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if let Some(after) = rest.strip_prefix('>') {
            return (found, after);
        }
        if rest.is_empty() {
            return (found, rest);
        }
        let end = rest
            .find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '>' | '/'))
            .unwrap_or(rest.len());
        // A stray `=` would otherwise stop the walk.
        let end = end.max(rest.chars().next().map_or(0, char::len_utf8));
        let (name, after) = rest.split_at(end);
        let after = after.trim_ascii_start();
        let Some(value) = after.strip_prefix('=') else {
            found.push((name, ""));
            rest = after;
            continue;
        };
        let value = value.trim_ascii_start();
        let (value, after) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let inner = value.get(1..).unwrap_or_default();
                inner.split_once(quote).unwrap_or((inner, ""))
            }
            _ => value.split_at(
                value
                    .find(|c: char| c.is_ascii_whitespace() || c == '>')
                    .unwrap_or(value.len()),
            ),
        };
        found.push((name, value));
        rest = after;
    }
}

/// What follows the raw text of `<script>` or `<style>`.
fn after_raw<'a>(rest: &'a str, name: &str) -> &'a str {
    let bytes = rest.as_bytes();
    let mut from = 0;
    while let Some(at) = bytes
        .get(from..)
        .and_then(|tail| tail.iter().position(|&byte| byte == b'<'))
    {
        let at = from + at;
        let closes = bytes.get(at + 1..at + 2 + name.len()).is_some_and(|tag| {
            tag.first() == Some(&b'/')
                && tag
                    .get(1..)
                    .is_some_and(|tag| tag.eq_ignore_ascii_case(name.as_bytes()))
        });
        if closes {
            return rest.get(at..).unwrap_or_default();
        }
        from = at + 1;
    }
    ""
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::{Chunk, Page};

    fn names(set: &BTreeSet<Chunk>) -> String {
        set.iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn scripts_are_those_a_browser_of_today_loads() {
        let html = r#"<!DOCTYPE html><!-- <script src="/_next/static/comment.js"></script> -->
<html><head><link rel="stylesheet" href="/_next/static/a.css" data-precedence="next"/>
<link rel="preload" as="script" fetchPriority="low" href="/_next/static/chunks/turbopack.js?dpl=1"/>
<script src="/_next/static/chunks/a.js" async="" integrity="sha256-x"></script><SCRIPT async SRC='/_next/static/chunks/b.js'></SCRIPT>
<script src=/_next/static/chunks/c.js></script>
<script src="/_next/static/chunks/poly.js" noModule=""></script><script src="https://x.example/y.js"></script></head>
<body><img src="/_next/static/media/p.png"/><img src="/p.png"/>
<script>self.__next_f.push([1,"<script src=\"/_next/static/chunks/data.js\">"])</script></body></html>"#;
        let page = Page::parse(html, Chunk::from_next_url);
        assert_eq!(
            names(&page.scripts),
            "static/chunks/a.js static/chunks/b.js static/chunks/c.js"
        );
        assert_eq!(
            names(&page.references),
            "static/a.css static/chunks/a.js static/chunks/b.js static/chunks/c.js static/chunks/poly.js \
             static/chunks/turbopack.js static/media/p.png"
        );
        assert_eq!(page.integrity.len(), 1);
        assert_eq!(page.images.len(), 2);
    }

    #[test]
    fn an_image_has_its_place_by_attributes_or_style() {
        let cases = [
            (r#"<img src="a.png">"#, false),
            (r#"<img src="a.png" width="1">"#, false),
            (r#"<img src="a.png" width="1" height="2">"#, true),
            (r#"<img src="a.png" style="width:1px;height:2px">"#, true),
            (
                r#"<img src="a.png" data-nimg="fill" style="position:absolute;height:100%">"#,
                true,
            ),
            (
                r#"<img src="a.png" style="max-width:1px;max-height:2px">"#,
                false,
            ),
        ];
        for (html, sized) in cases {
            assert_eq!(Page::parse(html, |_| None).images[0].sized, sized, "{html}");
        }
    }

    #[test]
    fn modules_and_islands_are_asked_for_early() {
        let html = r#"<link rel="modulepreload" href="/a.js"><astro-island component-url="/b.js" client="load" renderer-url="/c.js"></astro-island>
<astro-island component-url="/late.js" client="visible"></astro-island>"#;
        let page = Page::parse(html, |url| Chunk::from_site_url(url, ""));
        assert_eq!(names(&page.preloads), "a.js b.js c.js");
        assert!(names(&page.references).contains("late.js"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_to_its_end(html in "[<>/=\"' a-zéscript!-]{0,200}") {
            Page::parse(&html, Chunk::from_next_url);
        }
    }
}
