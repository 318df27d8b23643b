//! The files that runs keep. GitHub answers a download with a signed address of its blob store, which is asked without
//! the token: the address is the permission. Whoever filled an artifact may be a stranger, so no more of it is read than
//! the caller allows.

use http::header::LOCATION;
use http_client::{Redirects, Request};
use serde::Deserialize;
use url::Url;

use crate::client::Client;
use crate::error::Error;
use crate::routes::Route;

/// How many redirects of the blob store are followed; it uses none today.
const BLOB_REDIRECTS: u8 = 2;

/// How many pages of the artifacts of one name are read: the 300 newest.
const PAGES_OF_NAME: usize = 3;

/// A file that a run keeps.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Artifact {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Its size as it is stored, in bytes.
    #[serde(default)]
    pub size_in_bytes: u64,
    /// `sha256:` and hex digits, when GitHub knows it.
    #[serde(default)]
    pub digest: Option<String>,
    /// Whether it is gone.
    #[serde(default)]
    pub expired: bool,
    /// The run that uploaded it, where GitHub says so.
    #[serde(default)]
    pub workflow_run: Option<ArtifactRun>,
}

/// The run that uploaded an artifact.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ArtifactRun {
    /// Its number.
    pub id: Option<u64>,
    /// The commit it is about.
    pub head_sha: Option<String>,
    /// The repository it ran in.
    pub repository_id: Option<u64>,
    /// Where the commit comes from: another one for a fork's pull request.
    pub head_repository_id: Option<u64>,
}

impl ArtifactRun {
    /// Whether the commit is of the repository itself, and of no fork.
    #[must_use]
    pub fn is_own(&self) -> bool {
        self.repository_id.is_some() && self.repository_id == self.head_repository_id
    }
}

#[derive(Deserialize)]
struct ArtifactPage {
    artifacts: Vec<Artifact>,
}

/// Downloads artifacts; several share their connections.
#[derive(Clone, Debug)]
pub struct Downloads {
    github: Client,
    blobs: http_client::Client,
}

impl Client {
    /// The artifacts of a run, of all its attempts. After a second attempt several may have one name; the one with the
    /// highest id is the last.
    ///
    /// # Errors
    /// When GitHub does not answer.
    pub async fn artifacts(&self, run: u64) -> Result<Vec<Artifact>, Error> {
        let call = self.call(Route::Artifacts, &[&run.to_string()]);
        self.get_all(call, |page: ArtifactPage| page.artifacts)
            .await
    }

    /// The newest artifacts of one name, of all runs of the repository; at most 300 are read.
    ///
    /// # Errors
    /// When GitHub does not answer.
    pub async fn artifacts_named(&self, name: &str) -> Result<Vec<Artifact>, Error> {
        let call = self
            .call(Route::ArtifactsOfRepository, &[])
            .query("name", name);
        let items = |page: ArtifactPage| page.artifacts;
        Ok(self.get_pages(call, PAGES_OF_NAME, items).await?.0)
    }

    /// Gets ready to download artifacts.
    ///
    /// # Errors
    /// When the HTTP client cannot be built.
    pub fn downloads(&self) -> Result<Downloads, Error> {
        let options = http_client::Options {
            redirects: Redirects::Anywhere(BLOB_REDIRECTS),
            retry: self.retry(),
            ..http_client::Options::default()
        };
        let blobs = http_client::Client::new(options);
        Ok(Downloads {
            github: self.clone(),
            blobs: blobs.map_err(|error| Error::Client(error.to_string()))?,
        })
    }
}

impl Downloads {
    /// The bytes of an artifact, a zip file unless its uploader chose otherwise; at most `limit` of them are read.
    ///
    /// # Errors
    /// When it is gone, larger than `limit`, or GitHub or its blob store do not answer.
    pub async fn read(&self, artifact: u64, limit: u64) -> Result<Vec<u8>, Error> {
        match self.attempt(artifact, limit).await {
            // The address holds for a minute, which a slow line outlives: a new one is asked for once.
            Err(Error::Status { status, .. }) if matches!(status.as_u16(), 401 | 403 | 404) => {
                self.attempt(artifact, limit).await
            }
            done => done,
        }
    }

    async fn attempt(&self, artifact: u64, limit: u64) -> Result<Vec<u8>, Error> {
        let call = self
            .github
            .call(Route::DownloadArtifact, &[&artifact.to_string(), "zip"])
            .asking_where();
        let answer = self.github.send(&call).await?;
        let location = answer.headers.get(LOCATION).and_then(|to| to.to_str().ok());
        let unreadable = |reason: String| Error::Unreadable {
            call: call.name(),
            reason,
        };
        let address =
            blob_address(&call.url, location).map_err(|reason| unreadable(reason.to_owned()))?;
        let request = Request::get(address).body_limit(limit);
        let response = self
            .blobs
            .send(request)
            .await
            .map_err(|error| match error {
                http_client::Error::TooLarge { limit, .. } => {
                    unreadable(format!("the artifact is larger than {limit} bytes"))
                }
                other => Error::NoAnswer {
                    call: call.name(),
                    reason: other.to_string(),
                    gave_up: None,
                },
            })?;
        if !response.is_success() {
            return Err(Error::Status {
                call: format!("download after {}", call.name()),
                status: response.status,
                message: crate::limits::message(&response.body),
                gave_up: response.gave_up.map(|why| why.to_string()),
            });
        }
        Ok(response.body)
    }
}

/// Where the bytes are. A signed address is a secret of its own and goes over no weaker line than the token did.
fn blob_address(asked: &Url, location: Option<&str>) -> Result<Url, &'static str> {
    let address = location
        .and_then(|to| asked.join(to).ok())
        .ok_or("the answer names no address to download from")?;
    if address.scheme() == "https" || address.scheme() == asked.scheme() {
        Ok(address)
    } else {
        Err("the address to download from is not https")
    }
}

#[cfg(test)]
mod tests {
    use super::blob_address;

    #[test]
    fn addresses_of_blobs() {
        let of = |asked: &str, to| blob_address(&asked.parse().unwrap(), to).map(String::from);
        let (https, http) = ("https://api.example/a/zip", "http://127.0.0.1:1/a/zip");
        assert_eq!(
            of(https, Some("https://b/c?sig=d")).unwrap(),
            "https://b/c?sig=d"
        );
        assert_eq!(of(http, Some("/blob")).unwrap(), "http://127.0.0.1:1/blob");
        assert!(of(http, Some("https://b/c")).is_ok());
        for (asked, to) in [
            (https, None),
            (https, Some("http://b/c")),
            (https, Some("file:///etc/passwd")),
            (http, Some("https://")),
        ] {
            assert!(of(asked, to).is_err(), "{to:?}");
        }
    }
}
