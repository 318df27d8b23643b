//! Decides where a redirect leads. We follow them ourselves because a library drops `Authorization` on its way to another
//! host but not a header it has never heard of, such as Vercel's protection bypass.

use http::{HeaderMap, Method, StatusCode, header::LOCATION};
use url::Url;

/// Which redirects are followed; the rest is handed to the caller as it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redirects {
    /// None.
    None,
    /// Up to this many, to the same scheme, host and port.
    SameOrigin(u8),
    /// Up to this many, to anywhere. Secret headers stay behind.
    Anywhere(u8),
}

/// The next request of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// Where it goes.
    pub url: Url,
    /// Its method.
    pub method: Method,
    /// False where the method became GET and the body went with it.
    pub keeps_body: bool,
}

/// The hop an answer asks for, if `rule` allows it after `followed` earlier ones. For callers that look at each answer on
/// the way, such as for its cookies; [`Client`](crate::Client) follows by itself.
#[must_use]
pub fn next_hop(
    rule: Redirects,
    followed: u8,
    from: &Url,
    method: &Method,
    status: StatusCode,
    headers: &HeaderMap,
) -> Option<Hop> {
    let (limit, same_origin) = match rule {
        Redirects::None => return None,
        Redirects::SameOrigin(limit) => (limit, true),
        Redirects::Anywhere(limit) => (limit, false),
    };
    let becomes_get = match status.as_u16() {
        303 => *method != Method::HEAD,
        // As browsers do since ever.
        301 | 302 => *method == Method::POST,
        307 | 308 => false,
        _ => return None,
    };
    let url = from.join(headers.get(LOCATION)?.to_str().ok()?).ok()?;
    let web = matches!(url.scheme(), "http" | "https");
    if followed >= limit || !web || (same_origin && url.origin() != from.origin()) {
        return None;
    }
    let method = if becomes_get {
        Method::GET
    } else {
        method.clone()
    };
    Some(Hop {
        url,
        method,
        keeps_body: !becomes_get,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn follow(
        rule: Redirects,
        followed: u8,
        method: &Method,
        status: u16,
        to: &str,
    ) -> Option<(String, Method, bool)> {
        let headers: HeaderMap = [(LOCATION, to.parse().unwrap())].into_iter().collect();
        let from: Url = "https://host.example/a/b?c".parse().unwrap();
        next_hop(
            rule,
            followed,
            &from,
            method,
            StatusCode::from_u16(status).unwrap(),
            &headers,
        )
        .map(|hop| (hop.url.into(), hop.method, hop.keeps_body))
    }

    #[test]
    fn rules() {
        use Redirects::{Anywhere, None as Never, SameOrigin};
        let get = Method::GET;
        let there = |url: &str| Some((url.to_owned(), Method::GET, true));
        assert_eq!(follow(Never, 0, &get, 301, "/x"), None);
        assert_eq!(
            follow(SameOrigin(2), 0, &get, 301, "/x"),
            there("https://host.example/x")
        );
        assert_eq!(
            follow(SameOrigin(2), 1, &get, 302, "x"),
            there("https://host.example/a/x")
        );
        assert_eq!(follow(SameOrigin(2), 2, &get, 302, "x"), None, "the limit");
        assert_eq!(
            follow(SameOrigin(2), 0, &get, 302, "http://host.example/"),
            None,
            "another scheme"
        );
        assert_eq!(
            follow(SameOrigin(2), 0, &get, 302, "https://host.example:8443/"),
            None,
            "another port"
        );
        assert_eq!(
            follow(Anywhere(2), 0, &get, 302, "//other.example/x"),
            there("https://other.example/x")
        );
        assert_eq!(
            follow(Anywhere(2), 0, &get, 302, "file:///etc/passwd"),
            None
        );
        assert_eq!(follow(Anywhere(2), 0, &get, 304, "/x"), None);
    }

    #[test]
    fn methods() {
        let to = |method: &Method, status| {
            follow(Redirects::SameOrigin(1), 0, method, status, "/x").map(|hop| (hop.1, hop.2))
        };
        assert_eq!(to(&Method::POST, 301), Some((Method::GET, false)));
        assert_eq!(to(&Method::POST, 303), Some((Method::GET, false)));
        assert_eq!(to(&Method::POST, 307), Some((Method::POST, true)));
        assert_eq!(to(&Method::PUT, 302), Some((Method::PUT, true)));
        assert_eq!(to(&Method::HEAD, 303), Some((Method::HEAD, true)));
    }
}
