//! Recognises a wall in front of the app: a login page measured as the app would pass with the best scores.

use url::Url;

/// Path segments that belong to a login and not to an app.
const LOGIN: [&str; 5] = ["login", "signin", "sso", "sso-api", ".vercel-sso"];

/// Whether the page that was reached is another than the one that was asked for; in words.
pub(crate) fn other_page(requested: &Url, reached: &Url) -> Option<String> {
    let host = |url: &Url| (url.host_str().map(str::to_owned), url.port());
    let same_place = host(requested).0 == host(reached).0
        // http to https changes the port on its own.
        && (requested.port() == reached.port() || requested.scheme() != reached.scheme());
    if !same_place {
        return Some(format!(
            "{requested} led to another host, {}: a login wall or a redirect was reached, not the app",
            origin(reached)
        ));
    }
    (is_login(reached) && !is_login(requested)).then(|| {
        format!(
            "{requested} led to {}: a login page was reached, not the app",
            reached.path()
        )
    })
}

/// Whether an answer is a wall: `status` and where it redirects to.
pub(crate) fn is_wall(status: u16, location: Option<&Url>) -> bool {
    match status {
        401 | 403 => true,
        300..=399 => location.is_some_and(|url| {
            let vercel = |host: &str| host == "vercel.com" || host.ends_with(".vercel.com");
            is_login(url) || url.host_str().is_some_and(vercel)
        }),
        _ => false,
    }
}

fn is_login(url: &Url) -> bool {
    url.path_segments()
        .into_iter()
        .flatten()
        .any(|segment| LOGIN.contains(&segment))
}

/// Scheme, host and port: the query of a login page carries tokens.
fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::{is_wall, other_page};

    #[test]
    fn another_host_or_a_login_path_is_not_the_app() {
        let cases = [
            ("https://a.example/", "https://a.example/", false),
            ("http://a.example/", "https://a.example/home", false),
            (
                "https://a.example/",
                "https://vercel.com/login?next=x",
                true,
            ),
            ("https://a.example/", "https://www.a.example/", true),
            ("http://127.0.0.1:1/", "http://127.0.0.1:2/", true),
            (
                "http://127.0.0.1:1/",
                "http://127.0.0.1:1/sso-api?url=x",
                true,
            ),
            ("https://a.example/", "https://a.example/login", true),
            ("https://a.example/login", "https://a.example/login", false),
            ("https://a.example/", "chrome-error://chromewebdata/", true),
        ];
        for (requested, reached, expected) in cases {
            let found = other_page(&requested.parse().unwrap(), &reached.parse().unwrap());
            assert_eq!(found.is_some(), expected, "{requested} {reached} {found:?}");
        }
    }

    #[test]
    fn a_login_page_s_tokens_are_not_shown() {
        let reached: Url = "https://vercel.com/login?token=abc".parse().unwrap();
        let text = other_page(&"https://a.example/".parse().unwrap(), &reached).unwrap();
        assert!(!text.contains("abc"), "{text}");
    }

    #[test]
    fn walls() {
        let url = |text: &str| text.parse::<Url>().unwrap();
        assert!(is_wall(401, None) && is_wall(403, None));
        assert!(is_wall(302, Some(&url("https://vercel.com/sso-api?url=x"))));
        assert!(is_wall(307, Some(&url("http://127.0.0.1:9/login"))));
        assert!(!is_wall(308, Some(&url("https://a.example/en"))));
        assert!(!is_wall(200, None) && !is_wall(404, None) && !is_wall(500, None));
    }
}
