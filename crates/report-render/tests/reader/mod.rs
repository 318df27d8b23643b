//! A page of Markdown as GitHub reads it: its elements, its text, and what in the text becomes a link.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// Every extension that GitHub has, and some more.
const ALL: Options = Options::all()
    .difference(Options::ENABLE_SMART_PUNCTUATION)
    .difference(Options::ENABLE_DEFINITION_LIST);

/// The elements of a page, without its texts. Code counts as text: it renders as what it holds.
pub(crate) fn skeleton(page: &str) -> Vec<String> {
    let element = |event| match event {
        Event::Text(_) | Event::Code(_) => None,
        Event::InlineHtml(html) if matches!(&*html, "<code>" | "</code>") => None,
        Event::Start(Tag::Heading { level, .. }) => Some(format!("heading {level}")),
        Event::Html(html) => {
            let tags = html.split('<').skip(1);
            let tags = tags.map(|part| part.split('>').next().unwrap_or(part));
            Some(format!("html {}", tags.collect::<Vec<_>>().join(" ")))
        }
        other => Some(format!("{other:?}")),
    };
    Parser::new_ext(page, ALL).filter_map(element).collect()
}

/// The text a reader sees.
pub(crate) fn rendered(page: &str) -> String {
    let text = |event| match event {
        Event::Text(text) | Event::Code(text) => text.to_string(),
        _ => String::new(),
    };
    Parser::new_ext(page, ALL).map(text).collect()
}

/// The text outside code and links, where GitHub looks for what it turns into links.
pub(crate) fn shown(page: &str) -> String {
    let mut linked = 0;
    let mut code = false;
    let mut text = String::new();
    for event in Parser::new_ext(page, ALL) {
        match event {
            Event::Start(Tag::Link { .. }) => linked += 1,
            Event::End(TagEnd::Link) => linked -= 1,
            Event::InlineHtml(html) => {
                code = &*html == "<code>";
                text.push(' ');
            }
            Event::Text(part) if linked == 0 && !code => text.push_str(&part),
            Event::Html(part) => text.push_str(&part),
            _ => text.push(' '),
        }
    }
    text
}

/// What GitHub would make more of than text.
pub(crate) fn triggers(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let mut found = Vec::new();
    for (index, character) in lower.char_indices() {
        let rest = &lower[index..];
        let next = rest.chars().nth(1).unwrap_or(' ');
        let hit = match character {
            '@' => next.is_alphanumeric(),
            '#' => next.is_ascii_digit(),
            ':' => next == '/' || next == '+' || next == '-' || next.is_alphanumeric(),
            'w' => rest.starts_with("www."),
            'g' => rest.starts_with("gh-") && rest[3..].starts_with(|c: char| c.is_ascii_digit()),
            _ => false,
        };
        if hit {
            found.push(rest.chars().take(12).collect());
        }
    }
    let words = lower.split(|c: char| c.is_whitespace() || "()".contains(c));
    found.extend(words.filter(|word| is_commit(word)).map(str::to_owned));
    found
}

fn is_commit(word: &str) -> bool {
    (7..=40).contains(&word.len())
        && word.bytes().all(|b| b.is_ascii_hexdigit())
        && word.bytes().any(|b| b.is_ascii_digit())
        && word.bytes().any(|b| b.is_ascii_alphabetic())
}

/// Only what is to be seen, so that texts can be compared.
pub(crate) fn visible(text: &str) -> String {
    let hidden = |c: &char| {
        c.is_whitespace() || c.is_control() || matches!(c, '\u{200b}' | '\u{202a}'..='\u{202e}')
    };
    text.chars().filter(|c| !hidden(c)).collect()
}
