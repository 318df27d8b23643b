//! What is known so far. It is kept up to date while work goes on, so that an interrupted or failed run still says what it
//! did, and still gives out the deployment to return to.

use gate::{Draft, OutputSpec, Report};
use verdict::{Conclusion, Digest, Evidence, Finding, Metric};

/// The gate's own outputs.
pub(crate) const OUTPUTS: &[OutputSpec] = &[
    OutputSpec {
        name: "deployment-id",
        description: "Id of the deployment that was made, promoted or returned to.",
    },
    OutputSpec {
        name: "url",
        description: "Where it answers: the domain that was proven to serve it, else its own address.",
    },
    OutputSpec {
        name: "inspector-url",
        description: "Vercel's page about it, with its build log.",
    },
    OutputSpec {
        name: "ready-state",
        description: "Its state, such as READY.",
    },
    OutputSpec {
        name: "substate",
        description: "What production traffic it has seen: STAGED, ROLLING or PROMOTED.",
    },
    OutputSpec {
        name: "previous-deployment-id",
        description: "What production served before; the way back.",
    },
    OutputSpec {
        name: "production-deployment-id",
        description: "What production was proven to serve at the end.",
    },
    OutputSpec {
        name: "aliases",
        description: "Domains proven to point at the deployment, one per line.",
    },
    OutputSpec {
        name: "files-total",
        description: "Files of the build.",
    },
    OutputSpec {
        name: "files-uploaded",
        description: "Contents that Vercel did not have yet.",
    },
    OutputSpec {
        name: "bytes-uploaded",
        description: "Their bytes.",
    },
    OutputSpec {
        name: "requests",
        description: "Requests sent to Vercel, retries included.",
    },
    OutputSpec {
        name: "digest",
        description: "Digest of the build, `sha256:` and 64 hex digits.",
    },
    OutputSpec {
        name: "rolled-back",
        description: "`true` when production was returned to the previous deployment.",
    },
    OutputSpec {
        name: "seconds",
        description: "How long it took.",
    },
];

/// The books of one run.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    outputs: Vec<(&'static str, String)>,
    pub(crate) findings: Vec<Finding>,
    /// Of surfaces: shown, but never a reason for another conclusion.
    pub(crate) asides: Vec<Finding>,
    pub(crate) metrics: Vec<Metric>,
    pub(crate) evidence: Vec<Evidence>,
    pub(crate) digest: Option<Digest>,
    /// What is being done, for an interruption.
    pub(crate) doing: String,
    /// What is true now and how to go on, for an interruption.
    pub(crate) resume: String,
}

impl Ledger {
    /// Sets an output; a later value replaces an earlier one.
    pub(crate) fn output(&mut self, name: &'static str, value: impl ToString) {
        self.outputs.retain(|(known, _)| *known != name);
        self.outputs.push((name, value.to_string()));
    }

    /// An output's value so far; empty when it is not set.
    pub(crate) fn value(&self, name: &str) -> String {
        self.outputs
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.clone())
            .unwrap_or_default()
    }

    /// Says what begins now, and what holds if it is cut short.
    pub(crate) fn step(&mut self, doing: impl Into<String>, resume: impl Into<String>) {
        (self.doing, self.resume) = (doing.into(), resume.into());
    }

    /// Closes the books. `failed` is why there is no decision.
    pub(crate) fn close(mut self, title: String, failed: Vec<Finding>) -> Report {
        let conclusion = if failed.is_empty() {
            Draft::conclude(&self.findings, &self.metrics)
        } else {
            Conclusion::Error
        };
        self.findings.splice(0..0, failed);
        self.findings.append(&mut self.asides);
        let mut draft = Draft::new(conclusion, title)
            .findings(self.findings)
            .metrics(self.metrics)
            .evidence(self.evidence);
        draft.digest = self.digest;
        Report {
            draft,
            outputs: self.outputs,
        }
    }
}
