//! One request and its answer.

use std::{io::Read as _, time::Duration};

use http_client::{HeaderValue, Request, Response, RetryPolicy, Url, header};

use super::Visit;

/// The time one request gets.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// The most a body may grow to when it is decoded, in bytes.
const DECODED_LIMIT: u64 = 64 << 20;

impl Visit<'_> {
    /// A GET of a path of the target, whatever it answers.
    pub(super) async fn ask(&self, path: &str, accepts: Option<&str>) -> Result<Response, String> {
        let url = self.url(path)?;
        let mut request = Request::get(url);
        if let Some(value) = accepts.and_then(|encodings| HeaderValue::from_str(encodings).ok()) {
            request = request.header(header::ACCEPT_ENCODING, value);
        }
        self.send(request).await
    }

    /// The same, where only a good answer is one.
    pub(super) async fn get(&self, path: &str, accepts: Option<&str>) -> Result<Response, String> {
        let answer = self.ask(path, accepts).await?;
        fine(&answer)?;
        Ok(answer)
    }

    pub(super) async fn send(&self, request: Request) -> Result<Response, String> {
        let request = request
            .timeout(PATIENCE)
            .retry(RetryPolicy::NEVER)
            .deadline(self.deadline);
        self.client
            .send(request)
            .await
            .map_err(|error| error.to_string())
    }

    /// A path below the target's own.
    pub(super) fn url(&self, path: &str) -> Result<Url, String> {
        let base = self.target.as_str().trim_end_matches('/');
        format!("{base}{path}")
            .parse::<Url>()
            .ok()
            .filter(|url| url.origin() == self.target.origin())
            .ok_or_else(|| "it leaves the target".to_owned())
    }
}

/// Refuses what is no answer to the question.
pub(super) fn fine(answer: &Response) -> Result<(), String> {
    if answer.is_success() {
        Ok(())
    } else {
        Err(format!("it answers {}", answer.status))
    }
}

/// The decoded size of a Brotli body.
pub(super) fn brotli(body: &[u8]) -> Result<usize, String> {
    let mut decoded = Vec::new();
    brotli::Decompressor::new(body, 4096)
        .take(DECODED_LIMIT + 1)
        .read_to_end(&mut decoded)
        .map_err(|error| error.to_string())?;
    if decoded.len() as u64 > DECODED_LIMIT {
        return Err(format!("it grows beyond {} MiB", DECODED_LIMIT >> 20));
    }
    Ok(decoded.len())
}
