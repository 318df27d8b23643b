//! What every handler of Vercel's half has in common: refusals in Vercel's shape, and extractors that accept nothing
//! they do not know. A twin that ignored unknown fields would let a client's typo pass here and fail in production.

use axum::{
    Json,
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Query, Request},
    http::{StatusCode, Uri, request::Parts},
    response::{IntoResponse, Response},
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// An error answer: `{"error": {"code", "message", …}}`.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
    more: Map<String, Value>,
}

impl Refusal {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            more: Map::new(),
        }
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", message)
    }

    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", message)
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", message)
    }

    pub(crate) fn unprocessable(message: impl Into<String>) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "unprocessable_entity",
            message,
        )
    }

    pub(crate) fn unavailable(message: impl Into<String>) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "internal_server_error",
            message,
        )
    }

    pub(crate) fn too_large(message: impl Into<String>) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "size_limit_exceeded",
            message,
        )
    }

    /// A used-up rate limit; `name` is the limit's own, by which the CLI knows to suggest an archive.
    pub(crate) fn too_many(name: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", message).with("name", json!(name))
    }

    pub(crate) fn payment_required(name: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYMENT_REQUIRED, name, message)
    }

    pub(crate) fn too_many_files(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "too_many_files", message)
    }

    /// With one more field beside `code` and `message`.
    pub(crate) fn with(mut self, field: &str, value: Value) -> Self {
        self.more.insert(field.to_owned(), value);
        self
    }

    pub(crate) fn wrong_method() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "the path exists, the method does not",
        )
    }

    /// The deployment names files that were never uploaded; `missing` lists each SHA-1 once.
    pub(crate) fn missing_files(missing: &[String]) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "missing_files", "Missing files")
            .with("missing", json!(missing))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut error = Map::new();
        error.insert("code".to_owned(), json!(self.code));
        error.insert("message".to_owned(), json!(self.message));
        error.extend(self.more);
        (self.status, Json(json!({ "error": error }))).into_response()
    }
}

/// A JSON body in which unknown fields and wrong types are 400. An empty body reads as `{}`, as the CLI sends both.
pub(crate) struct Strict<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Strict<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let body = Bytes::from_request(request, state)
            .await
            .map_err(|error| Refusal::bad_request(format!("Invalid request: {error}")))?;
        let text: &[u8] = if body.trim_ascii().is_empty() {
            b"{}"
        } else {
            &body
        };
        serde_json::from_slice(text)
            .map(Self)
            .map_err(|error| Refusal::bad_request(format!("Invalid request: {error}")))
    }
}

/// The query, without `teamId` and `slug` (which the scope check has read); unknown parameters are 400.
pub(crate) struct Args<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Args<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let query = parts.uri.query().unwrap_or_default();
        let rest = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(
                url::form_urlencoded::parse(query.as_bytes())
                    .filter(|(key, _)| key != "teamId" && key != "slug"),
            )
            .finish();
        let refuse = |error: String| Refusal::bad_request(format!("Invalid request: {error}"));
        let uri: Uri = format!("/?{rest}")
            .parse()
            .map_err(|error| refuse(format!("{error}")))?;
        let Query(args) = Query::try_from_uri(&uri).map_err(|error| refuse(error.body_text()))?;
        Ok(Self(args))
    }
}

/// For paths that take no parameters but the scope.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoArgs {}
