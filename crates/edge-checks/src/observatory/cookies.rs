//! Cookies: those of a session need Secure and HttpOnly, those against request forgery SameSite.

use super::rating::{Rating, worse};
use crate::site::Site;

const NONE: Rating = Rating::good("cookies-not-found", 0, "no cookies");
const SAFE: Rating = Rating::good(
    "cookies-secure-with-httponly-sessions",
    0,
    "all Secure, session cookies HttpOnly",
);
const SAFE_AND_SAME_SITE: Rating = Rating::good(
    "cookies-secure-with-httponly-sessions-and-samesite",
    5,
    "all Secure and SameSite, session cookies HttpOnly",
);
const INSECURE_BEHIND_HSTS: Rating = Rating::weak(
    "cookies-without-secure-flag-but-protected-by-hsts",
    -5,
    "a cookie lacks Secure; only HSTS protects it",
    "set every cookie with `Secure`",
);
const INSECURE: Rating = Rating::weak(
    "cookies-without-secure-flag",
    -20,
    "a cookie lacks Secure and travels over http",
    "set every cookie with `Secure`",
);
const SESSION_BEHIND_HSTS: Rating = Rating::weak(
    "cookies-session-without-secure-flag-but-protected-by-hsts",
    -10,
    "a session cookie lacks Secure; only HSTS protects it",
    "set session cookies with `Secure`",
);
const SAME_SITE_INVALID: Rating = Rating::weak(
    "cookies-samesite-flag-invalid",
    -20,
    "a cookie's SameSite holds no known word, or is None without Secure",
    "use `SameSite=Lax`, `Strict`, or `None` together with `Secure`",
);
const FORGERY: Rating = Rating::weak(
    "cookies-anticsrf-without-samesite-flag",
    -20,
    "a cookie against request forgery lacks SameSite",
    "set it with `SameSite=Strict`",
);
const SESSION_SCRIPTED: Rating = Rating::weak(
    "cookies-session-without-httponly-flag",
    -30,
    "scripts can read a session cookie",
    "set session cookies with `HttpOnly`",
);
const SESSION_INSECURE: Rating = Rating::weak(
    "cookies-session-without-secure-flag",
    -40,
    "a session cookie lacks Secure and travels over http",
    "set session cookies with `Secure`",
);

/// From the mildest to the worst.
const ORDER: [Rating; 7] = [
    INSECURE_BEHIND_HSTS,
    INSECURE,
    SESSION_BEHIND_HSTS,
    SAME_SITE_INVALID,
    FORGERY,
    SESSION_SCRIPTED,
    SESSION_INSECURE,
];

/// Set by a platform, not by the site.
const FOREIGN: &str = "heroku-session-affinity";

#[derive(Debug, Default)]
struct Cookie {
    /// Lower case.
    name: String,
    /// What a browser keeps apart: a later cookie of the same name and path replaces this one.
    place: (String, String),
    secure: bool,
    http_only: bool,
    same_site: SameSite,
}

#[derive(Debug, Default, PartialEq)]
enum SameSite {
    #[default]
    Missing,
    Invalid,
    None,
    Limited,
}

impl Cookie {
    /// Reads a Set-Cookie value as RFC 6265 (5.2) does; `None` for a nameless one.
    fn parse(value: &str) -> Option<Self> {
        let mut parts = value.split(';');
        let (name, _) = parts.next()?.split_once('=')?;
        let mut cookie = Self {
            name: name.trim().to_lowercase(),
            place: (name.trim().to_owned(), String::new()),
            ..Self::default()
        };
        for part in parts {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            match key.trim().to_lowercase().as_str() {
                "secure" => cookie.secure = true,
                "path" => cookie.place.1 = value.trim().to_owned(),
                "httponly" => cookie.http_only = true,
                "samesite" => {
                    cookie.same_site = match value.trim().to_lowercase().as_str() {
                        "lax" | "strict" => SameSite::Limited,
                        "none" => SameSite::None,
                        _ => SameSite::Invalid,
                    };
                }
                _ => {}
            }
        }
        (!cookie.name.is_empty()).then_some(cookie)
    }
}

pub(super) fn rate(site: &Site, strict_transport: bool) -> Rating {
    let mut cookies: Vec<Cookie> = Vec::new();
    let mut misspelt = false;
    for value in site.values("set-cookie") {
        let Some(cookie) = Cookie::parse(&value) else {
            continue;
        };
        misspelt |= cookie.same_site == SameSite::Invalid;
        cookies.retain(|other| other.place != cookie.place);
        cookies.push(cookie);
    }
    cookies.retain(|cookie| cookie.name != FOREIGN);
    if cookies.is_empty() {
        return NONE;
    }
    let mut found: Option<Rating> = None;
    let mut note = |rating: Rating| found = Some(worse(rating, found, &ORDER));
    if misspelt {
        note(SAME_SITE_INVALID);
    }
    for cookie in &cookies {
        let session = cookie.name.contains("login") || cookie.name.contains("sess");
        let unlimited = matches!(cookie.same_site, SameSite::Missing | SameSite::Invalid);
        if cookie.same_site == SameSite::None && !cookie.secure {
            note(SAME_SITE_INVALID);
        }
        if !cookie.secure {
            note(if strict_transport {
                INSECURE_BEHIND_HSTS
            } else {
                INSECURE
            });
        }
        if cookie.name.contains("csrf") && unlimited {
            note(FORGERY);
        }
        if session && !cookie.secure {
            note(if strict_transport {
                SESSION_BEHIND_HSTS
            } else {
                SESSION_INSECURE
            });
        }
        if session && !cookie.http_only {
            note(SESSION_SCRIPTED);
        }
    }
    let all_limited = cookies
        .iter()
        .all(|cookie| matches!(cookie.same_site, SameSite::Limited | SameSite::None));
    found.unwrap_or(if all_limited {
        SAFE_AND_SAME_SITE
    } else {
        SAFE
    })
}
