//! What a scanner found, in one shape for all formats.

use std::collections::{BTreeMap, BTreeSet};

use verdict::Place;

use crate::severity::Severity;

/// One thing a scanner found. Texts are clean and free of secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Issue {
    /// What makes it the same issue in another report.
    pub identity: Identity,
    /// The scanner's rule or the advisory.
    pub rule: String,
    pub severity: Severity,
    pub message: String,
    pub fix: Option<String>,
    pub url: Option<String>,
    /// The path is as the report writes it until it is brought home.
    pub place: Option<Place>,
    /// Whether somebody accepted it at its source.
    pub suppressed: bool,
    /// The scanner's own `primaryLocationLineHash`.
    pub line_hash: Option<String>,
}

/// What makes two issues the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Identity {
    /// The same rule at the same path and line.
    Place,
    /// The same advisory for the same package, wherever it is installed.
    Package(String),
}

/// A rule of a scanner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rule {
    pub name: Option<String>,
    pub summary: String,
    pub help_url: Option<String>,
    /// The scanner's own score, 0 to 10.
    pub score: Option<String>,
    pub tags: BTreeSet<String>,
}

/// What one run of a tool says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ToolRun {
    pub tool: String,
    pub version: Option<String>,
    /// By id.
    pub rules: BTreeMap<String, Rule>,
    pub issues: Vec<Issue>,
}

/// A report that could be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ScanReport {
    pub runs: Vec<ToolRun>,
    /// Why it does not prove that nothing else is there, when it does not.
    pub degraded: Option<String>,
}
