//! What really happened: the facts a scenario's expectations look at.

use std::collections::BTreeMap;
use std::path::Path;

use verdict::{ReleaseRecord, Verdict};

use crate::app::Commits;
use crate::workflow::Workflow;

/// How a job or step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum JobResult {
    Success,
    Failure,
    Skipped,
}

impl JobResult {
    /// act's word; anything it does not know is a failure.
    pub(crate) fn parse(word: &str) -> Self {
        match word {
            "success" => Self::Success,
            "skipped" => Self::Skipped,
            _ => Self::Failure,
        }
    }
}

/// A job, or one leg of a matrix.
#[derive(Clone, Debug)]
pub(crate) struct JobRun {
    pub id: String,
    /// The matrix values; empty without a matrix.
    pub leg: String,
    pub name: Option<String>,
    pub result: JobResult,
    /// Names of the steps that left a result.
    pub steps: Vec<String>,
    /// Error and warning annotations.
    pub annotations: usize,
    pub started: f64,
    pub seconds: f64,
}

impl JobRun {
    /// A job whose first line was seen; until its last one it counts as failed.
    pub(crate) fn started(id: &str, leg: &str, at: f64) -> Self {
        Self {
            id: id.to_owned(),
            leg: leg.to_owned(),
            name: None,
            result: JobResult::Failure,
            steps: Vec::new(),
            annotations: 0,
            started: at,
            seconds: 0.0,
        }
    }

    pub(crate) fn skipped(id: &str) -> Self {
        Self {
            result: JobResult::Skipped,
            ..Self::started(id, "", 0.0)
        }
    }

    pub(crate) fn display(&self) -> String {
        if self.leg.is_empty() {
            self.id.clone()
        } else {
            format!("{} ({})", self.id, self.leg)
        }
    }
}

/// One run of one workflow.
#[derive(Clone, Debug)]
pub(crate) struct WorkflowRun {
    pub workflow: String,
    /// By id and matrix leg.
    pub jobs: BTreeMap<(String, String), JobRun>,
    pub declared: Workflow,
    pub exit_code: Option<i32>,
}

impl WorkflowRun {
    /// The worst result over a job's legs.
    pub(crate) fn result(&self, id: &str) -> Option<JobResult> {
        let mut legs = self
            .jobs
            .values()
            .filter(|job| job.id == id)
            .map(|job| job.result);
        let first = legs.next()?;
        Some(legs.fold(first, |worst, result| {
            if worst == JobResult::Success {
                result
            } else {
                worst
            }
        }))
    }

    /// Steps without a condition that left no result in a job that succeeded: skipped in silence.
    pub(crate) fn silent_steps(&self) -> Vec<String> {
        let mut silent = Vec::new();
        for run in self
            .jobs
            .values()
            .filter(|job| job.result == JobResult::Success)
        {
            let Some(declared) = self.declared.jobs.get(&run.id) else {
                continue;
            };
            for step in declared
                .steps
                .iter()
                .filter(|step| step.condition.is_none())
            {
                let name = step.name.as_deref().unwrap_or_default();
                if !run.steps.iter().any(|ran| ran == name) {
                    silent.push(format!("{}: {name}", run.display()));
                }
            }
        }
        silent
    }
}

/// A verdict as a run left it.
#[derive(Clone, Debug)]
pub(crate) struct RunVerdict {
    pub run_id: u64,
    pub verdict: Verdict,
}

/// What answers at the production port.
#[derive(Clone, Debug)]
pub(crate) struct Production {
    pub status: u16,
    pub version: Option<String>,
}

/// Everything that happened.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub commits: Commits,
    pub pull_request: Option<WorkflowRun>,
    pub release: Option<WorkflowRun>,
    pub finale: Option<WorkflowRun>,
    pub verdicts: Vec<RunVerdict>,
    pub record: Option<Record>,
    pub production: Production,
    /// The deployment that was live before.
    pub previous_deployment: String,
    pub github: sandbox::github::State,
    pub vercel: sandbox::vercel::Snapshot,
    pub staging_url: Option<String>,
    pub production_url: String,
}

/// The release record as it was left.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub path: std::path::PathBuf,
    pub sha256: String,
    pub record: ReleaseRecord,
}

impl Outcome {
    /// A verdict by gate and instance.
    pub(crate) fn verdict(&self, gate: &str, instance: &str) -> Option<&Verdict> {
        self.verdicts
            .iter()
            .map(|run| &run.verdict)
            .find(|verdict| {
                verdict.gate == gate && verdict.instance.as_deref().unwrap_or_default() == instance
            })
    }
}

/// Reads the verdicts a run uploaded.
pub(crate) fn verdicts(artifacts: &Path, run_id: u64) -> Vec<RunVerdict> {
    let mut found = Vec::new();
    let Ok(names) = std::fs::read_dir(artifacts.join(run_id.to_string())) else {
        return found;
    };
    let folders = names
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("verdict-"));
    for folder in folders {
        let Ok(files) = std::fs::read_dir(folder.path()) else {
            continue;
        };
        for file in files.flatten() {
            let verdict = std::fs::read(file.path())
                .ok()
                .and_then(|bytes| Verdict::from_json(&bytes).ok());
            found.extend(verdict.map(|verdict| RunVerdict { run_id, verdict }));
        }
    }
    found.sort_by(|a, b| {
        a.verdict
            .started_at
            .cmp(&b.verdict.started_at)
            .then_with(|| a.verdict.display_name().cmp(&b.verdict.display_name()))
    });
    found
}

/// Reads the release record a run uploaded.
pub(crate) fn record(artifacts: &Path, run_id: u64) -> Option<Record> {
    let path = artifacts
        .join(run_id.to_string())
        .join("release-record/release-record.json");
    let bytes = std::fs::read(&path).ok()?;
    let record = ReleaseRecord::from_json(&bytes).ok()?;
    Some(Record {
        path,
        sha256: verdict::Digest::of(&bytes).hex().to_owned(),
        record,
    })
}
