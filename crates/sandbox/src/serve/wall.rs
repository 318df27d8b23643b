//! Deployment protection: the wall that makes an anonymous probe see a login page, and the secret that opens it.
//! A browser is redirected to the login page, which answers 200; everything else gets 401. A smoke test that follows the
//! redirect and looks at the status alone is green without having seen the app.

use axum::{
    extract::RawQuery,
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{Html, IntoResponse, Response},
};
use sha2::{Digest, Sha256};

use super::pick::Rules;

const SECRET: &str = "x-vercel-protection-bypass";
const WANTS_COOKIE: &str = "x-vercel-set-bypass-cookie";
/// The cookie that keeps the wall open.
const COOKIE: &str = "_vercel_jwt";

const LOGIN: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Login - Vercel</title>\
<meta name=\"robots\" content=\"noindex\"></head><body><main><h1>Authentication required</h1>\
<p>This deployment is behind Vercel Authentication. Log in with an account that may see it, or send the bypass secret \
of the project.</p></main></body></html>";

/// `None` lets the request through; otherwise the wall's own answer.
pub(super) fn check(
    rules: &Rules,
    api_url: &str,
    host: &str,
    uri: &Uri,
    headers: &HeaderMap,
) -> Option<Response> {
    if !rules.walled {
        return None;
    }
    let given = |name: &str| {
        let header = headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        header.or_else(|| {
            let query = uri.query().unwrap_or_default();
            url::form_urlencoded::parse(query.as_bytes())
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.into_owned())
        })
    };
    if let Some(secret) = given(SECRET).filter(|secret| rules.secrets.contains(secret)) {
        let same_site = match given(WANTS_COOKIE).as_deref() {
            Some("true") => "SameSite=Lax",
            Some("samesitenone") => "SameSite=None; Secure",
            _ => return None,
        };
        let cookie = format!(
            "{COOKIE}={}; Path=/; HttpOnly; {same_site}",
            pass(&secret, host)
        );
        return Some(redirect(
            StatusCode::TEMPORARY_REDIRECT,
            &without_bypass(uri),
            &cookie,
        ));
    }
    let cookie = super::cookie(&super::cookies(headers), COOKIE);
    if cookie.is_some_and(|cookie| {
        rules
            .secrets
            .iter()
            .any(|secret| pass(secret, host) == cookie)
    }) {
        return None;
    }
    Some(login(api_url, host, uri, headers))
}

fn login(api_url: &str, host: &str, uri: &Uri, headers: &HeaderMap) -> Response {
    let nonce = "_vercel_sso_nonce=sandbox; Path=/; HttpOnly; SameSite=Lax";
    let document = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|a| a.contains("text/html"));
    if document {
        let target: String =
            url::form_urlencoded::byte_serialize(format!("http://{host}{uri}").as_bytes())
                .collect();
        return redirect(
            StatusCode::FOUND,
            &format!("{api_url}/sso-api?url={target}"),
            nonce,
        );
    }
    let mut response = (StatusCode::UNAUTHORIZED, Html(LOGIN)).into_response();
    response
        .headers_mut()
        .insert(header::SET_COOKIE, HeaderValue::from_static(nonce));
    response.headers_mut().insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("no-store, max-age=0"),
    );
    response
}

/// The login page that the redirect leads to: 200, as a login page is.
pub(crate) async fn login_page(RawQuery(query): RawQuery) -> Response {
    let named = query.is_some_and(|query| {
        url::form_urlencoded::parse(query.as_bytes()).any(|(key, _)| key == "url")
    });
    let status = if named {
        StatusCode::OK
    } else {
        StatusCode::BAD_REQUEST
    };
    (status, Html(LOGIN)).into_response()
}

/// The cookie's value: good for one secret on one host.
fn pass(secret: &str, host: &str) -> String {
    Sha256::digest(format!("{secret} {host}"))
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn without_bypass(uri: &Uri) -> String {
    let query = uri.query().unwrap_or_default();
    let kept = url::form_urlencoded::parse(query.as_bytes())
        .filter(|(key, _)| key != SECRET && key != WANTS_COOKIE);
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept)
        .finish();
    if query.is_empty() {
        uri.path().to_owned()
    } else {
        format!("{}?{query}", uri.path())
    }
}

fn redirect(status: StatusCode, location: &str, cookie: &str) -> Response {
    let mut response = status.into_response();
    for (name, value) in [(header::LOCATION, location), (header::SET_COOKIE, cookie)] {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response.headers_mut().insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("no-store, max-age=0"),
    );
    response
}
