//! The inputs as they are given; [`crate::plan`] checks what they mean together.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use pipeline_config::{Millis, Percent};

/// What the gate is asked to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// Upload the build and wait until it is ready
    #[default]
    Deploy,
    /// Make a staged deployment what production serves
    Promote,
    /// Promote in stages, sampling each, and go back when a stage fails
    Rolling,
    /// Return production to an earlier deployment
    Rollback,
    /// Print the build's digest; needs no network
    Digest,
}

/// Whether GitHub's list of deployments is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum GithubDeployment {
    /// Where a token and a commit are known
    #[default]
    Auto,
    /// Never
    Off,
}

/// Inputs of vercel-deploy. Credentials come from the environment: VERCEL_TOKEN, VERCEL_ORG_ID, VERCEL_PROJECT_ID.
#[derive(Clone, Debug, Default, Args)]
pub struct Inputs {
    /// What to do; default: deploy
    #[arg(long, value_enum, value_name = "MODE")]
    pub mode: Option<Mode>,
    /// Where to: preview, production, or a custom environment such as staging; default: preview, for promote, rolling and rollback production
    #[arg(long, value_name = "NAME")]
    pub environment: Option<String>,
    /// The build, in the format of the Build Output API; default: .vercel/output
    #[arg(long, value_name = "DIR")]
    pub output_dir: Option<PathBuf>,
    /// Deploy to production without moving its domains, to be promoted later
    #[arg(long)]
    pub staged: bool,
    /// The deployment to promote or to return to, by id or host; rollback finds the previous one itself
    #[arg(long, value_name = "ID")]
    pub deployment: Option<String>,
    /// Release record of approval-gate; nothing is promoted unless commit, digest and environment agree with it
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// Domains that must serve the deployment; default: the project's production domains
    #[arg(long, value_name = "DOMAIN")]
    pub domains: Vec<String>,
    /// Time for everything together; default: 10 min
    #[arg(long, value_name = "DURATION")]
    pub timeout: Option<Millis>,
    /// Requests per stage of a rolling release; default: 20
    #[arg(long, value_name = "COUNT")]
    pub samples: Option<u32>,
    /// Failed requests that a stage may have; default: 0 %
    #[arg(long, value_name = "PERCENT")]
    pub max_error_rate: Option<Percent>,
    /// Path that is requested in each stage; default: /
    #[arg(long, value_name = "PATH")]
    pub sample_path: Option<String>,
    /// Time over which a stage's requests are spread; default: none
    #[arg(long, value_name = "DURATION")]
    pub bake: Option<Millis>,
    /// Keep GitHub's list of deployments; default: auto
    #[arg(long, value_enum, value_name = "WHEN")]
    pub github_deployment: Option<GithubDeployment>,
    /// Check everything, change nothing
    #[arg(long)]
    pub dry_run: bool,
}
