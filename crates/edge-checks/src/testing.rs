//! A site for tests.

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::site::{Https, Site};

/// `https://www.example.com/` with these headers and this page.
pub(crate) fn site(headers: &[(&str, &str)], body: &str) -> Site {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(
            HeaderName::from_bytes(name.as_bytes()).unwrap(),
            HeaderValue::from_str(value).unwrap(),
        );
    }
    Site {
        host: "www.example.com".to_owned(),
        url: "https://www.example.com/".parse().unwrap(),
        headers: map.clone(),
        body: body.to_owned(),
        http: None,
        https: Some(Https {
            headers: map,
            trusted: true,
        }),
        cross_origin: None,
    }
}
