//! The release record: who approved what, on which evidence. It is written at approval and checked
//! again before promotion, so that what runs in production is provably what was tested.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Conclusion, Digest, Run, Sha, Subject, Verdict};

/// The version of the record format this crate reads and writes.
pub const RELEASE_RECORD_SCHEMA: &str = "stagegate/release-record/v1";

/// An approved release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseRecord {
    /// Always [`RELEASE_RECORD_SCHEMA`].
    pub schema: String,
    /// What was approved; SHA and digest are always there.
    pub subject: Subject,
    /// The environment it was approved for, such as `production`.
    pub environment: String,
    /// The environment it was proved in, such as `staging`.
    pub staging_environment: String,
    /// Where the staging deployment answers.
    pub staging_url: String,
    /// Who approved, in the order GitHub lists them.
    pub approvals: Vec<Approval>,
    /// The verdicts the approval rests on, sorted by gate and instance.
    pub verdicts: Vec<RecordedVerdict>,
    /// The run that decided.
    pub run: Run,
    /// When it was decided, RFC 3339 UTC.
    pub decided_at: String,
}

/// One person's approval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// The person's login.
    pub login: String,
    /// What they wrote.
    pub comment: String,
}

/// A verdict as the record holds it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordedVerdict {
    /// The gate's name.
    pub gate: String,
    /// The app or matrix key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// Its answer.
    pub conclusion: Conclusion,
    /// SHA-256 of the verdict file's bytes.
    pub sha256: String,
}

/// Why a release record cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// Too large to be a record.
    #[error("release record has {0} bytes, over the limit of {limit}", limit = Verdict::MAX_BYTES)]
    TooLarge(usize),
    /// Not a record.
    #[error("not a release record: {0}")]
    Json(#[from] serde_json::Error),
    /// Another version or another document.
    #[error("schema is `{0}`, not `{RELEASE_RECORD_SCHEMA}`")]
    Schema(String),
    /// A record that binds nothing proves nothing.
    #[error("release record names no {0}")]
    Unbound(&'static str),
}

impl ReleaseRecord {
    /// Canonical JSON: keys in schema order, two-space indent, final newline.
    ///
    /// # Errors
    /// When the record binds no SHA, digest or approval, or does not serialise.
    pub fn to_canonical_json(&self) -> Result<String, RecordError> {
        self.check()?;
        let mut json = serde_json::to_string_pretty(self)?;
        json.push('\n');
        Ok(json)
    }

    /// Reads a record and refuses one that binds no SHA, digest or approval.
    ///
    /// # Errors
    /// See [`RecordError`].
    pub fn from_json(bytes: &[u8]) -> Result<Self, RecordError> {
        if bytes.len() > Verdict::MAX_BYTES {
            return Err(RecordError::TooLarge(bytes.len()));
        }
        let record: Self = serde_json::from_slice(bytes)?;
        record.check()?;
        Ok(record)
    }

    /// The approved commit.
    pub fn sha(&self) -> Option<&Sha> {
        self.subject.sha.as_ref()
    }

    /// The approved bytes.
    pub fn digest(&self) -> Option<&Digest> {
        self.subject.digest.as_ref()
    }

    fn check(&self) -> Result<(), RecordError> {
        if self.schema != RELEASE_RECORD_SCHEMA {
            return Err(RecordError::Schema(self.schema.clone()));
        }
        if self.subject.sha.is_none() {
            return Err(RecordError::Unbound("commit"));
        }
        if self.subject.digest.is_none() {
            return Err(RecordError::Unbound("digest"));
        }
        if self.approvals.is_empty() {
            return Err(RecordError::Unbound("approval"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Approval, RELEASE_RECORD_SCHEMA, RecordError, ReleaseRecord};
    use crate::{Digest, Run, Subject};

    fn record() -> ReleaseRecord {
        ReleaseRecord {
            schema: RELEASE_RECORD_SCHEMA.to_owned(),
            subject: Subject {
                sha: Some("0123456789abcdef0123456789abcdef01234567".parse().unwrap()),
                digest: Some(Digest::of(b"build")),
                ..Subject::default()
            },
            environment: "production".to_owned(),
            staging_environment: "staging".to_owned(),
            staging_url: "https://staging.example".to_owned(),
            approvals: vec![Approval {
                login: "release-manager".to_owned(),
                comment: "ship it".to_owned(),
            }],
            verdicts: Vec::new(),
            run: Run {
                id: 1,
                attempt: 1,
                job: "approval".to_owned(),
                url: "https://github.com/acme/web/actions/runs/1".to_owned(),
            },
            decided_at: "2026-01-01T00:00:00Z".to_owned(),
        }
    }

    #[test]
    fn a_record_reads_back() {
        let json = record().to_canonical_json().unwrap();
        assert_eq!(ReleaseRecord::from_json(json.as_bytes()).unwrap(), record());
    }

    #[test]
    fn a_record_that_binds_nothing_is_neither_written_nor_read() {
        type Strip = fn(&mut ReleaseRecord);
        let strip: [(&str, Strip); 3] = [
            ("commit", |r| r.subject.sha = None),
            ("digest", |r| r.subject.digest = None),
            ("approval", |r| r.approvals.clear()),
        ];
        for (what, strip) in strip {
            let mut bare = record();
            strip(&mut bare);
            let unbound = |e: RecordError| matches!(e, RecordError::Unbound(w) if w == what);
            assert!(unbound(bare.to_canonical_json().unwrap_err()), "{what}");
            let json = serde_json::to_vec(&bare).unwrap();
            assert!(
                unbound(ReleaseRecord::from_json(&json).unwrap_err()),
                "{what}"
            );
        }
    }

    #[test]
    fn another_version_is_refused() {
        let mut other = record();
        other.schema = "stagegate/release-record/v2".to_owned();
        let json = serde_json::to_vec(&other).unwrap();
        assert!(matches!(
            ReleaseRecord::from_json(&json),
            Err(RecordError::Schema(_))
        ));
    }
}
