//! What the suite needs of GitHub's REST API; the only user of octocrab.
//!
//! A [`Client`] belongs to one repository and one token. Reads are repeated with capped backoff until a
//! deadline; writes are repeated only when GitHub refused them unhandled or when reading back shows
//! that they did not land, so a lost answer never makes a second comment. Answers are read leniently:
//! only what a gate decides on must be there.
//!
//! What may be shown and cannot is [`Error::Forbidden`] with the permission it lacks: a fork's token reads
//! only, and callers go on with one warning.

mod artifacts;
mod cache;
mod call;
mod checks;
mod client;
mod comments;
mod commits;
mod deployments;
mod environments;
mod error;
mod limits;
mod page;
mod people;
mod pulls;
mod routes;
mod runs;
mod send;
mod sticky;
mod transport;
mod unpack;

pub use artifacts::{Artifact, ArtifactRun, Downloads};
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
pub use people::User;
pub use pulls::{PullFile, PullRef, PullRequest, RepositoryRef};
pub use routes::operations;
pub use runs::WorkflowRun;
pub use sticky::{ACTIONS_BOT, Sticky, StickyAction, StickyOutcome};
pub use unpack::unpack;
