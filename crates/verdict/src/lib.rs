//! The domain of Stagegate: what a gate answers and what the answer rests on.
//!
//! A [`Verdict`] is the one data shape that travels between jobs. It is versioned, canonical (the same
//! evidence and policy give the same bytes, times aside) and bound to a [`Subject`]: repository, commit
//! and, where there is one, the digest of the build. This crate is pure: it reads and writes no files.

mod conclusion;
mod evidence;
mod figure;
mod finding;
mod metric;
mod record;
mod subject;
mod verdict;

pub use conclusion::Conclusion;
pub use evidence::{Evidence, EvidenceState, Source};
pub use figure::{Area, Bar, Bars, Column, Dots, Figure, Histogram, Range, Series, Table, Treemap};
pub use finding::{Finding, Level, Place};
pub use metric::Metric;
pub use record::{Approval, RELEASE_RECORD_SCHEMA, RecordError, RecordedVerdict, ReleaseRecord};
pub use subject::{Digest, InvalidDigest, InvalidSha, Sha, Subject};
pub use verdict::{ReadError, Run, Tool, VERDICT_SCHEMA, Verdict, WriteError, json_schema};
