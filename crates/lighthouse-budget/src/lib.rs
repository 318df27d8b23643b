//! Holds Lighthouse reports to budgets of web vitals and scores.
//!
//! It reads reports of Lighthouse 10 to 13, several runs of each page, and holds their median to the limits; or it runs
//! npm `lighthouse` itself, one run at a time in a Chrome of its own. A report that measured a login page, an error page
//! or nothing is an error and never a pass.

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a test stops where it fails")
)]

mod collect;
mod compare;
mod compat;
mod decide;
mod evaluate;
mod extended;
mod field;
mod inputs;
pub mod lhci;
mod measure;
mod plan;
mod policy;
mod reading;
mod report;
mod representative;
mod rules;
mod run;
mod versions;
mod wall;

pub use inputs::Inputs;
pub use policy::{
    Aggregate, Budgets, Compared, Compat, OnInconclusive, Policy, Profile, Regression,
    ResourceBudget, ResourceKind, Scores,
};

use gate::{Context, Error, Gate, OutputSpec, Report, SecretSpec};
use pipeline_config::Section;

/// The gate.
#[derive(Clone, Copy, Debug)]
pub struct LighthouseBudget;

impl Gate for LighthouseBudget {
    const NAME: &'static str = "lighthouse-budget";
    const ABOUT: &'static str = "Holds Lighthouse reports to budgets of web vitals and scores; runs Lighthouse itself \
                                 when given URLs";
    const SECTION: &'static str = "lighthouse";
    const OUTPUTS: &'static [OutputSpec] = &[
        OutputSpec {
            name: "performance",
            description: "Performance score, 0 to 100, of the worst page.",
        },
        OutputSpec {
            name: "accessibility",
            description: "Accessibility score, 0 to 100, of the worst page.",
        },
        OutputSpec {
            name: "best-practices",
            description: "Best-practices score, 0 to 100, of the worst page.",
        },
        OutputSpec {
            name: "seo",
            description: "SEO score, 0 to 100, of the worst page.",
        },
        OutputSpec {
            name: "lcp-ms",
            description: "Largest Contentful Paint of the worst page, in milliseconds.",
        },
        OutputSpec {
            name: "cls",
            description: "Cumulative Layout Shift of the worst page.",
        },
        OutputSpec {
            name: "tbt-ms",
            description: "Total Blocking Time of the worst page, in milliseconds.",
        },
        OutputSpec {
            name: "reports",
            description: "The reports that were judged, one path per line.",
        },
    ];
    const SECRETS: &'static [SecretSpec] = &[SecretSpec {
        name: "VERCEL_AUTOMATION_BYPASS_SECRET",
        description: "Opens a deployment behind Deployment Protection for the pages that are measured.",
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
