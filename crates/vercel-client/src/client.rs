//! The connection: address, token, scope, deadline, and one place where a call becomes a request.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use http_client::{
    Body, Client, Deadline, Method, Options, Request, Response, RetryPolicy, Secret, Stream, Url,
    header,
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    error::{ApiError, Error},
    quota,
    scope::Scope,
    wait::Pace,
};

/// For one try of one upload: 100 MB, the largest file of the Hobby plan, over a slow line.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(600);

/// Tries of a request and the waits between them end after this, if the job's own deadline does not end them before.
const RETRY_FOR: Duration = Duration::from_secs(300);

/// Vercel's API for one project. Cheap to clone; clones share connections and the request counter.
#[derive(Debug, Clone)]
pub struct Vercel {
    pub(crate) http: Client,
    api: Url,
    pub(crate) scope: Scope,
    pub(crate) deadline: Option<Deadline>,
    pub(crate) pace: Pace,
    requests: Arc<AtomicU64>,
}

/// One call: what differs from a plain GET.
pub(crate) struct Call<'a> {
    method: Method,
    path: &'a [&'a str],
    query: Vec<(&'a str, String)>,
    request: Box<dyn FnOnce(Request) -> Result<Request, http_client::Error> + Send + 'a>,
}

impl<'a> Call<'a> {
    /// A call of this path; each part is escaped on its own.
    pub(crate) fn new(method: Method, path: &'a [&'a str]) -> Self {
        Self {
            method,
            path,
            query: Vec::new(),
            request: Box::new(Ok),
        }
    }

    pub(crate) fn get(path: &'a [&'a str]) -> Self {
        Self::new(Method::GET, path)
    }

    pub(crate) fn post(path: &'a [&'a str]) -> Self {
        Self::new(Method::POST, path)
    }

    pub(crate) fn query(mut self, name: &'a str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    pub(crate) fn json<T: Serialize + Sync + ?Sized>(mut self, value: &'a T) -> Self {
        self.request = Box::new(move |request| request.json(value));
        self
    }

    /// A content-addressed upload: the same twice is the same once.
    pub(crate) fn blob(mut self, headers: http_client::HeaderMap, body: Body) -> Self {
        self.request = Box::new(move |request| {
            let request = headers.iter().fold(request, |request, (name, value)| {
                request.header(name.clone(), value.clone())
            });
            Ok(request.body(body).repeatable().timeout(UPLOAD_TIMEOUT))
        });
        self
    }
}

impl Vercel {
    /// A client of the API at `api`, which is `https://api.vercel.com` unless a twin is used.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(api: Url, token: &Secret, scope: Scope) -> Result<Self, Error> {
        let retry = RetryPolicy {
            attempts: 6,
            deadline: RETRY_FOR,
            ..RetryPolicy::default()
        };
        let http = Client::new(Options {
            retry,
            body_class: Some(quota::class),
            ..Options::default()
        })?
        .with_secret(token)
        .with_credential(
            &api,
            header::AUTHORIZATION,
            Secret::new(format!("Bearer {}", token.expose())),
        );
        Ok(Self {
            http,
            api,
            scope,
            deadline: None,
            pace: Pace::default(),
            requests: Arc::default(),
        })
    }

    /// Bound to a deadline: every call, retry and wait ends with it.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Deadline) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Polling at this pace.
    #[must_use]
    pub fn with_pace(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    /// The address of a path of the API, to say where an answer came from.
    #[must_use]
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.api.as_str().trim_end_matches('/'))
    }

    /// How often states are asked for.
    #[must_use]
    pub fn pace(&self) -> Pace {
        self.pace
    }

    /// The project this client works on.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Requests sent so far, retries included.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Makes a call and reads its JSON.
    pub(crate) async fn call<T: DeserializeOwned>(&self, call: Call<'_>) -> Result<T, Error> {
        let method = call.method.clone();
        let response = self.send(call).await?;
        response.json().map_err(|cause| Error::Shape {
            method,
            path: response.url.path().to_owned(),
            cause: cause.to_string(),
        })
    }

    /// Makes a call; any answer of 400 and above is an error.
    pub(crate) async fn send(&self, call: Call<'_>) -> Result<Response, Error> {
        let method = call.method.clone();
        let (path, request) = self.request(call)?;
        let sent = self.http.send(request).await;
        let tries = match &sent {
            Ok(response) => response.tries,
            Err(http_client::Error::Transport { tries, .. }) => *tries,
            Err(_) => 0,
        };
        self.requests.fetch_add(u64::from(tries), Ordering::Relaxed);
        let response = sent?;
        if response.status.as_u16() >= 400 {
            return Err(self.refused(method, &path, &response));
        }
        Ok(response)
    }

    /// Makes a call once and gives the answer while it comes; the path is for errors.
    pub(crate) async fn open(
        &self,
        call: Call<'_>,
        silence: Duration,
    ) -> Result<(String, Stream), Error> {
        let method = call.method.clone();
        let (path, request) = self.request(call)?;
        self.requests.fetch_add(1, Ordering::Relaxed);
        let stream = self.http.open(request.timeout(silence)).await?;
        if stream.status.as_u16() < 400 {
            return Ok((path, stream));
        }
        let refusal = stream.rest().await?;
        Err(self.refused(method, &path, &refusal))
    }

    fn refused(&self, method: Method, path: &str, response: &Response) -> Error {
        let error = ApiError::read(method, path, response, self.http.redactor());
        Error::Api(Box::new(error))
    }

    /// The request of a call, and its path.
    fn request(&self, call: Call<'_>) -> Result<(String, Request), Error> {
        let mut url = self.api.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(call.path);
        }
        let scope = self
            .scope
            .parameter()
            .map(|(name, value)| (name, value.to_owned()));
        let query: Vec<(&str, String)> = call.query.into_iter().chain(scope).collect();
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let path = url.path().to_owned();
        let mut request = (call.request)(Request::new(call.method, url))?;
        if let Some(deadline) = self.deadline {
            request = request.deadline(deadline);
        }
        Ok((path, request))
    }
}
