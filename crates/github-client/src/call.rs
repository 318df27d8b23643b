//! One request and one answer, before and after the wire.

use http::{HeaderMap, Method, StatusCode};
use http_client::{Answer, Failure, GiveUp, Repeatable};
use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use url::Url;

use crate::error::Error;
use crate::limits;
use crate::routes::Route;

/// A request that can be sent more than once.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) url: Url,
    /// JSON, serialised once: every try sends the same bytes.
    pub(crate) body: Option<String>,
    /// Whether it may be repeated blindly.
    pub(crate) repeatable: Repeatable,
    /// Whether a 302 is the answer and not followed: what it names must not see the token.
    pub(crate) asks_where: bool,
}

impl Call {
    pub(crate) fn new(route: Route, url: Url) -> Self {
        let method = route.method();
        Self {
            repeatable: Repeatable::by_method(&method),
            method,
            url,
            body: None,
            asks_where: false,
        }
    }

    /// The same question about another address: the next page of a list.
    pub(crate) fn at(&self, url: Url) -> Self {
        Self {
            url,
            ..self.clone()
        }
    }

    /// Adds a parameter to the query.
    pub(crate) fn query(mut self, key: &str, value: &str) -> Self {
        self.url.query_pairs_mut().append_pair(key, value);
        self
    }

    /// Attaches a JSON body.
    pub(crate) fn json(mut self, body: &impl Serialize) -> Result<Self, Error> {
        let text = serde_json::to_string(body).map_err(|error| Error::Unreadable {
            call: self.name(),
            reason: format!("the request does not serialise: {error}"),
        })?;
        self.body = Some(text);
        Ok(self)
    }

    /// Marks a PATCH that sets values and appends nothing: twice is as good as once.
    pub(crate) fn idempotent(mut self) -> Self {
        self.repeatable = Repeatable::Yes;
        self
    }

    /// Asks for an address, which the answer gives as a 302.
    pub(crate) fn asking_where(mut self) -> Self {
        self.asks_where = true;
        self
    }

    /// Whether this answer is what the call asked for.
    pub(crate) fn is_answered_by(&self, status: StatusCode) -> bool {
        status.is_success() || self.asks_where && status == StatusCode::FOUND
    }

    /// Method and path, for messages. The query is left out: it says nothing a reader needs.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.method, self.url.path())
    }
}

/// An HTTP answer, read to its end.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Response {
    /// Reads the body as JSON, leniently: unknown keys are GitHub's business.
    pub(crate) fn read<T: DeserializeOwned>(&self, call: &Call) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|error| Error::Unreadable {
            call: call.name(),
            reason: error.to_string(),
        })
    }
}

/// What one try brought.
#[derive(Debug)]
pub(crate) enum Outcome {
    Answered(Response),
    /// No answer, and what the network said.
    Failed(Failure, String),
}

impl Outcome {
    pub(crate) fn answer(&self) -> Answer<'_> {
        match self {
            Self::Answered(response) => Answer::Status(response.status, &response.headers),
            Self::Failed(failure, _) => Answer::Failed(*failure),
        }
    }

    /// The answer when it is a success, else the error it stands for. `limit` is when a rate limit ends.
    pub(crate) fn into_result(
        self,
        call: &Call,
        gave_up: Option<GiveUp>,
        limit: Option<Timestamp>,
    ) -> Result<Response, Error> {
        let gave_up = gave_up.map(|why| why.to_string());
        let name = call.name();
        let response = match self {
            Self::Failed(_, reason) => {
                return Err(Error::NoAnswer {
                    call: name,
                    reason,
                    gave_up,
                });
            }
            Self::Answered(response) if call.is_answered_by(response.status) => {
                return Ok(response);
            }
            Self::Answered(response) => response,
        };
        let message = limits::message(&response.body);
        if limits::is_rate_limit(&response) {
            return Err(Error::RateLimited {
                call: name,
                message,
                until: limit,
                gave_up: gave_up.unwrap_or_else(|| "not repeated".to_owned()),
            });
        }
        Err(match response.status {
            StatusCode::UNAUTHORIZED => Error::Unauthorized {
                call: name,
                message,
            },
            StatusCode::FORBIDDEN => Error::Forbidden {
                call: name,
                message,
                needs: limits::needed_permissions(&response.headers),
            },
            StatusCode::NOT_FOUND => Error::NotFound { call: name },
            status => Error::Status {
                call: name,
                status,
                message,
                gave_up,
            },
        })
    }
}
