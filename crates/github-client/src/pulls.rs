//! Pull requests.

use serde::Deserialize;

use crate::client::Client;
use crate::commits::Commit;
use crate::error::Error;
use crate::people::User;
use crate::routes::Route;

/// A pull request.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct PullRequest {
    /// Its number.
    pub number: u64,
    /// `open` or `closed`.
    pub state: String,
    /// Who opened it; absent when the account is gone.
    pub user: Option<User>,
    /// What it brings.
    pub head: PullRef,
    /// What it goes into.
    pub base: PullRef,
}

/// One end of a pull request.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct PullRef {
    /// The commit.
    pub sha: String,
    /// The branch, without `refs/heads/`.
    #[serde(rename = "ref")]
    pub branch: String,
    /// The repository; absent when the fork is gone.
    pub repo: Option<RepositoryRef>,
}

/// A repository by name.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct RepositoryRef {
    /// `owner/name`.
    pub full_name: String,
}

/// A file that a pull request changes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct PullFile {
    /// Its path in the repository, after the change.
    pub filename: String,
    /// Its hunks as `git diff` writes them; absent where the file is binary or the diff is large.
    #[serde(default)]
    pub patch: Option<String>,
}

impl Client {
    /// One pull request.
    ///
    /// # Errors
    /// When GitHub does not answer or there is none of that number.
    pub async fn pull(&self, number: u64) -> Result<PullRequest, Error> {
        self.get(&self.call(Route::Pull, &[&number.to_string()]))
            .await
    }

    /// The pull requests that a commit belongs to. For a fork's commit GitHub may know none here; see
    /// [`Client::pulls_from_branch`].
    ///
    /// # Errors
    /// When GitHub does not answer.
    pub async fn pulls_of_commit(&self, sha: &str) -> Result<Vec<PullRequest>, Error> {
        self.get_all(self.call(Route::PullsOfCommit, &[sha]), |page| page)
            .await
    }

    /// The open pull requests from a branch of any repository in the network.
    ///
    /// # Errors
    /// When GitHub does not answer.
    pub async fn pulls_from_branch(
        &self,
        owner: &str,
        branch: &str,
    ) -> Result<Vec<PullRequest>, Error> {
        let call = self
            .call(Route::Pulls, &[])
            .query("state", "open")
            .query("head", &format!("{owner}:{branch}"));
        self.get_all(call, |page| page).await
    }

    /// The commits of a pull request, at most the 250 that GitHub lists.
    ///
    /// # Errors
    /// When GitHub does not answer.
    pub async fn pull_commits(&self, number: u64) -> Result<Vec<Commit>, Error> {
        let call = self.call(Route::PullCommits, &[&number.to_string()]);
        self.get_all(call, |page| page).await
    }

    /// The files that a pull request changes, at most the 3,000 that GitHub lists.
    ///
    /// # Errors
    /// When GitHub does not answer.
    pub async fn pull_files(&self, number: u64) -> Result<Vec<PullFile>, Error> {
        let call = self.call(Route::PullFiles, &[&number.to_string()]);
        self.get_all(call, |page| page).await
    }
}
