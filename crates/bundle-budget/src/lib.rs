//! Holds the first-load JavaScript of every route to its budget, and digests the build.
//!
//! It reads what a build left behind (it never installs or builds), says for each route what a browser loads first, in
//! every compression, what grew since a baseline and why, and where each number comes from. It proves code splitting
//! (`deny`, `lazy`) by source maps or by the texts of the installed package, finds duplicates and heavy images, checks
//! that no chunk is missing, and computes the digest of the Build Output.

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a test stops where it fails")
)]

mod baseline;
mod decide;
mod facts;
mod gather;
mod inputs;
mod integrity;
mod modules;
mod next;
mod pattern;
mod peers;
mod policy;
mod run;
mod site;
mod size;
mod terms;
mod vite;

pub use inputs::Inputs;
pub use policy::{
    App, Compression, Duplicates, FileRule, Images, Increase, Mode, Noise, Policy, RouteRule,
};
pub use site::FrameworkName;

use gate::{Context, Error, Gate, OutputSpec, Report, SecretSpec};
use pipeline_config::Section;

/// The gate.
#[derive(Clone, Copy, Debug)]
pub struct BundleBudget;

impl Gate for BundleBudget {
    const NAME: &'static str = "bundle-budget";
    const ABOUT: &'static str = "Holds the first-load JavaScript of every route to its budget, proves code splitting, \
                                 and digests the build";
    const SECTION: &'static str = "bundle";
    const OUTPUTS: &'static [OutputSpec] = &[
        OutputSpec {
            name: "digest",
            description: "Digest of the Build Output folder, `sha256:` and 64 hex digits; empty without such a folder.",
        },
        OutputSpec {
            name: "routes",
            description: "How many routes were measured.",
        },
        OutputSpec {
            name: "first-load-max",
            description: "Bytes of the largest first load, in the compression that is gated.",
        },
        OutputSpec {
            name: "total-js",
            description: "Bytes of all JavaScript of the build, in the compression that is gated.",
        },
    ];
    const SECRETS: &'static [SecretSpec] = &[SecretSpec {
        name: "GITHUB_TOKEN",
        description: "Finds `baseline-artifact`; a read-only one is enough.",
    }];
    type Inputs = Inputs;
    type Config = Policy;

    async fn run(
        inputs: Inputs,
        config: Section<Policy>,
        context: &Context,
    ) -> Result<Report, Error> {
        run::run(&inputs, &config, context).await
    }
}
