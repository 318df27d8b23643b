//! The inputs of the gate.

use std::path::PathBuf;

use clap::Args;

use crate::site::FrameworkName;

/// Inputs of bundle-budget.
#[derive(Clone, Debug, Args)]
pub struct Inputs {
    /// Folder of the app, the one that holds .next or the build of another framework; default: the working directory
    #[arg(long, value_name = "DIR")]
    pub app: Option<PathBuf>,
    /// What built the app; default: detected
    #[arg(long, value_name = "NAME")]
    pub framework: Option<FrameworkName>,
    /// Build Output folder to digest and to compare with the build; default: .vercel/output of the app, when it exists
    #[arg(long, value_name = "DIR")]
    pub build_output: Option<PathBuf>,
    /// Baseline to compare with, as an earlier run wrote it; a missing file is said and never fails
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Name of the artifact in which runs of the main branch keep their baseline; the one of the merge base, or of the nearest commit before it, is fetched by GITHUB_TOKEN. A file that is there wins; a missing artifact is said and never fails
    #[arg(long, value_name = "NAME")]
    pub baseline_artifact: Option<String>,
    /// Where to write the baseline for later runs; keep it outside .next
    #[arg(long, value_name = "FILE")]
    pub write_baseline: Option<PathBuf>,
    /// A file of size-limit, bundlewatch, bundlesize or nextBundleAnalysis (package.json) to read as it is
    #[arg(long, value_name = "FILE")]
    pub peer_config: Vec<PathBuf>,
}
