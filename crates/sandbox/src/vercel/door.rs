//! The API's door: every request is logged, needs the token, and must name the team it acts for.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::header,
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{Inner, ORG, TOKEN, answer::Refusal, snapshot};

/// Logs what was asked and answered; outermost, so that faults are seen too.
pub(super) async fn log(State(inner): State<Arc<Inner>>, request: Request, next: Next) -> Response {
    let method = request.method().as_str().to_owned();
    let path = request
        .uri()
        .path_and_query()
        .map_or_else(|| request.uri().path().to_owned(), ToString::to_string);
    let response = next.run(request).await;
    let status = if response.extensions().get::<crate::faults::Cut>().is_some() {
        0
    } else {
        response.status().as_u16()
    };
    inner.state().log(snapshot::Request {
        method,
        path,
        status,
    });
    response
}

/// Refuses strangers, and requests for a team that is not theirs.
pub(super) async fn check(
    State(inner): State<Arc<Inner>>,
    request: Request,
    next: Next,
) -> Response {
    match admit(&inner, &request) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

fn admit(inner: &Inner, request: &Request) -> Result<(), Refusal> {
    let path = request.uri().path();
    if path == "/sso-api" || path.starts_with("/inspect/") {
        return Ok(());
    }
    let token = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    if token != Some(TOKEN) {
        return Err(Refusal::forbidden(match token {
            None => "The request is missing an authentication token",
            Some(_) => "Not authorized: the token is not valid",
        }));
    }
    let query = request.uri().query().unwrap_or_default();
    let mut named = false;
    for (key, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let expected = match &*key {
            "teamId" => ORG,
            "slug" => inner.team_slug.as_str(),
            _ => continue,
        };
        if value != expected {
            return Err(Refusal::forbidden(format!(
                "Not authorized: you do not belong to {key} {value}"
            )));
        }
        named = true;
    }
    let personal = ["/v2/user", "/v1/teams"].contains(&path)
        || path.starts_with("/teams/")
        || path.starts_with("/v2/teams");
    if named || personal {
        return Ok(());
    }
    // Without a team the request is about the person's own account, which has nothing.
    Err(Refusal::not_found(
        "Not found in your personal account: teamId is missing",
    ))
}
