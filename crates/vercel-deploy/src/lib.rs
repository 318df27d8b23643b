//! Deploys, promotes and rolls back on Vercel, and proves each by what the domains point at.
//!
//! A build is deployed as it is, under its digest; a promote compares release record, bytes and deployment before it moves
//! anything, and no mode believes an acceptance: success is the alias of every domain. What production served before is
//! looked up first and given out, so that there is always a way back.

mod alias;
mod build_log;
mod connect;
mod decide;
mod deploy;
mod digest;
mod domains;
mod github;
mod inputs;
mod interrupt;
mod ledger;
mod meta;
mod packing;
mod plan;
mod policy;
mod promote;
mod rebuild;
mod record;
mod rollback;
mod rolling;
mod run;
mod sample;
mod session;
mod status;
mod switch;
mod warm;
mod warm_decide;

pub use inputs::Inputs;
pub use policy::Deploy;

use gate::{Context, Error, Gate, OutputSpec, Report, SecretSpec};
use pipeline_config::Section;

/// The gate.
#[derive(Debug)]
pub struct VercelDeploy;

impl Gate for VercelDeploy {
    const NAME: &'static str = "vercel-deploy";
    const ABOUT: &'static str =
        "Deploys, promotes and rolls back on Vercel, and proves each by what the domains point at";
    const SECTION: &'static str = "deploy";
    const OUTPUTS: &'static [OutputSpec] = ledger::OUTPUTS;
    const SECRETS: &'static [SecretSpec] = &[
        SecretSpec {
            name: "VERCEL_TOKEN",
            description: "May deploy the project; give it to this step only.",
        },
        SecretSpec {
            name: "VERCEL_ORG_ID",
            description: "The team or account that owns the project, which is no secret; default: what `vercel link` wrote.",
        },
        SecretSpec {
            name: "VERCEL_PROJECT_ID",
            description: "The project, which is no secret; default: what `vercel link` wrote.",
        },
        SecretSpec {
            name: "VERCEL_AUTOMATION_BYPASS_SECRET",
            description: "Opens deployments behind Deployment Protection, to prove what they serve.",
        },
        SecretSpec {
            name: "GITHUB_TOKEN",
            description: "Keeps GitHub's list of deployments; the action passes the job's own token.",
        },
    ];
    type Inputs = Inputs;
    type Config = Deploy;

    async fn run(
        inputs: Inputs,
        config: Section<Deploy>,
        context: &Context,
    ) -> Result<Report, Error> {
        run::run(inputs, &config, context).await
    }
}
