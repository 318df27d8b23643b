//! The page and the ways to it: over https, from plain http, and from another origin.

use http_client::{HeaderName, HeaderValue, Method, Redirects, Request, Url, header};

use super::Visit;
use crate::site::{CrossOrigin, Https, PlainHttp, Site};

/// An origin that nobody lets in by name.
const STRANGER: &str = "https://stranger.invalid";

/// Redirects followed from plain http.
const MOST_HOPS: usize = 10;

/// The page's own redirects, such as to a language.
const PAGE_HOPS: u8 = 10;

/// What a scanner sees of the target.
pub(super) async fn site(visit: Visit<'_>, path: &str) -> Result<Site, String> {
    let url = visit.url(path)?;
    let page = Request::get(url.clone()).redirects(Redirects::Anywhere(PAGE_HOPS));
    let page = visit.send(page).await?;
    let status = page.status.as_u16();
    if !(200..400).contains(&status) && ![401, 403].contains(&status) {
        return Err(format!("it answers {}", page.status));
    }
    let secure = page.url.scheme() == "https";
    Ok(Site {
        host: url.host_str().unwrap_or_default().to_owned(),
        http: plain_http(visit, &url).await,
        https: secure.then(|| Https {
            headers: page.headers.clone(),
            trusted: true,
        }),
        cross_origin: cross_origin(visit, &page.url).await,
        body: page.text(),
        url: page.url,
        headers: page.headers,
    })
}

/// The way from plain http. Only https on its own port has one; elsewhere nobody knows where http would be.
async fn plain_http(visit: Visit<'_>, url: &Url) -> Option<PlainHttp> {
    let mut next = url.clone();
    if url.scheme() == "https" {
        if url.port().is_some() {
            return None;
        }
        next.set_scheme("http").ok()?;
    }
    let mut route = Vec::new();
    while route.len() < MOST_HOPS {
        let answer = match visit.send(Request::get(next.clone())).await {
            Ok(answer) => answer,
            // Nothing listens there; on the way, whatever cannot be reached cannot be trusted.
            Err(_) if route.is_empty() => return None,
            Err(_) => {
                route.push(next);
                return Some(PlainHttp {
                    route,
                    trusted: false,
                });
            }
        };
        route.push(next.clone());
        let location = answer
            .status
            .is_redirection()
            .then(|| answer.header("location"))
            .flatten();
        let Some(target) = location.and_then(|location| next.join(location).ok()) else {
            break;
        };
        next = target;
    }
    Some(PlainHttp {
        route,
        trusted: true,
    })
}

/// A preflight from another origin. A server that does not answer it lets nobody in.
async fn cross_origin(visit: Visit<'_>, url: &Url) -> Option<CrossOrigin> {
    let request = Request::new(Method::OPTIONS, url.clone())
        .header(header::ORIGIN, HeaderValue::from_static(STRANGER))
        .header(
            HeaderName::from_static("access-control-request-method"),
            HeaderValue::from_static("GET"),
        );
    let answer = visit.send(request).await.ok()?;
    Some(CrossOrigin {
        origin: STRANGER.to_owned(),
        headers: answer.headers,
    })
}
