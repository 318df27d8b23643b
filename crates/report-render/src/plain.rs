//! Foreign text made one harmless line, before any surface escapes it for its own format.

use std::borrow::Cow;

/// One line without control characters and without what reorders it: line breaks and tabs become spaces.
pub(crate) fn one_line(foreign: &str) -> Cow<'_, str> {
    let harmless = |c: char| !c.is_control() && !is_direction_override(c) && !is_line_break(c);
    if foreign.chars().all(harmless) {
        return foreign.into();
    }
    foreign
        .chars()
        .map(|c| {
            if c == '\t' || is_line_break(c) {
                ' '
            } else {
                c
            }
        })
        .filter(|c| harmless(*c))
        .collect()
}

/// Characters that reorder what a reviewer reads.
pub(crate) const fn is_direction_override(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

const fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn every_line_break_becomes_a_space_and_nothing_else_is_lost() {
        assert_eq!(one_line("a\r\nb\tc\u{2028}d\u{7}e"), "a  b c de");
        assert_eq!(one_line("plain ünïcode"), "plain ünïcode");
    }
}
