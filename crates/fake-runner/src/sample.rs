//! A verdict as another gate of the same run left it.

use verdict::{Conclusion, Run, Subject, Tool, VERDICT_SCHEMA, Verdict};

/// The repository that the samples, and the sandbox's GitHub, speak of.
pub const REPOSITORY: &str = "stagegate/setlist";

/// A verdict `pass` without findings over this commit, given in this run's first attempt.
#[must_use]
pub fn verdict(gate: &str, sha: &str, run: u64) -> Verdict {
    Verdict {
        schema: VERDICT_SCHEMA.to_owned(),
        gate: gate.to_owned(),
        instance: None,
        conclusion: Conclusion::Pass,
        title: format!("{gate} spoke"),
        subject: Subject {
            repository: Some(REPOSITORY.to_owned()),
            sha: Some(sha.parse().unwrap()),
            ..Subject::default()
        },
        findings: Vec::new(),
        metrics: Vec::new(),
        figures: Vec::new(),
        evidence: Vec::new(),
        run: Some(Run {
            id: run,
            attempt: 1,
            job: gate.to_owned(),
            url: String::new(),
        }),
        tool: Tool {
            name: "stagegate".to_owned(),
            version: "0.1.0".to_owned(),
        },
        started_at: "2026-01-01T00:00:00Z".to_owned(),
        finished_at: "2026-01-01T00:00:00Z".to_owned(),
    }
}
