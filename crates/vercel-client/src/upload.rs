//! Uploads file contents, many at a time, each with retries of its own. One bad answer does not end the others, and what
//! arrived stays: the next round sends only what is still missing.

use futures_util::{StreamExt as _, stream};
use http_client::{HeaderMap, HeaderName, HeaderValue, header::CONTENT_TYPE};

use crate::{
    client::{Call, Vercel},
    error::Error,
    shipment::Blob,
};

/// Uploads at one time. More bring nothing over HTTP/2 and only make rate limits likelier.
const CONCURRENT: usize = 32;

/// The CLI's names for the digest and the size.
const CLI_DIGEST: HeaderName = HeaderName::from_static("x-now-digest");
const CLI_SIZE: HeaderName = HeaderName::from_static("x-now-size");
/// The public documentation's name for the digest.
const DIGEST: HeaderName = HeaderName::from_static("x-vercel-digest");

/// What a round of uploads achieved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Uploaded {
    /// Contents that arrived.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
}

/// Whether the other uploads would fail alike: a wrong token, an exhausted quota, a plan's limit. 400 does not count: that is
/// one content damaged on its way.
pub(crate) fn ends_the_round(error: &Error) -> bool {
    matches!(error.status(), Some(401 | 402 | 403 | 404 | 413 | 429))
}

impl Vercel {
    /// Uploads these contents. Gives what arrived and, if not all did, the first failure; a failure that all would meet ends the round.
    pub(crate) async fn upload(&self, entries: &[(&String, &Blob)]) -> (Uploaded, Option<Error>) {
        let mut done = Uploaded::default();
        let mut failure = None;
        let mut uploads = stream::iter(entries)
            .map(|(sha1, blob)| async move { (blob.bytes, self.upload_one(sha1, blob).await) })
            .buffer_unordered(CONCURRENT);
        while let Some((bytes, outcome)) = uploads.next().await {
            match outcome {
                Ok(()) => {
                    done.files += 1;
                    done.bytes += bytes;
                }
                Err(error) if !ends_the_round(&error) => {
                    failure.get_or_insert(error);
                }
                Err(error) => return (done, Some(error)),
            }
        }
        (done, failure)
    }

    async fn upload_one(&self, sha1: &str, blob: &Blob) -> Result<(), Error> {
        let mut headers = HeaderMap::new();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/octet-stream"),
        );
        headers.insert(CLI_SIZE, blob.bytes.into());
        if let Ok(digest) = HeaderValue::from_str(sha1) {
            headers.insert(CLI_DIGEST, digest.clone());
            headers.insert(DIGEST, digest);
        }
        self.send(Call::post(&["v2", "files"]).blob(headers, blob.body.clone()))
            .await
            .map(drop)
    }
}
