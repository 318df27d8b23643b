//! Text and numbers that others wrote, brought to a size and shape a verdict can carry.
//!
//! A verdict over [`verdict::Verdict::MAX_BYTES`] is refused by whoever reads it next, so a gate that turns
//! 50,000 diagnostics into findings keeps the worst and says how many more there are.

use std::cmp::Reverse;
use std::iter::Peekable;
use std::str::Chars;

use verdict::Finding;

/// How many findings a verdict keeps.
pub const MAX_FINDINGS: usize = 1000;

/// The most bytes [`foreign_text`] keeps of one text: with [`MAX_FINDINGS`], well under the largest verdict.
pub const MAX_TEXT: usize = 1500;

/// Foreign text without terminal escapes and control characters, at most [`MAX_TEXT`] bytes long. Line
/// breaks stay; surfaces escape the rest for their own format.
pub fn foreign_text(text: &str) -> String {
    let mut clean = String::with_capacity(text.len().min(MAX_TEXT));
    let mut characters = text.trim().chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\u{1b}' => skip_escape(&mut characters),
            '\n' => clean.push('\n'),
            '\t' => clean.push(' '),
            other if other.is_control() => {}
            other => clean.push(other),
        }
        if clean.len() > MAX_TEXT {
            let end = clean.floor_char_boundary(MAX_TEXT - '…'.len_utf8());
            clean.truncate(end);
            clean.push('…');
            break;
        }
    }
    clean
}

/// Passes over what follows ESC: a control sequence such as `[31m` up to its final letter.
fn skip_escape(characters: &mut Peekable<Chars<'_>>) {
    if characters.next_if_eq(&'[').is_none() {
        return;
    }
    let parameter = |c: &char| matches!(c, '0'..='9' | ';' | ':' | '?' | ' ');
    while characters.next_if(parameter).is_some() {}
    characters.next_if(|c| matches!(c, '@'..='~'));
}

/// The worst findings, at most [`MAX_FINDINGS`], and a notice that says how many are left out. The choice
/// does not depend on the order they came in.
pub fn worst_findings(mut findings: Vec<Finding>) -> Vec<Finding> {
    if findings.len() <= MAX_FINDINGS {
        return findings;
    }
    findings.sort_by(|a, b| {
        let key = |finding: &Finding| Reverse(finding.level);
        key(a)
            .cmp(&key(b))
            .then_with(|| a.place.cmp(&b.place))
            .then_with(|| a.rule.cmp(&b.rule))
            .then_with(|| a.message.cmp(&b.message))
    });
    let more = findings.len() - (MAX_FINDINGS - 1);
    findings.truncate(MAX_FINDINGS - 1);
    findings.push(Finding::notice(
        "more",
        format!("{more} more findings are counted but not listed"),
    ));
    findings
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use verdict::{Finding, Level};

    use super::{MAX_FINDINGS, MAX_TEXT, foreign_text, worst_findings};

    #[test]
    fn escapes_and_control_characters_go_and_lines_stay() {
        let cases = [
            ("plain", "plain"),
            ("\u{1b}[31mred\u{1b}[0m text", "red text"),
            ("\u{1b}[1;38:5:9mx\u{1b}[?25l", "x"),
            ("a\r\nb\u{7}\u{0}c\td", "a\nbc d"),
            ("\u{1b}", ""),
            ("\u{1b}[", ""),
            ("\u{1b}[31", ""),
            ("\u{1b}]0;title\u{7}x", "]0;titlex"),
        ];
        for (text, expected) in cases {
            assert_eq!(foreign_text(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_flood_keeps_its_errors_and_says_how_many_more() {
        let mut findings: Vec<_> = (0..MAX_FINDINGS * 2)
            .map(|number| Finding::warning("w", number.to_string()))
            .collect();
        findings.push(Finding::error("e", "the one that matters"));
        let kept = worst_findings(findings);
        assert_eq!(kept.len(), MAX_FINDINGS);
        assert_eq!(kept[0].level, Level::Error);
        let last = &kept[MAX_FINDINGS - 1].message;
        assert_eq!(last, "1002 more findings are counted but not listed");
    }

    proptest! {
        #[test]
        fn any_text_fits_and_obeys_nothing(text in any::<String>()) {
            let clean = foreign_text(&text.repeat(20));
            prop_assert!(clean.len() <= MAX_TEXT + 3);
            prop_assert!(clean.chars().all(|c| c == '\n' || !c.is_control()));
        }
    }
}
