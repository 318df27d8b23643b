//! Shows a run's verdicts where people look: one sticky comment and one check run.
//!
//! It also runs after fork pull requests (`workflow_run`), where the verdicts come from a stranger's
//! code. It downloads them itself, unpacks them in memory, takes commit and pull request from GitHub and
//! never from a verdict, and lists what it refuses. A surface that refuses us costs a warning and nothing else.

mod annotations;
mod diff;
mod fetch;
mod inputs;
mod needs;
mod plan;
mod policy;
mod pulls;
mod run;
mod selection;
mod surfaces;
mod target;

pub use run::PublishReport;
