//! The name of a file below `.next`, however it is written.

use std::fmt;

/// A file of the build that browsers load, relative to `.next` with `/`, such as `static/chunks/a.js`. Only names below
/// `static/` exist, so a hostile manifest cannot name a file elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Chunk(String);

impl Chunk {
    /// From a manifest (`static/chunks/a.js`, percent-encoded) or from the stats (`.next/static/chunks/a.js`).
    pub(crate) fn from_manifest(text: &str) -> Option<Self> {
        let text = text.strip_prefix(".next/").unwrap_or(text);
        Self::new(text.split(['?', '#']).next().unwrap_or(text))
    }

    /// From an address in a page: whatever stands before `/_next/` (base path, asset prefix) and behind `?` (deployment
    /// id) is not part of the name. `None` when it does not lead to a built file.
    pub(crate) fn from_url(url: &str) -> Option<Self> {
        let path = url.split(['?', '#']).next().unwrap_or(url);
        let (_, name) = path.split_once("/_next/")?;
        Self::new(name)
    }

    /// From a path relative to `.next`, as it is on disk.
    pub(crate) fn from_path(path: &std::path::Path) -> Option<Self> {
        Self::checked(path.to_str()?.replace(std::path::MAIN_SEPARATOR, "/"))
    }

    fn new(encoded: &str) -> Option<Self> {
        decode(encoded).and_then(Self::checked)
    }

    fn checked(name: String) -> Option<Self> {
        let proper = |segment: &str| !matches!(segment, "" | "." | "..");
        (name.starts_with("static/")
            && name.split('/').all(proper)
            && !name.contains(['\\', '\0', ':']))
        .then_some(Self(name))
    }

    /// Relative to `.next`.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is JavaScript.
    pub(crate) fn is_script(&self) -> bool {
        self.0.ends_with(".js")
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
        let plain = Chunk::from_manifest("static/chunks/app/[slug]/page-1.js").unwrap();
        for url in [
            "/_next/static/chunks/app/[slug]/page-1.js",
            "/_next/static/chunks/app/%5Bslug%5D/page-1.js?dpl=dpl_1",
            "/shop/_next/static/chunks/app/%5bslug%5d/page-1.js",
            "https://cdn.example/_next/static/chunks/app/%5Bslug%5D/page-1.js#x",
        ] {
            assert_eq!(Chunk::from_url(url), Some(plain.clone()), "{url}");
        }
        assert_eq!(
            Chunk::from_manifest(".next/static/chunks/app/%5Bslug%5D/page-1.js"),
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
            assert_eq!(Chunk::from_manifest(bad), None, "{bad}");
        }
        for bad in [
            "/_next/image?url=/_next/static/a.js",
            "/static/a.js",
            "/_next/../a.js",
        ] {
            assert_eq!(Chunk::from_url(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_broken_escape_stands_for_itself() {
        assert_eq!(
            Chunk::from_manifest("static/100%.js").unwrap().as_str(),
            "static/100%.js"
        );
        assert_eq!(
            Chunk::from_manifest("static/%zz.js").unwrap().as_str(),
            "static/%zz.js"
        );
    }
}
