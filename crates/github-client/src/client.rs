//! The client: one repository, one token, one retry policy. The calls themselves are in one file per
//! resource.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{Method, StatusCode};
use http_client::{RetryPolicy, Secret};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use url::Url;

use crate::cache::Cache;
use crate::call::{Call, Outcome, Response};
use crate::error::Error;
use crate::limits;
use crate::page;
use crate::routes::Route;
use crate::send::{Pace, Probe, Sent, send};
use crate::transport::Transport;

/// What a client needs to know.
#[derive(Clone, Debug)]
pub struct Options {
    /// The API's address, such as `https://api.github.com` or `https://github.example/api/v3`.
    pub api_url: String,
    /// `owner/name`.
    pub repository: String,
    /// The token; it is never logged, printed or put into an error.
    pub token: Secret,
    /// How persistent the client is.
    pub retry: RetryPolicy,
    /// The wait for a rate limit that names none; GitHub asks for a minute at least.
    pub nameless_limit: Duration,
}

impl Options {
    /// Options with the default policy: six tries within five minutes, so that a secondary rate limit
    /// of a minute is outlived and a primary one of an hour is not waited for.
    #[must_use]
    pub fn new(api_url: &str, repository: &str, token: Secret) -> Self {
        Self {
            api_url: api_url.to_owned(),
            repository: repository.to_owned(),
            token,
            retry: RetryPolicy {
                attempts: 6,
                base: Duration::from_millis(500),
                cap: Duration::from_secs(15),
                deadline: Duration::from_secs(300),
            },
            nameless_limit: limits::NAMELESS_WAIT,
        }
    }
}

/// GitHub's REST API, as one repository's token sees it. Clones share connections and what was read.
#[derive(Clone)]
pub struct Client {
    transport: Transport,
    cache: Arc<Cache>,
    base: Url,
    owner: String,
    name: String,
    pace: Pace,
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Client")
            .field("base", &self.base.as_str())
            .field("repository", &self.repository())
            .finish_non_exhaustive()
    }
}

impl Client {
    /// A client for one repository. Call it inside a tokio runtime.
    ///
    /// # Errors
    /// When the address, the repository's name or the token cannot be right.
    pub fn new(options: &Options) -> Result<Self, Error> {
        let (owner, name) = split_repository(&options.repository)?;
        let base = parse_api_url(&options.api_url)?;
        let client = http_client::reqwest_client_for(&base, &http_client::Options::default())
            .map_err(|error| Error::Client(error.to_string()))?;
        Ok(Self {
            transport: Transport::new(client, &options.token)?,
            cache: Arc::default(),
            base,
            owner,
            name,
            pace: Pace {
                retry: options.retry,
                nameless_limit: options.nameless_limit,
                date: Timestamp::now,
            },
        })
    }

    /// `owner/name`.
    #[must_use]
    pub fn repository(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    /// The account that owns the repository: for teams, the organisation.
    #[must_use]
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// How persistent it is.
    pub(crate) fn retry(&self) -> RetryPolicy {
        self.pace.retry
    }

    /// A request; `values` fill what the route's address leaves open after owner and repository.
    pub(crate) fn call(&self, route: Route, values: &[&str]) -> Call {
        Call::new(
            route,
            route.url(&self.base, &self.owner, &self.name, values),
        )
    }

    /// Reads one answer.
    pub(crate) async fn get<T: DeserializeOwned>(&self, call: &Call) -> Result<T, Error> {
        self.send(call).await?.read(call)
    }

    /// Reads all pages of a list; `items` takes the list out of one page's JSON.
    pub(crate) async fn get_all<P, T>(
        &self,
        call: Call,
        items: impl FnMut(P) -> Vec<T>,
    ) -> Result<Vec<T>, Error>
    where
        P: DeserializeOwned,
    {
        match self.get_pages(call, page::MAX_PAGES, items).await? {
            (all, None) => Ok(all),
            (_, Some(more)) => Err(Error::Unreadable {
                call: more.name(),
                reason: format!("more than {} pages", page::MAX_PAGES),
            }),
        }
    }

    /// Reads the first pages of a list, at most this many; with the call for more when there is more.
    pub(crate) async fn get_pages<P, T>(
        &self,
        call: Call,
        pages: usize,
        mut items: impl FnMut(P) -> Vec<T>,
    ) -> Result<(Vec<T>, Option<Call>), Error>
    where
        P: DeserializeOwned,
    {
        let mut all = Vec::new();
        let mut next = Some(call.query("per_page", &page::SIZE.to_string()));
        for _ in 0..pages {
            let Some(call) = next else {
                break;
            };
            let response = self.send(&call).await?;
            let found = items(response.read(&call)?);
            next = page::next(&response.headers, &call, &self.base)?.map(|url| call.at(url));
            if next.is_none() && found.len() >= page::SIZE {
                // A further item makes a further page, and leaves this one and its ETag as they are.
                self.cache.forget(&call.url);
            }
            all.extend(found);
        }
        Ok((all, next))
    }

    /// Sends a call that needs no read-back.
    pub(crate) async fn send(&self, call: &Call) -> Result<Response, Error> {
        let once = || self.once(call);
        match send::<std::convert::Infallible, _, _>(&self.pace, call, once, None).await? {
            Sent::Answered(response) => Ok(response),
            Sent::Found(never) => match never {},
        }
    }

    /// Sends a write whose landing `landed` can see, and returns what was written.
    pub(crate) async fn write<T: DeserializeOwned>(
        &self,
        call: &Call,
        landed: Probe<'_, T>,
    ) -> Result<T, Error> {
        let once = || self.once(call);
        match send(&self.pace, call, once, Some(landed)).await? {
            Sent::Answered(response) => response.read(call),
            Sent::Found(found) => Ok(found),
        }
    }

    /// One try. An answer that has not changed since we read it comes from memory, and costs no quota.
    async fn once(&self, call: &Call) -> Outcome {
        if call.method != Method::GET {
            return self.transport.once(call, None).await;
        }
        let known = self.cache.get(&call.url);
        let etag = known.as_ref().map(|known| &known.etag);
        match (self.transport.once(call, etag).await, &known) {
            (Outcome::Answered(response), Some(known))
                if response.status == StatusCode::NOT_MODIFIED =>
            {
                Outcome::Answered(known.response())
            }
            (Outcome::Answered(response), _) => {
                self.cache.keep(&call.url, &response);
                Outcome::Answered(response)
            }
            (failed, _) => failed,
        }
    }
}

fn split_repository(text: &str) -> Result<(String, String), Error> {
    let malformed = || Error::Repository(text.to_owned());
    let (owner, name) = text.split_once('/').ok_or_else(malformed)?;
    let valid = |part: &str| {
        !part.is_empty()
            && part != "."
            && part != ".."
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
    };
    if valid(owner) && valid(name) {
        Ok((owner.to_owned(), name.to_owned()))
    } else {
        Err(malformed())
    }
}

fn parse_api_url(text: &str) -> Result<Url, Error> {
    let wrong = |reason: String| Error::ApiUrl {
        url: text.to_owned(),
        reason,
    };
    let url: Url = text
        .parse()
        .map_err(|error: url::ParseError| wrong(error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(wrong(format!("the scheme is `{}`", url.scheme())));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Error::ApiUrl {
            url: url.host_str().unwrap_or_default().to_owned(),
            reason: "it holds a user name or password".to_owned(),
        });
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repositories() {
        assert!(split_repository("acme/web.app_1").is_ok());
        for bad in [
            "",
            "acme",
            "acme/",
            "/web",
            "acme/web/x",
            "acme/..",
            "a b/c",
            "acme/w?x",
        ] {
            assert!(split_repository(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn api_addresses() {
        for good in ["https://api.github.com", "http://127.0.0.1:80/api/v3/"] {
            assert!(parse_api_url(good).is_ok(), "{good}");
        }
        for bad in ["", "api.github.com", "ftp://x", "https://u:hidden@x"] {
            let error = parse_api_url(bad).unwrap_err().to_string();
            assert!(!error.contains("hidden"), "{error}");
        }
    }

    #[test]
    fn options_print_without_the_token() {
        let options = Options::new(
            "https://api.github.com",
            "acme/web",
            Secret::new("ghs_secret"),
        );
        assert!(!format!("{options:?}").contains("secret"));
    }
}
