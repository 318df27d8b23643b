//! What a workflow or a command line tells this gate.

use std::path::PathBuf;

use clap::Args;

/// The inputs of approval-gate.
#[derive(Debug, Default, Args)]
pub struct Inputs {
    /// What to do; default and only one so far: `evaluate`, which decides once and ends
    #[arg(long, value_name = "MODE")]
    pub mode: Option<String>,
    /// Folders, files or globs with verdicts; default: .stagegate/verdicts
    #[arg(long, value_name = "PATH")]
    pub verdicts: Vec<String>,
    /// Gates that must have answered: `gate` asks for at least one verdict of the gate; name instances, `gate/instance`, to require each
    #[arg(long, value_name = "GATE")]
    pub require: Vec<String>,
    /// Gates whose verdict must carry the digest of the build
    #[arg(long, value_name = "GATE")]
    pub bound_to_digest: Vec<String>,
    /// Whether a verdict with warnings is good enough; default: true
    #[arg(long, value_name = "BOOL")]
    pub allow_warn: Option<bool>,
    /// Another run whose verdicts count, such as the pull request's; it must have succeeded
    #[arg(long, value_name = "ID")]
    pub evidence_run_id: Option<u64>,
    /// GitHub environment that is approved; default: production
    #[arg(long, value_name = "NAME")]
    pub environment: Option<String>,
    /// GitHub environment the release was proved in; default: staging
    #[arg(long, value_name = "NAME")]
    pub staging_environment: Option<String>,
    /// Who may approve, as `login` or `team:slug`
    #[arg(long, value_name = "WHO")]
    pub approvers: Vec<String>,
    /// Whether somebody may approve what they made or started; default: false
    #[arg(long, value_name = "BOOL")]
    pub allow_self: Option<bool>,
    /// Whether this job runs behind the environment, so that no approval means a bypass; default: true
    #[arg(long, value_name = "BOOL")]
    pub behind_environment: Option<bool>,
    /// Where the release record goes; default: .stagegate/release-record.json
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
}
