//! What a policy is worth, and each of its weaknesses with the reason.

use super::{Policies, of_site};
use crate::{observatory::rating::Rating, site::Site};

const STRICT: Rating = Rating::good(
    "csp-implemented-with-no-unsafe-default-src-none",
    10,
    "nothing is allowed that is not listed, and nothing unsafe is",
);
const SAFE: Rating = Rating::good(
    "csp-implemented-with-no-unsafe",
    5,
    "nothing unsafe is allowed",
);
const REPEATED: Rating = Rating::good(
    "csp-implemented-but-duplicate-directives",
    0,
    "nothing unsafe is allowed; a reporting directive stands twice",
);
const STYLES: Rating = Rating::good(
    "csp-implemented-with-unsafe-inline-in-style-src-only",
    0,
    "unsafe sources only for styles",
);
const PASSIVE_HTTP: Rating = Rating::weak(
    "csp-implemented-with-insecure-scheme-in-passive-content-only",
    -10,
    "images or media may come over http",
    "allow https sources only",
);
const EVAL: Rating = Rating::weak(
    "csp-implemented-with-unsafe-eval",
    -10,
    "the policy allows 'unsafe-eval'",
    "drop 'unsafe-eval'; where code must be compiled, 'wasm-unsafe-eval' is narrower",
);
const INLINE: Rating = Rating::weak(
    "csp-implemented-with-unsafe-inline",
    -20,
    "scripts may be inline or come from almost anywhere",
    "use a nonce with 'strict-dynamic' instead of 'unsafe-inline', `data:` and whole schemes",
);
const ACTIVE_HTTP: Rating = Rating::weak(
    "csp-implemented-with-insecure-scheme",
    -20,
    "active content may come over http",
    "allow https sources only",
);
const INVALID: Rating = Rating::weak(
    "csp-header-invalid",
    -25,
    "the Content-Security-Policy cannot be followed",
    "keep each directive once, and 'strict-dynamic' together with a nonce or a hash",
);
const MISSING: Rating = Rating::weak(
    "csp-not-implemented",
    -25,
    "Content-Security-Policy is missing",
    "begin with `default-src 'self'` and a nonce for scripts",
);
const REPORT_ONLY: Rating = Rating::weak(
    "csp-not-implemented-but-reporting-enabled",
    -25,
    "Content-Security-Policy only reports",
    "send it as Content-Security-Policy once the reports are quiet",
);

/// Sources that allow almost anything.
const BROAD: [&str; 8] = [
    "ftp:",
    "http:",
    "https:",
    "*",
    "http://*",
    "http://*.*",
    "https://*",
    "https://*.*",
];
const UNSAFE_INLINE: &str = "'unsafe-inline'";
const PASSIVE: [&str; 2] = ["img-src", "media-src"];
const TRUSTED_BY_VALUE: [&str; 4] = ["'sha256-", "'sha384-", "'sha512-", "'nonce-"];

/// One weakness of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weakness {
    /// The directive that rules.
    pub directive: &'static str,
    /// What it allows and why that is one.
    pub says: String,
}

/// What a site's policy is worth.
pub(in crate::observatory) struct Rated {
    pub(in crate::observatory) rating: Rating,
    /// Whether the policy rules framing.
    pub(in crate::observatory) frame_ancestors: bool,
    pub(super) weaknesses: Vec<Weakness>,
}

impl Rated {
    const fn plain(rating: Rating) -> Self {
        Self {
            rating,
            frame_ancestors: false,
            weaknesses: Vec::new(),
        }
    }
}

/// Rates a site's policy.
pub(in crate::observatory) fn rate(site: &Site) -> Rated {
    let (headers, metas) = of_site(site);
    let all: Vec<String> = headers.iter().chain(&metas).cloned().collect();
    let Ok(mut csp) = Policies::parse(&all) else {
        return Rated::plain(INVALID);
    };
    let by_header = Policies::parse(&headers).unwrap_or_default();
    let by_meta = Policies::parse(&metas).unwrap_or_default().in_meta();
    if by_header.is_empty() && by_meta.is_empty() {
        let reporting = site
            .first("content-security-policy-report-only")
            .is_some_and(|value| !value.is_empty());
        return Rated::plain(if reporting { REPORT_ONLY } else { MISSING });
    }
    let lone_strict_dynamic = settle(&mut csp);
    let found = Found::new(&csp, site.url.scheme() == "https", lone_strict_dynamic);
    Rated {
        rating: found.rating(&csp),
        frame_ancestors: csp.get("frame-ancestors").is_some(),
        weaknesses: found.weaknesses(&csp),
    }
}

/// What browsers make of a policy with nonces and hashes: 'unsafe-inline' is ignored, and with 'strict-dynamic' so are
/// hosts and schemes. Gives whether 'strict-dynamic' stands alone, which would allow no script at all.
fn settle(csp: &mut Policies) -> bool {
    for directive in ["script-src", "style-src"] {
        if let Some(ruling) = csp.ruling(directive)
            && by_value(csp.get(ruling).unwrap_or_default())
        {
            csp.drop(ruling, |source| source == UNSAFE_INLINE);
        }
    }
    let Some(ruling) = csp.ruling("script-src") else {
        return false;
    };
    let sources = csp.get(ruling).unwrap_or_default();
    if !sources.iter().any(|source| source == "'strict-dynamic'") {
        return false;
    }
    if !by_value(sources) {
        return true;
    }
    csp.drop(ruling, |source| {
        BROAD.iter().any(|broad| source.starts_with(broad))
            || source == "'self'"
            || source == UNSAFE_INLINE
    });
    false
}

fn by_value(sources: &[String]) -> bool {
    sources.iter().any(|source| {
        TRUSTED_BY_VALUE
            .iter()
            .any(|start| source.starts_with(start))
    })
}

/// The weaknesses the Observatory tells apart.
struct Found {
    lone_strict_dynamic: bool,
    scripts: Vec<String>,
    objects: Vec<String>,
    active_http: bool,
    eval: bool,
    passive_http: bool,
    styles: bool,
}

impl Found {
    fn new(csp: &Policies, https: bool, lone_strict_dynamic: bool) -> Self {
        let anything = ["*".to_owned()];
        let ruled = |directive| {
            csp.ruling(directive)
                .and_then(|name| csp.get(name))
                .unwrap_or(&anything)
        };
        let (scripts, objects, styles) =
            (ruled("script-src"), ruled("object-src"), ruled("style-src"));
        let broad = |source: &str| BROAD.contains(&source);
        let unsafe_ = |source: &str| broad(source) || source == UNSAFE_INLINE || source == "data:";
        let http = |source: &String| source.starts_with("http:") || source.starts_with("ftp:");
        let active = csp
            .iter()
            .filter(|(name, _)| !PASSIVE.contains(name) && *name != "script-src")
            .flat_map(|(_, sources)| sources)
            .chain(scripts);
        let passive = PASSIVE
            .iter()
            .filter_map(|name| csp.get(name).or_else(|| csp.get("default-src")))
            .flatten();
        let pick = |sources: &[String], unwanted: &dyn Fn(&str) -> bool| -> Vec<String> {
            sources
                .iter()
                .filter(|source| unwanted(source))
                .cloned()
                .collect()
        };
        Self {
            lone_strict_dynamic,
            scripts: pick(scripts, &unsafe_),
            objects: pick(objects, &broad),
            active_http: https && active.into_iter().any(http),
            eval: scripts
                .iter()
                .chain(styles)
                .any(|source| source == "'unsafe-eval'"),
            passive_http: https && passive.into_iter().any(http),
            styles: styles.iter().any(|source| unsafe_(source)),
        }
    }

    fn rating(&self, csp: &Policies) -> Rating {
        let strict = csp
            .get("default-src")
            .is_some_and(|sources| sources == ["'none'"]);
        let rating = if self.lone_strict_dynamic {
            INVALID
        } else if !self.scripts.is_empty() || !self.objects.is_empty() {
            INLINE
        } else if self.active_http {
            ACTIVE_HTTP
        } else if self.eval {
            EVAL
        } else if self.passive_http {
            PASSIVE_HTTP
        } else if self.styles {
            STYLES
        } else if strict {
            STRICT
        } else {
            SAFE
        };
        let repeatable = [STRICT, SAFE, STYLES, PASSIVE_HTTP].contains(&rating);
        if repeatable && csp.repeated {
            REPEATED
        } else {
            rating
        }
    }

    fn weaknesses(&self, csp: &Policies) -> Vec<Weakness> {
        let ruling = |directive| csp.ruling(directive).unwrap_or("no default-src");
        let mut found = Vec::new();
        let mut say = |directive, says: String| found.push(Weakness { directive, says });
        if self.lone_strict_dynamic {
            say(
                ruling("script-src"),
                "'strict-dynamic' without a nonce or a hash trusts no script at all".to_owned(),
            );
        }
        if !self.scripts.is_empty() {
            say(
                ruling("script-src"),
                format!(
                    "{} lets injected markup run scripts; use nonces or hashes",
                    self.scripts.join(" ")
                ),
            );
        }
        if !self.objects.is_empty() {
            say(
                ruling("object-src"),
                format!(
                    "{} lets plugins load from anywhere; set `object-src 'none'`",
                    self.objects.join(" ")
                ),
            );
        }
        if self.active_http {
            say(
                "http:",
                "active content over http can be replaced on its way".to_owned(),
            );
        }
        if self.eval {
            say(
                ruling("script-src"),
                "'unsafe-eval' turns text into code".to_owned(),
            );
        }
        if self.passive_http {
            say(
                ruling("img-src"),
                "images or media over http can be replaced on their way".to_owned(),
            );
        }
        if csp.get("base-uri").is_none() {
            say(
                "base-uri",
                "without `base-uri` an injected <base> moves every relative script; set `base-uri 'none'`".to_owned(),
            );
        }
        found
    }
}

#[cfg(test)]
mod tests;
