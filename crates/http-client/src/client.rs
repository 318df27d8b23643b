//! Sends requests: tries, waits, redirects, credentials, the size limit. All decisions are made by the pure modules; this
//! one only carries them out.

use std::sync::{Arc, OnceLock};

use http::{HeaderName, Method, header::CONTENT_LENGTH};
use jiff::Timestamp;
use tokio::time::Instant;
use url::Url;

use crate::{
    classify::{Answer, Failure, classify},
    credentials::Credentials,
    deadline::Deadline,
    error::{self, Error},
    reason::Reason,
    redact::{Redactor, Secret},
    redirect,
    request::{Body, Request},
    response::{Response, Timings, Tls},
    retry::{Attempt, Decision},
    transport::{Options, direct_client, is_loopback, reqwest_client},
    upload::file_body,
};

/// The client. Cheap to clone; clones share connections.
#[derive(Debug, Clone)]
pub struct Client {
    proxied: reqwest::Client,
    /// For loopback, built on first use.
    direct: Arc<OnceLock<reqwest::Client>>,
    options: Options,
    credentials: Credentials,
    redactor: Redactor,
}

/// One try that brought no answer.
struct Failed {
    kind: Failure,
    reason: Reason,
    cause: String,
}

/// Why a try ended without a [`Response`]: an error of ours ends the request, a failure may be tried again.
enum Broken {
    Ours(Error),
    Try(Failed),
}

impl From<Error> for Broken {
    fn from(error: Error) -> Self {
        Self::Ours(error)
    }
}

impl From<reqwest::Error> for Broken {
    fn from(error: reqwest::Error) -> Self {
        let kind = error::failure(&error);
        Self::Try(Failed {
            kind,
            reason: Reason::of(&error, kind),
            cause: error::chain(&error),
        })
    }
}

impl Client {
    /// A client with these habits.
    ///
    /// # Errors
    /// [`Error::Setup`] when TLS cannot be set up.
    pub fn new(options: Options) -> Result<Self, Error> {
        Ok(Self {
            proxied: reqwest_client(&options)?,
            direct: Arc::default(),
            options,
            credentials: Credentials::default(),
            redactor: Redactor::default(),
        })
    }

    /// Adds a secret header to every request to this URL's scheme, host and port, and to no other, also after redirects.
    #[must_use]
    pub fn with_credential(mut self, url: &Url, name: HeaderName, value: Secret) -> Self {
        self.redactor.register(&value);
        self.credentials.add(url, name, value);
        self
    }

    /// Keeps a secret out of errors.
    #[must_use]
    pub fn with_secret(mut self, secret: &Secret) -> Self {
        self.redactor.register(secret);
        self
    }

    /// What keeps this client's secrets out of texts.
    #[must_use]
    pub fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    /// Sends a request, again where the policy says so, and reads the answer whole.
    ///
    /// # Errors
    /// When no answer came within tries and deadline, or it is larger than the limit. An answer with any status is no
    /// error.
    pub async fn send(&self, request: Request) -> Result<Response, Error> {
        let mut policy = request.retry.unwrap_or(self.options.retry);
        let deadline = match request.deadline {
            Some(deadline) => {
                policy.deadline = policy.deadline.min(deadline.remaining());
                deadline
            }
            None => Deadline::after(policy.deadline),
        };
        let mut redactor = self.redactor.clone();
        for (_, secret) in &request.secrets {
            redactor.register(secret);
        }
        let transport = |failed: Failed, tries, gave_up| Error::Transport {
            method: request.method.clone(),
            url: redactor.redact_url(&request.url),
            cause: redactor.redact(&failed.cause),
            failure: failed.kind,
            reason: failed.reason,
            tries,
            gave_up,
        };
        let started = Instant::now();
        let mut number = 0;
        loop {
            number += 1;
            let outcome = match deadline.run(self.hops(&request)).await {
                Ok(Ok(response)) => Ok(response),
                Ok(Err(Broken::Try(failed))) => Err(failed),
                Ok(Err(Broken::Ours(error))) => return Err(error),
                Err(passed) => {
                    let failed = Failed {
                        kind: Failure::Timeout,
                        reason: Reason::Timeout,
                        cause: passed.to_string(),
                    };
                    return Err(transport(failed, number, None));
                }
            };
            let answer = match &outcome {
                Ok(response) => Answer::Status(response.status, &response.headers),
                Err(failed) => Answer::Failed(failed.kind),
            };
            let attempt = Attempt {
                number,
                repeatable: request.repeatable,
                answer,
                elapsed: started.elapsed(),
                now: Timestamp::now(),
                random: random(),
            };
            let told = match (self.options.body_class, &outcome) {
                (Some(read), Ok(response)) => read(response, attempt.now),
                _ => None,
            };
            let class = told.unwrap_or_else(|| classify(answer, attempt.now));
            let gave_up = match policy.decide_class(class, &attempt) {
                Decision::Retry(wait) => {
                    tracing::debug!(method = %request.method, url = redactor.redact_url(&request.url), number, ?wait, "trying again");
                    tokio::time::sleep(wait).await;
                    continue;
                }
                Decision::Return => None,
                Decision::GiveUp(reason) => Some(reason),
            };
            return match outcome {
                Ok(response) => Ok(Response {
                    tries: number,
                    gave_up,
                    ..response
                }),
                Err(failed) => Err(transport(failed, number, gave_up)),
            };
        }
    }

    /// One try: the request and the redirects it leads to.
    async fn hops(&self, request: &Request) -> Result<Response, Broken> {
        let rule = request.redirects.unwrap_or(self.options.redirects);
        let (mut url, mut method, mut body) =
            (request.url.clone(), request.method.clone(), &request.body);
        let mut followed = 0;
        loop {
            let response = self.once(request, &method, &url, body).await?;
            let Some(hop) = redirect::next_hop(
                rule,
                followed,
                &url,
                &method,
                response.status,
                &response.headers,
            ) else {
                return Ok(response);
            };
            followed += 1;
            if !hop.keeps_body {
                body = &Body::Empty;
            }
            (url, method) = (hop.url, hop.method);
        }
    }

    async fn once(
        &self,
        request: &Request,
        method: &Method,
        url: &Url,
        body: &Body,
    ) -> Result<Response, Broken> {
        let timeout = request.timeout.unwrap_or(self.options.timeout);
        let prepared = self.prepare(request, method, url, body).await?;
        let start = Instant::now();
        let mut answer = prepared.timeout(timeout).send().await?;
        let ttfb = start.elapsed();
        let limit = request.body_limit.unwrap_or(self.options.body_limit);
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if (bytes.len() + chunk.len()) as u64 > limit {
                let url = self.redactor.redact_url(url);
                return Err(Error::TooLarge {
                    method: method.clone(),
                    url,
                    limit,
                }
                .into());
            }
            bytes.extend_from_slice(&chunk);
        }
        let tls = answer
            .extensions()
            .get::<reqwest::tls::TlsInfo>()
            .map(Tls::of);
        Ok(Response {
            status: answer.status(),
            headers: std::mem::take(answer.headers_mut()),
            url: url.clone(),
            body: bytes,
            timings: Timings {
                ttfb,
                total: start.elapsed(),
            },
            tries: 1,
            gave_up: None,
            tls,
        })
    }

    /// One hop, not yet sent.
    pub(crate) async fn prepare(
        &self,
        request: &Request,
        method: &Method,
        url: &Url,
        body: &Body,
    ) -> Result<reqwest::RequestBuilder, Error> {
        let mut headers = self.credentials.headers(request, url)?;
        if let Body::File { length, .. } = body {
            headers.insert(CONTENT_LENGTH, (*length).into());
        }
        let builder = self
            .transport(url)?
            .request(method.clone(), url.clone())
            .headers(headers);
        Ok(match body {
            Body::Empty => builder,
            Body::Bytes(bytes) => builder.body(bytes.clone()),
            Body::File { path, length } => builder.body(file_body(path, *length).await?),
        })
    }

    fn transport(&self, url: &Url) -> Result<&reqwest::Client, Error> {
        if !is_loopback(url) {
            return Ok(&self.proxied);
        }
        if let Some(client) = self.direct.get() {
            return Ok(client);
        }
        let client = direct_client(&self.options)?;
        Ok(self.direct.get_or_init(|| client))
    }
}

/// In `0.0..1.0`. Without entropy the jitter is the middle: a wait is no secret.
fn random() -> f64 {
    let mut bytes = [0; 4];
    match getrandom::fill(&mut bytes) {
        Ok(()) => f64::from(u32::from_le_bytes(bytes)) / (f64::from(u32::MAX) + 1.0),
        Err(_) => 0.5,
    }
}
