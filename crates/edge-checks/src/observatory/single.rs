//! Headers with one word in them: X-Content-Type-Options, X-Frame-Options, Cross-Origin-Resource-Policy.

use super::rating::Rating;
use crate::site::Site;

const NOSNIFF: Rating = Rating::good("x-content-type-options-nosniff", 0, "set to `nosniff`");
const SNIFF_MISSING: Rating = Rating::weak(
    "x-content-type-options-not-implemented",
    -5,
    "X-Content-Type-Options is missing",
    "send `X-Content-Type-Options: nosniff`",
);
const SNIFF_INVALID: Rating = Rating::weak(
    "x-content-type-options-header-invalid",
    -5,
    "X-Content-Type-Options is not `nosniff`",
    "send `X-Content-Type-Options: nosniff`",
);

const FRAME_CSP: Rating = Rating::good(
    "x-frame-options-implemented-via-csp",
    5,
    "framing is ruled by the CSP's frame-ancestors",
);
const FRAME_SET: Rating = Rating::good(
    "x-frame-options-sameorigin-or-deny",
    0,
    "set to `DENY` or `SAMEORIGIN`",
);
const FRAME_ALLOW_FROM: Rating = Rating::weak(
    "x-frame-options-allow-from-origin",
    0,
    "X-Frame-Options uses `ALLOW-FROM`, which browsers ignore",
    "use `frame-ancestors` in the Content-Security-Policy",
);
const FRAME_MISSING: Rating = Rating::weak(
    "x-frame-options-not-implemented",
    -20,
    "anybody may frame the page",
    "send `X-Frame-Options: DENY`, or `frame-ancestors` in the Content-Security-Policy",
);
const FRAME_INVALID: Rating = Rating::weak(
    "x-frame-options-header-invalid",
    -20,
    "X-Frame-Options is neither `DENY` nor `SAMEORIGIN`",
    "send `X-Frame-Options: DENY`, or `frame-ancestors` in the Content-Security-Policy",
);

const CORP_MISSING: Rating = Rating::good("corp-not-implemented", 0, "not set");
const CORP_ORIGIN: Rating = Rating::good(
    "corp-implemented-with-same-origin",
    10,
    "limited to the same origin",
);
const CORP_SITE: Rating = Rating::good(
    "corp-implemented-with-same-site",
    10,
    "limited to the same site",
);
const CORP_ANY: Rating = Rating::good(
    "corp-implemented-with-cross-origin",
    0,
    "open to any origin",
);
const CORP_INVALID: Rating = Rating::weak(
    "corp-header-invalid",
    -5,
    "Cross-Origin-Resource-Policy holds no known word",
    "send `Cross-Origin-Resource-Policy: same-origin`",
);

/// Whether browsers may guess content types.
pub(super) fn content_type_options(site: &Site) -> Rating {
    match site.first("x-content-type-options").as_deref().map(word) {
        None => SNIFF_MISSING,
        Some(word) if word == "nosniff" => NOSNIFF,
        Some(word) if word.is_empty() => SNIFF_MISSING,
        Some(_) => SNIFF_INVALID,
    }
}

/// Whether other sites may frame the page.
pub(super) fn frame_options(site: &Site, by_csp: bool) -> Rating {
    if by_csp {
        return FRAME_CSP;
    }
    match site.first("x-frame-options").as_deref().map(word) {
        None => FRAME_MISSING,
        Some(word) if word.is_empty() => FRAME_MISSING,
        Some(word) if word == "deny" || word == "sameorigin" => FRAME_SET,
        Some(word) if word.starts_with("allow-from") => FRAME_ALLOW_FROM,
        Some(_) => FRAME_INVALID,
    }
}

/// Whether other sites may embed the resource.
pub(super) fn resource_policy(site: &Site) -> Rating {
    match site
        .first("cross-origin-resource-policy")
        .as_deref()
        .map(word)
    {
        None => CORP_MISSING,
        Some(word) => match word.as_str() {
            "" => CORP_MISSING,
            "same-origin" => CORP_ORIGIN,
            "same-site" => CORP_SITE,
            "cross-origin" => CORP_ANY,
            _ => CORP_INVALID,
        },
    }
}

fn word(value: &str) -> String {
    value.trim().to_lowercase()
}
