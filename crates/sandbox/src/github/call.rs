//! One request as the handlers see it and one answer as they give it, both free of HTTP machinery.
//!
//! A handler is a plain function from a [`Call`] and the state to an [`Outcome`], so everything that decides an answer can
//! be read and tested without a socket. Refusals carry GitHub's error document.

use http::StatusCode;
use serde_json::{Value, json};

use super::identity::Identity;
use super::links::Links;

/// What a handler returns.
pub(super) type Outcome = Result<Answer, Refusal>;

/// A request after authentication.
#[derive(Debug)]
pub(super) struct Call<'a> {
    /// Path without the repository's prefix where there is one, for the `Link` header.
    pub(super) path: &'a str,
    /// Decoded query pairs in the order given.
    pub(super) query: Vec<(String, String)>,
    /// The raw body.
    pub(super) body: &'a [u8],
    /// The `Accept` header, empty when absent.
    pub(super) accept: &'a str,
    /// Whom the token stands for.
    pub(super) who: &'a Identity,
    /// Addresses to build the answer's links from.
    pub(super) links: &'a Links,
    /// The moment of the request, RFC 3339 in UTC.
    pub(super) now: &'a str,
}

impl Call<'_> {
    /// The first value of a query parameter; an empty value counts as not given.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(key, _)| key == name)?;
        Some(found.1.as_str()).filter(|value| !value.is_empty())
    }
}

/// A successful answer.
#[derive(Debug)]
pub(super) struct Answer {
    /// The status code.
    pub(super) status: StatusCode,
    /// The body.
    pub(super) body: Payload,
    /// Headers besides the ones every answer has.
    pub(super) headers: Vec<(&'static str, String)>,
}

/// The body of an answer.
#[derive(Debug)]
pub(super) enum Payload {
    /// A JSON document.
    Json(Value),
    /// Bytes with their media type.
    Bytes(&'static str, Vec<u8>),
    /// Nothing.
    Empty,
}

impl Answer {
    /// 200 with a document.
    pub(super) fn ok(body: Value) -> Self {
        Self::with(StatusCode::OK, Payload::Json(body))
    }

    /// 201 with the document created.
    pub(super) fn created(body: Value) -> Self {
        Self::with(StatusCode::CREATED, Payload::Json(body))
    }

    /// 202 with a document.
    pub(super) fn accepted(body: Value) -> Self {
        Self::with(StatusCode::ACCEPTED, Payload::Json(body))
    }

    /// 204.
    pub(super) fn no_content() -> Self {
        Self::with(StatusCode::NO_CONTENT, Payload::Empty)
    }

    /// 200 with bytes.
    pub(super) fn bytes(media_type: &'static str, bytes: Vec<u8>) -> Self {
        Self::with(StatusCode::OK, Payload::Bytes(media_type, bytes))
    }

    /// 302 to an address.
    pub(super) fn found(location: String) -> Self {
        let mut answer = Self::with(StatusCode::FOUND, Payload::Empty);
        answer.headers.push(("location", location));
        answer
    }

    /// Puts the document under a key of another one.
    pub(super) fn wrap(&mut self, key: &str, mut around: Value) {
        if let Payload::Json(body) = &mut self.body {
            around[key] = body.take();
            *body = around;
        }
    }

    fn with(status: StatusCode, body: Payload) -> Self {
        Self {
            status,
            body,
            headers: Vec::new(),
        }
    }
}

/// A refusal in GitHub's shape: `{"message", "errors"?, "documentation_url", "status"}`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Refusal {
    /// The status code.
    pub(super) status: StatusCode,
    /// The sentence in `message`.
    pub(super) message: String,
    /// The entries of `errors`; left out of the document when empty.
    pub(super) errors: Vec<Value>,
}

impl Refusal {
    /// A refusal with a message and no details.
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            errors: Vec::new(),
        }
    }

    /// 404, also what GitHub says about things the caller may not see.
    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not Found")
    }

    /// 403 for a token that lacks the permission; the wording tells apps from people.
    pub(super) fn forbidden(who: &Identity) -> Self {
        let kind = if who.is_app() {
            "integration"
        } else {
            "personal access token"
        };
        Self::new(
            StatusCode::FORBIDDEN,
            format!("Resource not accessible by {kind}"),
        )
    }

    /// 422 with one problem.
    pub(super) fn invalid(resource: &str, field: &str, code: &str, message: &str) -> Self {
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            message: "Validation Failed".to_owned(),
            errors: vec![
                json!({ "resource": resource, "field": field, "code": code, "message": message }),
            ],
        }
    }

    /// 422 with a sentence only, as GitHub answers for commits and refs it does not know.
    pub(super) fn unprocessable(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, message)
    }

    /// The document sent.
    pub(super) fn document(&self) -> Value {
        let mut document = json!({
            "message": self.message,
            "documentation_url": "https://docs.github.com/rest",
            "status": self.status.as_u16().to_string(),
        });
        if !self.errors.is_empty() {
            document["errors"] = Value::Array(self.errors.clone());
        }
        document
    }
}
