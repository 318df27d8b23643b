//! Cross-origin requests: an origin that is echoed together with credentials lets any site act as the visitor.

use super::rating::Rating;
use crate::site::{Site, values};

const NONE: Rating = Rating::good(
    "cross-origin-resource-sharing-not-implemented",
    0,
    "closed to other origins",
);
const PUBLIC: Rating = Rating::good(
    "cross-origin-resource-sharing-implemented-with-public-access",
    0,
    "public, without credentials",
);
const RESTRICTED: Rating = Rating::good(
    "cross-origin-resource-sharing-implemented-with-restricted-access",
    0,
    "open to named origins",
);
const UNIVERSAL: Rating = Rating::weak(
    "cross-origin-resource-sharing-implemented-with-universal-access",
    -50,
    "every origin may send requests with the visitor's credentials",
    "list the origins that may, or leave `Access-Control-Allow-Credentials` out",
);

pub(super) fn rate(site: &Site) -> Rating {
    let Some(answer) = &site.cross_origin else {
        return NONE;
    };
    let first = |name: &str| values(&answer.headers, name).into_iter().next();
    let Some(allowed) = first("access-control-allow-origin").filter(|allowed| !allowed.is_empty())
    else {
        return NONE;
    };
    if allowed.trim() == "*" {
        return PUBLIC;
    }
    let credentials = first("access-control-allow-credentials")
        .is_some_and(|value| value.trim().eq_ignore_ascii_case("true"));
    if allowed == answer.origin && credentials {
        UNIVERSAL
    } else {
        RESTRICTED
    }
}
