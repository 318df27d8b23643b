//! The cookies of one scenario, as RFC 6265 has a client keep them: by name, domain and path, until they expire.

use http_client::{HeaderMap, HeaderValue, Url, header::SET_COOKIE};
use jiff::{SignedDuration, Timestamp, fmt::rfc2822::DateTimeParser};

/// Cookies kept at most; a scenario needs a handful.
const MOST: usize = 200;

/// Cookies that answers have set.
#[derive(Clone, Debug, Default)]
pub struct Jar(Vec<Cookie>);

#[derive(Clone, Debug)]
struct Cookie {
    name: String,
    value: String,
    /// In lower case, without a leading dot.
    domain: String,
    /// Whether it goes to that host only, and not to those below it.
    host_only: bool,
    path: String,
    secure: bool,
    expires: Option<Timestamp>,
}

impl Jar {
    /// The value of `Cookie` for a request: `own` cookies first, then those in the jar whose names are not among them.
    pub fn header(
        &self,
        url: &Url,
        own: Option<&HeaderValue>,
        now: Timestamp,
    ) -> Option<HeaderValue> {
        let own = own
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let named = |name: &str| {
            own.split(';')
                .any(|pair| pair.split('=').next().map(str::trim) == Some(name))
        };
        let mut pairs: Vec<String> = Vec::new();
        if !own.is_empty() {
            pairs.push(own.to_owned());
        }
        let kept = self
            .0
            .iter()
            .filter(|cookie| cookie.goes_to(url, now) && !named(&cookie.name));
        pairs.extend(kept.map(|cookie| format!("{}={}", cookie.name, cookie.value)));
        HeaderValue::from_str(&pairs.join("; "))
            .ok()
            .filter(|value| !value.is_empty())
    }

    /// Keeps the cookies that an answer sets.
    pub fn keep(&mut self, url: &Url, headers: &HeaderMap, now: Timestamp) {
        for value in headers.get_all(SET_COOKIE) {
            let text = String::from_utf8_lossy(value.as_bytes());
            let Some(cookie) = Cookie::parse(&text, url, now) else {
                continue;
            };
            self.0.retain(|old| {
                (&old.name, &old.domain, &old.path) != (&cookie.name, &cookie.domain, &cookie.path)
            });
            let over = cookie.expires.is_some_and(|expires| expires <= now);
            if !over && self.0.len() < MOST {
                self.0.push(cookie);
            }
        }
    }
}

impl Cookie {
    /// Reads a `Set-Cookie`; `None` for one that a client must not take.
    fn parse(text: &str, url: &Url, now: Timestamp) -> Option<Self> {
        let mut parts = text.split(';');
        let (name, value) = parts.next()?.split_once('=')?;
        let host = url.host_str()?.to_ascii_lowercase();
        let mut cookie = Self {
            name: name.trim().to_owned(),
            value: value.trim().to_owned(),
            domain: host.clone(),
            host_only: true,
            path: default_path(url.path()).to_owned(),
            secure: false,
            expires: None,
        };
        let mut max_age = None;
        for attribute in parts {
            let (key, value) = attribute.split_once('=').unwrap_or((attribute, ""));
            let value = value.trim();
            match key.trim().to_ascii_lowercase().as_str() {
                "domain" if !value.is_empty() => {
                    cookie.domain = value.trim_start_matches('.').to_ascii_lowercase();
                    cookie.host_only = false;
                }
                "path" if value.starts_with('/') => cookie.path = value.to_owned(),
                "secure" => cookie.secure = true,
                "max-age" => max_age = value.parse::<i64>().ok(),
                "expires" => cookie.expires = date(value),
                _ => {}
            }
        }
        // Wins over `Expires`, whatever their order.
        if let Some(seconds) = max_age {
            let end = now.checked_add(SignedDuration::from_secs(seconds));
            cookie.expires = Some(end.unwrap_or(if seconds > 0 { Timestamp::MAX } else { now }));
        }
        let taken = !cookie.name.is_empty() && domain_fits(&host, &cookie.domain, cookie.host_only);
        taken.then_some(cookie)
    }

    fn goes_to(&self, url: &Url, now: Timestamp) -> bool {
        let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
        let local = http_client::is_loopback(url);
        let below = url.path().strip_prefix(self.path.as_str());
        let path = below.is_some_and(|rest| {
            rest.is_empty() || rest.starts_with('/') || self.path.ends_with('/')
        });
        path && domain_fits(&host, &self.domain, self.host_only)
            && (!self.secure || url.scheme() == "https" || local)
            && self.expires.is_none_or(|expires| expires > now)
    }
}

fn domain_fits(host: &str, domain: &str, host_only: bool) -> bool {
    host == domain
        || (!host_only
            && domain.contains('.')
            && host.parse::<std::net::IpAddr>().is_err()
            && host
                .strip_suffix(domain)
                .is_some_and(|rest| rest.ends_with('.')))
}

/// The folder of the request's path (RFC 6265, 5.1.4).
fn default_path(path: &str) -> &str {
    match path.rfind('/') {
        Some(0) | None => "/",
        Some(end) => &path[..end],
    }
}

/// The date as today's servers write it, also with the dashes of old ones.
fn date(text: &str) -> Option<Timestamp> {
    let parser = DateTimeParser::new();
    parser
        .parse_timestamp(text)
        .or_else(|_| parser.parse_timestamp(text.replace('-', " ")))
        .ok()
}

#[cfg(test)]
mod tests {
    use http_client::{HeaderMap, HeaderValue, header::SET_COOKIE};
    use jiff::Timestamp;

    use super::Jar;

    fn sent(from: &str, cookies: &[&str], to: &str) -> String {
        let mut headers = HeaderMap::new();
        for cookie in cookies {
            headers.append(SET_COOKIE, cookie.parse().unwrap());
        }
        let mut jar = Jar::default();
        let now = Timestamp::from_second(784_111_777).unwrap();
        jar.keep(&from.parse().unwrap(), &headers, now);
        let header = jar.header(&to.parse().unwrap(), None, now);
        header.map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
    }

    #[test]
    fn cookies_go_where_they_belong() {
        let app = "https://app.example/a/b";
        for (cookies, to, expected) in [
            (&["s=1"][..], "https://app.example/a/c", "s=1"),
            (&["s=1"], "https://app.example/", ""),
            (&["s=1; Path=/"], "https://app.example/", "s=1"),
            (&["s=1; Path=/a"], "https://app.example/ab", ""),
            (&["s=1; Path=/"], "https://www.app.example/", ""),
            (
                &["s=1; Path=/; Domain=.app.example"],
                "https://www.app.example/",
                "s=1",
            ),
            (
                &["s=1; Path=/; Domain=other.example"],
                "https://other.example/",
                "",
            ),
            (
                &["s=1; Path=/; Domain=example"],
                "https://other.example/",
                "",
            ),
            (&["s=1; Path=/; Secure"], "http://app.example/", ""),
            (
                &["s=1; Path=/", "s=2; Path=/"],
                "https://app.example/",
                "s=2",
            ),
            (
                &["s=1; Path=/", "s=; Path=/; Max-Age=0"],
                "https://app.example/",
                "",
            ),
            (
                &["s=1; Path=/; Expires=Sun, 06 Nov 1994 08:00:00 GMT"],
                "https://app.example/",
                "",
            ),
            (
                &["s=1; Path=/; Expires=Sun, 06-Nov-1994 08:00:00 GMT"],
                "https://app.example/",
                "",
            ),
            (
                &["s=1; Path=/; Max-Age=60; Expires=Sun, 06 Nov 1994 08:00:00 GMT"],
                "https://app.example/",
                "s=1",
            ),
            (
                &["s=1; Path=/", "t=a=b; Path=/"],
                "https://app.example/",
                "s=1; t=a=b",
            ),
            (&["=1; Path=/", "novalue"], "https://app.example/", ""),
        ] {
            assert_eq!(sent(app, cookies, to), expected, "{cookies:?} {to}");
        }
        assert_eq!(
            sent(
                "http://127.0.0.1:1/",
                &["s=1; Secure"],
                "http://127.0.0.1:1/x"
            ),
            "s=1"
        );
    }

    #[test]
    fn own_cookies_win() {
        let mut headers = HeaderMap::new();
        headers.append(SET_COOKIE, "s=1; Path=/".parse().unwrap());
        headers.append(SET_COOKIE, "t=2; Path=/".parse().unwrap());
        let url = "https://app.example/".parse().unwrap();
        let mut jar = Jar::default();
        jar.keep(&url, &headers, Timestamp::UNIX_EPOCH);
        let own = HeaderValue::from_static("s=own");
        let header = jar.header(&url, Some(&own), Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(header, "s=own; t=2");
    }
}
