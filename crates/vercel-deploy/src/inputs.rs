//! The inputs as they are given; [`crate::plan`] checks what they mean together.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use pipeline_config::{Millis, Percent};
use schemars::JsonSchema;
use serde::Deserialize;

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
    /// Point domains that are not production's at a deployment
    Alias,
    /// Fill the edge's cache after a promote, and prove that it answers
    Warm,
    /// Say what production serves and what is under way; changes nothing
    Status,
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

/// When files are sent as one archive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Archive {
    /// When more are missing than a plan's upload quota bears, or there are more than Vercel takes
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// What is done to a rolling release.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Step {
    /// Start, sample each stage, and go on or back
    #[default]
    Run,
    /// Start only
    Start,
    /// Go on to the next stage
    Approve,
    /// Give the canary everybody
    Complete,
    /// Go back to what served before
    Abort,
}

/// Inputs of vercel-deploy. Credentials come from the environment: VERCEL_TOKEN, VERCEL_ORG_ID, VERCEL_PROJECT_ID.
#[derive(Clone, Debug, Default, Args)]
pub struct Inputs {
    /// What to do; default: deploy
    #[arg(long, value_enum, value_name = "MODE")]
    pub mode: Option<Mode>,
    /// Where to: preview, production, or a custom environment such as staging; default: preview, for what acts on production that
    #[arg(long, value_name = "NAME")]
    pub environment: Option<String>,
    /// The build, in the format of the Build Output API; default: .vercel/output
    #[arg(long, value_name = "DIR")]
    pub output_dir: Option<PathBuf>,
    /// A plain folder of web pages to deploy in place of a build
    #[arg(long, value_name = "DIR")]
    pub static_dir: Option<PathBuf>,
    /// The config.json of that folder, such as one with routes or cleanUrls; default: every file under its own path
    #[arg(long, value_name = "FILE")]
    pub static_config: Option<PathBuf>,
    /// Sources that Vercel is to build, without what .vercelignore leaves out
    #[arg(long, value_name = "DIR")]
    pub source_dir: Option<PathBuf>,
    /// The app's folder in a monorepo, relative to the repository; default: the project's setting
    #[arg(long, value_name = "PATH")]
    pub root_directory: Option<String>,
    /// Send one archive in place of many files; default: auto
    #[arg(long, value_enum, value_name = "WHEN")]
    pub archive: Option<Archive>,
    /// What else the deployment carries, as NAME=VALUE
    #[arg(long, value_name = "NAME=VALUE")]
    pub meta: Vec<String>,
    /// Deploy to production without moving its domains, to be promoted later
    #[arg(long)]
    pub staged: bool,
    /// The deployment to promote, to point domains at or to return to, by id or host; rollback finds the previous one itself
    #[arg(long, value_name = "ID")]
    pub deployment: Option<String>,
    /// Release record of approval-gate; nothing is promoted unless commit, digest and environment agree with it
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// Let promote rebuild a deployment that was not made for production: other bytes than the tested ones go live
    #[arg(long)]
    pub allow_rebuild: bool,
    /// Domains that must serve the deployment, or that alias points at it; default: the project's production domains
    #[arg(long, value_name = "DOMAIN")]
    pub domains: Vec<String>,
    /// Time for everything together; default: 10 min
    #[arg(long, value_name = "DURATION")]
    pub timeout: Option<Millis>,
    /// What to do with a rolling release; default: run
    #[arg(long, value_enum, value_name = "STEP")]
    pub step: Option<Step>,
    /// Requests per stage of a rolling release; default: 20
    #[arg(long, value_name = "COUNT")]
    pub samples: Option<u32>,
    /// Failed requests that a stage may have; default: 0 %
    #[arg(long, value_name = "PERCENT")]
    pub max_error_rate: Option<Percent>,
    /// Time within which 95 of 100 requests to the canary are answered; default: no limit
    #[arg(long, value_name = "DURATION")]
    pub max_p95: Option<Millis>,
    /// Program that judges each stage after the requests, by its exit code; its own words, split at spaces
    #[arg(long, value_name = "COMMAND")]
    pub stage_command: Option<String>,
    /// Path that is requested in each stage; default: /
    #[arg(long, value_name = "PATH")]
    pub sample_path: Option<String>,
    /// Time over which a stage's requests are spread; default: none
    #[arg(long, value_name = "DURATION")]
    pub bake: Option<Millis>,
    /// Paths to warm; default: /
    #[arg(long, value_name = "PATH")]
    pub paths: Vec<String>,
    /// Sitemap whose pages are warmed too, as a path on the domain
    #[arg(long, value_name = "PATH")]
    pub sitemap: Option<String>,
    /// The most paths to warm; default: 200
    #[arg(long, value_name = "COUNT")]
    pub max_paths: Option<u32>,
    /// Share of the warmed paths whose second answer must come from the cache; default: 100 %
    #[arg(long, value_name = "PERCENT")]
    pub min_hit_rate: Option<Percent>,
    /// Keep GitHub's list of deployments; default: auto
    #[arg(long, value_enum, value_name = "WHEN")]
    pub github_deployment: Option<GithubDeployment>,
    /// Check everything, say what would be done, change nothing
    #[arg(long)]
    pub dry_run: bool,
}
