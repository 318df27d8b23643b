//! Why there is no answer. Each error names the method, the URL without its secrets, and the innermost cause, because
//! "error sending request" helps nobody.

use std::{error::Error as _, path::PathBuf};

use http::Method;

use crate::{classify::Failure, reason::Reason, retry::GiveUp};

/// A request that brought no answer, or none that we take. HTTP statuses are not errors here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The client cannot be built.
    #[error("cannot set up HTTP: {cause}")]
    Setup {
        /// The chain of causes.
        cause: String,
    },
    /// A header's value has characters that HTTP forbids.
    #[error(
        "the value for header `{header}` has characters that HTTP forbids; is there a line break in it?"
    )]
    HeaderValue {
        /// The header.
        header: String,
    },
    /// A body cannot be written as JSON.
    #[error("cannot write the request as JSON: {cause}")]
    Encode {
        /// serde's words.
        cause: String,
    },
    /// A file to send cannot be read.
    #[error("cannot read {path} to send it: {cause}", path = .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The system's words.
        cause: String,
    },
    /// No answer came.
    #[error("{method} {url}: {cause}{}", tail(*.tries, .gave_up.as_ref()))]
    Transport {
        /// The request's method.
        method: Method,
        /// Its URL, redacted.
        url: String,
        /// The chain of causes, redacted.
        cause: String,
        /// What kind of failure it was.
        failure: Failure,
        /// Why, as precisely as it is known.
        reason: Reason,
        /// How often it was sent.
        tries: u32,
        /// Why it was not sent again.
        gave_up: Option<GiveUp>,
    },
    /// The answer is larger than the request's limit.
    #[error("{method} {url}: the answer is larger than {limit} bytes")]
    TooLarge {
        /// The request's method.
        method: Method,
        /// Its URL, redacted.
        url: String,
        /// The limit in bytes.
        limit: u64,
    },
}

fn tail(tries: u32, gave_up: Option<&GiveUp>) -> String {
    match gave_up {
        Some(GiveUp::Attempts(1)) | None if tries <= 1 => String::new(),
        Some(reason) => format!(" ({reason})"),
        None => format!(" (try {tries})"),
    }
}

impl Error {
    pub(crate) fn setup(error: &reqwest::Error) -> Self {
        Self::Setup {
            cause: chain(error),
        }
    }
}

/// What kind of failure reqwest reports.
pub(crate) fn failure(error: &reqwest::Error) -> Failure {
    if error.is_builder() {
        Failure::Fatal
    } else if error.is_connect() {
        // Before the timeout: one while connecting is a connection that never was.
        Failure::Connect
    } else if error.is_timeout() {
        Failure::Timeout
    } else {
        Failure::Reset
    }
}

/// The causes from the inside of reqwest's own wrapping, joined; repeated ones once.
pub(crate) fn chain(error: &reqwest::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let text = inner.to_string();
        if parts.last().is_none_or(|last| !last.contains(&text)) {
            parts.push(text);
        }
        cause = inner.source();
    }
    if parts.is_empty() {
        parts.push(error.to_string());
    }
    parts.join(": ")
}
