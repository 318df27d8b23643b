//! The way past deployment protection: asks once whether a page is walled, and only then uses the bypass secret, for
//! the host of the page alone.

use gate::{Context, Error};
use http_client::{Client, HeaderName, HeaderValue, Options, Request, Response, Secret, header};
use url::Url;

use super::cookie::Cookie;
use crate::wall;

/// The variable that holds the secret (Vercel's own name for it).
pub(super) const SECRET: &str = "VERCEL_AUTOMATION_BYPASS_SECRET";

const BYPASS: HeaderName = HeaderName::from_static("x-vercel-protection-bypass");
const WANTS_COOKIE: HeaderName = HeaderName::from_static("x-vercel-set-bypass-cookie");

/// Checks that a page can be reached; the cookie that is needed for it, if any.
///
/// The secret itself is sent in a header of one request, to the page's host, and never reaches Chrome or Lighthouse.
pub(super) async fn open(url: &Url, context: &Context) -> Result<Option<Cookie>, Error> {
    let undecided = |error: http_client::Error| Error::undecided(error.to_string());
    let client = Client::new(Options::default()).map_err(undecided)?;
    let ask =
        || Request::get(url.clone()).header(header::ACCEPT, HeaderValue::from_static("text/html"));
    let first = client.send(ask()).await.map_err(undecided)?;
    if !walled(url, &first) {
        return Ok(None);
    }
    let Some(secret) = context.secret(SECRET).map(Secret::new) else {
        return Err(Error::undecided(format!(
            "{url} is protected: it answers {} to a stranger",
            first.status.as_u16()
        ))
        .fix(format!(
            "set {SECRET} (project settings, Deployment Protection), or measure a page that is open"
        )));
    };
    if url.scheme() != "https" && !http_client::is_loopback(url) {
        return Err(Error::undecided(format!(
            "{url} is protected, and {SECRET} is not sent over plain http"
        ))
        .fix("give the https address"));
    }
    let second = ask()
        .secret_header(BYPASS, secret)
        .header(WANTS_COOKIE, HeaderValue::from_static("true"));
    let second = client.send(second).await.map_err(undecided)?;
    let cookie = second
        .headers
        .get_all(header::SET_COOKIE)
        .iter()
        .filter_map(|value| Cookie::parse(value.to_str().ok()?))
        .find(|cookie| cookie.name == Cookie::BYPASS);
    match cookie {
        Some(cookie) if !walled(url, &second) => Ok(Some(cookie)),
        _ => Err(
            Error::undecided(format!("{url} is protected and does not accept {SECRET}"))
                .fix("compare it with the secret in the project's Deployment Protection settings"),
        ),
    }
}

fn walled(url: &Url, answer: &Response) -> bool {
    let location = answer
        .header("location")
        .and_then(|location| url.join(location).ok());
    wall::is_wall(answer.status.as_u16(), location.as_ref())
}
