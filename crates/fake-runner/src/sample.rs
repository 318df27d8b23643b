//! A verdict as another gate of the same run left it, and the release record of an approval.

use verdict::{
    Approval, Conclusion, Digest, RELEASE_RECORD_SCHEMA, ReleaseRecord, Run, Subject, Tool,
    VERDICT_SCHEMA, Verdict,
};

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

/// The record of a release manager's approval of this commit and build for an environment.
#[must_use]
pub fn release_record(sha: &str, digest: &Digest, environment: &str) -> ReleaseRecord {
    ReleaseRecord {
        schema: RELEASE_RECORD_SCHEMA.to_owned(),
        subject: Subject {
            sha: Some(sha.parse().unwrap()),
            digest: Some(digest.clone()),
            ..Subject::default()
        },
        environment: environment.to_owned(),
        staging_environment: "staging".to_owned(),
        staging_url: "https://staging.example".to_owned(),
        approvals: vec![Approval {
            login: "release-manager".to_owned(),
            comment: String::new(),
        }],
        verdicts: Vec::new(),
        run: Run {
            id: 7,
            attempt: 1,
            job: "approval".to_owned(),
            url: String::new(),
        },
        decided_at: "2026-01-01T00:00:00Z".to_owned(),
    }
}
