//! What happens on GitHub outside the API's reach: pull requests open, runs start, reviewers decide.
//!
//! `cargo rehearse` and tests play these parts in the process; what the gates do themselves goes through the API only.

mod code;
mod release;

use super::records::{ChangedFile, Commit};

/// A control that does not fit the state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ControlError {
    /// There is no such run.
    #[error("run {0} is not known: start it first")]
    UnknownRun(u64),
    /// There is no such pull request.
    #[error("pull request {0} is not known: open it first")]
    UnknownPull(u64),
    /// Nothing waits for a review there.
    #[error("nothing waits for a review of {environment} in run {run_id}")]
    NothingPending {
        /// The run.
        run_id: u64,
        /// The environment.
        environment: String,
    },
    /// The environment asks for no review, so none can be requested.
    #[error("environment {0} has no required reviewers: add it with some first")]
    NoReviewers(String),
    /// The person may not decide.
    #[error("{login} may not review: {reason}")]
    NotAllowed {
        /// The person.
        login: String,
        /// Why.
        reason: String,
    },
}

/// A pull request to open.
#[derive(Debug, Clone, Default)]
pub struct NewPull {
    /// Its number.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// Login of the author.
    pub author: String,
    /// Branch the changes are on.
    pub head_ref: String,
    /// Newest commit of the changes.
    pub head_sha: String,
    /// Branch it is to be merged into; empty is the default branch.
    pub base_ref: String,
    /// Where that branch is.
    pub base_sha: String,
    /// Its commits, oldest first; empty is the head alone.
    pub commits: Vec<Commit>,
    /// The files it changes.
    pub files: Vec<ChangedFile>,
    /// Whether the changes come from a fork.
    pub fork: bool,
}

impl NewPull {
    /// One by `author`, from branch `change` with a single commit.
    pub fn new(number: u64, head_sha: impl Into<String>) -> Self {
        Self {
            number,
            title: "A change".to_owned(),
            author: "author".to_owned(),
            head_ref: "change".to_owned(),
            head_sha: head_sha.into(),
            base_sha: "0".repeat(40),
            ..Self::default()
        }
    }
}

/// A workflow run to start.
#[derive(Debug, Clone)]
pub struct RunSpec {
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
    /// Which attempt it is, from 1.
    pub attempt: u64,
}

impl RunSpec {
    /// The first attempt of a release that `author` started by a push to `main`.
    pub fn release(id: u64, head_sha: impl Into<String>) -> Self {
        Self {
            id,
            path: ".github/workflows/release.yml".to_owned(),
            name: "Release".to_owned(),
            event: "push".to_owned(),
            head_sha: head_sha.into(),
            head_branch: Some("main".to_owned()),
            actor: "author".to_owned(),
            attempt: 1,
        }
    }
}

/// A check run that somebody else than the suite made.
#[derive(Debug, Clone)]
pub struct NewCheck {
    /// Its name.
    pub name: String,
    /// The commit checked.
    pub head_sha: String,
    /// Slug of the app that made it.
    pub app: String,
    /// The result; `None` while it runs.
    pub conclusion: Option<String>,
}
