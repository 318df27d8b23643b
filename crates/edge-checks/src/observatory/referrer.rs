//! Referrer-Policy: the last word that browsers know counts; a `<meta name="referrer">` counts after the headers.

use super::rating::Rating;
use crate::{html, site::Site};

const PRIVATE: Rating = Rating::good(
    "referrer-policy-private",
    5,
    "other sites learn the origin at most",
);
const MISSING: Rating = Rating::good("referrer-policy-not-implemented", 0, "left to the browser");
const UNSAFE: Rating = Rating::weak(
    "referrer-policy-unsafe",
    -5,
    "Referrer-Policy tells other sites more than the browser's default",
    "send `Referrer-Policy: strict-origin-when-cross-origin`",
);
const INVALID: Rating = Rating::weak(
    "referrer-policy-header-invalid",
    -5,
    "Referrer-Policy holds no known word",
    "send `Referrer-Policy: strict-origin-when-cross-origin`",
);

const GOOD: [&str; 4] = [
    "no-referrer",
    "same-origin",
    "strict-origin",
    "strict-origin-when-cross-origin",
];
const BAD: [&str; 4] = [
    "origin",
    "origin-when-cross-origin",
    "unsafe-url",
    "no-referrer-when-downgrade",
];

pub(super) fn rate(site: &Site) -> Rating {
    let mut given = site.values("referrer-policy");
    if site.is_html() {
        given.extend(html::referrer_policy(&site.body));
    }
    if given.is_empty() {
        return MISSING;
    }
    let given = given.join(", ");
    let last = given
        .split(',')
        .map(|word| word.trim().to_lowercase())
        .rfind(|word| GOOD.contains(&word.as_str()) || BAD.contains(&word.as_str()));
    match last {
        Some(word) if GOOD.contains(&word.as_str()) => PRIVATE,
        Some(_) => UNSAFE,
        None => INVALID,
    }
}
