//! Proves over HTTP that the new version answers as promised.
//!
//! A suite of checks in `stagegate.yml` is asked of a deployment, each check again and again until one shared deadline. With
//! an expected version nothing counts until that version answers, and it must still answer afterwards, so an old deployment
//! behind a slow edge cannot pass. Deployment protection is recognised by name: a login page is not the app. A watch goes on
//! asking and fails fast.
//!
//! [`compile`](compile::compile) (what is written), [`decide`](decide::decide) (what it means) and [`watch`] are pure;
//! [`run`], `probe` and `repeat` ask.

pub mod attempt;
pub mod budget;
pub mod capture;
pub mod compile;
pub mod decide;
pub mod decode;
mod edge;
pub mod expectations;
pub mod facts;
mod figures;
mod findings;
mod health;
pub mod hurl;
mod inputs;
pub mod jar;
pub mod lane;
pub mod load;
pub mod loading;
mod markup;
pub mod plan;
pub mod policy;
pub mod probe;
mod quote;
mod redacted;
pub mod repeat;
pub mod rule;
pub mod run;
pub mod sampling;
pub mod seen;
pub mod select;
mod start;
pub mod status;
pub mod strict;
pub mod suite;
pub mod target;
pub mod template;
#[cfg(test)]
mod testing;
pub mod trouble;
pub mod variables;
pub mod version;
pub mod wall;
pub mod watch;
pub mod world;
pub mod xpath;

pub use inputs::Inputs;

use gate::{Context, Error, Gate, OutputSpec, Report, SecretSpec};
use pipeline_config::Section;

use crate::{policy::Policy, strict::Strict};

/// The gate.
#[derive(Debug)]
pub struct SmokeTest;

impl Gate for SmokeTest {
    const NAME: &'static str = "smoke-test";
    const ABOUT: &'static str = "Proves over HTTP that the new version answers as promised";
    const SECTION: &'static str = "smoke";
    const OUTPUTS: &'static [OutputSpec] = &[
        OutputSpec {
            name: "passed",
            description: "How many checks passed.",
        },
        OutputSpec {
            name: "failed",
            description: "How many checks did not pass, those never asked included.",
        },
        OutputSpec {
            name: "version",
            description: "The version that answered last.",
        },
        OutputSpec {
            name: "p95-ms",
            description: "95th percentile of the time to the last byte, of the watch where there was one.",
        },
        OutputSpec {
            name: "ttfb-p95-ms",
            description: "95th percentile of the time to the headers of the checks' answers.",
        },
        OutputSpec {
            name: "error-rate",
            description: "Share of failed answers, 0 to 1, of the watch where there was one.",
        },
    ];
    const SECRETS: &'static [SecretSpec] = &[SecretSpec {
        name: "VERCEL_AUTOMATION_BYPASS_SECRET",
        description: "Opens a deployment behind Deployment Protection; sent to the tested host only.",
    }];
    type Inputs = Inputs;
    type Config = Strict<Policy>;

    async fn run(
        inputs: Inputs,
        config: Section<Strict<Policy>>,
        context: &Context,
    ) -> Result<Report, Error> {
        start::start(inputs, config, context).await
    }
}
