//! What is known so far. It is kept up to date while work goes on, so that an interrupted or failed run still says what it
//! did, and still gives out the deployment to return to.

use std::time::Duration;

use gate::{Draft, OutputSpec, Report};
use verdict::{Conclusion, Digest, Evidence, Figure, Finding, Metric, Table};

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
        name: "archived",
        description: "`true` when the files were sent as one archive.",
    },
    OutputSpec {
        name: "recovery-seconds",
        description: "From asking for a rollback until every domain was proven to serve the earlier deployment.",
    },
    OutputSpec {
        name: "state",
        description: "What production is doing, by mode status and rolling: serving, rolling, moving, failed or split.",
    },
    OutputSpec {
        name: "hit-rate",
        description: "Share of warmed paths whose second answer came from the cache, 0 to 1.",
    },
    OutputSpec {
        name: "region",
        description: "The edge region that was warmed; others stay cold.",
    },
    OutputSpec {
        name: "seconds",
        description: "How long it took.",
    },
];

/// More steps than any run has.
const MOST_STAGES: usize = 100;

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
    pub(crate) figures: Vec<Figure>,
    /// What began when, since the start.
    stages: Vec<(String, Duration)>,
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

    /// Says what begins now, `at` after the start, and what holds if it is cut short.
    pub(crate) fn step(
        &mut self,
        at: Duration,
        doing: impl Into<String>,
        resume: impl Into<String>,
    ) {
        (self.doing, self.resume) = (doing.into(), resume.into());
        if self.stages.len() < MOST_STAGES {
            self.stages.push((self.doing.clone(), at));
        }
    }

    /// How long each step took; one step alone is no table.
    fn timeline(&self, end: Duration) -> Option<Figure> {
        if self.stages.len() < 2 {
            return None;
        }
        let ends = self.stages.iter().skip(1).map(|(_, at)| *at).chain([end]);
        let mut table = Table::new("Stages", ["stage", "#seconds"]);
        table.rows = self
            .stages
            .iter()
            .zip(ends)
            .map(|((doing, at), end)| {
                let seconds = end.saturating_sub(*at).as_secs_f64();
                vec![doing.clone(), format!("{seconds:.1}")]
            })
            .collect();
        Some(Figure::Table(table))
    }

    /// Closes the books, `end` after the start. `failed` is why there is no decision.
    pub(crate) fn close(mut self, end: Duration, title: String, failed: Vec<Finding>) -> Report {
        self.figures.extend(self.timeline(end));
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
            .figures(self.figures)
            .evidence(self.evidence);
        draft.digest = self.digest;
        Report {
            outputs: self.outputs,
            ..Report::new(draft)
        }
    }
}
