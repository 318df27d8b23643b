//! Everything the sandbox's GitHub remembers, with the questions several handlers ask of it.
//!
//! A snapshot is a copy of this struct; it serialises, bytes of files and artifacts aside.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;

use super::records::{CheckRun, Comment, Commit, CommitStatus, Pull};
use super::records_release::{
    Artifact, Deployment, Environment, PendingReview, Review, Reviewer, Run,
};

/// A person's role in the repository, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// May read.
    Read,
    /// May manage issues.
    Triage,
    /// May push.
    Write,
    /// May manage the repository.
    Maintain,
    /// May do everything.
    Admin,
}

/// A member of a team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Member {
    /// Login.
    pub login: String,
    /// Whether the person maintains the team.
    pub maintainer: bool,
    /// Whether the person accepted the invitation; a pending member reviews nothing.
    pub active: bool,
}

/// One answered request of the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Request {
    /// The method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// The status answered; 502 where a fault dropped the connection.
    pub status: u16,
    /// Whom the token stood for; empty without a valid token.
    pub login: String,
}

/// How an event is coloured on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Tone {
    /// Something went on.
    Neutral,
    /// Something succeeded.
    Good,
    /// Something failed.
    Bad,
}

/// A line of the timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Event {
    /// When.
    pub at: String,
    /// Good, bad or neither.
    pub tone: Tone,
    /// One plain sentence.
    pub text: String,
}

/// The state of the sandbox's GitHub; what [`super::GitHub::snapshot`] returns.
#[derive(Debug, Clone, Serialize)]
pub struct State {
    /// `owner/name`.
    pub repository: String,
    /// The default branch.
    pub default_branch: String,
    /// Newest commit of each branch.
    pub branches: BTreeMap<String, String>,
    /// Commits by SHA.
    pub commits: BTreeMap<String, Commit>,
    /// Pull requests by number.
    pub pulls: BTreeMap<u64, Pull>,
    /// Comments, oldest first.
    pub comments: Vec<Comment>,
    /// Check runs, oldest first.
    pub check_runs: Vec<CheckRun>,
    /// Commit statuses, oldest first.
    pub commit_statuses: Vec<CommitStatus>,
    /// Workflow runs, oldest first.
    pub runs: Vec<Run>,
    /// Artifacts, oldest first.
    pub artifacts: Vec<Artifact>,
    /// Environments.
    pub environments: Vec<Environment>,
    /// Jobs that wait for a review.
    pub pending: Vec<PendingReview>,
    /// Reviews given, oldest first.
    pub reviews: Vec<Review>,
    /// Deployments, oldest first.
    pub deployments: Vec<Deployment>,
    /// Roles by login.
    pub collaborators: BTreeMap<String, Role>,
    /// Teams of the owner by slug.
    pub teams: BTreeMap<String, Vec<Member>>,
    /// What happened, oldest first.
    pub events: Vec<Event>,
    /// Requests answered, oldest first.
    pub requests: Vec<Request>,
    /// Files by ref and path.
    #[serde(skip)]
    pub(super) contents: BTreeMap<(String, String), Arc<[u8]>>,
    #[serde(skip)]
    last_id: u64,
}

impl State {
    /// An empty repository with a release manager, an author and a reviewer.
    pub(super) fn new(repository: &str) -> Self {
        let people = [
            ("author", Role::Write),
            ("release-manager", Role::Maintain),
            ("reviewer", Role::Write),
        ];
        Self {
            repository: repository.to_owned(),
            default_branch: "main".to_owned(),
            branches: BTreeMap::new(),
            commits: BTreeMap::new(),
            pulls: BTreeMap::new(),
            comments: Vec::new(),
            check_runs: Vec::new(),
            commit_statuses: Vec::new(),
            runs: Vec::new(),
            artifacts: Vec::new(),
            environments: Vec::new(),
            pending: Vec::new(),
            reviews: Vec::new(),
            deployments: Vec::new(),
            collaborators: people.map(|(login, role)| (login.to_owned(), role)).into(),
            teams: BTreeMap::new(),
            events: Vec::new(),
            requests: Vec::new(),
            contents: BTreeMap::new(),
            last_id: 1_000,
        }
    }

    /// An id nothing else has.
    pub(super) fn fresh_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// Adds a line to the timeline.
    pub(super) fn note(&mut self, at: &str, tone: Tone, text: impl Into<String>) {
        self.events.push(Event {
            at: at.to_owned(),
            tone,
            text: text.into(),
        });
    }

    /// Makes a commit known unless it is already.
    pub(super) fn know_commit(&mut self, sha: &str, author: &str, message: &str, parents: &[&str]) {
        self.commits
            .entry(sha.to_owned())
            .or_insert_with(|| Commit {
                sha: sha.to_owned(),
                message: message.to_owned(),
                author: author.to_owned(),
                committer: author.to_owned(),
                parents: parents.iter().map(|&parent| parent.to_owned()).collect(),
                at: now(),
            });
    }

    /// The commit a ref names: a known SHA, a branch, or `refs/heads/<branch>`.
    pub(super) fn resolve(&self, reference: &str) -> Option<&str> {
        if let Some((sha, _)) = self.commits.get_key_value(reference) {
            return Some(sha);
        }
        let branch = reference
            .strip_prefix("refs/heads/")
            .or_else(|| reference.strip_prefix("heads/"))
            .unwrap_or(reference);
        self.branches.get(branch).map(String::as_str)
    }

    /// Whether `ancestor` is `sha` or one of its ancestors, as far as parents are known.
    pub(super) fn contains(&self, sha: &str, ancestor: &str) -> bool {
        let mut open = vec![sha];
        let mut seen = std::collections::BTreeSet::new();
        while let Some(sha) = open.pop() {
            if sha == ancestor {
                return true;
            }
            if seen.insert(sha)
                && let Some(commit) = self.commits.get(sha)
            {
                open.extend(commit.parents.iter().map(String::as_str));
            }
        }
        false
    }

    /// The run with an id.
    pub(super) fn run(&self, id: u64) -> Option<&Run> {
        self.runs.iter().find(|run| run.id == id)
    }

    /// The environment with a name; GitHub compares names without case.
    pub(super) fn environment(&self, name: &str) -> Option<&Environment> {
        self.environments
            .iter()
            .find(|environment| environment.name.eq_ignore_ascii_case(name))
    }

    /// The person's role; everybody may read a public repository.
    pub(super) fn role(&self, login: &str) -> Role {
        self.collaborators.get(login).copied().unwrap_or(Role::Read)
    }

    /// Whether the person is one of the reviewers, alone or by an active team membership.
    pub(super) fn is_reviewer(&self, environment: &Environment, login: &str) -> bool {
        environment.reviewers.iter().any(|reviewer| match reviewer {
            Reviewer::User(user) => user == login,
            Reviewer::Team(slug) => self.teams.get(slug).is_some_and(|members| {
                members
                    .iter()
                    .any(|member| member.login == login && member.active)
            }),
        })
    }
}

/// The present moment as the API writes it: RFC 3339, UTC, whole seconds.
pub(super) fn now() -> String {
    rfc3339(Timestamp::now())
}

/// A moment as the API writes it.
pub(super) fn rfc3339(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
