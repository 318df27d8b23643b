//! The baseline among the artifacts of earlier runs: of the commit a change started from, or of the nearest one before it.
//!
//! GitHub is asked where the histories part, because a runner's checkout is shallow. However long the history is, that are
//! three questions and one download: the merge base, the hundred commits before it, the newest artifacts of the name.
//! Whatever goes wrong is a reason to compare with nothing, and never fails the gate.

use std::time::Duration;

use gate::Context;
use github_client::{Artifact, Client, Options, unpack};
use http_client::{Deadline, RetryPolicy, Secret};
use verdict::{Digest, Evidence, EvidenceState, Source};

use super::LIMIT;

/// The largest artifact that is downloaded, as it is stored, in bytes.
const STORED: u64 = 16 << 20;

/// How long everything may take: a pull request does not wait for a baseline.
const TIME: Duration = Duration::from_secs(30);

/// A baseline as an earlier run kept it.
#[derive(Debug)]
pub(super) struct Kept {
    /// The JSON.
    pub bytes: Vec<u8>,
    /// Of the JSON.
    pub evidence: Evidence,
}

/// Brings the JSON out of the artifact of this name; the error says why there is none.
pub(super) async fn fetch(name: &str, context: &Context) -> Result<Kept, String> {
    let github = client(context)?;
    Deadline::after(TIME)
        .run(find(name, &github, context))
        .await
        .unwrap_or_else(|late| Err(late.to_string()))
}

fn client(context: &Context) -> Result<Client, String> {
    let repository = context.subject.repository.as_deref();
    let repository = repository.ok_or("no repository is known outside a workflow")?;
    let token = context
        .secret("GITHUB_TOKEN")
        .ok_or("GITHUB_TOKEN is not set")?;
    let mut options = Options::new(&context.runner.api_url, repository, Secret::new(token));
    options.retry = RetryPolicy {
        attempts: 3,
        deadline: TIME,
        ..options.retry
    };
    Client::new(&options).map_err(|error| error.to_string())
}

async fn find(name: &str, github: &Client, context: &Context) -> Result<Kept, String> {
    let history = history(github, context).await?;
    let listed = github.artifacts_named(name).await.map_err(told)?;
    let artifact = nearest(&listed, &history)?;
    let size = artifact.size_in_bytes;
    if size > STORED {
        return Err(format!("it has {size} bytes, over the limit of {STORED}"));
    }
    let downloads = github.downloads().map_err(told)?;
    let zip = downloads.read(artifact.id, STORED).await.map_err(told)?;
    if let Some(digest) = artifact.digest.as_deref()
        && digest != Digest::of(&zip).as_str()
    {
        return Err("it is not what was uploaded: its digest differs".to_owned());
    }
    let mut files = Vec::new();
    let refused = unpack(&zip, LIMIT, &mut LIMIT.clone(), |_, bytes| {
        files.push(bytes.to_vec());
    });
    match (files.pop(), files.is_empty(), refused.first()) {
        (Some(bytes), true, None) => {
            let source = Source::Url(address(artifact, context));
            let evidence = Evidence::read(source, &bytes, EvidenceState::Clean);
            Ok(Kept { bytes, evidence })
        }
        (_, _, Some(why)) => Err(format!("in it, {}", gate::foreign_text(why))),
        _ => Err("it does not hold one JSON file".to_owned()),
    }
}

/// The commits whose baselines are wanted, the best first.
async fn history(github: &Client, context: &Context) -> Result<Vec<String>, String> {
    let head = context.subject.sha.as_ref();
    let head = head
        .ok_or("no commit is known outside a workflow")?
        .as_str();
    // A branch that is new has no commit before: GitHub writes zeros.
    let base = context.runner.event.base_sha();
    let base = base.filter(|sha| sha.as_str().bytes().any(|digit| digit != b'0'));
    let Some(base) = base else {
        let mut history = github.history(head).await.map_err(told)?;
        // Its own baseline is no earlier one.
        history.retain(|sha| sha != head);
        return Ok(history);
    };
    let start = github.merge_base(base.as_str(), head).await.map_err(told)?;
    github.history(&start).await.map_err(told)
}

/// The newest artifact of the first commit that has one. A fork's run may upload under any name: it counts only when the
/// commit was the repository's own.
fn nearest<'a>(listed: &'a [Artifact], history: &[String]) -> Result<&'a Artifact, String> {
    let of = |sha: &String| {
        let own = listed.iter().filter(|artifact| {
            let run = artifact.workflow_run.as_ref();
            run.is_some_and(|run| run.is_own() && run.head_sha.as_ref() == Some(sha))
        });
        own.max_by_key(|artifact| (!artifact.expired, artifact.id))
    };
    let mut found = history.iter().filter_map(of).peekable();
    let nearest = found.peek().copied();
    match (found.find(|artifact| !artifact.expired), nearest) {
        (Some(artifact), _) => Ok(artifact),
        (None, Some(_)) => Err("it has expired".to_owned()),
        (None, None) => {
            let commits = history.len();
            let newest = history
                .first()
                .map_or("", |sha| sha.get(..7).unwrap_or(sha));
            Err(format!(
                "no run of {newest} or the {} commits before it kept one",
                commits.saturating_sub(1)
            ))
        }
    }
}

/// Where people find it.
fn address(artifact: &Artifact, context: &Context) -> String {
    let server = &context.runner.server_url;
    let repository = context.subject.repository.as_deref().unwrap_or_default();
    let run = artifact.workflow_run.as_ref().and_then(|run| run.id);
    let (run, id) = (run.unwrap_or_default(), artifact.id);
    format!("{server}/{repository}/actions/runs/{run}/artifacts/{id}")
}

fn told(error: github_client::Error) -> String {
    if error.is_forbidden() {
        return format!("{error}; give the job `permissions: {{actions: read, contents: read}}`");
    }
    error.to_string()
}

#[cfg(test)]
mod tests {
    use github_client::{Artifact, ArtifactRun};

    use super::nearest;

    fn artifact(id: u64, sha: &str) -> Artifact {
        Artifact {
            id,
            name: "bundle-baseline".to_owned(),
            size_in_bytes: 1,
            digest: None,
            expired: false,
            workflow_run: Some(ArtifactRun {
                id: Some(1),
                head_sha: Some(sha.to_owned()),
                repository_id: Some(5),
                head_repository_id: Some(5),
            }),
        }
    }

    #[test]
    fn the_nearest_commit_counts_and_of_it_the_last_upload() {
        let with = |mut artifact: Artifact, change: fn(&mut Artifact)| {
            change(&mut artifact);
            artifact
        };
        let of_fork: fn(&mut Artifact) = |artifact| {
            artifact.workflow_run.as_mut().unwrap().head_repository_id = Some(6);
        };
        let nameless: fn(&mut Artifact) = |artifact| artifact.workflow_run = None;
        let gone: fn(&mut Artifact) = |artifact| artifact.expired = true;
        let history = ["base", "before", "first"].map(str::to_owned);
        let table = [
            (vec![artifact(9, "change"), artifact(3, "first")], Ok(3)),
            (vec![artifact(9, "before"), artifact(3, "base")], Ok(3)),
            (vec![artifact(3, "base"), artifact(4, "base")], Ok(4)),
            (
                vec![with(artifact(4, "base"), gone), artifact(3, "base")],
                Ok(3),
            ),
            (
                vec![with(artifact(4, "base"), gone), artifact(2, "first")],
                Ok(2),
            ),
            (
                vec![with(artifact(4, "base"), of_fork), artifact(2, "first")],
                Ok(2),
            ),
            (vec![with(artifact(4, "base"), gone)], Err("it has expired")),
            (
                vec![with(artifact(4, "base"), nameless), artifact(9, "change")],
                Err("no run of base or the 2 commits before it kept one"),
            ),
        ];
        for (listed, expected) in table {
            let found = nearest(&listed, &history).map(|artifact| artifact.id);
            assert_eq!(found, expected.map_err(str::to_owned), "{listed:?}");
        }
        assert!(nearest(&[], &[]).is_err());
    }
}
