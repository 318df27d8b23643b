//! Colour, links and lines of a width, each only where it is wanted.

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthChar as _;
use verdict::{Conclusion, Level};

use crate::markdown::is_web;
use crate::plain::one_line;

/// How to print.
#[derive(Clone, Copy, Debug)]
pub struct TerminalStyle {
    /// Whether colour is wanted.
    pub colour: bool,
    /// Whether the reader understands links (OSC 8).
    pub links: bool,
    /// How many columns there are; none is a log, whose lines are as long as they are.
    pub width: Option<u16>,
}

/// Writes in a style.
#[derive(Clone, Copy)]
pub(super) struct Pen(pub(super) TerminalStyle);

/// Narrower terminals are written for as if they had this many columns.
const NARROWEST: u16 = 40;

impl Pen {
    pub(super) fn paint(self, text: &str, how: Style) -> String {
        if self.0.colour {
            format!("{how}{text}{how:#}")
        } else {
            text.to_owned()
        }
    }

    pub(super) fn link(self, label: &str, url: Option<&str>) -> String {
        match url.filter(|url| self.0.links && is_web(url)) {
            Some(url) => format!("\u{1b}]8;;{url}\u{1b}\\{label}\u{1b}]8;;\u{1b}\\"),
            None => label.to_owned(),
        }
    }

    pub(super) fn width(self) -> Option<u16> {
        self.0.width.map(|width| width.max(NARROWEST))
    }

    /// A line, broken between words where it is too long, each further line two columns deeper.
    pub(super) fn wrapped(self, indent: &str, text: &str) -> String {
        let Some(width) = self.width().map(usize::from) else {
            return format!("{indent}{text}\n");
        };
        let mut out = indent.to_owned();
        let mut column = indent.len();
        for (index, word) in text.split(' ').enumerate() {
            let length = visible(word);
            if index > 0 && column + 1 + length > width {
                // A line that begins with `::` would be a command to the runner.
                let guard = if word.starts_with("::") {
                    "\u{200b}"
                } else {
                    ""
                };
                out.push_str(&format!("\n{indent}  {guard}"));
                column = indent.len() + 2;
            } else if index > 0 {
                out.push(' ');
                column += 1;
            }
            out.push_str(word);
            column += length;
        }
        out.push('\n');
        out
    }
}

/// How many columns a word takes, without what colours or links it.
fn visible(word: &str) -> usize {
    let mut columns = 0;
    let mut rest = word.chars();
    while let Some(character) = rest.next() {
        if character != '\u{1b}' {
            columns += character.width().unwrap_or(0);
        } else if rest.next() == Some(']') {
            rest.by_ref().find(|c| *c == '\\');
        } else {
            rest.by_ref().find(|c| *c == 'm');
        }
    }
    columns
}

/// One line of foreign text without what a terminal would obey, without `##[`, which the runner takes for
/// a command anywhere in a line of any stream, and without `::` at its begin.
pub fn printable(text: &str) -> String {
    let line = one_line(text).replace("##[", "##\u{200b}[");
    if line.trim_start().starts_with("::") {
        line.replacen("::", ":\u{200b}:", 1)
    } else {
        line
    }
}

pub(super) fn of_conclusion(conclusion: Conclusion) -> Style {
    let colour = match conclusion {
        Conclusion::Pass => AnsiColor::Green,
        Conclusion::Warn | Conclusion::Pending => AnsiColor::Yellow,
        Conclusion::Fail | Conclusion::Error => AnsiColor::Red,
    };
    colour.on_default()
}

pub(super) fn of_level(level: Level) -> Style {
    let colour = match level {
        Level::Error => AnsiColor::Red,
        Level::Warning => AnsiColor::Yellow,
        Level::Notice => AnsiColor::Cyan,
    };
    colour.on_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Pen, TerminalStyle, visible};

    #[test]
    fn escapes_take_no_columns() {
        assert_eq!(visible("\u{1b}[1;31merror\u{1b}[0m"), 5);
        assert_eq!(
            visible("\u{1b}]8;;https://x\u{1b}\\rule\u{1b}]8;;\u{1b}\\]"),
            5
        );
        assert_eq!(visible("日本"), 4);
    }

    proptest! {
        #[test]
        fn lines_keep_the_width_and_all_words(words in prop::collection::vec("[a-z:]{1,20}", 1..40), width in 40u16..90) {
            let pen = Pen(TerminalStyle { colour: false, links: false, width: Some(width) });
            let text = pen.wrapped("  ", &words.join(" "));
            for (index, line) in text.lines().enumerate() {
                prop_assert!(visible(line) <= usize::from(width), "{line:?}");
                prop_assert!(index == 0 || !line.trim_start().starts_with("::"));
            }
            let back: Vec<_> = text.replace('\u{200b}', "").split_whitespace().map(str::to_owned).collect();
            prop_assert_eq!(back, words);
        }
    }
}
