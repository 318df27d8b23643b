//! Foreign text in GitHub's Markdown.
//!
//! Backslash escapes stop formatting and HTML. Mentions, issue references and bare links are made after
//! rendering, from plain text, so escapes do not stop them; a zero-width space after their first
//! character does. A commit's digits stand in code, where GitHub makes no link of them.

use std::borrow::Cow;

use crate::plain::one_line;

const ZERO_WIDTH_SPACE: char = '\u{200b}';

/// One line of text that renders as itself: no formatting, mention, reference, link, HTML, emoji or table
/// break. Control characters are dropped, line breaks become spaces.
pub fn text(foreign: &str) -> String {
    let line = one_line(foreign);
    let mut rest = line.trim();
    let mut out = String::with_capacity(rest.len() + 16);
    let mut word_starts = true;
    while let Some(character) = rest.chars().next() {
        if word_starts && let Some(commit) = leading_commit(rest) {
            out.extend(["`", commit, "`"]);
            rest = rest.get(commit.len()..).unwrap_or_default();
            word_starts = false;
            continue;
        }
        rest = rest.get(character.len_utf8()..).unwrap_or_default();
        let next = rest.chars().next();
        word_starts = opens_word(character);
        let guard = guard(&out, character, next);
        if is_special(&out, character, next) {
            out.push('\\');
        }
        match guard {
            Guard::None => out.push(character),
            Guard::Before => out.extend([ZERO_WIDTH_SPACE, character]),
            Guard::After => out.extend([character, ZERO_WIDTH_SPACE]),
        }
    }
    out
}

/// Whether Markdown would take this character for more than itself.
fn is_special(before: &str, character: char, next: Option<char>) -> bool {
    match character {
        '\\' | '`' | '*' | '_' | '~' | '[' | ']' | '<' | '>' | '|' | '!' | '&' | '$' | '@'
        | '#' | '^' => true,
        // These begin a list, or underline a heading, only where a line begins.
        '-' | '+' | '=' => before.is_empty(),
        '.' | ')' => {
            before.len() < 10
                && before.bytes().all(|b| b.is_ascii_digit())
                && next.is_none_or(char::is_whitespace)
        }
        _ => false,
    }
}

/// Foreign text inside HTML that GitHub does not read as Markdown, such as `<summary>` on a line of its own.
pub fn html(foreign: &str) -> String {
    let line = one_line(foreign);
    let mut out = String::with_capacity(line.len() + 16);
    let mut rest = line.trim();
    let mut word_starts = true;
    while let Some(character) = rest.chars().next() {
        if word_starts && let Some(commit) = leading_commit(rest) {
            // No code is made here, so the digits are kept apart.
            for (index, digit) in commit.chars().enumerate() {
                if index > 0 && index % 6 == 0 {
                    out.push(ZERO_WIDTH_SPACE);
                }
                out.push(digit);
            }
            rest = rest.get(commit.len()..).unwrap_or_default();
            word_starts = false;
            continue;
        }
        rest = rest.get(character.len_utf8()..).unwrap_or_default();
        word_starts = opens_word(character);
        let guard = guard(&out, character, rest.chars().next());
        if guard == Guard::Before {
            out.push(ZERO_WIDTH_SPACE);
        }
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
        if guard == Guard::After {
            out.push(ZERO_WIDTH_SPACE);
        }
    }
    out
}

/// Where a zero-width space keeps a character from triggering something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Guard {
    None,
    Before,
    After,
}

fn guard(before: &str, character: char, next: Option<char>) -> Guard {
    match character {
        '@' | '#' => Guard::After,
        // `https://x`, `mailto:x` and `:emoji:` need the next character to follow at once.
        ':' if next.is_some_and(|next| !next.is_whitespace()) => Guard::After,
        '.' if ends_with(before, "www") => Guard::Before,
        // `GH-7` is an issue too.
        '-' if ends_with(before, "gh") && next.is_some_and(|next| next.is_ascii_digit()) => {
            Guard::Before
        }
        _ => Guard::None,
    }
}

/// Whether a word may start after this character.
fn opens_word(before: char) -> bool {
    before.is_whitespace() || "([{)]}:,;\"'".contains(before)
}

/// The first word when it looks like a commit: 7 to 64 hex digits, with letters and numbers among them.
fn leading_commit(text: &str) -> Option<&str> {
    let closes = |c: char| c.is_whitespace() || ".,;:)]}\"'".contains(c);
    let word = text.find(closes).unwrap_or(text.len());
    text.get(..word).filter(|word| is_commit(word))
}

fn is_commit(word: &str) -> bool {
    (7..=64).contains(&word.len())
        && word.bytes().all(|b| b.is_ascii_hexdigit())
        && word.bytes().any(|b| b.is_ascii_digit())
        && word.bytes().any(|b| b.is_ascii_alphabetic())
}

/// Whether the text ends with this lower-case word, in any case.
fn ends_with(text: &str, word: &str) -> bool {
    let mut last = text.chars().rev();
    word.chars()
        .rev()
        .all(|letter| last.next().is_some_and(|c| c.eq_ignore_ascii_case(&letter)))
}

/// At most so many characters, the last of them `…` where something was cut.
pub(crate) fn short(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        None => text.into(),
        Some(_) => text
            .chars()
            .take(most.saturating_sub(1))
            .chain(['…'])
            .collect(),
    }
}

/// One line of code: nothing inside is interpreted. Usable in a table cell.
pub fn code(foreign: &str) -> String {
    let line = one_line(foreign);
    // A table ends a cell at `|` even inside code, and a backslash before it confuses who reads it.
    if line.contains(['|', '\\']) {
        return format!("<code>{}</code>", text(&line));
    }
    let longest = longest_run(&line, '`');
    let fence = "`".repeat(longest + 1);
    // A space inside the fence keeps leading and trailing backticks apart from it.
    let blank = line.trim().is_empty();
    let pad = if line.starts_with(['`', ' ']) || line.ends_with(['`', ' ']) || blank {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{line}{pad}{fence}")
}

/// A link with foreign text; a target that is not plain `http(s)` gives the text alone.
pub fn link(label: &str, url: &str) -> String {
    if is_web(url) && !url.contains(['(', ')', '|', '`']) {
        format!("[{}]({url})", text(label))
    } else {
        text(label)
    }
}

/// Whether this is a plain web address, which needs no escape in any of our formats but for `&`.
pub(crate) fn is_web(url: &str) -> bool {
    let host = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    host.is_some_and(|host| {
        host.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[')
            && host
                .chars()
                .all(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | '\'' | '\\'))
    })
}

fn longest_run(text: &str, of: char) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == of { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::{code, html, link, short, text};

    #[test]
    fn plain_words_stay_readable() {
        assert_eq!(
            text("first load is over, by 10 kB"),
            "first load is over, by 10 kB"
        );
        assert_eq!(text("a. b: c."), "a. b: c.");
        assert_eq!(text("0.1 kB of 2)"), "0.1 kB of 2)");
        assert_eq!(text("- a-b 1.5 kB (x)"), "\\- a-b 1.5 kB (x)");
        assert_eq!(text("defaced effaced 1234567"), "defaced effaced 1234567");
    }

    #[test]
    fn hostile_text_renders_as_itself() {
        assert_eq!(text("@all"), "\\@\u{200b}all");
        assert_eq!(text("<b>|x"), "\\<b\\>\\|x");
        assert_eq!(text("see Gh-1, gh-pages"), "see Gh\u{200b}-1, gh-pages");
        assert_eq!(text("see #1"), "see \\#\u{200b}1");
        assert_eq!(text("1. x"), "1\\. x");
        assert!(!text("http://evil.example").contains("http://"));
        assert!(!text("see WWW.evil.example").to_lowercase().contains("www."));
        assert_eq!(text("a\u{202e}b\u{0}c"), "abc");
        assert_eq!(text("since (0123abcd), ok"), "since (`0123abcd`), ok");
    }

    #[test]
    fn html_is_text_there_and_triggers_nothing_either() {
        assert_eq!(html("<b> & \"x\""), "&lt;b&gt; &amp; &quot;x&quot;");
        assert_eq!(
            html("@all #1 www.x"),
            "@\u{200b}all #\u{200b}1 www\u{200b}.x"
        );
    }

    #[test]
    fn code_outlasts_the_fences_inside_it() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`a`"), "`` `a` ``");
        assert_eq!(code("a|b\nc"), "<code>a\\|b c</code>");
    }

    #[test]
    fn only_plain_web_links_are_links() {
        assert_eq!(
            link("run", "https://a.example/b?c=d"),
            "[run](https://a.example/b?c=d)"
        );
        for bad in [
            "javascript:alert(1)",
            "https://a b",
            "https://a)x",
            "https://",
            "https://?x",
            "data:x",
            "",
        ] {
            assert_eq!(link("run", bad), "run", "{bad}");
        }
    }

    #[test]
    fn a_cut_says_so() {
        assert_eq!(short("abc", 3), "abc");
        assert_eq!(short("äöüß", 3), "äö…");
    }
}
