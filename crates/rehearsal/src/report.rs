//! The end of a rehearsal: a table for people, JSON for programs.

use comfy_table::{Table, presets};
use serde::Serialize;

use crate::check::Check;
use crate::outcome::{JobResult, Outcome};
use crate::scenario::{PULL_REQUEST_RUN, RELEASE_RUN, Scenario};

/// How a scenario ended.
#[derive(Debug, Serialize)]
pub(crate) struct Ending {
    pub scenario: &'static str,
    pub ok: bool,
    pub seconds: f64,
    pub checks: Vec<Check>,
    pub gates: Vec<GateRow>,
    pub jobs: Vec<JobRow>,
    pub staging_url: Option<String>,
    pub production_url: Option<String>,
    pub release_record: Option<RecordRow>,
    /// Why it could not be played.
    pub error: Option<String>,
}

#[derive(Debug, Serialize)]
pub(crate) struct GateRow {
    pub run: &'static str,
    pub gate: String,
    pub conclusion: String,
    pub title: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct JobRow {
    pub workflow: String,
    pub job: String,
    pub result: JobResult,
    pub seconds: f64,
}

#[derive(Debug, Serialize)]
pub(crate) struct RecordRow {
    pub path: String,
    pub sha256: String,
}

impl Ending {
    pub(crate) fn played(scenario: &Scenario, outcome: &Outcome, seconds: f64) -> Self {
        let checks = (scenario.expect)(outcome);
        let runs = outcome
            .pull_request
            .iter()
            .chain(&outcome.release)
            .chain(&outcome.finale);
        let jobs = runs.flat_map(|run| {
            run.jobs.values().map(|job| JobRow {
                workflow: run.workflow.clone(),
                job: job.display(),
                result: job.result,
                seconds: job.seconds,
            })
        });
        Self {
            scenario: scenario.name,
            ok: !checks.is_empty() && checks.iter().all(|check| check.ok),
            seconds,
            checks,
            gates: outcome
                .verdicts
                .iter()
                .map(|run| GateRow {
                    run: match run.run_id {
                        PULL_REQUEST_RUN => "pull request",
                        RELEASE_RUN => "release",
                        _ => "finale",
                    },
                    gate: run.verdict.display_name(),
                    conclusion: run.verdict.conclusion.to_string(),
                    title: run.verdict.title.clone(),
                })
                .collect(),
            jobs: jobs.collect(),
            staging_url: outcome.staging_url.clone(),
            production_url: Some(outcome.production_url.clone()),
            release_record: outcome.record.as_ref().map(|record| RecordRow {
                path: record.path.display().to_string(),
                sha256: record.sha256.clone(),
            }),
            error: None,
        }
    }

    pub(crate) fn not_played(
        scenario: &Scenario,
        error: &crate::error::Error,
        seconds: f64,
    ) -> Self {
        Self {
            scenario: scenario.name,
            ok: false,
            seconds,
            checks: Vec::new(),
            gates: Vec::new(),
            jobs: Vec::new(),
            staging_url: None,
            production_url: None,
            release_record: None,
            error: Some(error.to_string()),
        }
    }

    /// The table a person reads at the end of a scenario.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        if !self.gates.is_empty() {
            let mut table = Table::new();
            table
                .load_style(presets::NOTHING)
                .set_header(["run", "gate", "verdict", ""]);
            for row in &self.gates {
                table.add_row([row.run, &row.gate, &row.conclusion, &row.title]);
            }
            text.push_str(&format!("\n{}\n\n", table.trim_fmt()));
        }
        for check in &self.checks {
            let sign = if check.ok { "✅" } else { "❌" };
            text.push_str(&format!("{sign} {}", check.what));
            if !check.ok {
                text.push_str(&format!("\n     seen: {}", check.seen));
            }
            text.push('\n');
        }
        if let Some(error) = &self.error {
            text.push_str(&format!("❌ could not be played: {error}\n"));
        }
        let facts = [
            ("staging", self.staging_url.clone()),
            ("production", self.production_url.clone()),
            (
                "release record",
                self.release_record.as_ref().map(|record| {
                    format!("{}\n                sha256:{}", record.path, record.sha256)
                }),
            ),
        ];
        for (name, value) in facts {
            if let Some(value) = value {
                text.push_str(&format!("{name:<15} {value}\n"));
            }
        }
        let word = if self.ok {
            "as it should"
        } else {
            "NOT as it should"
        };
        text.push_str(&format!(
            "{} went {word} in {:.1} s\n",
            self.scenario, self.seconds
        ));
        text
    }
}

/// One line per scenario, when several were played.
pub(crate) fn overview(endings: &[Ending]) -> String {
    let mut text = String::from("\n");
    for ending in endings {
        let sign = if ending.ok { "✅" } else { "❌" };
        text.push_str(&format!(
            "{sign} {:<18} {:>6.1} s\n",
            ending.scenario, ending.seconds
        ));
    }
    text
}
