//! Strict-Transport-Security (RFC 6797), and the hosts browsers ship as https only.

use super::rating::Rating;
use crate::site::{Site, values};

/// Six months, in seconds: what the Observatory asks for.
const SIX_MONTHS: u64 = 15_552_000;

/// Top-level domains that browsers preload as a whole. Single hosts of the preload list are not known here: they are
/// rated by their header.
const PRELOADED: [&str; 24] = [
    "android",
    "app",
    "bank",
    "boo",
    "channel",
    "chrome",
    "dad",
    "day",
    "dev",
    "esq",
    "foo",
    "gle",
    "google",
    "ing",
    "insurance",
    "meme",
    "mov",
    "new",
    "nexus",
    "page",
    "phd",
    "prof",
    "rsvp",
    "zip",
];

const PRELOADED_HOST: Rating =
    Rating::good("hsts-preloaded", 5, "browsers know the host as https only");
const LONG: Rating = Rating::good(
    "hsts-implemented-max-age-at-least-six-months",
    0,
    "set for at least six months",
);
const SHORT: Rating = Rating::weak(
    "hsts-implemented-max-age-less-than-six-months",
    -10,
    "HSTS ends in less than six months",
    "raise max-age to 31536000",
);
const MISSING: Rating = Rating::weak(
    "hsts-not-implemented",
    -20,
    "Strict-Transport-Security is missing",
    "send `Strict-Transport-Security: max-age=31536000; includeSubDomains`",
);
const INVALID: Rating = Rating::weak(
    "hsts-header-invalid",
    -20,
    "Strict-Transport-Security cannot be read",
    "send it once, with a max-age in seconds",
);
const NO_HTTPS: Rating = Rating::weak(
    "hsts-not-implemented-no-https",
    -20,
    "nothing listens on https",
    "serve the site over https",
);
const UNTRUSTED: Rating = Rating::weak(
    "hsts-invalid-cert",
    -20,
    "the certificate is not trusted, so browsers ignore HSTS",
    "serve a certificate that browsers trust",
);

/// What a Strict-Transport-Security header says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hsts {
    /// How long, in seconds.
    pub max_age: u64,
    /// Whether subdomains are included.
    pub include_subdomains: bool,
    /// Whether the owner asks to be preloaded.
    pub preload: bool,
}

impl Hsts {
    /// Reads a header value. `None` when it has no max-age, or was put together from several headers.
    pub fn parse(value: &str) -> Option<Self> {
        if value.contains(',') {
            return None;
        }
        let mut hsts = Self::default();
        let mut max_age = None;
        for parameter in value.split(';').map(|part| part.trim().to_lowercase()) {
            match parameter.as_str() {
                "includesubdomains" => hsts.include_subdomains = true,
                "preload" => hsts.preload = true,
                other => {
                    if let Some(age) = other.strip_prefix("max-age=") {
                        max_age = Some(seconds(age));
                    }
                }
            }
        }
        hsts.max_age = max_age?;
        Some(hsts)
    }
}

/// Digits up to the first other character, as browsers' lenient readers do. A quoted value is no number, so that `0`
/// stands for it and the rating is the short one, never the long one.
fn seconds(text: &str) -> u64 {
    let digits: String = text
        .trim_start()
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    digits
        .parse()
        .unwrap_or(if digits.is_empty() { 0 } else { u64::MAX })
}

pub(super) fn rate(site: &Site) -> Rating {
    if site.https.is_some() && is_preloaded(&site.host) {
        return PRELOADED_HOST;
    }
    let Some(https) = &site.https else {
        return NO_HTTPS;
    };
    if !https.trusted {
        return UNTRUSTED;
    }
    let Some(value) = values(&https.headers, "strict-transport-security")
        .into_iter()
        .next()
    else {
        return MISSING;
    };
    match Hsts::parse(&value) {
        None => INVALID,
        Some(hsts) if hsts.max_age < SIX_MONTHS => SHORT,
        Some(_) => LONG,
    }
}

/// Whether a browser that has been there once stays on https.
pub(super) fn is_strict(rating: Rating) -> bool {
    rating == LONG || rating == PRELOADED_HOST
}

/// Whether browsers ship the host's top-level domain as https only.
pub fn is_preloaded(host: &str) -> bool {
    host.rsplit_once('.')
        .is_some_and(|(_, tld)| PRELOADED.contains(&tld))
}

#[cfg(test)]
mod tests {
    use super::{Hsts, is_preloaded};

    #[test]
    fn headers_are_read_as_rfc_6797_writes_them() {
        let hsts = |max_age, include_subdomains, preload| {
            Some(Hsts {
                max_age,
                include_subdomains,
                preload,
            })
        };
        let cases = [
            ("max-age=31536000", hsts(31_536_000, false, false)),
            (
                "Max-Age=63072000; includeSubDomains; PRELOAD",
                hsts(63_072_000, true, true),
            ),
            ("max-age=\"31536000\"", hsts(0, false, false)),
            (
                "max-age=99999999999999999999999",
                hsts(u64::MAX, false, false),
            ),
            ("includeSubDomains", None),
            ("max-age=1, max-age=2", None),
            ("", None),
        ];
        for (value, expected) in cases {
            assert_eq!(Hsts::parse(value), expected, "{value}");
        }
    }

    #[test]
    fn whole_top_level_domains_are_preloaded() {
        assert!(is_preloaded("setlist.vercel.app"));
        assert!(!is_preloaded("app"));
        assert!(!is_preloaded("app.example"));
    }
}
