//! The name of a module as people write it in `deny` and `lazy`.

use std::fmt;

/// A package (`chart.js`, `@scope/name`), a part of one (`lodash/debounce`) or a file of the app (`./src/heavy.ts`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ModuleName(String);

impl ModuleName {
    /// The error says what is accepted.
    pub(crate) fn new(text: &str) -> Result<Self, String> {
        let refuse = |reason: &str| {
            Err(format!(
                "module `{text}` {reason}: write a package (`chart.js`, `@scope/name`) or a file of the app \
                 (`./src/heavy.ts`)"
            ))
        };
        let path = text.strip_prefix("./").unwrap_or(text);
        if path
            .split('/')
            .any(|segment| matches!(segment, "" | "." | ".."))
            || text.contains('\\')
        {
            return refuse("is no name");
        }
        if text.starts_with('@') && !text.contains('/') {
            return refuse("is a scope without a package");
        }
        Ok(Self(text.to_owned()))
    }

    /// The package to install, `None` for a file of the app.
    pub(crate) fn package(&self) -> Option<&str> {
        if self.0.starts_with("./") {
            return None;
        }
        let segments = if self.0.starts_with('@') { 2 } else { 1 };
        let end = self
            .0
            .match_indices('/')
            .nth(segments - 1)
            .map_or(self.0.len(), |(at, _)| at);
        self.0.get(..end)
    }

    /// Whether this module is the source file at this path. Of several `node_modules` in a path the last one counts: the
    /// earlier ones are how package managers nest.
    pub(crate) fn is(&self, source: &str) -> bool {
        let in_package = source.rsplit_once("node_modules/").map(|(_, path)| path);
        match (self.0.strip_prefix("./"), in_package) {
            (Some(own), None) => source
                .strip_suffix(own)
                .is_some_and(|before| before.ends_with('/')),
            (None, Some(path)) => path.strip_prefix(self.0.as_str()).is_some_and(|after| {
                // `lodash/debounce` is the file `lodash/debounce.js` too.
                after.starts_with('/')
                    || (self.package() != Some(self.0.as_str()) && after.starts_with('.'))
                    || after.is_empty()
            }),
            _ => false,
        }
    }
}

impl fmt::Display for ModuleName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::ModuleName;

    #[test]
    fn a_name_is_a_package_and_not_its_neighbour() {
        let cases = [
            (
                "chart.js",
                "turbopack:///[project]/node_modules/chart.js/src/core/a.js",
                true,
            ),
            (
                "chart",
                "turbopack:///[project]/node_modules/chart.js/src/core/a.js",
                false,
            ),
            (
                "chart.js",
                "turbopack:///[project]/src/chart.js/a.ts",
                false,
            ),
            (
                "chart.js",
                "[project]/node_modules/.pnpm/chart.js@4.6.1/node_modules/chart.js/dist/a.js",
                true,
            ),
            (
                "chart.js",
                "[project]/node_modules/chart.js/node_modules/color/a.js",
                false,
            ),
            (
                "color",
                "[project]/node_modules/chart.js/node_modules/color/a.js",
                true,
            ),
            (
                "@kurkle/color",
                "[project]/node_modules/@kurkle/color/dist/color.esm.js",
                true,
            ),
            (
                "lodash/debounce",
                "[project]/node_modules/lodash/debounce.js",
                true,
            ),
            (
                "lodash/debounce",
                "[project]/node_modules/lodash/debounceAll.js",
                false,
            ),
            (
                "lodash",
                "[project]/node_modules/lodash-es/debounce.js",
                false,
            ),
            (
                "./src/heavy.ts",
                "turbopack:///[project]/src/heavy.ts",
                true,
            ),
            (
                "./src/heavy.ts",
                "turbopack:///[project]/apps/web/src/heavy.ts",
                true,
            ),
            (
                "./src/heavy.ts",
                "turbopack:///[project]/src/not-src/heavy.ts",
                false,
            ),
            (
                "./heavy.ts",
                "turbopack:///[project]/src/notheavy.ts",
                false,
            ),
            ("./index.js", "[project]/node_modules/a/index.js", false),
        ];
        for (name, source, expected) in cases {
            assert_eq!(
                ModuleName::new(name).unwrap().is(source),
                expected,
                "{name} {source}"
            );
        }
    }

    #[test]
    fn the_package_of_a_name() {
        let package = |name| ModuleName::new(name).unwrap().package().map(str::to_owned);
        assert_eq!(package("lodash/fp/map").as_deref(), Some("lodash"));
        assert_eq!(package("@scope/name/part").as_deref(), Some("@scope/name"));
        assert_eq!(package("@scope/name").as_deref(), Some("@scope/name"));
        assert_eq!(package("./src/a.ts"), None);
    }

    #[test]
    fn what_names_nothing_is_refused() {
        for bad in ["", "@scope", "../a", "./../a", "a//b", "/a", "a/", "a\\b"] {
            assert!(ModuleName::new(bad).is_err(), "{bad}");
        }
    }
}
