//! Shows a run's verdicts where people look: one sticky comment and one check run.
//!
//! It also runs after fork pull requests (`workflow_run`), where the verdicts come from a stranger's
//! code. Commit and pull request are therefore taken from GitHub and never from a verdict, and what does
//! not belong to the commit is not shown. A surface that refuses us costs a warning and nothing else.

mod annotations;
mod inputs;
mod needs;
mod plan;
mod policy;
mod run;
mod selection;
mod surfaces;
mod target;

pub use run::PublishReport;
