//! The inputs of the gate.

use std::path::PathBuf;

use clap::Args;

/// Inputs of bundle-budget.
#[derive(Clone, Debug, Args)]
pub struct Inputs {
    /// Folder of the app, the one that holds .next; default: the working directory
    #[arg(long, value_name = "DIR")]
    pub app: Option<PathBuf>,
    /// Build Output folder to digest and to compare with the build; default: .vercel/output of the app, when it exists
    #[arg(long, value_name = "DIR")]
    pub build_output: Option<PathBuf>,
}
