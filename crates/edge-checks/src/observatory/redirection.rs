//! The way from http to https: at once, on the same host, before anywhere else.

use super::{hsts::is_preloaded, rating::Rating};
use crate::site::Site;

const PRELOADED: Rating = Rating::good(
    "redirection-all-redirects-preloaded",
    0,
    "every host on the way is preloaded for https",
);
const GOOD: Rating = Rating::good("redirection-to-https", 0, "http redirects to https");
const NO_HTTP: Rating = Rating::good(
    "redirection-not-needed-no-http",
    0,
    "nothing listens on http",
);
const OFF_HOST: Rating = Rating::weak(
    "redirection-off-host-from-http",
    -5,
    "http redirects to another host first, so this host's HSTS is never seen",
    "redirect to https on the same host first",
);
const HTTP_FIRST: Rating = Rating::weak(
    "redirection-not-to-https-on-initial-redirection",
    -10,
    "the first redirect stays on http",
    "redirect to https at once",
);
const NOT_HTTPS: Rating = Rating::weak(
    "redirection-not-to-https",
    -20,
    "http redirects and never arrives at https",
    "redirect to https",
);
const MISSING: Rating = Rating::weak(
    "redirection-missing",
    -20,
    "http answers instead of redirecting to https",
    "redirect http to https",
);
const UNTRUSTED: Rating = Rating::weak(
    "redirection-invalid-cert",
    -20,
    "a certificate on the way to https is not trusted",
    "serve a certificate that browsers trust",
);

pub(super) fn rate(site: &Site) -> Rating {
    let Some(http) = &site.http else {
        return NO_HTTP;
    };
    if !http.trusted {
        return UNTRUSTED;
    }
    let route = &http.route;
    let host = |index: usize| route.get(index).and_then(url::Url::host_str);
    if route
        .iter()
        .all(|url| is_preloaded(url.host_str().unwrap_or_default()))
    {
        return PRELOADED;
    }
    match route.as_slice() {
        [] | [_] => MISSING,
        [.., last] if last.scheme() != "https" => NOT_HTTPS,
        [_, second, ..] if second.scheme() == "http" => HTTP_FIRST,
        [first, ..] if first.scheme() == "http" && host(0) != host(1) => OFF_HOST,
        _ => GOOD,
    }
}
