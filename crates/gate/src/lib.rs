//! The frame every gate stands in: read, decide, report, exit.
//!
//! A gate implements [`Gate`]: its inputs as one clap struct, its config section, its outputs and `run`.
//! The frame does the rest, the same for all: it merges flags, action inputs and config, writes the
//! verdict, the outputs and the surfaces on every path, also on errors, and turns the conclusion into an
//! exit code: 0 pass, warn or pending · 1 fail · 2 wrong usage or config · 3 could not decide.

mod arguments;
mod changed;
mod context;
mod error;
mod file_inputs;
mod files;
mod find;
mod fit;
mod foreign;
mod frame;
mod look;
mod metadata;
mod progress;
mod report;
mod surfaces;
mod tree;
mod verdicts;
mod withheld;

pub use context::{Context, ReadFileError};
pub use error::{Error, Problem};
pub use find::FindError;
pub use foreign::{MAX_FINDINGS, MAX_TEXT, foreign_text, worst_findings};
pub use frame::{dispatch, main};
pub use metadata::{FRAME_OUTPUTS, Input, InputKind, Metadata, metadata};
pub use progress::Progress;
pub use report::{Draft, Report};
pub use tree::Tree;
pub use verdicts::{FoundVerdict, FoundVerdicts, VERDICTS_FOLDER};
pub use withheld::WITHHELD;

use std::future::Future;

use pipeline_config::Section;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

/// An output of an action.
#[derive(Clone, Copy, Debug)]
pub struct OutputSpec {
    /// Kebab-case.
    pub name: &'static str,
    /// One sentence for the action's table.
    pub description: &'static str,
}

/// A variable of the environment that holds a secret. Secrets never travel as inputs, because inputs
/// are printed by runners and end up in command lines.
#[derive(Clone, Copy, Debug)]
pub struct SecretSpec {
    /// The variable.
    pub name: &'static str,
    /// One sentence for the action's table.
    pub description: &'static str,
}

/// A program that reads evidence, applies a policy and gives a verdict.
pub trait Gate {
    /// The name of the crate, the binary and the action folder.
    const NAME: &'static str;
    /// What it does, in one sentence without a final stop.
    const ABOUT: &'static str;
    /// Its key in `stagegate.yml`.
    const SECTION: &'static str;
    /// Its own outputs; `conclusion`, `title` and `verdict-path` come with the frame.
    const OUTPUTS: &'static [OutputSpec];
    /// The secrets it reads from the environment.
    const SECRETS: &'static [SecretSpec] = &[];
    /// Its inputs: flag `--foo-bar` is action input `foo-bar`; a repeatable flag takes a multi-line
    /// input, a switch takes `true` or `false`.
    type Inputs: clap::Args;
    /// Its config section.
    type Config: DeserializeOwned + JsonSchema + Default;

    /// Reads the evidence and decides.
    ///
    /// # Errors
    /// [`Error::Usage`] when inputs or config cannot be meant so, [`Error::Undecided`] when the
    /// evidence does not allow a decision.
    fn run(
        inputs: Self::Inputs,
        config: Section<Self::Config>,
        context: &Context,
    ) -> impl Future<Output = Result<Report, Error>>;
}
