//! Finds the line of a test file in a stack trace.

/// The line in the first frame that lies in the file: `…/src/a.test.ts:12:5`.
pub(super) fn line_in(trace: &str, file: &str) -> Option<u32> {
    let name = file
        .rsplit(['/', '\\'])
        .next()
        .filter(|name| !name.is_empty())?;
    trace.match_indices(name).find_map(|(at, _)| {
        let before = trace[..at].chars().next_back();
        // The end of a longer name is another file.
        if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.')) {
            return None;
        }
        let rest = trace[at + name.len()..].strip_prefix(':')?;
        let end = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        rest[..end].parse().ok().filter(|line| *line > 0)
    })
}

#[cfg(test)]
mod tests {
    use super::line_in;

    #[test]
    fn the_first_frame_in_the_file_counts() {
        let cases = [
            (
                "Error: x\n    at /r/src/a.test.ts:12:5\n    at /r/src/a.test.ts:40:1",
                Some(12),
            ),
            (
                "    at fn (file:///r/node_modules/x.js:1:1)\n at C:\\r\\src\\a.test.ts:7:5",
                Some(7),
            ),
            (" ❯ src/a.test.ts:3:15", Some(3)),
            ("aa.test.ts:3:1", None),
            ("in a.test.ts", None),
            ("a.test.ts:0:1", None),
            ("a.test.ts:99999999999:1", None),
            ("", None),
        ];
        for (trace, expected) in cases {
            assert_eq!(line_in(trace, "/r/src/a.test.ts"), expected, "{trace}");
        }
        assert_eq!(line_in(":3", ""), None);
    }
}
