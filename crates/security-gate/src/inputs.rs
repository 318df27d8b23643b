//! The inputs of security-gate.

use std::path::PathBuf;

use clap::Args;

use crate::severity::Threshold;

/// The inputs of security-gate.
#[derive(Clone, Debug, Default, Args)]
pub struct SecurityInputs {
    /// Report to read besides those of the config, as a path or glob, with the scanner's name in front if it has one
    #[arg(long, value_name = "[NAME=]GLOB")]
    pub report: Vec<String>,
    /// Least severity that fails; default: the config's, else high
    #[arg(long, value_enum)]
    pub fail_on: Option<Threshold>,
    /// Where the merged SARIF goes; default: .stagegate/security.sarif
    #[arg(long, value_name = "FILE")]
    pub sarif: Option<PathBuf>,
}
