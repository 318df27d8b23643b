//! The contract with the GitHub Actions runner: inputs, outputs, commands, summary, masks, event.
//!
//! This crate is the only reader of `GITHUB_*` and `RUNNER_*`, and the only writer of standard output,
//! because on a runner standard output is a command channel: whatever lands there may be executed.
//! Foreign text therefore passes through [`Commands`], which escapes it or wraps it in
//! `::stop-commands::`.

mod commands;
mod event;
mod files;
mod inputs;
mod runner;

pub use commands::{Commands, MAX_ANNOTATIONS_PER_LEVEL, stdout};
pub use event::{Event, EventKind};
pub use files::{FileError, SUMMARY_LIMIT, append_outputs, append_summary};
pub use inputs::{INPUTS_VARIABLE, Inputs, InputsError};
pub use runner::{Runner, RunnerError};
