//! Recognises an answer that comes from a wall in front of the deployment and not from the deployment. Such an answer looks
//! like an application's own login, so a suite that expects 401 or a redirect would pass without having seen the app.

use http_client::{Response, StatusCode, header};

/// A wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wall {
    /// Deployment protection asks for a login.
    Protection,
    /// The firewall asks a browser to prove itself.
    Challenge,
}

impl Wall {
    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Protection => "Vercel deployment protection",
            Self::Challenge => "Vercel's firewall challenge",
        }
    }
}

/// Texts that only the protection's own pages have.
const PAGE_MARKS: [&[u8]; 4] = [
    b"vercel.com/sso-api",
    b"/.well-known/vercel/security/",
    b"<title>Authentication Required</title>",
    b"Vercel Authentication",
];

/// The wall an answer comes from, if it comes from one.
pub fn recognise(response: &Response) -> Option<Wall> {
    if response.header("x-vercel-mitigated") == Some("challenge") {
        return Some(Wall::Challenge);
    }
    let walled = match response.status {
        StatusCode::UNAUTHORIZED => asks_for_login(response),
        status if status.is_redirection() => leads_to_login(response),
        _ => false,
    };
    walled.then_some(Wall::Protection)
}

/// A 401 alone may be the app's own; the wall's sets its cookie or shows its page.
fn asks_for_login(response: &Response) -> bool {
    let cookies = response.headers.get_all(header::SET_COOKIE);
    let nonce = cookies
        .iter()
        .any(|cookie| cookie.as_bytes().starts_with(b"_vercel_sso_nonce="));
    let marked = |mark: &[u8]| {
        response
            .body
            .windows(mark.len())
            .any(|window| window == mark)
    };
    nonce || PAGE_MARKS.into_iter().any(marked)
}

fn leads_to_login(response: &Response) -> bool {
    let target = response
        .header("location")
        .and_then(|location| response.url.join(location).ok());
    let Some(target) = target else {
        return false;
    };
    let under = |prefix: &str| {
        let rest = target.path().strip_prefix(prefix);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    if under("/sso-api") {
        return true;
    }
    let host = target.host_str().unwrap_or_default();
    (host == "vercel.com" || host.ends_with(".vercel.com")) && (under("/login") || under("/sso"))
}

#[cfg(test)]
mod tests {
    use super::{Wall, recognise};
    use crate::testing::answer;

    type Case<'a> = (u16, &'a [(&'a str, &'a str)], &'a str, Option<Wall>);

    #[test]
    fn walls_and_the_apps_own_logins() {
        let wall = Some(Wall::Protection);
        let cases: [Case<'_>; 16] = [
            (
                401,
                &[("set-cookie", "_vercel_sso_nonce=abc; Path=/")],
                "",
                wall,
            ),
            (401, &[], "<title>Authentication Required</title>", wall),
            (
                401,
                &[],
                "<script>location='https://vercel.com/sso-api?url=x'</script>",
                wall,
            ),
            (
                302,
                &[(
                    "location",
                    "https://vercel.com/sso-api?url=https%3A%2F%2Fapp.example",
                )],
                "",
                wall,
            ),
            (
                307,
                &[("location", "https://vercel.com/login?next=%2Fsso")],
                "",
                wall,
            ),
            (
                303,
                &[("location", "https://vercel.com/sso/access?x")],
                "",
                wall,
            ),
            (302, &[("location", "/sso-api?url=x")], "", wall),
            (
                302,
                &[("location", "http://127.0.0.1:9/sso-api?url=x")],
                "",
                wall,
            ),
            (
                403,
                &[("x-vercel-mitigated", "challenge")],
                "",
                Some(Wall::Challenge),
            ),
            (
                401,
                &[("server", "Vercel")],
                "{\"error\":\"unauthorized\"}",
                None,
            ),
            (302, &[("location", "/login?next=/")], "", None),
            (
                302,
                &[("location", "https://accounts.example/login")],
                "",
                None,
            ),
            (
                302,
                &[("location", "https://notvercel.com/login")],
                "",
                None,
            ),
            (302, &[("location", "/sso-api-docs")], "", None),
            (200, &[], "We moved away from Vercel Authentication", None),
            (302, &[], "", None),
        ];
        for (status, headers, body, expected) in cases {
            assert_eq!(
                recognise(&answer(status, headers, body)),
                expected,
                "{status} {headers:?} {body}"
            );
        }
    }
}
