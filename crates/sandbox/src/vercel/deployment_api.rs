//! Looking at deployments, stopping and removing them. Each GET of one is a step of its life; lists and logs are not.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Inner, PROJECT,
    answer::{Args, NoArgs, Refusal},
    deployment::{Deployment, Target},
    now, show,
    state::State as Memory,
};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct GetArgs {
    #[serde(rename = "withGitRepoInfo")]
    _with_git_repo_info: Option<bool>,
}

pub(super) async fn get(
    State(inner): State<Arc<Inner>>,
    Path(id): Path<String>,
    Args(_): Args<GetArgs>,
) -> Result<Json<Value>, Refusal> {
    let mut state = inner.state();
    let id = state.deployment(&id)?.id.clone();
    state.poll_deployment(&id, now());
    Ok(Json(show::deployment(
        &inner,
        &state,
        state.deployment(&id)?,
    )))
}

/// The page that `inspectorUrl` leads to; reading it changes nothing.
pub(super) async fn inspect(
    State(inner): State<Arc<Inner>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let state = inner.state();
    Ok(Json(show::deployment(
        &inner,
        &state,
        state.deployment(&id)?,
    )))
}

/// The one build of a deployment, without a list of its output.
pub(super) async fn builds(
    State(inner): State<Arc<Inner>>,
    Path(id): Path<String>,
    Args(NoArgs {}): Args<NoArgs>,
) -> Result<Json<Value>, Refusal> {
    let state = inner.state();
    let deployment = state.deployment(&id)?;
    Ok(Json(json!({ "builds": [{
        "id": deployment.build_id(),
        "deploymentId": deployment.id,
        "entrypoint": ".",
        "readyState": deployment.state,
        "createdAt": deployment.created,
        "readyStateAt": deployment.ready,
        "scheduledAt": deployment.created,
        "output": [],
    }] })))
}

pub(super) async fn cancel(
    State(inner): State<Arc<Inner>>,
    Path(id): Path<String>,
    Args(NoArgs {}): Args<NoArgs>,
) -> Result<Json<Value>, Refusal> {
    let mut state = inner.state();
    let id = state.deployment(&id)?.id.clone();
    if !state
        .deployment_mut(&id)
        .is_some_and(|deployment| deployment.cancel(now()))
    {
        return Err(Refusal::bad_request(
            "The deployment is past the point where it could be canceled",
        ));
    }
    Ok(Json(show::deployment(
        &inner,
        &state,
        state.deployment(&id)?,
    )))
}

pub(super) async fn remove(
    State(inner): State<Arc<Inner>>,
    Path(id): Path<String>,
    Args(NoArgs {}): Args<NoArgs>,
) -> Result<Json<Value>, Refusal> {
    let mut state = inner.state();
    let id = state.deployment(&id)?.id.clone();
    state.remove(&id);
    Ok(Json(json!({ "uid": id, "state": "DELETED" })))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ListArgs {
    app: Option<String>,
    project_id: Option<String>,
    target: Option<String>,
    state: Option<String>,
    sha: Option<String>,
    branch: Option<String>,
    limit: Option<usize>,
    since: Option<i64>,
    until: Option<i64>,
    from: Option<i64>,
    to: Option<i64>,
    rollback_candidate: Option<bool>,
}

/// Newest first.
pub(super) async fn list(
    State(inner): State<Arc<Inner>>,
    Args(args): Args<ListArgs>,
) -> Result<Json<Value>, Refusal> {
    let limit = args.limit.unwrap_or(20);
    if !(1..=100).contains(&limit) {
        return Err(Refusal::bad_request("Invalid request: `limit` is 1 to 100"));
    }
    let state = inner.state();
    let foreign = |name: &Option<String>| {
        name.as_ref()
            .is_some_and(|n| n != PROJECT && *n != inner.project_name)
    };
    let mut found: Vec<&Deployment> = Vec::new();
    if !foreign(&args.project_id) && !foreign(&args.app) {
        found.extend(
            state
                .deployments
                .iter()
                .rev()
                .filter(|deployment| args.admits(&state, deployment)),
        );
    }
    let next = found.get(limit).map(|deployment| deployment.created);
    found.truncate(limit);
    let items: Vec<Value> = found
        .iter()
        .map(|deployment| show::listed(&inner, &state, deployment))
        .collect();
    Ok(Json(json!({
        "pagination": { "count": items.len(), "next": next, "prev": found.first().map(|first| first.created) },
        "deployments": items,
    })))
}

impl ListArgs {
    fn admits(&self, state: &Memory, deployment: &Deployment) -> bool {
        let target = deployment.target.as_str().unwrap_or("preview");
        let name = show_state(deployment);
        let meta = |key: &str, wanted: &Option<String>| {
            wanted
                .as_ref()
                .is_none_or(|wanted| deployment.meta.get(key) == Some(wanted))
        };
        let (after, before) = (self.since.or(self.from), self.until.or(self.to));
        self.target.as_deref().is_none_or(|wanted| wanted == target)
            && self
                .state
                .as_deref()
                .is_none_or(|states| states.split(',').any(|wanted| wanted.trim() == name))
            && meta("githubCommitSha", &self.sha)
            && meta("githubCommitRef", &self.branch)
            && after.is_none_or(|after| deployment.created >= after)
            && before.is_none_or(|before| deployment.created <= before)
            && self.rollback_candidate.is_none_or(|wanted| {
                wanted
                    == (deployment.target == Target::Production
                        && state.is_rollback_candidate(deployment))
            })
    }
}

fn show_state(deployment: &Deployment) -> String {
    json!(deployment.state)
        .as_str()
        .unwrap_or_default()
        .to_owned()
}
