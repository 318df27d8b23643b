//! Carries faults out around an axum router, so that both halves and the edge spoil requests the same way.

use std::time::Duration;

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{ConnectInfo, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use futures_util::StreamExt as _;

use super::{Action, Faults, Side, wire::Wire};

/// A fault that looks into bodies reads at most this much; longer bodies are refused with 413.
const LONGEST_BODY: usize = 64 << 20;

/// Wraps every route of `router`, its fallback included.
pub(crate) fn with_faults(router: Router, faults: &Faults, side: Side) -> Router {
    router.layer(middleware::from_fn_with_state(
        (faults.clone(), side),
        spoil,
    ))
}

/// Marks a response that nobody will see whole, for the logs around this layer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cut;

async fn spoil(
    State((faults, side)): State<(Faults, Side)>,
    request: Request,
    next: Next,
) -> Response {
    let method = request.method().as_str().to_owned();
    let path = request.uri().path().to_owned();
    let (request, action) = if faults.wants_body(side, &method, &path) {
        let (parts, body) = request.into_parts();
        let Ok(body) = to_bytes(body, LONGEST_BODY).await else {
            return StatusCode::PAYLOAD_TOO_LARGE.into_response();
        };
        let action = faults.judge(side, &method, &path, &body);
        (Request::from_parts(parts, Body::from(body)), action)
    } else {
        let action = faults.judge(side, &method, &path, &[]);
        (request, action)
    };
    match action {
        None => next.run(request).await,
        Some(Action::Status {
            code,
            headers,
            body,
        }) => answer(code, &headers, body),
        Some(Action::CommitThenStatus(code)) => {
            drop(next.run(request).await);
            answer(code, &[], String::new())
        }
        Some(Action::DelayMs(milliseconds)) => {
            tokio::time::sleep(Duration::from_millis(
                milliseconds.min(Action::LONGEST_DELAY_MS),
            ))
            .await;
            next.run(request).await
        }
        Some(Action::Drop) => cut(wire(&request)),
        Some(Action::CutUpload(bytes)) => {
            let wire = wire(&request);
            let mut left = bytes;
            let mut body = request.into_body().into_data_stream();
            while left > 0 {
                let Some(Ok(chunk)) = body.next().await else {
                    break;
                };
                left = left.saturating_sub(chunk.len() as u64);
            }
            cut(wire)
        }
        Some(Action::CutAnswer(bytes)) => {
            if let Some(wire) = wire(&request) {
                wire.cut_after(bytes);
            }
            let mut response = next.run(request).await;
            response.extensions_mut().insert(Cut);
            response
        }
        Some(Action::CommitThenDrop) => {
            let wire = wire(&request);
            drop(next.run(request).await);
            cut(wire)
        }
    }
}

fn wire(request: &Request) -> Option<Wire> {
    let info = request.extensions().get::<ConnectInfo<Wire>>();
    info.map(|ConnectInfo(wire)| wire.clone())
}

fn cut(wire: Option<Wire>) -> Response {
    if let Some(wire) = wire {
        wire.cut_after(0);
    }
    let mut response = StatusCode::BAD_GATEWAY.into_response();
    response.extensions_mut().insert(Cut);
    response
}

fn answer(code: u16, headers: &[(String, String)], body: String) -> Response {
    let json = body.starts_with('{');
    let mut response = body.into_response();
    *response.status_mut() =
        StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if json {
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
    }
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
