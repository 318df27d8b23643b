//! The tags of a prerendered page: its scripts, and every built file it refers to.

use std::collections::BTreeSet;

use super::Chunk;

/// What a page refers to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Page {
    /// Scripts that every browser of today loads at once.
    pub scripts: BTreeSet<Chunk>,
    /// Every built file in a `src` or `href`.
    pub references: BTreeSet<Chunk>,
}

impl Page {
    /// Reads the tags. The content of `<script>` is skipped: Next.js puts its data there, with markup in it.
    pub(crate) fn parse(html: &str) -> Self {
        let mut page = Self::default();
        let mut rest = html;
        while let Some(start) = rest.find('<') {
            rest = rest.get(start + 1..).unwrap_or_default();
            if let Some(comment) = rest.strip_prefix("!--") {
                rest = comment.split_once("-->").map_or("", |(_, after)| after);
                continue;
            }
            let name_end = rest
                .find(|c: char| !c.is_ascii_alphanumeric())
                .unwrap_or(rest.len());
            let (name, after) = rest.split_at(name_end);
            if name.is_empty() {
                continue;
            }
            let script = name.eq_ignore_ascii_case("script");
            let (attributes, after) = attributes(after);
            let no_module = attributes
                .iter()
                .any(|(name, _)| name.eq_ignore_ascii_case("nomodule"));
            for (name, value) in attributes {
                let is = |wanted: &str| name.eq_ignore_ascii_case(wanted);
                if !(is("src") || is("href")) {
                    continue;
                }
                if let Some(chunk) = Chunk::from_url(&value.replace("&amp;", "&")) {
                    if script && is("src") && !no_module {
                        page.scripts.insert(chunk.clone());
                    }
                    page.references.insert(chunk);
                }
            }
            rest = if script { after_script(after) } else { after };
        }
        page
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

fn after_script(rest: &str) -> &str {
    let end = rest
        .as_bytes()
        .windows(8)
        .position(|window| window.eq_ignore_ascii_case(b"</script"));
    end.and_then(|end| rest.get(end..)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Page;

    #[test]
    fn scripts_are_those_a_browser_of_today_loads() {
        let html = r#"<!DOCTYPE html><!-- <script src="/_next/static/comment.js"></script> -->
<html><head><link rel="stylesheet" href="/_next/static/a.css" data-precedence="next"/>
<link rel="preload" as="script" fetchPriority="low" href="/_next/static/chunks/turbopack.js?dpl=1"/>
<script src="/_next/static/chunks/a.js" async=""></script><SCRIPT async SRC='/_next/static/chunks/b.js'></SCRIPT>
<script src=/_next/static/chunks/c.js></script>
<script src="/_next/static/chunks/poly.js" noModule=""></script><script src="https://x.example/y.js"></script></head>
<body><img src="/_next/static/media/p.png"/><img src="/p.png"/>
<script>self.__next_f.push([1,"<script src=\"/_next/static/chunks/data.js\">"])</script></body></html>"#;
        let page = Page::parse(html);
        let names = |set: &std::collections::BTreeSet<super::Chunk>| {
            set.iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(
            names(&page.scripts),
            "static/chunks/a.js static/chunks/b.js static/chunks/c.js"
        );
        assert_eq!(
            names(&page.references),
            "static/a.css static/chunks/a.js static/chunks/b.js static/chunks/c.js static/chunks/poly.js \
             static/chunks/turbopack.js static/media/p.png"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_to_its_end(html in "[<>/=\"' a-zéscript!-]{0,200}") {
            Page::parse(&html);
        }
    }
}
