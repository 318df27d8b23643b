//! The HTTP edge of the API: who asks, how often, and what every answer carries.
//!
//! The order is GitHub's: user agent, token, API version, primary limit, then the handler; last the ETag, because an
//! answer the client already has costs nothing.

use std::sync::{Arc, OnceLock, PoisonError};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State as Shares};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::call::{Answer, Call, Outcome, Payload, Refusal};
use super::identity::Identity;
use super::quota::{Quota, Quotas};
use super::state::{Request as Logged, now};
use super::{Shared, api};
use crate::faults::{Faults, Side, with_faults};

/// The API version answered, and the only one a client may ask for.
pub(super) const API_VERSION: &str = "2022-11-28";
const LARGEST_BODY: usize = 25 << 20;

/// Where the server finds what it shares with the handle; filled once the port is known.
#[derive(Debug, Clone, Default)]
pub(crate) struct Slot(Arc<OnceLock<Arc<Shared>>>);

impl Slot {
    /// Fills the slot; a second time changes nothing.
    pub(super) fn fill(&self, shared: &Arc<Shared>) {
        self.0.get_or_init(|| Arc::clone(shared));
    }

    /// What is shared; `None` only in the moment before the start is complete.
    pub(crate) fn shared(&self) -> Option<&Arc<Shared>> {
        self.0.get()
    }
}

/// The whole server: API, page and controls, with faults and the request log around them.
pub(super) fn router(slot: &Slot, faults: &Faults) -> Router {
    let router = crate::page::router().fallback(fallback);
    with_faults(router.with_state(slot.clone()), faults, Side::GitHub)
        .layer(middleware::from_fn_with_state(slot.clone(), guard_and_log))
}

/// Refuses foreign hosts (a page elsewhere must not reach the sandbox by a name that points to loopback) and logs the API.
async fn guard_and_log(Shares(slot): Shares<Slot>, request: Request, next: Next) -> Response {
    let Some(shared) = slot.shared().cloned() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    if !is_loopback(request.headers()) {
        let hint = "the sandbox answers to 127.0.0.1 and localhost only";
        return (StatusCode::MISDIRECTED_REQUEST, hint).into_response();
    }
    let path = request.uri().path();
    if path == "/" || path.starts_with("/_sandbox") {
        return next.run(request).await;
    }
    let mut logged = Logged {
        method: request.method().to_string(),
        path: request.uri().to_string(),
        status: 0,
        login: identity(request.headers()).map_or_else(String::new, |who| who.login().to_owned()),
    };
    let response = next.run(request).await;
    logged.status = response.status().as_u16();
    shared.lock().requests.push(logged);
    response
}

fn is_loopback(headers: &HeaderMap) -> bool {
    let host = text(headers, &header::HOST);
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    ["127.0.0.1", "localhost", "[::1]"].contains(&name)
}

async fn fallback(Shares(slot): Shares<Slot>, request: Request) -> Response {
    let Some(shared) = slot.shared() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let (parts, body) = request.into_parts();
    let path = segments(parts.uri.path());
    if is_web(shared, &path) && parts.method == Method::GET {
        return Redirect::to("/").into_response();
    }
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let response = respond(shared, &parts, &path, &body);
    shared.recorder.record(&parts, &body, response).await
}

/// Addresses for people (`/owner/name/pull/1`) lead to the page.
fn is_web(shared: &Shared, path: &[String]) -> bool {
    matches!(path, [owner, name, ..] if *owner == shared.links.owner && *name == shared.links.name)
}

fn segments(path: &str) -> Vec<String> {
    path.split('/')
        .filter(|segment| !segment.is_empty())
        .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
        .collect()
}

fn respond(shared: &Shared, parts: &Parts, path: &[String], body: &[u8]) -> Response {
    let moment = Timestamp::now().as_second().unsigned_abs();
    let who = match admit(&parts.headers) {
        Ok(who) => who,
        Err(refusal) => return render(Err(refusal), None),
    };
    if path == ["rate_limit"] && parts.method == Method::GET {
        let quota = quotas(shared, |quotas| quotas.at(&who, moment));
        return render(Ok(Answer::ok(quota.document())), Some(quota));
    }
    let quota = match quotas(shared, |quotas| quotas.take(&who, moment)) {
        Ok(quota) => quota,
        Err(quota) => {
            let message = format!("API rate limit exceeded for {}.", who.login());
            let refusal = Refusal::new(StatusCode::FORBIDDEN, message);
            return render(Err(refusal), Some(quota));
        }
    };
    let outcome = handle(shared, parts, path, body, &who);
    let mut response = render(outcome, Some(quota));
    if parts.method == Method::GET && is_known(&parts.headers, response.headers()) {
        let quota = quotas(shared, |quotas| quotas.give_back(&who, moment));
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
        response.headers_mut().remove(header::CONTENT_TYPE);
        put(response.headers_mut(), quota.headers());
    }
    response
}

/// Whether the client named the answer's ETag in `If-None-Match`, alone or in a list.
fn is_known(asked: &HeaderMap, answered: &HeaderMap) -> bool {
    let etag = text(answered, &header::ETAG);
    let mut known = text(asked, &header::IF_NONE_MATCH).split(',');
    !etag.is_empty() && known.any(|known| known.trim() == etag)
}

fn quotas<T>(shared: &Shared, with: impl FnOnce(&mut Quotas) -> T) -> T {
    with(&mut shared.quotas.lock().unwrap_or_else(PoisonError::into_inner))
}

fn handle(shared: &Shared, parts: &Parts, path: &[String], body: &[u8], who: &Identity) -> Outcome {
    let query = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
    let now = now();
    let call = Call {
        path: parts.uri.path(),
        query: query.into_owned().collect(),
        body,
        accept: text(&parts.headers, &header::ACCEPT),
        who,
        links: &shared.links,
        now: &now,
    };
    if parts.method == Method::GET {
        api::answer(&mut shared.lock(), &call, &parts.method, path)
    } else {
        shared.change(|state| api::answer(state, &call, &parts.method, path))
    }
}

/// Who asks, once the headers are in order.
fn admit(headers: &HeaderMap) -> Result<Identity, Refusal> {
    if text(headers, &header::USER_AGENT).trim().is_empty() {
        return Err(Refusal::new(
            StatusCode::FORBIDDEN,
            "Request forbidden by administrative rules. Please make sure your request has a User-Agent header",
        ));
    }
    if text(headers, &header::AUTHORIZATION).is_empty() {
        return Err(Refusal::new(
            StatusCode::UNAUTHORIZED,
            "Requires authentication",
        ));
    }
    let who = identity(headers)
        .ok_or_else(|| Refusal::new(StatusCode::UNAUTHORIZED, "Bad credentials"))?;
    let version = text(headers, &HeaderName::from_static("x-github-api-version"));
    if !version.is_empty() && version != API_VERSION {
        return Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            format!("Unsupported API version: {version}"),
        ));
    }
    Ok(who)
}

fn identity(headers: &HeaderMap) -> Option<Identity> {
    Identity::from_header(text(headers, &header::AUTHORIZATION))
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> &'h str {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default()
}

fn render(outcome: Outcome, quota: Option<Quota>) -> Response {
    let (status, body, headers) = match outcome {
        Ok(answer) => (answer.status, answer.body, answer.headers),
        Err(refusal) => (
            refusal.status,
            Payload::Json(refusal.document()),
            Vec::new(),
        ),
    };
    let (media_type, bytes) = match body {
        Payload::Json(value) => (
            "application/json; charset=utf-8",
            Value::to_string(&value).into(),
        ),
        Payload::Bytes(media_type, bytes) => (media_type, bytes),
        Payload::Empty => ("", Vec::new()),
    };
    let etag = etag(&bytes);
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    let all = response.headers_mut();
    if !media_type.is_empty() {
        put(all, [("content-type", media_type.to_owned())]);
    }
    if status == StatusCode::OK {
        put(all, [("etag", etag)]);
    }
    put(
        all,
        [
            ("x-github-api-version-selected", API_VERSION.to_owned()),
            ("x-github-media-type", "github.v3; format=json".to_owned()),
        ],
    );
    put(all, headers);
    if let Some(quota) = quota {
        put(all, quota.headers());
    }
    response
}

fn etag(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("W/\"{hex}\"")
}

fn put(headers: &mut HeaderMap, entries: impl IntoIterator<Item = (&'static str, String)>) {
    for (name, value) in entries {
        // Everything put here is ASCII; a value that is not is left out rather than sent broken.
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}
