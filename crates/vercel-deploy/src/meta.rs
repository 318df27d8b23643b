//! What a deployment carries: the digest of its bytes, and where they came from. A promote reads it back.

use std::collections::BTreeMap;

use gate::Context;
use verdict::Digest;

/// The build's digest.
pub(crate) const DIGEST: &str = "stagegateDigest";
/// The commit, under the name that Vercel's own Git integration uses.
pub(crate) const COMMIT: &str = "githubCommitSha";

/// What is stamped on a deployment of this build.
pub(crate) fn stamp(context: &Context, digest: &Digest) -> BTreeMap<String, String> {
    let subject = &context.subject;
    let (org, repo) = subject
        .repository
        .as_deref()
        .and_then(|name| name.split_once('/'))
        .unzip();
    let run = context.runner.run.as_ref();
    [
        (DIGEST, Some(digest.to_string())),
        (COMMIT, subject.sha.as_ref().map(ToString::to_string)),
        (
            "githubCommitRef",
            subject
                .git_ref
                .as_deref()
                .map(|name| name.trim_start_matches("refs/heads/").to_owned()),
        ),
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
    ]
    .into_iter()
    .filter_map(|(key, value)| Some((key.to_owned(), value?)))
    .collect()
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
