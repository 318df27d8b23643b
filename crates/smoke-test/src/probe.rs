//! Sends requests. Only so many are under way at a time; waits between tries hold no place, so that a few broken checks do
//! not keep the others from being asked.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use http_client::{
    Answer, Body, Client, Method, Redactor, Redirects, Request, RetryPolicy, Secret, Url, classify,
    header, next_hop,
};
use jiff::Timestamp;
use tokio::sync::Semaphore;

use crate::{
    attempt::{Attempt, Expected, assess, assess_version},
    decode,
    jar::Jar,
    plan::{Check, VersionProbe},
    seen::Answered,
    trouble::{self, Trouble},
};

/// Requests under way at a time, unless the section says otherwise.
pub const AT_ONCE: u32 = 10;
/// The largest body that is read, in bytes, also once it is decoded.
pub(crate) const BODY_LIMIT: u64 = 1 << 20;
/// The time one try gets, unless its check allows more.
const PATIENCE: Duration = Duration::from_secs(10);
/// Sends the requests of a run.
#[derive(Debug)]
pub struct Prober {
    client: Client,
    places: Semaphore,
    /// Grows by the secrets that answers bring.
    redactor: Mutex<Arc<Redactor>>,
}

impl Prober {
    /// A prober with this client, and so many requests under way at a time.
    pub fn new(client: Client, at_once: u32) -> Self {
        let redactor = Mutex::new(Arc::new(client.redactor().clone()));
        Self {
            client,
            places: Semaphore::new(at_once as usize),
            redactor,
        }
    }

    /// What the requests are sent with.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// The same with so many requests under way at a time.
    #[must_use]
    pub fn widened(&self, at_once: u32) -> Self {
        Self {
            client: self.client.clone(),
            places: Semaphore::new(at_once as usize),
            redactor: Mutex::new(self.redactor()),
        }
    }

    /// What keeps secrets out of texts.
    pub fn redactor(&self) -> Arc<Redactor> {
        Arc::clone(&self.redactor.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Keeps a secret out of texts from here on.
    pub fn hide(&self, secret: &Secret) {
        let mut redactor = self.redactor.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::make_mut(&mut redactor).register(secret);
    }

    /// Asks a check's question once. A jar brings its cookies and keeps those of the answer.
    pub async fn ask(
        &self,
        check: &Check,
        expected: Option<Expected<'_>>,
        jar: Option<&Mutex<Jar>>,
    ) -> Attempt {
        let allowed = check
            .max_time
            .map_or(Duration::ZERO, |limit| limit.duration());
        // Twice the limit, so that "too slow" can be told from "no answer".
        let patience = PATIENCE.max(allowed.saturating_mul(2));
        let brought = self.follow(check, patience, jar).await;
        assess(
            check,
            expected,
            brought.as_ref().map_err(Clone::clone),
            &self.redactor(),
        )
    }

    /// Sends the check's request, and those that its redirects lead to.
    async fn follow(
        &self,
        check: &Check,
        patience: Duration,
        jar: Option<&Mutex<Jar>>,
    ) -> Result<Answered, Trouble> {
        let (mut url, mut method, mut body) =
            (check.url.clone(), check.method.clone(), check.body.clone());
        let mut headers = check.headers.clone();
        let rule = Redirects::Anywhere(check.redirects);
        for followed in 0..=check.redirects {
            let mut request = Request::new(method.clone(), url.clone())
                .timeout(patience)
                .headers(headers.clone())
                .body(body.clone());
            if let Some(jar) = jar {
                let own = headers.get(header::COOKIE);
                let jar = jar.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(cookies) = jar.header(&url, own, Timestamp::now()) {
                    request = request.header(header::COOKIE, cookies);
                }
            }
            let answer = self.send(request).await?;
            let response = &answer.response;
            if let Some(jar) = jar {
                let mut jar = jar.lock().unwrap_or_else(PoisonError::into_inner);
                jar.keep(&response.url, &response.headers, answer.now);
            }
            let (status, given) = (response.status, &response.headers);
            let Some(hop) = next_hop(rule, followed, &url, &method, status, given) else {
                // A wall redirects to its login, which is no endless chain.
                let leads_on = check.redirects > 0 && followed == check.redirects;
                let asks = status.is_redirection() && given.contains_key(header::LOCATION);
                if leads_on && asks {
                    break;
                }
                return Ok(answer);
            };
            if hop.url.origin() != url.origin() {
                for name in [header::AUTHORIZATION, header::COOKIE] {
                    headers.remove(name);
                }
            }
            if !hop.keeps_body {
                body = Body::Empty;
                headers.remove(header::CONTENT_TYPE);
            }
            (url, method) = (hop.url, hop.method);
        }
        Err(Trouble {
            rule: "endless-redirects",
            message: format!("more than {} redirects in a row", check.redirects),
            fix: None,
            may_have_landed: true,
        })
    }

    /// Asks for the version once.
    pub async fn ask_version(&self, probe: &VersionProbe, expected: Option<&str>) -> Attempt {
        let brought = self.send(version_request(&probe.url)).await;
        let brought = brought.as_ref().map_err(Clone::clone);
        assess_version(probe, expected, brought, &self.redactor())
    }

    async fn send(&self, request: Request) -> Result<Answered, Trouble> {
        // Never closed, so there is always a place in the end.
        let _place = self.places.acquire().await;
        let request = request.retry(RetryPolicy::NEVER).body_limit(BODY_LIMIT);
        let mut response = self
            .client
            .send(request)
            .await
            .map_err(|error| trouble::name(&error))?;
        let now = Timestamp::now();
        let class = classify(Answer::Status(response.status, &response.headers), now);
        let size = response.body.len() as u64;
        if let Some(body) = decode::decoded(&response, BODY_LIMIT)? {
            response.body = body;
        }
        Ok(Answered {
            response,
            class,
            size,
            now,
        })
    }
}

fn version_request(url: &Url) -> Request {
    Request::new(Method::GET, url.clone()).timeout(PATIENCE)
}
