//! The release record: what was approved, by whom, on which evidence.

use std::fs;
use std::path::Path;

use gate::{Context, Error};
use verdict::{Digest, RELEASE_RECORD_SCHEMA, ReleaseRecord};

use crate::decide::Decision;
use crate::facts::Facts;
use crate::policy::Policy;
use crate::surroundings::Surroundings;

/// Builds the record of an approval.
pub(crate) fn record(
    policy: &Policy,
    facts: &Facts,
    decision: Decision,
    surroundings: &Surroundings,
    context: &Context,
) -> ReleaseRecord {
    ReleaseRecord {
        schema: RELEASE_RECORD_SCHEMA.to_owned(),
        subject: context.subject.clone(),
        environment: policy.environment.clone(),
        staging_environment: policy.staging_environment.clone(),
        staging_url: facts
            .staging
            .as_ref()
            .map(|staging| staging.url.clone())
            .unwrap_or_default(),
        approvals: decision.approvals,
        verdicts: decision.verdicts,
        run: surroundings.run.clone(),
        decided_at: context
            .started_at
            .strftime("%Y-%m-%dT%H:%M:%SZ")
            .to_string(),
    }
}

/// Writes the record and returns the SHA-256 of its bytes.
pub(crate) fn write_record(
    record: &ReleaseRecord,
    path: &Path,
    context: &Context,
) -> Result<String, Error> {
    let failed = |error: &dyn std::fmt::Display| {
        Error::undecided(format!("write {}: {error}", context.display(path)))
    };
    let json = record.to_canonical_json().map_err(|error| failed(&error))?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| failed(&error))?;
    }
    fs::write(path, &json).map_err(|error| failed(&error))?;
    Ok(Digest::of(json.as_bytes()).hex().to_owned())
}
