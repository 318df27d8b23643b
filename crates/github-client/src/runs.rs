//! Workflow runs.

use serde::Deserialize;

use crate::client::Client;
use crate::error::Error;
use crate::people::User;
use crate::pulls::RepositoryRef;
use crate::routes::Route;

/// A workflow run.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct WorkflowRun {
    /// Its number.
    pub id: u64,
    /// Which try, from 1.
    #[serde(default = "first_attempt")]
    pub run_attempt: u32,
    /// The commit it is about.
    pub head_sha: String,
    /// The branch it is about.
    pub head_branch: Option<String>,
    /// What set it off, such as `pull_request`.
    #[serde(default)]
    pub event: String,
    /// `queued`, `in_progress`, `completed`, …
    #[serde(default)]
    pub status: Option<String>,
    /// `success`, `failure`, …; absent until completed.
    pub conclusion: Option<String>,
    /// The workflow's file.
    #[serde(default)]
    pub path: String,
    /// Its page.
    #[serde(default)]
    pub html_url: String,
    /// Who set the first attempt off.
    pub actor: Option<User>,
    /// Who set this attempt off.
    pub triggering_actor: Option<User>,
    /// Where the commit comes from; a fork for a fork's pull request.
    pub head_repository: Option<RepositoryRef>,
}

fn first_attempt() -> u32 {
    1
}

impl Client {
    /// A run.
    ///
    /// # Errors
    /// When GitHub does not answer or there is none of that number.
    pub async fn run(&self, id: u64) -> Result<WorkflowRun, Error> {
        self.get(&self.call(Route::Run, &[&id.to_string()])).await
    }
}
