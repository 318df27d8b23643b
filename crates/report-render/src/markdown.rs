//! Foreign text in GitHub's Markdown.
//!
//! Backslash escapes stop formatting and HTML. Mentions, issue references and bare links are made after
//! rendering, from plain text, so escapes do not stop them; a zero-width space after their first
//! character does.

const ZERO_WIDTH_SPACE: char = '\u{200b}';

/// One line of text that renders as itself: no formatting, mention, reference, link, HTML, emoji or table
/// break. Control characters are dropped, line breaks become spaces. A full commit SHA stays whole, to be
/// copied; GitHub links it to its commit, which notifies nobody.
pub fn text(foreign: &str) -> String {
    let mut out = String::with_capacity(foreign.len() + 16);
    let mut rest = foreign.trim().chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '\n' | '\r' | '\t' => out.push(' '),
            c if c.is_control() || is_direction_override(c) => {}
            '@' | '#' => {
                out.push('\\');
                out.push(character);
                out.push(ZERO_WIDTH_SPACE);
            }
            // `https://x`, `mailto:x` and `:emoji:` need the next character to follow at once.
            ':' if rest.peek().is_some_and(|next| !next.is_whitespace()) => {
                out.push(':');
                out.push(ZERO_WIDTH_SPACE);
            }
            '.' if ends_with(&out, "www") => {
                out.push(ZERO_WIDTH_SPACE);
                out.push('.');
            }
            // `GH-7` is an issue too.
            '-' if ends_with(&out, "gh") && rest.peek().is_some_and(char::is_ascii_digit) => {
                out.push(ZERO_WIDTH_SPACE);
                out.push('-');
            }
            // These begin a list only where a line begins.
            '-' | '+' if out.is_empty() => {
                out.push('\\');
                out.push(character);
            }
            '\\' | '`' | '*' | '_' | '~' | '[' | ']' | '<' | '>' | '|' | '!' | '&' | '$' => {
                out.push('\\');
                out.push(character);
            }
            c => out.push(c),
        }
    }
    out
}

/// Whether the text ends with this lower-case word, in any case.
fn ends_with(text: &str, word: &str) -> bool {
    let mut last = text.chars().rev();
    word.chars()
        .rev()
        .all(|letter| last.next().is_some_and(|c| c.eq_ignore_ascii_case(&letter)))
}

/// One line of code: nothing inside is interpreted. Usable in a table cell.
pub fn code(foreign: &str) -> String {
    let line: String = foreign
        .chars()
        .map(|c| {
            if c == '\n' || c == '\r' || c == '\t' {
                ' '
            } else {
                c
            }
        })
        .filter(|c| !c.is_control() && !is_direction_override(*c))
        .collect();
    let longest = longest_run(&line, '`');
    let fence = "`".repeat(longest + 1);
    // A space inside the fence keeps leading and trailing backticks apart from it.
    let pad = if line.starts_with('`') || line.ends_with('`') || line.trim().is_empty() {
        " "
    } else {
        ""
    };
    // A table ends a cell at `|` even inside code, unless escaped.
    format!("{fence}{pad}{}{pad}{fence}", line.replace('|', "\\|"))
}

/// A link with foreign text; a target that is not plain `http(s)` gives the text alone.
pub fn link(label: &str, url: &str) -> String {
    let plain = (url.starts_with("https://") || url.starts_with("http://"))
        && url.chars().all(|c| {
            c.is_ascii_graphic() && !matches!(c, '(' | ')' | '<' | '>' | '"' | '|' | '`' | '\\')
        });
    if plain {
        format!("[{}]({url})", text(label))
    } else {
        text(label)
    }
}

/// Characters that reorder what a reviewer reads.
pub(crate) const fn is_direction_override(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
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
    use proptest::prelude::*;

    use super::{code, link, text};

    #[test]
    fn plain_words_stay_readable() {
        assert_eq!(
            text("first load is over, by 10 kB"),
            "first load is over, by 10 kB"
        );
        assert_eq!(text("a. b: c."), "a. b: c.");
    }

    #[test]
    fn hostile_text_renders_as_itself() {
        assert_eq!(text("@all"), "\\@\u{200b}all");
        assert_eq!(text("<b>|x"), "\\<b\\>\\|x");
        assert_eq!(text("see Gh-1, gh-pages"), "see Gh\u{200b}-1, gh-pages");
        assert_eq!(text("see #1"), "see \\#\u{200b}1");
        assert!(!text("http://evil.example").contains("http://"));
        assert!(!text("see WWW.evil.example").to_lowercase().contains("www."));
        assert_eq!(text("- a-b 1.5 kB (x)"), "\\- a-b 1.5 kB (x)");
        assert_eq!(text("a\u{202e}b\u{0}c"), "abc");
    }

    #[test]
    fn code_outlasts_the_fences_inside_it() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`a`"), "`` `a` ``");
        assert_eq!(code("a|b\nc"), "`a\\|b c`");
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
            "data:x",
            "",
        ] {
            assert_eq!(link("run", bad), "run", "{bad}");
        }
    }

    proptest! {
        #[test]
        fn text_leaves_no_bare_trigger(foreign in ".{0,60}") {
            let out = text(&foreign);
            let chars: Vec<char> = out.chars().collect();
            for (index, c) in chars.iter().enumerate() {
                let escaped = index > 0 && chars[index - 1] == '\\';
                match c {
                    '<' | '>' | '|' | '`' | '[' | ']' | '*' | '_' | '~' | '!' | '&' | '$' => prop_assert!(escaped, "{out:?}"),
                    '@' | '#' => prop_assert!(escaped && chars.get(index + 1).is_none_or(|next| *next == '\u{200b}'), "{out:?}"),
                    _ => {}
                }
            }
            let lower = out.to_lowercase();
            prop_assert!(!lower.contains("://") && !lower.contains("www.") && !lower.contains("gh-1") && !out.contains('\n'));
        }
    }
}
