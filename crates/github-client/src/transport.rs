//! One try over the wire: octocrab on the suite's own HTTP client. Octocrab's ready-made stack is left
//! out on purpose: its retry repeats POSTs, it names itself twice in `User-Agent`, and its base path
//! swallows requests that begin like it.

use http::{HeaderName, HeaderValue, Request, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use http_client::{Failure, Redactor, Secret, USER_AGENT};
use octocrab::service::middleware::reqwest_connector::ReqwestConnector;
use octocrab::{AuthState, Octocrab, OctocrabBuilder};
use url::Url;

use crate::call::{Call, Outcome, Response};
use crate::error::Error;

/// The version of the REST API the types of this crate are written against.
const API_VERSION: &str = "2022-11-28";

/// The largest answer that is read, in bytes; a page of 100 comments of full length is 7 MB.
const MAX_ANSWER: usize = 32 * 1024 * 1024;

/// The most redirects of one request that are followed.
const MAX_REDIRECTS: u32 = 4;

/// The way to GitHub, with the token on it.
#[derive(Clone)]
pub(crate) struct Transport {
    octocrab: Octocrab,
    authorization: HeaderValue,
    /// For what comes back: a server or proxy may repeat our own header in its complaint.
    redactor: Redactor,
}

impl Transport {
    /// Needs a running tokio runtime: octocrab starts a task for its queue.
    pub(crate) fn new(client: reqwest::Client, token: &Secret) -> Result<Self, Error> {
        if token.is_empty() {
            return Err(Error::Token);
        }
        let mut authorization = HeaderValue::from_str(&format!("Bearer {}", token.expose()))
            .map_err(|_| Error::Token)?;
        // Marked, so that no debug output of the HTTP crates prints it.
        authorization.set_sensitive(true);
        let Ok(octocrab) = OctocrabBuilder::new_empty()
            .with_service(ReqwestConnector::new(client))
            .with_auth(AuthState::None)
            .build();
        Ok(Self {
            octocrab,
            authorization,
            redactor: Redactor::new([token]),
        })
    }

    /// Sends `call` once, and again where GitHub says that a renamed repository lives now. The token
    /// never leaves for another server. `known` is the ETag of an answer we hold.
    pub(crate) async fn once(&self, call: &Call, known: Option<&HeaderValue>) -> Outcome {
        let mut url = call.url.clone();
        for _ in 0..MAX_REDIRECTS {
            let outcome = self.exchange(call, &url, known).await;
            let target = match &outcome {
                Outcome::Answered(response) if !call.is_answered_by(response.status) => {
                    moved_to(response, &url)
                }
                _ => None,
            };
            match target {
                Some(target) if target.origin() == url.origin() => url = target,
                _ => return self.redacted(outcome),
            }
        }
        Outcome::Failed(
            Failure::Fatal,
            format!("more than {MAX_REDIRECTS} redirects"),
        )
    }

    /// Failures and refusals end up in messages; what succeeds does not.
    fn redacted(&self, outcome: Outcome) -> Outcome {
        match outcome {
            Outcome::Answered(response) if response.status.is_success() => {
                Outcome::Answered(response)
            }
            Outcome::Answered(mut response) => {
                let text = String::from_utf8_lossy(&response.body);
                response.body = self.redactor.redact(&text).into_bytes();
                Outcome::Answered(response)
            }
            Outcome::Failed(failure, text) => Outcome::Failed(failure, self.redactor.redact(&text)),
        }
    }

    async fn exchange(&self, call: &Call, url: &Url, known: Option<&HeaderValue>) -> Outcome {
        let mut request = Request::builder()
            .method(call.method.clone())
            .uri(url.as_str())
            .header(header::AUTHORIZATION, self.authorization.clone())
            .header(header::USER_AGENT, USER_AGENT)
            .header(header::ACCEPT, "application/vnd.github+json")
            .header(HeaderName::from_static("x-github-api-version"), API_VERSION);
        if let Some(etag) = known {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        if call.body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let request = match request.body(call.body.clone().unwrap_or_default()) {
            Ok(request) => request,
            Err(error) => return Outcome::Failed(Failure::Fatal, error.to_string()),
        };
        let response = match self.octocrab.execute(request).await {
            Ok(response) => response,
            Err(error) => return failed(&error),
        };
        let (parts, body) = response.into_parts();
        match Limited::new(body, MAX_ANSWER).collect().await {
            Ok(body) => Outcome::Answered(Response {
                status: parts.status,
                headers: parts.headers,
                body: body.to_bytes().to_vec(),
            }),
            Err(error) if error.is::<LengthLimitError>() => Outcome::Failed(
                Failure::Fatal,
                format!("the answer is larger than {MAX_ANSWER} bytes"),
            ),
            // The status arrived and the rest did not: the server did act.
            Err(error) => Outcome::Failed(Failure::Reset, chain(error.as_ref())),
        }
    }
}

/// The target of a redirect that asks for the same request at another address ("repeat verbatim",
/// docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api).
fn moved_to(response: &Response, url: &Url) -> Option<Url> {
    if !matches!(response.status.as_u16(), 301 | 302 | 307 | 308) {
        return None;
    }
    let location = response.headers.get(header::LOCATION)?.to_str().ok()?;
    url.join(location).ok()
}

/// What a failed exchange means for a retry.
fn failed(error: &octocrab::Error) -> Outcome {
    let failure = match find_reqwest(error) {
        Some(error) if error.is_connect() => Failure::Connect,
        Some(error) if error.is_timeout() => Failure::Timeout,
        Some(error) if error.is_builder() || error.is_redirect() => Failure::Fatal,
        // Anything else may have reached the server.
        _ => Failure::Reset,
    };
    Outcome::Failed(failure, chain(error))
}

fn find_reqwest(error: &octocrab::Error) -> Option<&reqwest::Error> {
    match error {
        octocrab::Error::Reqwest { source, .. } => Some(source),
        octocrab::Error::Service { source, .. } => find_reqwest(source.downcast_ref()?),
        _ => None,
    }
}

/// The innermost cause, which says most: `connection refused` and not `error sending request`.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
