//! What a deployment carries: the digest of its bytes, and where they came from. A promote reads it back.

use std::collections::BTreeMap;

use gate::Context;
use vercel_client::GitMetadata;
use verdict::Digest;

use crate::plan::Plan;

/// The build's digest.
pub(crate) const DIGEST: &str = "stagegateDigest";
/// The commit, under the name that Vercel's own Git integration uses.
pub(crate) const COMMIT: &str = "githubCommitSha";

/// What is stamped on a deployment of this build. What the plan adds cannot replace what a promote relies on.
pub(crate) fn stamp(context: &Context, plan: &Plan, digest: &Digest) -> BTreeMap<String, String> {
    let subject = &context.subject;
    let (org, repo) = subject
        .repository
        .as_deref()
        .and_then(|name| name.split_once('/'))
        .unzip();
    let run = context.runner.run.as_ref();
    let own = [
        (DIGEST, Some(digest.to_string())),
        (COMMIT, subject.sha.as_ref().map(ToString::to_string)),
        ("githubCommitRef", branch(context)),
        ("githubOrg", org.map(str::to_owned)),
        ("githubRepo", repo.map(str::to_owned)),
        (
            "githubPrId",
            subject.pull_request.map(|number| number.to_string()),
        ),
        (
            "stagegateRun",
            run.map(|run| format!("{}/{}", run.id, run.attempt)),
        ),
    ];
    let own = own
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), value?)));
    plan.meta.iter().cloned().chain(own).collect()
}

/// The same for Vercel's dashboard; nothing where no commit is known.
pub(crate) fn git(context: &Context, plan: &Plan) -> Option<GitMetadata> {
    let subject = &context.subject;
    let sha = subject.sha.as_ref()?;
    let remote = subject
        .repository
        .as_deref()
        .map(|name| format!("{}/{name}", context.runner.server_url.trim_end_matches('/')));
    Some(GitMetadata {
        remote_url: remote,
        commit_ref: branch(context),
        commit_sha: Some(sha.to_string()),
        root_directory: plan.root_directory.clone(),
        ..GitMetadata::default()
    })
}

fn branch(context: &Context) -> Option<String> {
    let name = context.subject.git_ref.as_deref()?;
    Some(name.trim_start_matches("refs/heads/").to_owned())
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
