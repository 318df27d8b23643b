//! What a workflow or a command line tells this gate.

use clap::Args;

use crate::policy::CommentMode;

/// The inputs of publish-report.
#[derive(Debug, Default, Args)]
pub struct Inputs {
    /// Folders, files or globs with verdicts; default: the artifacts of another run, .stagegate/verdicts for this one
    #[arg(long, value_name = "PATH")]
    pub verdicts: Vec<String>,
    /// Globs over names: the artifacts that hold verdicts, downloaded by the gate; default: verdict-*
    #[arg(long, value_name = "GLOB", conflicts_with = "verdicts")]
    pub artifacts: Vec<String>,
    /// When to comment on the pull request; default: changes
    #[arg(long, value_enum)]
    pub comment: Option<CommentMode>,
    /// Whether to set the check run `Stagegate`; default: true
    #[arg(long, value_name = "BOOL")]
    pub check_run: Option<bool>,
    /// The run whose verdicts are shown; default: the run that triggered this one, else this run
    #[arg(long, value_name = "ID")]
    pub run_id: Option<u64>,
    /// Show this run, also when another one triggered it
    #[arg(long, conflicts_with = "run_id")]
    pub this_run: bool,
    /// Jobs this one needs, as `toJSON(needs)` gives them: one that failed is shown even when no gate of it spoke
    #[arg(long, value_name = "JSON")]
    pub needs: Option<String>,
    /// Where the change can be tried
    #[arg(long, value_name = "URL")]
    pub preview_url: Option<String>,
    /// The account that GITHUB_TOKEN writes as; default: github-actions[bot]
    #[arg(long, value_name = "LOGIN")]
    pub comment_author: Option<String>,
    /// Say what would be posted and post nothing
    #[arg(long)]
    pub dry_run: bool,
}
