//! What the suite needs of Vercel's REST API: deploy, promote, roll back, release in stages, and look up what
//! a domain serves.
//!
//! Requests are typed and strict, answers lenient: fields we do not read may come and go. The client decides nothing about
//! a release; it repeats only what may be repeated and says what the service said.

mod alias;
mod client;
mod create;
mod deployment;
mod error;
mod events;
mod list;
mod production;
mod project;
mod quota;
mod rolling;
mod scope;
mod shipment;
mod upload;
mod wait;

pub use alias::Alias;
pub use client::Vercel;
pub use create::{Created, GitMetadata, NewDeployment, Target};
pub use deployment::{Deployment, Progress, ReadyState, Substate};
pub use error::{ApiError, Error};
pub use events::{Event, Log};
pub use list::{Candidate, Filter};
pub use production::Accepted;
pub use project::{AliasJob, JobKind, JobStatus, Project};
pub use rolling::{ReleaseState, RollingConfig, RollingRelease, Stage};
pub use scope::Scope;
pub use shipment::Shipment;
pub use upload::Uploaded;
pub use wait::Pace;
