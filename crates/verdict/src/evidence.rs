//! What a gate read before it answered.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a piece of evidence was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EvidenceState {
    /// Read whole; nothing wrong in it.
    Clean,
    /// Read whole; it names problems.
    Findings,
    /// There, but incomplete or broken: it proves nothing.
    Degraded,
    /// Expected and not there.
    Missing,
}

/// Where a piece of evidence came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Source {
    /// A file, relative to the repository root where it lies inside it.
    Path(String),
    /// An address, without secrets.
    Url(String),
    /// A command that was run, without secrets.
    Command(String),
}

/// A piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Where it came from.
    pub source: Source,
    /// SHA-256 of its bytes, 64 hex digits, when they were read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// How many bytes were read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// How it was found.
    pub state: EvidenceState,
    /// Why it is degraded or missing, or what it contains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Evidence {
    /// Evidence whose bytes were read.
    pub fn read(source: Source, bytes: &[u8], state: EvidenceState) -> Self {
        Self {
            source,
            sha256: Some(crate::Digest::of(bytes).hex().to_owned()),
            bytes: Some(bytes.len() as u64),
            state,
            note: None,
        }
    }

    /// Evidence that was expected and is not there.
    pub fn missing(source: Source, note: impl Into<String>) -> Self {
        Self {
            source,
            sha256: None,
            bytes: None,
            state: EvidenceState::Missing,
            note: Some(note.into()),
        }
    }

    /// The same evidence with a remark.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// Whether a decision may rest on it.
    pub fn is_whole(&self) -> bool {
        matches!(self.state, EvidenceState::Clean | EvidenceState::Findings)
    }
}
