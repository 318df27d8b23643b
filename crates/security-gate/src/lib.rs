//! Reads the reports of security scanners, merges them and holds them to one severity policy.
//!
//! Every declared scanner must be accounted for: its report is clean, has findings, is degraded or is
//! missing, and the last two are never taken for the first. The merged result is written as SARIF, the
//! same bytes for the same reports. Messages never carry a secret's value.

mod decide;
mod formats;
mod inputs;
mod issue;
mod merge;
mod policy;
mod redact;
mod run;
mod sarif_out;
mod severity;

pub use inputs::SecurityInputs;
pub use policy::{ReportFormat, ScannerPolicy, SecurityPolicy};
pub use severity::Threshold;

use gate::{Context, Error, Gate, OutputSpec, Report};
use pipeline_config::Section;

/// The gate for security scans.
#[derive(Debug)]
pub struct SecurityGate;

impl Gate for SecurityGate {
    const NAME: &'static str = "security-gate";
    const ABOUT: &'static str =
        "Merges SARIF and npm audit reports and applies one severity threshold";
    const SECTION: &'static str = "security";
    const OUTPUTS: &'static [OutputSpec] = &[
        OutputSpec {
            name: "critical",
            description: "How many findings are critical, after merging.",
        },
        OutputSpec {
            name: "high",
            description: "How many findings are high, after merging.",
        },
        OutputSpec {
            name: "moderate",
            description: "How many findings are moderate, after merging.",
        },
        OutputSpec {
            name: "low",
            description: "How many findings are low, after merging.",
        },
        OutputSpec {
            name: "sarif-path",
            description: "Where the merged SARIF was written.",
        },
    ];
    type Inputs = SecurityInputs;
    type Config = SecurityPolicy;

    async fn run(
        inputs: SecurityInputs,
        config: Section<SecurityPolicy>,
        context: &Context,
    ) -> Result<Report, Error> {
        run::run(&inputs, &config, context)
    }
}
