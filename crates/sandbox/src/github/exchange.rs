//! What went over the wire, whole, for whoever holds it against GitHub's description. Off until asked for: bodies are
//! large, and a rehearsal's log needs none.

use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::body::{Body, to_bytes};
use axum::response::Response;
use http::request::Parts;
use serde_json::Value;

/// One request and the answer the sandbox gave to it. A fault that spoils the answer on its way leaves no trace here.
#[derive(Debug, Clone, PartialEq)]
pub struct Exchange {
    /// The method.
    pub method: String,
    /// The path, as it was sent.
    pub path: String,
    /// Decoded pairs of the query, in the order given.
    pub query: Vec<(String, String)>,
    /// The request's body; `None` when it is empty.
    pub body: Option<Value>,
    /// The status answered.
    pub status: u16,
    /// The answer's media type, without parameters; empty without a body.
    pub media_type: String,
    /// The answer, when it is JSON.
    pub answer: Option<Value>,
}

/// The exchanges since recording began.
#[derive(Debug, Default)]
pub(super) struct Recorder(Mutex<Option<Vec<Exchange>>>);

impl Recorder {
    /// Begins, or begins anew.
    pub(super) fn start(&self) {
        *self.lock() = Some(Vec::new());
    }

    /// What was recorded so far.
    pub(super) fn exchanges(&self) -> Vec<Exchange> {
        self.lock().clone().unwrap_or_default()
    }

    /// Records an exchange, if recording was begun, and hands the answer on.
    pub(super) async fn record(&self, parts: &Parts, body: &[u8], response: Response) -> Response {
        if self.lock().is_none() {
            return response;
        }
        let (head, answer) = response.into_parts();
        let answer = to_bytes(answer, usize::MAX).await.unwrap_or_default();
        let media_type = head
            .headers
            .get(http::header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .unwrap_or_default();
        let query = parts.uri.query().unwrap_or_default();
        let exchange = Exchange {
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query: url::form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
            body: (!body.is_empty()).then(|| serde_json::from_slice(body).unwrap_or(Value::Null)),
            status: head.status.as_u16(),
            media_type: media_type.to_owned(),
            answer: serde_json::from_slice(&answer).ok(),
        };
        if let Some(exchanges) = self.lock().as_mut() {
            exchanges.push(exchange);
        }
        Response::from_parts(head, Body::from(answer))
    }

    fn lock(&self) -> MutexGuard<'_, Option<Vec<Exchange>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
