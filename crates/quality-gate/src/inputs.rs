//! The inputs of quality-gate.

use clap::{Args, ValueEnum};

/// What to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// Run the checkers.
    #[default]
    Run,
    /// Read test reports.
    Ingest,
}

/// The inputs of quality-gate.
#[derive(Clone, Debug, Default, Args)]
pub struct QualityInputs {
    /// Whether to run the checkers or to ingest test reports; default: run
    #[arg(long, value_enum)]
    pub mode: Option<Mode>,
    /// Test report to ingest, as a path or glob, with its suite's name in front if it has one; replaces the config's suites
    #[arg(long, value_name = "[NAME=]GLOB")]
    pub report: Vec<String>,
    /// How many reports each suite named by report must have
    #[arg(long, value_name = "COUNT")]
    pub shards: Option<u32>,
}
