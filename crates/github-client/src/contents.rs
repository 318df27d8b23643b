//! Files of the repository at a commit.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;

use crate::client::Client;
use crate::error::Error;

#[derive(Deserialize)]
struct Content {
    #[serde(default)]
    encoding: String,
    #[serde(default)]
    content: String,
}

impl Client {
    /// A file's bytes at a commit, branch or tag; `None` when it is not there. GitHub sends files up to
    /// 1 MB this way.
    ///
    /// # Errors
    /// When GitHub does not answer, or the path is a folder or too large.
    pub async fn file(&self, path: &str, git_ref: &str) -> Result<Option<Vec<u8>>, Error> {
        let mut segments = vec!["contents"];
        segments.extend(path.split('/').filter(|part| !matches!(*part, "" | ".")));
        let mut url = self.repo_url(&segments);
        url.query_pairs_mut().append_pair("ref", git_ref);
        let unreadable = |reason: String| Error::Unreadable {
            call: format!("GET contents of {path}"),
            reason,
        };
        let content: Content = match self.get(url).await {
            Ok(content) => content,
            Err(Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        if content.encoding != "base64" {
            return Err(unreadable(format!(
                "the encoding is `{}`, not base64: is the file above 1 MB?",
                content.encoding
            )));
        }
        // GitHub breaks the lines as MIME does.
        let packed: String = content.content.split_ascii_whitespace().collect();
        BASE64_STANDARD
            .decode(packed)
            .map(Some)
            .map_err(|error| unreadable(error.to_string()))
    }
}
