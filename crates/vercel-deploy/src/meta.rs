//! What a deployment carries: the digest of its bytes, and where they came from. A promote reads it back.

use std::collections::BTreeMap;

use gate::Context;
use runner_protocol::{Event, EventKind};
use vercel_client::GitMetadata;
use verdict::{Digest, Sha};

use crate::plan::Plan;

/// The build's digest.
pub(crate) const DIGEST: &str = "stagegateDigest";
/// The commit, under the name that Vercel's own Git integration uses.
pub(crate) const COMMIT: &str = "githubCommitSha";

/// Characters of a commit's first line that are passed on.
const LONGEST: usize = 300;

/// What is stamped on a deployment of this build, under the names that Vercel's dashboard reads. What the plan adds cannot
/// replace what a promote relies on.
pub(crate) fn stamp(context: &Context, plan: &Plan, digest: &Digest) -> BTreeMap<String, String> {
    let subject = &context.subject;
    let event = &context.runner.event;
    let sha = subject.sha.as_ref().map(Sha::as_str);
    let parts = |name: Option<&str>| {
        let parts = name.and_then(|name| name.split_once('/'));
        parts
            .map(|(org, repo)| (org.to_owned(), repo.to_owned()))
            .unzip()
    };
    let (org, repo) = parts(subject.repository.as_deref());
    let (commit_org, commit_repo) = parts(repository(event).or(subject.repository.as_deref()));
    let commit = sha.and_then(|sha| Commit::of(event, sha));
    let run = context.runner.run.as_ref();
    let own = [
        (DIGEST, Some(digest.to_string())),
        (COMMIT, sha.map(str::to_owned)),
        (
            "githubDeployment",
            sha.and(subject.repository.as_ref()).map(|_| "1".to_owned()),
        ),
        ("githubCommitRef", branch(event, subject.git_ref.as_deref())),
        ("githubOrg", org),
        ("githubRepo", repo),
        ("githubCommitOrg", commit_org),
        ("githubCommitRepo", commit_repo),
        (
            "githubPrId",
            subject.pull_request.map(|number| number.to_string()),
        ),
        (
            "stagegateRun",
            run.map(|run| format!("{}/{}", run.id, run.attempt)),
        ),
    ];
    let commit = commit.into_iter().flat_map(|commit| {
        [
            ("githubCommitMessage", commit.message),
            ("githubCommitAuthorName", commit.author),
            ("githubCommitAuthorLogin", commit.login),
        ]
    });
    let own = own
        .into_iter()
        .chain(commit)
        .filter_map(|(key, value)| Some((key.to_owned(), value?)));
    plan.meta.iter().cloned().chain(own).collect()
}

/// The same as the CLI sends it; nothing where no commit is known.
pub(crate) fn git(context: &Context, plan: &Plan) -> Option<GitMetadata> {
    let (subject, event) = (&context.subject, &context.runner.event);
    let sha = subject.sha.as_ref()?.as_str();
    let remote = repository(event)
        .or(subject.repository.as_deref())
        .map(|name| format!("{}/{name}", context.runner.server_url.trim_end_matches('/')));
    let commit = Commit::of(event, sha).unwrap_or_default();
    Some(GitMetadata {
        remote_url: remote,
        commit_ref: branch(event, subject.git_ref.as_deref()),
        commit_sha: Some(sha.to_owned()),
        commit_author_name: commit.author,
        commit_message: commit.message,
        // A runner checks the commit out. What a laptop has beside it nobody knows here.
        dirty: context.runner.on_runner.then_some(false),
        root_directory: plan.root_directory.clone(),
    })
}

/// What an event says about a commit. A pull request's event says nothing about its head, and its title is no commit message.
#[derive(Debug, Default, PartialEq, Eq)]
struct Commit {
    message: Option<String>,
    author: Option<String>,
    login: Option<String>,
}

impl Commit {
    /// Of the event, if it is about this very commit.
    fn of(event: &Event, sha: &str) -> Option<Self> {
        let places = [
            "/head_commit",
            "/workflow_run/head_commit",
            "/merge_group/head_commit",
        ];
        let place = places
            .into_iter()
            .find(|place| event.text(&format!("{place}/id")) == Some(sha))?;
        let text = |field: &str| {
            let text = event.text(&format!("{place}/{field}"))?;
            let line: String = text.lines().next()?.trim().chars().take(LONGEST).collect();
            Some(line).filter(|line| !line.is_empty())
        };
        Some(Self {
            message: text("message"),
            author: text("author/name"),
            login: text("author/username"),
        })
    }
}

/// The branch people know: of a pull request its own, and not the merge commit's ref.
fn branch(event: &Event, git_ref: Option<&str>) -> Option<String> {
    let named = match event.kind() {
        EventKind::PullRequest => event.text("/pull_request/head/ref"),
        EventKind::WorkflowRun => event.text("/workflow_run/head_branch"),
        EventKind::MergeGroup => event.text("/merge_group/head_ref"),
        EventKind::Other => None,
    };
    let name = named.or(git_ref)?;
    let plain = ["refs/heads/", "refs/tags/"]
        .into_iter()
        .find_map(|prefix| name.strip_prefix(prefix));
    Some(plain.unwrap_or(name).to_owned()).filter(|name| !name.is_empty())
}

/// Where the commit lies, if that is elsewhere: a fork.
fn repository(event: &Event) -> Option<&str> {
    match event.kind() {
        EventKind::PullRequest => event.text("/pull_request/head/repo/full_name"),
        EventKind::WorkflowRun => event.text("/workflow_run/head_repository/full_name"),
        EventKind::MergeGroup | EventKind::Other => None,
    }
}

/// A name that can stand in a host, for an order that does not know the project's own name: the id in the scope counts.
pub(crate) fn host_name(project: &str) -> String {
    let plain = |letter: char| {
        if letter.is_ascii_alphanumeric() {
            letter.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    let name: String = project.chars().map(plain).take(50).collect();
    let name = name.trim_matches('-').replace("---", "-");
    if name.is_empty() {
        "app".to_owned()
    } else {
        name
    }
}

/// A number that no other deployment has: the run and the moment.
pub(crate) fn attempt(context: &Context) -> String {
    let run = context.runner.run.as_ref().map_or(0, |run| run.id);
    format!(
        "{run}-{}-{}",
        context.started_at.as_nanosecond(),
        std::process::id()
    )
}
