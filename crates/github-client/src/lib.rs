//! What the suite needs of GitHub's REST API; the only user of octocrab.
//!
//! A [`Client`] belongs to one repository and one token. Reads are repeated with capped backoff until a
//! deadline; writes are repeated only when GitHub refused them unhandled or when reading back shows
//! that they did not land, so a lost answer never makes a second comment. Answers are read leniently:
//! only what a gate decides on must be there.

mod artifacts;
mod call;
mod checks;
mod client;
mod comments;
mod commits;
mod contents;
mod deployments;
mod environments;
mod error;
mod limits;
mod page;
mod people;
mod pulls;
mod runs;
mod send;
mod statuses;
mod sticky;
mod transport;

pub use artifacts::{Artifact, Downloads};
pub use checks::{
    App, CheckAnnotation, CheckConclusion, CheckOutput, CheckRun, MAX_ANNOTATIONS_PER_REQUEST,
    NewCheckRun,
};
pub use client::{Client, Options};
pub use comments::Comment;
pub use commits::{Commit, CommitDetail, Signature};
pub use deployments::{
    Deployment, DeploymentState, DeploymentStatus, NewDeployment, NewDeploymentStatus,
};
pub use environments::{Environment, EnvironmentApproval, EnvironmentRef, PendingDeployment};
pub use error::Error;
pub use people::{Permission, User};
pub use pulls::{PullRef, PullRequest, RepositoryRef};
pub use runs::WorkflowRun;
pub use statuses::{CommitState, CommitStatus, NewCommitStatus};
pub use sticky::{ACTIONS_BOT, Sticky, StickyAction, StickyOutcome};
