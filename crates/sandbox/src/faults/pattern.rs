//! Path globs for faults: `*` is any text inside one segment, `**` is any text, the rest is literal.
//! Kept here because faults need two wildcards and no more; a glob crate would bring braces and classes along.

/// Whether `path` matches `glob` from end to end.
pub(super) fn matches(glob: &str, path: &str) -> bool {
    match glob.find('*') {
        None => glob == path,
        Some(at) => {
            let (literal, rest) = glob.split_at(at);
            let Some(path) = path.strip_prefix(literal) else {
                return false;
            };
            let (crosses, rest) = match rest.strip_prefix("**") {
                Some(rest) => (true, rest),
                None => (false, &rest[1..]),
            };
            let reach = if crosses {
                path.len()
            } else {
                path.find('/').unwrap_or(path.len())
            };
            (0..=reach)
                .filter(|&end| path.is_char_boundary(end))
                .any(|end| matches(rest, &path[end..]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn one_star_stays_in_its_segment_and_two_cross() {
        let table = [
            ("/v2/files", "/v2/files", true),
            ("/v2/files", "/v2/files/x", false),
            ("/v*/files", "/v13/files", true),
            ("/v13/deployments/*", "/v13/deployments/dpl_1", true),
            ("/v13/deployments/*", "/v13/deployments/dpl_1/cancel", false),
            ("/v13/**", "/v13/deployments/dpl_1/cancel", true),
            ("**/promote/*", "/v10/projects/p/promote/d", true),
            ("**", "", true),
            ("*", "/a", false),
            ("/é*", "/été", true),
            ("", "/", false),
        ];
        for (glob, path, expected) in table {
            assert_eq!(matches(glob, path), expected, "{glob} against {path}");
        }
    }
}
