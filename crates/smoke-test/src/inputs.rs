//! The gate's inputs.

use clap::Args;
use pipeline_config::Millis;

/// The inputs of smoke-test.
#[derive(Clone, Debug, Args)]
pub struct Inputs {
    /// Address of the deployment to test, as vercel-deploy outputs it
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// Files with a smoke section of their own, as globs; their checks replace those of stagegate.yml
    #[arg(long, value_name = "GLOB")]
    pub suite: Vec<String>,
    /// Run only checks that have one of these tags
    #[arg(long, value_name = "TAG")]
    pub tags: Vec<String>,
    /// Time for all checks together, repetitions included; default: 60 s
    #[arg(long, value_name = "DURATION")]
    pub deadline: Option<Millis>,
    /// Version that must answer before and after the checks, such as the commit SHA
    #[arg(long, value_name = "VERSION")]
    pub expect_version: Option<String>,
    /// Keep asking for this long after the checks and fail fast
    #[arg(long, value_name = "DURATION")]
    pub watch: Option<Millis>,
    /// Put the load of the smoke section on the deployment after the checks; never on a host it does not list
    #[arg(long)]
    pub load: bool,
    /// Passing answers in a row that each check needs; default: 1
    #[arg(long, value_name = "N")]
    pub samples: Option<u32>,
    /// Only read the suite; nothing is asked, and the answer is pending
    #[arg(long)]
    pub dry_run: bool,
}
