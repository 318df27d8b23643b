//! Commit statuses: the older, simpler sign beside a commit.

use http::Method;
use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::client::Client;
use crate::error::Error;

/// A status of a commit.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct CommitStatus {
    /// Its number; later ones have higher numbers.
    pub id: u64,
    /// What it says.
    pub state: CommitState,
    /// Which sign it is; the newest of a context counts.
    pub context: String,
    /// A sentence.
    pub description: Option<String>,
    /// Where to read more.
    pub target_url: Option<String>,
}

/// The state of a commit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommitState {
    /// It could not be found out.
    Error,
    /// Bad.
    Failure,
    /// Not known yet.
    Pending,
    /// Good.
    Success,
}

/// A status to be set.
#[derive(Clone, Debug, Serialize)]
pub struct NewCommitStatus {
    /// What to say.
    pub state: CommitState,
    /// Which sign.
    pub context: String,
    /// A sentence, at most 140 characters.
    pub description: String,
    /// Where to read more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_url: Option<String>,
}

impl Client {
    /// The statuses of a commit, newest first.
    ///
    /// # Errors
    /// When GitHub does not answer.
    pub async fn commit_statuses(&self, sha: &str) -> Result<Vec<CommitStatus>, Error> {
        let url = self.repo_url(&["commits", sha, "statuses"]);
        let mut all: Vec<CommitStatus> = self.get_all(url, |page| page).await?;
        all.sort_by_key(|status| std::cmp::Reverse(status.id));
        Ok(all)
    }

    /// Sets a status.
    ///
    /// # Errors
    /// When GitHub does not answer or the token may not write statuses.
    pub async fn create_commit_status(
        &self,
        sha: &str,
        new: &NewCommitStatus,
    ) -> Result<CommitStatus, Error> {
        let call = Call::new(Method::POST, self.repo_url(&["statuses", sha])).json(new)?;
        self.write(&call, &|| {
            Box::pin(async move {
                let newest = self
                    .commit_statuses(sha)
                    .await?
                    .into_iter()
                    .find(|status| status.context == new.context);
                Ok(newest.filter(|status| {
                    status.state == new.state
                        && status.description.as_deref() == Some(new.description.as_str())
                }))
            })
        })
        .await
    }
}
