//! Renders comments and summaries as GitHub would, and safely: of raw HTML only a few plain tags survive.
//!
//! Foreign text decides what stands in a comment, so nothing that loads, runs or leaves the page passes: no attributes but
//! `open`, no images, links to http(s) only.

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};

use super::html::{escape_into, is_web};

/// Tags that may be written as raw HTML, without attributes.
const PLAIN_TAGS: [&str; 10] = [
    "details", "summary", "b", "strong", "i", "em", "code", "sub", "sup", "kbd",
];

/// Renders Markdown to HTML.
pub(super) fn render(source: &str) -> String {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut raw = RawHtml::default();
    let mut events = Vec::new();
    let mut block: Option<String> = None;
    for event in Parser::new_ext(source, options) {
        match event {
            Event::Start(Tag::HtmlBlock) => block = Some(String::new()),
            Event::End(TagEnd::HtmlBlock) => {
                if let Some(html) = block.take() {
                    events.push(markup(raw.filter(&html)));
                }
            }
            Event::Html(html) => match &mut block {
                Some(block) => block.push_str(&html),
                None => events.push(markup(raw.filter(&html))),
            },
            Event::InlineHtml(html) => events.push(markup(raw.filter(&html))),
            // A picture would be a request; its text stays.
            Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => {}
            Event::Start(Tag::Link {
                link_type,
                dest_url,
                id,
                ..
            }) => {
                let dest_url = if is_web(&dest_url) {
                    dest_url
                } else {
                    CowStr::Borrowed("#")
                };
                events.push(Event::Start(Tag::Link {
                    link_type,
                    dest_url,
                    title: CowStr::Borrowed(""),
                    id,
                }));
            }
            other => events.push(other),
        }
    }
    let mut out = String::new();
    html::push_html(&mut out, events.into_iter());
    out.push_str(&raw.close());
    out
}

fn markup(html: String) -> Event<'static> {
    Event::Html(CowStr::from(html))
}

/// Filters raw HTML and keeps count of what is open, so that a comment cannot close or leave open what is not its own.
#[derive(Debug, Default)]
struct RawHtml {
    open: Vec<&'static str>,
}

impl RawHtml {
    fn filter(&mut self, html: &str) -> String {
        let mut out = String::new();
        let mut rest = html;
        while let Some(at) = rest.find('<') {
            escape_into(&rest[..at], &mut out);
            rest = &rest[at..];
            if let Some(comment) = rest.strip_prefix("<!--") {
                // Hidden, as on GitHub; an unclosed comment hides the rest.
                rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
                continue;
            }
            let end = rest.find('>').map_or(rest.len(), |end| end + 1);
            let (tag, after) = rest.split_at(end);
            rest = after;
            if !self.keep(tag, &mut out) {
                escape_into(tag, &mut out);
            }
        }
        escape_into(rest, &mut out);
        out
    }

    /// Writes the tag if it is harmless and says whether it did.
    fn keep(&mut self, tag: &str, out: &mut String) -> bool {
        let Some(inner) = tag.strip_prefix('<').and_then(|tag| tag.strip_suffix('>')) else {
            return false;
        };
        let inner = inner.trim().to_ascii_lowercase();
        if ["br", "br/", "br /"].contains(&inner.as_str()) {
            out.push_str("<br>");
            return true;
        }
        if inner == "details open" {
            self.open.push("details");
            out.push_str("<details open>");
            return true;
        }
        let known = |name: &str| PLAIN_TAGS.into_iter().find(|tag| *tag == name);
        if let Some(name) = known(&inner) {
            self.open.push(name);
            out.push_str(&format!("<{name}>"));
            return true;
        }
        let Some(name) = inner.strip_prefix('/').and_then(known) else {
            return false;
        };
        // A closing tag closes what was opened after its partner too; without a partner it is text.
        let Some(at) = self.open.iter().rposition(|open| *open == name) else {
            return false;
        };
        for open in self.open.drain(at..).rev() {
            out.push_str(&format!("</{open}>"));
        }
        true
    }

    fn close(&mut self) -> String {
        let open = self.open.drain(..).rev();
        open.map(|name| format!("</{name}>")).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_report_uses_is_rendered() {
        let html = render(
            "<!-- stagegate:report -->\n## Stagegate\n\n| gate | state |\n|---|---|\n| smoke | **pass** |\n\n\
             <details><summary>more</summary>\n\n```\ncode\n```\n\n[run](https://example.test/1)\n\n</details>\n",
        );
        for part in [
            "<h2>Stagegate</h2>",
            "<td>smoke</td>",
            "<strong>pass</strong>",
            "<details><summary>more</summary>",
            "<code>code",
            "<a href=\"https://example.test/1\">run</a>",
            "</details>",
        ] {
            assert!(html.contains(part), "{part} is not in {html}");
        }
        assert!(
            !html.contains("stagegate:report"),
            "hidden markers stay hidden"
        );
    }

    #[test]
    fn hostile_markup_becomes_text_or_nothing() {
        let table = [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "a <b onclick=alert(1)>b</b>",
            "<details ontoggle=alert(1) open>x</details>",
            "[x](javascript:alert(1))",
            "[x](data:text/html,<script>alert(1)</script>)",
            "![x](https://example.test/track.png)",
            "<iframe src=\"https://example.test\"></iframe>",
            "</section></main><form action=/_sandbox/review>",
            "<a href='javascript:alert(1)'>x</a>",
            "<svg><script>alert(1)</script></svg>",
            "<style>*{display:none}</style>",
            "<<script>script>alert(1)<</script>/script>",
        ];
        for source in table {
            assert!(
                is_harmless(&render(source)),
                "{source} became {}",
                render(source)
            );
        }
    }

    #[test]
    fn open_tags_are_closed_and_foreign_closings_are_text() {
        assert!(render("<details><summary>x").ends_with("</summary></details>"));
        assert!(render("x </details>").contains("&lt;/details&gt;"));
    }

    /// Every tag in the output is one the renderer writes, with at most its own attributes.
    fn is_harmless(html: &str) -> bool {
        html.split('<').skip(1).all(|piece| {
            let Some((tag, _)) = piece.split_once('>') else {
                return false;
            };
            let mut words = tag
                .trim_start_matches('/')
                .trim_end_matches('/')
                .split_whitespace();
            let name = words.next().unwrap_or_default();
            let written = [
                "a",
                "p",
                "h1",
                "h2",
                "h3",
                "h4",
                "h5",
                "h6",
                "ul",
                "ol",
                "li",
                "pre",
                "blockquote",
                "hr",
                "br",
                "table",
                "thead",
                "tbody",
                "tr",
                "th",
                "td",
                "del",
                "input",
            ];
            (written.contains(&name) || PLAIN_TAGS.contains(&name))
                && words.all(|attribute| {
                    attribute == "open"
                        || attribute == "href=\"#\""
                        || [
                            "href=\"http://",
                            "href=\"https://",
                            "style=\"text-align:",
                            "class=\"language-",
                            "start=\"",
                            "disabled",
                            "type=\"checkbox",
                            "checked",
                            "left\"",
                            "right\"",
                            "center\"",
                        ]
                        .iter()
                        .any(|allowed| attribute.starts_with(allowed))
                })
        })
    }

    proptest! {
        #[test]
        fn no_text_becomes_foreign_markup(
            source in "([<>/!\\-\\[\\]()`\"'= \n|*#]|script|details|summary|javascript:|onload|img|https://e.test|a){0,40}"
        ) {
            let html = render(&source);
            prop_assert!(is_harmless(&html), "{html}");
        }
    }
}
