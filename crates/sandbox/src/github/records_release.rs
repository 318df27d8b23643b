//! What the sandbox's GitHub remembers about releases: runs, artifacts, environments, reviews, deployments.
//!
//! Like the records about code these are plain data that serialise; times are RFC 3339 in UTC.

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

/// A workflow run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Run {
    /// Its id.
    pub id: u64,
    /// Path of the workflow file in the repository.
    pub path: String,
    /// Name of the workflow.
    pub name: String,
    /// The event that started it.
    pub event: String,
    /// The commit it runs on.
    pub head_sha: String,
    /// The branch, where there is one.
    pub head_branch: Option<String>,
    /// Login of the person who started it.
    pub actor: String,
    /// Which attempt this is, from 1.
    pub attempt: u64,
    /// Counts the repository's runs, from 1.
    pub number: u64,
    /// `in_progress`, `waiting` (for a review) or `completed`.
    pub status: String,
    /// The result once completed.
    pub conclusion: Option<String>,
    /// Its jobs, in the order they started.
    pub jobs: Vec<Job>,
    /// When it was created.
    pub created_at: String,
    /// When it last changed.
    pub updated_at: String,
}

/// A job of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Job {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// `in_progress` or `completed`.
    pub status: String,
    /// The result once completed.
    pub conclusion: Option<String>,
    /// When it started.
    pub started_at: String,
    /// When it completed.
    pub completed_at: Option<String>,
}

/// An artifact of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Artifact {
    /// Its id.
    pub id: u64,
    /// The run it belongs to.
    pub run_id: u64,
    /// Its name.
    pub name: String,
    /// Whether its bytes are gone.
    pub expired: bool,
    /// SHA-256 of the bytes, `sha256:` and hex.
    pub digest: String,
    /// The zip file.
    #[serde(skip)]
    pub bytes: Arc<[u8]>,
    /// When it was uploaded.
    pub at: String,
}

/// Who may review deployments to an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Reviewer {
    /// A person, by login.
    User(String),
    /// A team of the owner, by slug.
    Team(String),
}

/// An environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Environment {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Required reviewers; one approval is enough.
    pub reviewers: Vec<Reviewer>,
    /// Whether the person who started a run may not approve it.
    pub prevent_self_review: bool,
    /// When it was created.
    pub at: String,
}

/// A job that waits for a review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PendingReview {
    /// The run.
    pub run_id: u64,
    /// The environment.
    pub environment: String,
    /// Name of the job, where known.
    pub job: Option<String>,
    /// Since when it waits.
    pub at: String,
}

/// A decision on a waiting job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Review {
    /// The run.
    pub run_id: u64,
    /// The attempt it was given in. GitHub's approvals answer does not say it.
    pub attempt: u64,
    /// The environment.
    pub environment: String,
    /// Login of the reviewer.
    pub user: String,
    /// Approved or rejected.
    pub decision: Decision,
    /// The reviewer's words.
    pub comment: String,
    /// When. GitHub's approvals answer does not say it.
    pub at: String,
}

/// What a reviewer decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// The job may go on.
    Approved,
    /// The job fails.
    Rejected,
}

impl Decision {
    /// The word the API uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Rejected => "rejected",
        }
    }

    /// Reads the API's word.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        [Self::Approved, Self::Rejected]
            .into_iter()
            .find(|decision| decision.as_str() == word)
    }
}

/// A deployment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Deployment {
    /// Its id.
    pub id: u64,
    /// The commit deployed.
    pub sha: String,
    /// The ref it was created for.
    pub r#ref: String,
    /// `deploy` unless said otherwise.
    pub task: String,
    /// The environment it is in now.
    pub environment: String,
    /// The environment it was created for.
    pub original_environment: String,
    /// A short text.
    pub description: Option<String>,
    /// The creator's own data.
    pub payload: Value,
    /// Whether people see it as production.
    pub production_environment: bool,
    /// Whether the environment goes away some day.
    pub transient_environment: bool,
    /// Login of the creator.
    pub creator: String,
    /// When it was created.
    pub created_at: String,
    /// When it last changed.
    pub updated_at: String,
    /// Its statuses, oldest first; the last one is its state.
    pub statuses: Vec<DeploymentStatus>,
}

impl Deployment {
    /// The newest status's state; `pending` while there is none, as GitHub shows it.
    pub fn state(&self) -> &str {
        self.statuses
            .last()
            .map_or("pending", |status| status.state.as_str())
    }
}

/// A status of a deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeploymentStatus {
    /// Its id.
    pub id: u64,
    /// `error`, `failure`, `inactive`, `in_progress`, `queued`, `pending` or `success`.
    pub state: String,
    /// At most 140 characters.
    pub description: String,
    /// Where the deployment is served.
    pub environment_url: Option<String>,
    /// Where its log is.
    pub log_url: Option<String>,
    /// The environment at that time.
    pub environment: String,
    /// Login of the creator.
    pub creator: String,
    /// When it was set.
    pub at: String,
}
