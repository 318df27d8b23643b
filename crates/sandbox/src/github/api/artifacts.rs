//! Artifacts of runs and their download.

use http::StatusCode;
use serde_json::{Value, json};

use super::super::call::{Answer, Call, Outcome, Refusal};
use super::super::paging;
use super::super::records_release::Artifact;
use super::super::shapes::{node_id, repository_id};
use super::super::state::State;
use super::runs;

/// All artifacts of the repository, newest first; `name` filters.
pub(super) fn list(state: &State, call: &Call<'_>) -> Answer {
    page(state, call, state.artifacts.iter().rev())
}

/// The artifacts of a run; `name` filters.
pub(super) fn of_run(state: &State, call: &Call<'_>, run_id: u64) -> Outcome {
    state.run(run_id).ok_or_else(Refusal::not_found)?;
    let artifacts = state.artifacts.iter();
    let artifacts = artifacts.filter(|artifact| artifact.run_id == run_id);
    Ok(page(state, call, artifacts))
}

fn page<'s>(
    state: &'s State,
    call: &Call<'_>,
    artifacts: impl Iterator<Item = &'s Artifact>,
) -> Answer {
    let artifacts = artifacts
        .filter(|artifact| call.query("name").is_none_or(|name| artifact.name == name))
        .collect();
    paging::counted(call, "artifacts", artifacts, |artifact| {
        shape(state, call, artifact)
    })
}

/// One artifact.
pub(super) fn get(state: &State, call: &Call<'_>, id: u64) -> Outcome {
    Ok(Answer::ok(shape(state, call, find(state, id)?)))
}

/// Redirects to where the bytes are, as GitHub does to its blob store; 410 once they are gone.
pub(super) fn download(state: &State, call: &Call<'_>, id: u64) -> Outcome {
    let artifact = find(state, id)?;
    if artifact.expired {
        return Err(Refusal::new(StatusCode::GONE, "Artifact has expired"));
    }
    Ok(Answer::found(format!(
        "{}/_sandbox/artifacts/{id}.zip?sig={}",
        call.links.api,
        signature(artifact)
    )))
}

/// What the download's address must carry: the address is the permission, no token is sent there.
pub(in super::super) fn signature(artifact: &Artifact) -> &str {
    artifact.digest.trim_start_matches("sha256:")
}

fn find(state: &State, id: u64) -> Result<&Artifact, Refusal> {
    let mut artifacts = state.artifacts.iter();
    artifacts
        .find(|artifact| artifact.id == id)
        .ok_or_else(Refusal::not_found)
}

fn shape(state: &State, call: &Call<'_>, artifact: &Artifact) -> Value {
    let url = format!("{}/actions/artifacts/{}", call.links.repo(), artifact.id);
    let run = state.run(artifact.run_id).map(|run| {
        json!({
            "id": run.id,
            "repository_id": repository_id(call.links),
            "head_repository_id": repository_id(&runs::head_links(state, call.links, run)),
            "head_branch": run.head_branch.as_deref().unwrap_or_default(),
            "head_sha": run.head_sha,
        })
    });
    json!({
        "id": artifact.id,
        "node_id": node_id("AR", artifact.id),
        "name": artifact.name,
        "size_in_bytes": artifact.bytes.len(),
        "url": url,
        "archive_download_url": format!("{url}/zip"),
        "expired": artifact.expired,
        "digest": artifact.digest,
        "created_at": artifact.at,
        "updated_at": artifact.at,
        "expires_at": "2100-01-01T00:00:00Z",
        "workflow_run": run,
    })
}
