//! Domains and what they point at: the one place that says what production serves.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Inner, PROJECT,
    answer::{Args, NoArgs, Refusal, Strict},
    deployment::ReadyState,
    now, show,
};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct GetArgs {
    project_id: Option<String>,
    #[serde(rename = "since")]
    _since: Option<i64>,
    #[serde(rename = "until")]
    _until: Option<i64>,
    #[serde(rename = "from")]
    _from: Option<i64>,
}

/// A domain by name or uid; a GET is also a poll of the running alias job.
pub(super) async fn get(
    State(inner): State<Arc<Inner>>,
    Path(name): Path<String>,
    Args(args): Args<GetArgs>,
) -> Result<Json<Value>, Refusal> {
    let mut state = inner.state();
    state.step_job(now());
    let missing = || Refusal::not_found(format!("The alias \"{name}\" could not be found"));
    if args
        .project_id
        .as_deref()
        .is_some_and(|project| project != PROJECT && project != inner.project_name)
    {
        return Err(missing());
    }
    let (domain, alias) = state
        .aliases
        .iter()
        .find(|(domain, alias)| **domain == name || alias.uid == name)
        .ok_or_else(missing)?;
    Ok(Json(show::alias(&state, domain, alias)))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ListArgs {
    project_id: Option<String>,
    domain: Option<String>,
    limit: Option<usize>,
    since: Option<i64>,
    until: Option<i64>,
}

/// Every domain that points somewhere.
pub(super) async fn list(
    State(inner): State<Arc<Inner>>,
    Args(args): Args<ListArgs>,
) -> Json<Value> {
    let state = inner.state();
    let foreign = args
        .project_id
        .as_deref()
        .is_some_and(|project| project != PROJECT && project != inner.project_name);
    let aliases: Vec<Value> = state
        .aliases
        .iter()
        .filter(|(name, alias)| {
            !foreign
                && args.domain.as_ref().is_none_or(|domain| domain == *name)
                && args.since.is_none_or(|since| alias.created >= since)
                && args.until.is_none_or(|until| alias.created <= until)
        })
        .take(args.limit.unwrap_or(20))
        .map(|(name, alias)| show::alias(&state, name, alias))
        .collect();
    let count = aliases.len();
    Json(
        json!({ "aliases": aliases, "pagination": { "count": count, "next": null, "prev": null } }),
    )
}

pub(super) async fn of_deployment(
    State(inner): State<Arc<Inner>>,
    Path(id): Path<String>,
    Args(NoArgs {}): Args<NoArgs>,
) -> Result<Json<Value>, Refusal> {
    let state = inner.state();
    let id = &state.deployment(&id)?.id;
    let aliases: Vec<Value> = state
        .aliases
        .iter()
        .filter(|(_, alias)| alias.deployment == *id)
        .map(|(domain, alias)| json!({ "uid": alias.uid, "alias": domain, "created": show::timestamp(alias.created) }))
        .collect();
    Ok(Json(json!({ "aliases": aliases })))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AssignBody {
    alias: Option<String>,
    redirect: Option<String>,
}

pub(super) async fn assign(
    State(inner): State<Arc<Inner>>,
    Path(id): Path<String>,
    Args(NoArgs {}): Args<NoArgs>,
    Strict(body): Strict<AssignBody>,
) -> Result<Json<Value>, Refusal> {
    let mut state = inner.state();
    let (id, ready) = state
        .deployment(&id)
        .map(|found| (found.id.clone(), found.state == ReadyState::Ready))?;
    let alias = body.alias.ok_or_else(|| {
        Refusal::bad_request("Invalid request: missing required property `alias`")
    })?;
    if body.redirect.is_some() {
        return Err(Refusal::bad_request(
            "Invalid request: `redirect` is not served by the sandbox",
        ));
    }
    if !is_domain(&alias) {
        return Err(Refusal::bad_request(format!(
            "Invalid request: {alias:?} is not a domain"
        )));
    }
    if !state.owns(&alias) {
        return Err(Refusal::forbidden(format!(
            "You don't have access to the domain {alias}: it is not the team's"
        )));
    }
    if !ready {
        return Err(Refusal::bad_request("The deployment is not READY"));
    }
    let time = now();
    let before = state.aliased(&alias).map(str::to_owned);
    if alias == state.production_domain {
        state.move_production(&id, time)
    } else {
        drop(state.point(&alias, &id, time))
    }
    let found = state
        .aliases
        .get(&alias)
        .map(|alias| (alias.uid.clone(), alias.created));
    let (uid, created) = found.unwrap_or_default();
    Ok(Json(
        json!({ "uid": uid, "alias": alias, "created": show::timestamp(created), "oldDeploymentId": before }),
    ))
}

pub(super) async fn remove(
    State(inner): State<Arc<Inner>>,
    Path(name): Path<String>,
    Args(NoArgs {}): Args<NoArgs>,
) -> Result<Json<Value>, Refusal> {
    let mut state = inner.state();
    let before = state.aliases.len();
    state
        .aliases
        .retain(|domain, alias| *domain != name && alias.uid != name);
    if state.aliases.len() == before {
        return Err(Refusal::not_found(format!(
            "The alias \"{name}\" could not be found"
        )));
    }
    Ok(Json(json!({ "status": "SUCCESS" })))
}

/// Letters, digits, dots and hyphens; a port is allowed because the sandbox's own domains have one.
fn is_domain(text: &str) -> bool {
    let (host, port) = text
        .split_once(':')
        .map_or((text, None), |(host, port)| (host, Some(port)));
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    host.contains('.')
        && host.split('.').all(label)
        && port.is_none_or(|port| port.parse::<u16>().is_ok())
}
