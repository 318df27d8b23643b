//! Subresource integrity: scripts of other sites should carry a hash, and come over https.

use url::Url;

use super::rating::{Rating, worse};
use crate::{
    html::{self, Script},
    site::Site,
};

const ALL: Rating = Rating::good(
    "sri-implemented-and-all-scripts-loaded-securely",
    5,
    "scripts carry hashes",
);
const EXTERNAL: Rating = Rating::good(
    "sri-implemented-and-external-scripts-loaded-securely",
    5,
    "scripts of other sites carry hashes",
);
const NOT_HTML: Rating = Rating::good(
    "sri-not-implemented-response-not-html",
    0,
    "not an HTML page",
);
const NO_SCRIPTS: Rating =
    Rating::good("sri-not-implemented-but-no-scripts-loaded", 0, "no scripts");
const OWN: Rating = Rating::good(
    "sri-not-implemented-but-all-scripts-loaded-from-secure-origin",
    0,
    "all scripts are the site's own",
);
const NO_HASH: Rating = Rating::weak(
    "sri-not-implemented-but-external-scripts-loaded-securely",
    -5,
    "a script of another site carries no hash",
    "add `integrity` and `crossorigin`, or serve the script yourself",
);
const HASH_OVER_HTTP: Rating = Rating::weak(
    "sri-implemented-but-external-scripts-not-loaded-securely",
    -20,
    "a script of another site comes over http",
    "load it over https",
);
const NO_HASH_OVER_HTTP: Rating = Rating::weak(
    "sri-not-implemented-and-external-scripts-not-loaded-securely",
    -50,
    "a script of another site comes without a hash, over http or over whatever the page uses",
    "load it over https, with `integrity` and `crossorigin`",
);

/// From the best to the worst.
const ORDER: [Rating; 5] = [ALL, HASH_OVER_HTTP, NO_HASH, NO_HASH_OVER_HTTP, NOT_HTML];

pub(super) fn rate(site: &Site) -> Rating {
    if !site.is_html() {
        return NOT_HTML;
    }
    let (scripts, count) = html::scripts(&site.body);
    if count == 0 {
        return NO_SCRIPTS;
    }
    let mut found = None;
    let mut foreign = false;
    for script in &scripts {
        let origin = Origin::of(script, &site.host);
        let secure = origin.https || (origin.relative && site.url.scheme() == "https");
        if origin.own {
            if script.integrity && secure {
                found = found.or(Some(ALL));
            }
            continue;
        }
        foreign = true;
        let weak = match (script.integrity, secure) {
            (true, true) => continue,
            (true, false) => HASH_OVER_HTTP,
            (false, true) => NO_HASH,
            (false, false) => NO_HASH_OVER_HTTP,
        };
        found = Some(worse(weak, found, &ORDER));
    }
    found.unwrap_or(if foreign { EXTERNAL } else { OWN })
}

struct Origin {
    /// Of this site: its host, or one of the same registrable domain.
    own: bool,
    relative: bool,
    https: bool,
}

impl Origin {
    fn of(script: &Script, host: &str) -> Self {
        let relative_protocol = script.src.starts_with("//");
        let url = Url::parse(&script.src).ok();
        let absolute = url.filter(|url| matches!(url.scheme(), "http" | "https"));
        let relative = absolute.is_none() && !relative_protocol;
        let same_site = |url: &Url| domain(url.host_str().unwrap_or_default()) == domain(host);
        Self {
            own: relative || absolute.as_ref().is_some_and(same_site),
            relative,
            https: absolute.is_some_and(|url| url.scheme() == "https"),
        }
    }
}

/// The registrable domain, by the public suffix list; `None` for addresses and single labels.
fn domain(host: &str) -> Option<String> {
    if host.parse::<std::net::IpAddr>().is_ok() {
        return None;
    }
    psl::domain_str(host).map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use crate::testing::site;

    #[test]
    fn scripts_are_rated_by_the_worst() {
        let cases = [
            ("<p>", "sri-not-implemented-but-no-scripts-loaded"),
            (
                "<script>1</script>",
                "sri-not-implemented-but-all-scripts-loaded-from-secure-origin",
            ),
            (
                "<script src=/a.js></script>",
                "sri-not-implemented-but-all-scripts-loaded-from-secure-origin",
            ),
            (
                "<script src=/a.js integrity=sha384-x></script>",
                "sri-implemented-and-all-scripts-loaded-securely",
            ),
            (
                "<script src=https://cdn.example.com/a.js></script>",
                "sri-not-implemented-but-all-scripts-loaded-from-secure-origin",
            ),
            (
                "<script src=https://other.org/a.js></script>",
                "sri-not-implemented-but-external-scripts-loaded-securely",
            ),
            (
                "<script src=https://other.org/a.js integrity=sha384-x></script>",
                "sri-implemented-and-external-scripts-loaded-securely",
            ),
            (
                "<script src=http://other.org/a.js integrity=sha384-x></script>",
                "sri-implemented-but-external-scripts-not-loaded-securely",
            ),
            (
                "<script src=//other.org/a.js></script>",
                "sri-not-implemented-and-external-scripts-not-loaded-securely",
            ),
        ];
        for (page, expected) in cases {
            let site = site(&[("content-type", "text/html; charset=utf-8")], page);
            assert_eq!(super::rate(&site).id, expected, "{page}");
        }
    }
}
