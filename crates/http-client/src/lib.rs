//! One HTTP client for the whole suite: retry, deadline, timings, redaction.
//!
//! The retry policy is pure (time and randomness are arguments) so that github-client, which speaks through octocrab, and
//! our own [`Client`] make the same decisions. No gate opens a socket in another way.

mod backoff;
mod classify;
mod client;
mod credentials;
mod deadline;
mod error;
mod reason;
mod redact;
mod redirect;
mod request;
mod response;
mod retry;
mod retry_after;
mod stream;
mod transport;
mod upload;

pub use backoff::Backoff;
pub use classify::{Answer, Class, Failure, Repeatable, classify};
pub use client::Client;
pub use deadline::{Deadline, DeadlineExceeded};
pub use error::Error;
pub use reason::Reason;
pub use redact::{Redactor, Secret};
pub use redirect::{Hop, Redirects, next_hop};
pub use request::{Body, Request};
pub use response::{Response, Timings, Tls};
pub use retry::{Attempt, Decision, GiveUp, RetryPolicy};
pub use retry_after::{parse_retry_after, rate_limit_exhausted};
pub use stream::Stream;
pub use transport::{
    BodyClass, Options, USER_AGENT, ensure_crypto, is_loopback, reqwest_client, reqwest_client_for,
};

pub use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
pub use url::Url;
