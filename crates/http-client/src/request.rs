//! A request as a value that can be sent again: its body is bytes or a file, never a stream that is used up.

use std::{path::PathBuf, time::Duration};

use http::{HeaderMap, HeaderName, HeaderValue, Method, header::CONTENT_TYPE};
use serde::Serialize;
use url::Url;

use crate::{
    classify::Repeatable, deadline::Deadline, error::Error, redact::Secret, redirect::Redirects,
    retry::RetryPolicy,
};

/// What a request carries.
#[derive(Debug, Clone, Default)]
pub enum Body {
    /// Nothing.
    #[default]
    Empty,
    /// These bytes.
    Bytes(Vec<u8>),
    /// A file, read while it is sent, and again for another try. The length is sent first, so a file that changed
    /// meanwhile is an error and not a wrong upload.
    File {
        /// Where it is.
        path: PathBuf,
        /// Its length in bytes.
        length: u64,
    },
}

/// One request.
#[derive(Debug, Clone)]
pub struct Request {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) secrets: Vec<(HeaderName, Secret)>,
    pub(crate) body: Body,
    pub(crate) repeatable: Repeatable,
    pub(crate) retry: Option<RetryPolicy>,
    pub(crate) redirects: Option<Redirects>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) deadline: Option<Deadline>,
    pub(crate) body_limit: Option<u64>,
}

impl Request {
    /// A request without body, repeatable as its method is.
    #[must_use]
    pub fn new(method: Method, url: Url) -> Self {
        let repeatable = Repeatable::by_method(&method);
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            secrets: Vec::new(),
            body: Body::Empty,
            repeatable,
            retry: None,
            redirects: None,
            timeout: None,
            deadline: None,
            body_limit: None,
        }
    }

    /// A GET.
    #[must_use]
    pub fn get(url: Url) -> Self {
        Self::new(Method::GET, url)
    }

    /// A POST.
    #[must_use]
    pub fn post(url: Url) -> Self {
        Self::new(Method::POST, url)
    }

    /// The same request to another address of the same service. Its secret headers go along, so the address must be
    /// one that may see them.
    #[must_use]
    pub fn to(mut self, url: Url) -> Self {
        self.url = url;
        self
    }

    /// With a header, in place of an earlier one of that name.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// With these headers, in place of all earlier ones.
    #[must_use]
    pub fn headers(mut self, headers: HeaderMap) -> Self {
        self.headers = headers;
        self
    }

    /// With a header whose value is a secret: sent to this URL's scheme, host and port only, and removed from errors.
    #[must_use]
    pub fn secret_header(mut self, name: HeaderName, value: Secret) -> Self {
        self.secrets.push((name, value));
        self
    }

    /// With a body.
    #[must_use]
    pub fn body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    /// With a JSON body and its content type.
    ///
    /// # Errors
    /// When the value cannot be written as JSON, such as a map with keys that are no texts.
    pub fn json<T: Serialize + ?Sized>(mut self, value: &T) -> Result<Self, Error> {
        let bytes = serde_json::to_vec(value).map_err(|error| Error::Encode {
            cause: error.to_string(),
        })?;
        self.body = Body::Bytes(bytes);
        self.headers
            .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Ok(self)
    }

    /// Declares that sending it twice is as good as once, against what its method says; for example a write that the
    /// server addresses by content.
    #[must_use]
    pub fn repeatable(mut self) -> Self {
        self.repeatable = Repeatable::Yes;
        self
    }

    /// With a retry policy of its own.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = Some(policy);
        self
    }

    /// With a redirect rule of its own.
    #[must_use]
    pub fn redirects(mut self, rule: Redirects) -> Self {
        self.redirects = Some(rule);
        self
    }

    /// With a time limit for each try.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Within a deadline shared with other work.
    #[must_use]
    pub fn deadline(mut self, deadline: Deadline) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// With a size limit for its answer, in bytes.
    #[must_use]
    pub fn body_limit(mut self, bytes: u64) -> Self {
        self.body_limit = Some(bytes);
        self
    }
}
