//! The address under test, and the addresses of its checks. Every check stays on the target's scheme, host and port, because
//! that is where the protection bypass may be sent.

use http_client::{Url, is_loopback};

/// Why an address cannot be tested.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// It is no web address.
    #[error("url `{text}` is no web address ({reason}); write it like https://app.example")]
    Malformed {
        /// What was given.
        text: String,
        /// Why.
        reason: String,
    },
    /// It carries a user, a query or a fragment.
    #[error("url carries {0}; give scheme, host, port and path only")]
    Superfluous(&'static str),
}

/// The deployment under test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target(Url);

impl Target {
    /// Reads an address. Without a scheme it is https, on this machine http.
    ///
    /// # Errors
    /// When it is no web address or carries more than scheme, host, port and path.
    pub fn parse(text: &str) -> Result<Self, TargetError> {
        let text = text.trim();
        let malformed = |reason: &str| TargetError::Malformed {
            // A user's password must not be shown, and is before the `@`.
            text: text.rsplit('@').next().unwrap_or(text).to_owned(),
            reason: reason.to_owned(),
        };
        let read = |text: &str| {
            text.parse::<Url>()
                .map_err(|error| malformed(&error.to_string()))
        };
        let url = if text.contains("://") {
            read(text)?
        } else {
            let plain = read(&format!("http://{text}"))?;
            if is_loopback(&plain) {
                plain
            } else {
                read(&format!("https://{text}"))?
            }
        };
        if !matches!(url.scheme(), "http" | "https") {
            return Err(malformed("neither http nor https"));
        }
        let superfluous = [
            (
                !url.username().is_empty() || url.password().is_some(),
                "a user",
            ),
            (url.query().is_some(), "a query"),
            (url.fragment().is_some(), "a fragment"),
        ];
        match superfluous.into_iter().find(|(there, _)| *there) {
            Some((_, what)) => Err(TargetError::Superfluous(what)),
            None => Ok(Self(url)),
        }
    }

    /// The address itself.
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// Host and port, for people.
    pub fn host(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        match self.0.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }

    /// Whether a secret may travel there: encrypted, or not leaving this machine.
    pub fn is_private(&self) -> bool {
        is_private(&self.0)
    }

    /// The address of a path, below the target's own path. `None` when the path does not start with `/` or leads elsewhere.
    pub fn join(&self, path: &str) -> Option<Url> {
        if !path.starts_with('/') {
            return None;
        }
        // Put together as text: resolving `//other.example` would leave the host.
        let base = self.0.as_str().trim_end_matches('/');
        let url: Url = format!("{base}{path}").parse().ok()?;
        (url.origin() == self.0.origin()).then_some(url)
    }
}

/// Whether a secret may travel to an address: encrypted, or not leaving this machine.
pub(crate) fn is_private(url: &Url) -> bool {
    url.scheme() == "https" || is_loopback(url)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Target;

    #[test]
    fn a_scheme_is_added_where_it_is_missing() {
        for (text, expected) in [
            ("app.example", "https://app.example/"),
            (" https://app.example/ ", "https://app.example/"),
            ("127.0.0.1:4000", "http://127.0.0.1:4000/"),
            ("localhost:3000", "http://localhost:3000/"),
            ("[::1]:3000", "http://[::1]:3000/"),
            ("http://app.example/base/", "http://app.example/base/"),
        ] {
            assert_eq!(
                Target::parse(text).unwrap().url().as_str(),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn what_cannot_be_tested_is_refused_without_its_password() {
        for text in [
            "",
            "ftp://app.example",
            "https://",
            "https://user:hunter2@app.example",
            "https://user:hunter2@",
            "https://app.example/?token=a",
            "https://app.example/#a",
            "http://exa mple",
        ] {
            let message = Target::parse(text).unwrap_err().to_string();
            assert!(!message.contains("hunter2"), "{message}");
        }
    }

    #[test]
    fn paths_stay_below_the_target() {
        let join =
            |base: &str, path: &str| Target::parse(base).unwrap().join(path).map(String::from);
        assert_eq!(
            join("a.example", "/x?y=1").as_deref(),
            Some("https://a.example/x?y=1")
        );
        assert_eq!(
            join("a.example/base/", "/x").as_deref(),
            Some("https://a.example/base/x")
        );
        assert_eq!(
            join("a.example", "//evil.example/x").as_deref(),
            Some("https://a.example//evil.example/x")
        );
        assert_eq!(join("a.example", "x"), None);
        assert_eq!(join("a.example", "@evil.example/"), None);
    }

    proptest! {
        #[test]
        fn no_path_leaves_the_host(path in "[/\\\\@:.a-z?#%]{0,12}") {
            let target = Target::parse("https://app.example").unwrap();
            if let Some(url) = target.join(&path) {
                prop_assert_eq!(url.origin(), target.url().origin());
            }
        }
    }
}
