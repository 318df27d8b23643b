//! An answer that is read while it comes, such as a log that is followed. It is asked for once: whoever follows knows what
//! has come and asks again from there.

use std::{sync::Arc, time::Duration};

use http::{HeaderMap, Method, StatusCode};
use url::Url;

use crate::{
    classify::Failure,
    client::Client,
    deadline::Deadline,
    error::{self, Error},
    reason::Reason,
    redact::Redactor,
    request::Request,
    response::{Response, Timings},
};

/// No answer is followed for longer, which is more than a job of GitHub's may last.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// An open answer.
#[derive(Debug)]
pub struct Stream {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    answer: reqwest::Response,
    /// Bytes that may still come.
    left: u64,
    limit: u64,
    silence: Duration,
    deadline: Option<Deadline>,
    told: Arc<Told>,
}

/// What errors name.
#[derive(Debug)]
struct Told {
    method: Method,
    url: Url,
    redactor: Redactor,
}

impl Client {
    /// Sends a request once and gives its answer as soon as the headers are there, whatever the status. The request's time
    /// limit is for them and then for each silence, and its size limit for the whole.
    ///
    /// # Errors
    /// When no answer came.
    pub async fn open(&self, request: Request) -> Result<Stream, Error> {
        let options = self.options();
        let told = Arc::new(Told {
            method: request.method.clone(),
            url: request.url.clone(),
            redactor: self.redactor().clone(),
        });
        let silence = request.timeout.unwrap_or(options.timeout);
        let limit = request.body_limit.unwrap_or(options.body_limit);
        let prepared = self
            .prepare(&request, &request.method, &request.url, &request.body)
            .await?;
        // Ours are the limits of each part; one for the whole would end every long answer.
        let sending = prepared.timeout(LONGEST).send();
        let answer = within(silence, request.deadline, sending, &told).await?;
        Ok(Stream {
            status: answer.status(),
            headers: answer.headers().clone(),
            answer,
            left: limit,
            limit,
            silence,
            deadline: request.deadline,
            told,
        })
    }
}

impl Stream {
    /// What came next; `None` at the end.
    ///
    /// # Errors
    /// When the connection breaks, nothing comes for too long, or too much came.
    pub async fn chunk(&mut self) -> Result<Option<Vec<u8>>, Error> {
        let next = self.answer.chunk();
        let chunk = within(self.silence, self.deadline, next, &self.told).await?;
        let Some(chunk) = chunk else {
            return Ok(None);
        };
        let Some(left) = self.left.checked_sub(chunk.len() as u64) else {
            return Err(Error::TooLarge {
                method: self.told.method.clone(),
                url: self.told.redactor.redact_url(&self.told.url),
                limit: self.limit,
            });
        };
        self.left = left;
        Ok(Some(chunk.to_vec()))
    }

    /// The rest, as an answer like any other; its time to the first byte is not known.
    ///
    /// # Errors
    /// As [`Self::chunk`].
    pub async fn rest(mut self) -> Result<Response, Error> {
        let mut body = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            body.extend(chunk);
        }
        Ok(Response {
            status: self.status,
            headers: self.headers,
            url: self.told.url.clone(),
            body,
            timings: Timings::default(),
            tries: 1,
            gave_up: None,
            tls: None,
        })
    }
}

/// Waits for a part of an answer.
async fn within<T>(
    silence: Duration,
    deadline: Option<Deadline>,
    part: impl Future<Output = Result<T, reqwest::Error>>,
    told: &Told,
) -> Result<T, Error> {
    let wait = deadline.map_or(silence, |deadline| deadline.remaining().min(silence));
    let (failure, reason, cause) = match tokio::time::timeout(wait, part).await {
        Ok(Ok(part)) => return Ok(part),
        Ok(Err(error)) => {
            let failure = error::failure(&error);
            let reason = Reason::of(&error, failure);
            (failure, reason, error::chain(&error))
        }
        Err(_) => {
            let text = format!("nothing came for {} s", wait.as_secs_f64());
            (Failure::Timeout, Reason::Timeout, text)
        }
    };
    Err(Error::Transport {
        method: told.method.clone(),
        url: told.redactor.redact_url(&told.url),
        cause: told.redactor.redact(&cause),
        failure,
        reason,
        tries: 1,
        gave_up: None,
    })
}
