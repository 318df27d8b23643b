//! Globs over routes and files.

use globset::{GlobBuilder, GlobMatcher};

/// A glob over routes. `*` stays within a segment, `**` crosses them, and brackets are literal because Next.js writes
/// dynamic segments with them.
#[derive(Clone, Debug)]
pub(crate) struct RoutePattern(GlobMatcher);

impl RoutePattern {
    /// Compiles a pattern; the error says what is wrong with it.
    pub(crate) fn new(text: &str) -> Result<Self, String> {
        if !text.starts_with('/') {
            return Err(format!("route `{text}` does not start with `/`"));
        }
        let literal: String = text
            .chars()
            .map(|c| match c {
                '[' => "[[]".to_owned(),
                ']' => "[]]".to_owned(),
                c => c.to_string(),
            })
            .collect();
        glob(&literal)
            .map(Self)
            .map_err(|reason| format!("route `{text}`: {reason}"))
    }

    /// Whether the pattern covers a route.
    pub(crate) fn matches(&self, route: &str) -> bool {
        self.0.is_match(route)
    }
}

/// Compiles a glob whose `*` does not cross `/`.
pub(crate) fn glob(text: &str) -> Result<GlobMatcher, String> {
    GlobBuilder::new(text)
        .literal_separator(true)
        .build()
        .map(|glob| glob.compile_matcher())
        .map_err(|error| error.kind().to_string())
}

#[cfg(test)]
mod tests {
    use super::RoutePattern;

    #[test]
    fn patterns_read_routes_as_next_writes_them() {
        let cases = [
            ("/**", "/", true),
            ("/**", "/a/b", true),
            ("/", "/", true),
            ("/", "/a", false),
            ("/*", "/a", true),
            ("/*", "/a/b", false),
            ("/artists/[slug]", "/artists/[slug]", true),
            ("/artists/[slug]", "/artists/s", false),
            ("/artists/*", "/artists/[slug]", true),
            ("/docs/[[...path]]", "/docs/[[...path]]", true),
            ("/docs/**", "/docs/[[...path]]", true),
            ("/{a,b}/*", "/b/c", true),
        ];
        for (pattern, route, expected) in cases {
            let pattern_ = RoutePattern::new(pattern).unwrap();
            assert_eq!(pattern_.matches(route), expected, "{pattern} {route}");
        }
    }

    #[test]
    fn a_pattern_that_could_never_match_is_refused() {
        for bad in ["artists", "", "/{a", "**"] {
            assert!(RoutePattern::new(bad).is_err(), "{bad}");
        }
    }
}
