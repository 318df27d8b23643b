//! Keeps secrets out of every text we print. A runner masks a secret only as it was registered, so a token that comes
//! back percent-encoded in an error's URL would be printed; here those forms are known too.

use std::{fmt, sync::Arc};

use base64::{Engine as _, alphabet, engine::GeneralPurpose, engine::general_purpose::NO_PAD};
use url::Url;

/// What stands in a secret's place.
const MASK: &str = "***";

/// The shortest text of a derived form that is searched for. A shorter one would hit innocent text.
const SHORTEST_DERIVED: usize = 8;

/// Query parameters whose values are never shown, registered or not.
const SENSITIVE_PARAMETERS: [&str; 8] = [
    "access_token",
    "key",
    "password",
    "secret",
    "sig",
    "signature",
    "token",
    "x-vercel-protection-bypass",
];

/// A text that is not shown by `Debug` or `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Arc<str>);

impl Secret {
    /// Wraps a text; surrounding white space, which a pasted secret often carries, is dropped.
    #[must_use]
    pub fn new(text: impl AsRef<str>) -> Self {
        Self(text.as_ref().trim().into())
    }

    /// The text itself. Every use is a place to look at in a review.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing to hide.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(MASK)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(MASK)
    }
}

/// Replaces registered secrets in any text by `***`, also where they are percent-encoded, JSON-escaped or base64.
#[derive(Clone, Default)]
pub struct Redactor {
    /// Longest first, so that a secret within another one leaves no rest.
    needles: Vec<String>,
}

impl Redactor {
    /// One that knows these secrets.
    #[must_use]
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let mut redactor = Self::default();
        for secret in secrets {
            redactor.register(secret);
        }
        redactor
    }

    /// Adds a secret; an empty one is ignored.
    pub fn register(&mut self, secret: &Secret) {
        if secret.is_empty() {
            return;
        }
        self.needles.push(secret.expose().to_owned());
        let derived = derived_forms(secret.expose());
        self.needles.extend(
            derived
                .into_iter()
                .filter(|form| form.len() >= SHORTEST_DERIVED),
        );
        self.needles
            .sort_unstable_by(|one, two| two.len().cmp(&one.len()).then_with(|| one.cmp(two)));
        self.needles.dedup();
    }

    /// The text without the secrets.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        self.needles.iter().fold(text.to_owned(), |text, needle| {
            if text.contains(needle.as_str()) {
                text.replace(needle.as_str(), MASK)
            } else {
                text
            }
        })
    }

    /// A URL fit to be shown: without user and password, without the values of parameters that carry credentials, without
    /// registered secrets.
    #[must_use]
    pub fn redact_url(&self, url: &Url) -> String {
        let mut shown = url.clone();
        // Both fail only for URLs that cannot have a user.
        let _ = shown.set_username("");
        let _ = shown.set_password(None);
        let sensitive =
            |name: &str| SENSITIVE_PARAMETERS.contains(&name.to_ascii_lowercase().as_str());
        if url.query_pairs().any(|(name, _)| sensitive(&name)) {
            let pairs = url.query_pairs().map(|(name, value)| {
                let value = if sensitive(&name) { MASK.into() } else { value };
                (name, value)
            });
            shown.query_pairs_mut().clear().extend_pairs(pairs);
        }
        self.redact(shown.as_str())
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Redactor").finish_non_exhaustive()
    }
}

fn derived_forms(secret: &str) -> Vec<String> {
    let mut forms = percent_encoded(secret);
    forms.push(
        serde_json::Value::from(secret)
            .to_string()
            .trim_matches('"')
            .to_owned(),
    );
    for alphabet in [alphabet::STANDARD, alphabet::URL_SAFE] {
        let engine = GeneralPurpose::new(&alphabet, NO_PAD);
        forms.extend((0..3).map(|offset| base64_within(secret, offset, &engine)));
    }
    forms
}

/// What encoders make of it: all but the unreserved characters (JavaScript, most libraries) and what the URL standard
/// encodes in a query; hexadecimal digits in both cases.
fn percent_encoded(secret: &str) -> Vec<String> {
    let encode = |keep: &dyn Fn(u8) -> bool| -> String {
        secret
            .bytes()
            .map(|byte| {
                if keep(byte) {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            })
            .collect()
    };
    let unreserved = encode(&|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
    let query = encode(&|byte| byte.is_ascii_graphic() && !b"\"#<>'".contains(&byte));
    let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let lower = |text: &str| -> String {
        text.split_inclusive('%')
            .enumerate()
            .map(|(index, part)| match part.split_at_checked(2) {
                Some((digits, rest)) if index > 0 => digits.to_ascii_lowercase() + rest,
                _ => part.to_owned(),
            })
            .collect()
    };
    vec![lower(&unreserved), lower(&query), unreserved, query, form]
}

/// The base64 of a secret that begins `offset` bytes into a group of three, as in `user:secret`. Digits that depend on its
/// neighbours are cut off.
fn base64_within(secret: &str, offset: usize, engine: &GeneralPurpose) -> String {
    let mut bytes = vec![0; offset];
    bytes.extend_from_slice(secret.as_bytes());
    let encoded = engine.encode(&bytes);
    let from = (offset * 8).div_ceil(6);
    let to = bytes.len() * 8 / 6;
    encoded.get(from..to).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
    use proptest::prelude::*;

    #[test]
    fn a_secret_prints_as_a_mask() {
        let secret = Secret::new(" hush \n");
        assert_eq!(secret.expose(), "hush");
        assert_eq!(
            format!("{secret} {secret:?} {:?}", Some(&secret)),
            "*** *** Some(***)"
        );
        assert_eq!(format!("{:?}", Redactor::new([&secret])), "Redactor { .. }");
    }

    #[test]
    fn all_forms_are_found() {
        let text = "pa ss/+%\"wörd?&=";
        let redactor = Redactor::new([&Secret::new(text)]);
        let pair = format!("user:{text}");
        for form in [
            text.to_owned(),
            "pa%20ss%2F%2B%25%22w%C3%B6rd%3F%26%3D".to_owned(),
            "pa%20ss%2f%2b%25%22w%c3%b6rd%3f%26%3d".to_owned(),
            "pa+ss%2F%2B%25%22w%C3%B6rd%3F%26%3D".to_owned(),
            serde_json::to_string(text).unwrap(),
            BASE64_STANDARD.encode(text),
            BASE64_URL_SAFE_NO_PAD.encode(text),
        ] {
            let shown = redactor.redact(&format!("before {form} after"));
            assert!(
                shown.contains("before") && shown.contains("***") && shown.contains("after"),
                "{form} -> {shown}"
            );
            assert!(!shown.contains("rd"), "{form} -> {shown}");
        }
        let basic = redactor.redact(&BASE64_STANDARD.encode(pair));
        assert!(basic.len() <= "dXNlcjpw".len() + MASK.len() + 4, "{basic}");
    }

    #[test]
    fn an_empty_secret_hides_nothing() {
        assert_eq!(Redactor::new([&Secret::new("  ")]).redact("text"), "text");
    }

    #[test]
    fn a_secret_within_another_leaves_no_rest() {
        let redactor = Redactor::new([&Secret::new("token"), &Secret::new("token-and-more")]);
        assert_eq!(redactor.redact("token-and-more token"), "*** ***");
    }

    #[test]
    fn urls() {
        let redactor = Redactor::new([&Secret::new("s3cret-value")]);
        for (url, shown) in [
            (
                "https://user:pass@host.example/a?b=c",
                "https://host.example/a?b=c",
            ),
            (
                "https://host.example/?x-vercel-protection-bypass=abc&b=1",
                "https://host.example/?x-vercel-protection-bypass=***&b=1",
            ),
            (
                "https://host.example/s3cret-value/x",
                "https://host.example/***/x",
            ),
            (
                "https://host.example/?Token=t",
                "https://host.example/?Token=***",
            ),
        ] {
            assert_eq!(redactor.redact_url(&url.parse().unwrap()), shown);
        }
    }

    proptest! {
        #[test]
        fn no_text_keeps_a_secret(secret in "[!-~]{8,40}", before in ".{0,9}", after in ".{0,9}") {
            let secret = Secret::new(secret);
            let redactor = Redactor::new([&secret]);
            let encoded: String = url::form_urlencoded::byte_serialize(secret.expose().as_bytes()).collect();
            let base64 = BASE64_STANDARD.encode(secret.expose());
            // A last digit that mixes with what follows may stay.
            for form in [secret.expose(), encoded.as_str(), &base64[..secret.expose().len() * 8 / 6]] {
                let shown = redactor.redact(&format!("{before}\u{0}{form}\u{0}{after}"));
                prop_assert!(!shown.contains(&format!("\u{0}{form}")), "{} in {}", form, shown);
            }
        }
    }
}
