//! What the sandbox's GitHub remembers about code and checks: pull requests, commits, comments, check runs, statuses.
//!
//! The records are plain data and serialise, so a test can assert on a snapshot. Times are RFC 3339 in UTC, SHAs 40
//! lower-case hex digits.

use serde::Serialize;
use serde_json::Value;

/// A commit the repository knows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Commit {
    /// Its SHA.
    pub sha: String,
    /// The whole message.
    pub message: String,
    /// Login of the author.
    pub author: String,
    /// Login of the committer.
    pub committer: String,
    /// SHAs of the parents.
    pub parents: Vec<String>,
    /// When it was committed.
    pub at: String,
}

/// A file a pull request changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangedFile {
    /// Path in the repository.
    pub path: String,
    /// `added`, `removed`, `modified` or `renamed`.
    pub status: String,
    /// Lines added.
    pub additions: u64,
    /// Lines removed.
    pub deletions: u64,
    /// The unified diff's hunks, as the API's `patch`.
    pub patch: Option<String>,
}

/// A review of a pull request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PullReview {
    /// Its id.
    pub id: u64,
    /// Login of the reviewer.
    pub user: String,
    /// `APPROVED`, `CHANGES_REQUESTED` or `COMMENTED`.
    pub state: String,
    /// The commit reviewed.
    pub commit: String,
    /// When it was submitted.
    pub at: String,
}

/// A pull request.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pull {
    /// Its number.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// Login of the author.
    pub author: String,
    /// Branch the changes are on.
    pub head_ref: String,
    /// Newest commit of the changes.
    pub head_sha: String,
    /// Branch it is to be merged into.
    pub base_ref: String,
    /// Where that branch was.
    pub base_sha: String,
    /// Whether the changes come from a fork.
    pub fork: bool,
    /// SHAs of its commits, oldest first.
    pub commits: Vec<String>,
    /// The files it changes.
    pub files: Vec<ChangedFile>,
    /// Its reviews, oldest first.
    pub reviews: Vec<PullReview>,
    /// The merge commit once merged.
    pub merge_sha: Option<String>,
    /// Login of the person who merged.
    pub merged_by: Option<String>,
    /// When it was opened.
    pub opened_at: String,
    /// When it was merged.
    pub merged_at: Option<String>,
}

/// A comment on a pull request or issue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comment {
    /// Its id.
    pub id: u64,
    /// The pull request or issue.
    pub issue: u64,
    /// Login of the writer.
    pub user: String,
    /// Markdown.
    pub body: String,
    /// When it was written.
    pub created_at: String,
    /// When it was last edited.
    pub updated_at: String,
    /// How often it was edited.
    pub edits: u64,
}

/// An annotation of a check run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Annotation {
    /// Path in the repository.
    pub path: String,
    /// First line, from 1.
    pub start_line: u64,
    /// Last line.
    pub end_line: u64,
    /// First column; only on a single line.
    pub start_column: Option<u64>,
    /// Last column; only on a single line.
    pub end_column: Option<u64>,
    /// `notice`, `warning` or `failure`.
    pub annotation_level: String,
    /// What is wrong.
    pub message: String,
    /// A short title.
    pub title: Option<String>,
    /// Details shown on demand.
    pub raw_details: Option<String>,
}

/// A check run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CheckRun {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// The commit checked.
    pub head_sha: String,
    /// Slug of the app that created it; only that app may change it.
    pub app: String,
    /// `queued`, `in_progress` or `completed`.
    pub status: String,
    /// The result once completed.
    pub conclusion: Option<String>,
    /// The creator's own key.
    pub external_id: Option<String>,
    /// Where details are.
    pub details_url: Option<String>,
    /// When it started.
    pub started_at: Option<String>,
    /// When it completed.
    pub completed_at: Option<String>,
    /// Title of the output.
    pub title: Option<String>,
    /// Summary of the output, Markdown.
    pub summary: Option<String>,
    /// Details of the output, Markdown.
    pub text: Option<String>,
    /// All annotations, in the order they were appended.
    pub annotations: Vec<Annotation>,
    /// Buttons asked for.
    pub actions: Vec<Value>,
}

/// A commit status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CommitStatus {
    /// Its id.
    pub id: u64,
    /// The commit.
    pub sha: String,
    /// `error`, `failure`, `pending` or `success`.
    pub state: String,
    /// What it is about; the newest status of a context counts.
    pub context: String,
    /// A short text.
    pub description: Option<String>,
    /// Where details are.
    pub target_url: Option<String>,
    /// Login of the creator.
    pub creator: String,
    /// When it was set.
    pub at: String,
}
