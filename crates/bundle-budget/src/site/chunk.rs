//! The name of a file of a build, however it is written.

use std::fmt;

/// A file of the build that browsers load, relative to the build's folder with `/`, such as `static/chunks/a.js`. No name
/// leaves that folder, so a hostile manifest cannot name a file elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Chunk(String);

impl Chunk {
    /// From a manifest of Next.js (`static/chunks/a.js`, percent-encoded) or from its stats
    /// (`.next/static/chunks/a.js`). Only names below `static/` are served.
    pub(crate) fn from_next(text: &str) -> Option<Self> {
        let text = text.strip_prefix(".next/").unwrap_or(text);
        Self::new(text).filter(|chunk| chunk.0.starts_with("static/"))
    }

    /// From an address in a page of Next.js: whatever stands before `/_next/` (base path, asset prefix) and behind `?`
    /// (deployment id) is not part of the name. `None` when it does not lead to a built file.
    pub(crate) fn from_next_url(url: &str) -> Option<Self> {
        let path = url.split(['?', '#']).next().unwrap_or(url);
        let (_, name) = path.split_once("/_next/")?;
        Self::from_next(name)
    }

    /// From an address in a page or a module of a site: relative to it or to the site's root. `None` for addresses of
    /// other sites and for those that leave the root.
    pub(crate) fn from_site_url(url: &str, folder: &str) -> Option<Self> {
        let path = url.split(['?', '#']).next().unwrap_or(url);
        if path.starts_with("//") || path.contains(':') {
            return None;
        }
        let mut segments: Vec<&str> = match path.strip_prefix('/') {
            Some(_) => Vec::new(),
            None => folder
                .split('/')
                .filter(|segment| !segment.is_empty())
                .collect(),
        };
        for segment in path.split('/') {
            match segment {
                "" | "." => {}
                ".." => {
                    segments.pop()?;
                }
                name => segments.push(name),
            }
        }
        Self::new(&segments.join("/"))
    }

    /// The folder it lies in, empty for the root.
    pub(crate) fn folder(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// The same name without its first folder, where an address carries a base path.
    pub(crate) fn without_first_folder(&self) -> Option<Self> {
        self.0
            .split_once('/')
            .map(|(_, rest)| Self(rest.to_owned()))
    }

    /// From a path relative to the build's folder, as it is on disk.
    pub(crate) fn from_path(path: &std::path::Path) -> Option<Self> {
        Self::checked(path.to_str()?.replace(std::path::MAIN_SEPARATOR, "/"))
    }

    /// From a percent-encoded name relative to the build's folder.
    pub(crate) fn new(encoded: &str) -> Option<Self> {
        let name = encoded.split(['?', '#']).next().unwrap_or(encoded);
        decode(name).and_then(Self::checked)
    }

    fn checked(name: String) -> Option<Self> {
        let proper = |segment: &str| !matches!(segment, "" | "." | "..");
        (name.split('/').all(proper) && !name.contains(['\\', '\0', ':'])).then_some(Self(name))
    }

    /// Relative to the build's folder.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is JavaScript.
    pub(crate) fn is_script(&self) -> bool {
        self.0.ends_with(".js") || self.0.ends_with(".mjs")
    }
}

impl fmt::Display for Chunk {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Undoes percent-encoding; `None` when the result is no text.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let value = match (first, tail) {
            (b'%', [high, low, ..]) => hex(*high).zip(hex(*low)).map(|(h, l)| h * 16 + l),
            _ => None,
        };
        bytes.push(value.unwrap_or(first));
        rest = tail
            .get(if value.is_some() { 2 } else { 0 }..)
            .unwrap_or_default();
    }
    String::from_utf8(bytes).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::Chunk;

    #[test]
    fn names_are_the_same_however_they_are_written() {
        let plain = Chunk::from_next("static/chunks/app/[slug]/page-1.js").unwrap();
        for url in [
            "/_next/static/chunks/app/[slug]/page-1.js",
            "/_next/static/chunks/app/%5Bslug%5D/page-1.js?dpl=dpl_1",
            "/shop/_next/static/chunks/app/%5bslug%5d/page-1.js",
            "https://cdn.example/_next/static/chunks/app/%5Bslug%5D/page-1.js#x",
        ] {
            assert_eq!(Chunk::from_next_url(url), Some(plain.clone()), "{url}");
        }
        assert_eq!(
            Chunk::from_next(".next/static/chunks/app/%5Bslug%5D/page-1.js"),
            Some(plain)
        );
    }

    #[test]
    fn a_name_cannot_leave_the_build() {
        for bad in [
            "static/../../etc/passwd",
            "static/%2e%2e/%2E%2E/etc/passwd",
            "../static/a.js",
            "/etc/passwd",
            "server/app/page.js",
            "static//a.js",
            "static/a\\..\\b.js",
            "static/c:a.js",
            "static/%ff.js",
            "",
        ] {
            assert_eq!(Chunk::from_next(bad), None, "{bad}");
        }
        for bad in [
            "/_next/image?url=/_next/static/a.js",
            "/static/a.js",
            "/_next/../a.js",
        ] {
            assert_eq!(Chunk::from_next_url(bad), None, "{bad}");
        }
    }

    #[test]
    fn addresses_of_a_site_stay_in_it() {
        let cases = [
            ("/assets/a.js", "", Some("assets/a.js")),
            ("./a.js", "assets", Some("assets/a.js")),
            ("../chunks/b.js?v=1", "_app/nodes", Some("_app/chunks/b.js")),
            ("a.js", "docs/guide", Some("docs/guide/a.js")),
            ("../../a.js", "docs", None),
            ("//cdn.example/a.js", "", None),
            ("https://cdn.example/a.js", "", None),
            ("/%2e%2e/a.js", "", None),
            ("data:text/javascript,1", "", None),
        ];
        for (url, folder, expected) in cases {
            let found = Chunk::from_site_url(url, folder);
            assert_eq!(
                found.as_ref().map(Chunk::as_str),
                expected,
                "{url} in {folder}"
            );
        }
    }

    #[test]
    fn a_broken_escape_stands_for_itself() {
        assert_eq!(
            Chunk::from_next("static/100%.js").unwrap().as_str(),
            "static/100%.js"
        );
        assert_eq!(
            Chunk::from_next("static/%zz.js").unwrap().as_str(),
            "static/%zz.js"
        );
    }
}
