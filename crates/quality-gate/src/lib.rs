//! Runs the repository's own checkers, or reads the test reports of earlier jobs.
//!
//! `mode: run` starts tsc, ESLint and Prettier side by side from the repository's `node_modules` and
//! turns what they print into findings. `mode: ingest` reads Vitest JSON and JUnit XML. Both fail
//! closed: a checker that crashed, a shard that is not there or a report without tests is an error,
//! never a pass.

mod checkers;
mod decide;
mod detect;
mod ingest;
mod inputs;
mod policy;
mod process;
mod reports;
mod run;
mod suite;

pub use inputs::{Mode, QualityInputs};
pub use policy::{CheckerPolicy, Checkers, Flaky, QualityPolicy, ReportFormat, SuitePolicy};

use gate::{Context, Error, Gate, OutputSpec, Report};
use pipeline_config::Section;

/// The gate for code quality and tests.
#[derive(Debug)]
pub struct QualityGate;

impl Gate for QualityGate {
    const NAME: &'static str = "quality-gate";
    const ABOUT: &'static str =
        "Runs tsc, ESLint and Prettier from the repository's node_modules, or reads test reports";
    const SECTION: &'static str = "quality";
    const OUTPUTS: &'static [OutputSpec] = &[
        OutputSpec {
            name: "errors",
            description: "How many errors the checkers or tests have.",
        },
        OutputSpec {
            name: "warnings",
            description: "How many warnings the checkers or tests have.",
        },
        OutputSpec {
            name: "tests-total",
            description: "How many tests the reports hold; empty when none were ingested.",
        },
        OutputSpec {
            name: "tests-failed",
            description: "How many tests failed, files that could not be loaded included.",
        },
        OutputSpec {
            name: "tests-flaky",
            description: "How many tests passed only after a retry.",
        },
        OutputSpec {
            name: "tests-skipped",
            description: "How many tests were skipped.",
        },
    ];
    type Inputs = QualityInputs;
    type Config = QualityPolicy;

    async fn run(
        inputs: QualityInputs,
        config: Section<QualityPolicy>,
        context: &Context,
    ) -> Result<Report, Error> {
        match inputs.mode.unwrap_or_default() {
            Mode::Run if !inputs.report.is_empty() || inputs.shards.is_some() => Err(Error::usage(
                "`report` and `shards` belong to `mode: ingest`",
            )
            .fix("set `mode: ingest`, or leave them out")),
            Mode::Run => run::run(config.values, context).await,
            Mode::Ingest => ingest::ingest(&inputs, config, context),
        }
    }
}
