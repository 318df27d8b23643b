//! The account, the team, the project with its domains, and the secrets of its protection wall.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Inner, ORG, PROJECT,
    answer::{Args, NoArgs, Refusal, Strict},
    now, show,
    state::Bypass,
};

/// Refuses any project but the one there is.
pub(super) fn known_project(inner: &Inner, id_or_name: &str) -> Result<(), Refusal> {
    if id_or_name == PROJECT || id_or_name == inner.project_name {
        return Ok(());
    }
    Err(Refusal::not_found(format!(
        "Project \"{id_or_name}\" was not found"
    )))
}

pub(super) async fn user() -> Json<Value> {
    Json(json!({ "user": {
        "id": "usr_sandbox", "username": "release-manager", "email": "release-manager@example.com", "name": null,
        "version": "northstar", "defaultTeamId": ORG,
    } }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PageArgs {
    #[serde(rename = "limit")]
    _limit: Option<u32>,
    #[serde(rename = "since")]
    _since: Option<i64>,
    #[serde(rename = "until")]
    _until: Option<i64>,
}

pub(super) async fn teams(State(inner): State<Arc<Inner>>, Args(_): Args<PageArgs>) -> Json<Value> {
    Json(
        json!({ "teams": [team_json(&inner)], "pagination": { "count": 1, "next": null, "prev": null } }),
    )
}

pub(super) async fn team(
    State(inner): State<Arc<Inner>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    if id != ORG && id != inner.team_slug {
        return Err(Refusal::not_found(format!("Team \"{id}\" was not found")));
    }
    Ok(Json(team_json(&inner)))
}

fn team_json(inner: &Inner) -> Value {
    json!({ "id": ORG, "slug": inner.team_slug, "name": inner.team_slug, "membership": { "role": "MEMBER" } })
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ProjectArgs {
    #[serde(rename = "rollbackInfo")]
    _rollback_info: Option<bool>,
}

/// Every project: the one there is.
pub(super) async fn projects(
    State(inner): State<Arc<Inner>>,
    Args(_): Args<PageArgs>,
) -> Json<Value> {
    let project = show::project(&inner, &inner.state());
    Json(json!({ "projects": [project], "pagination": { "count": 1, "next": null, "prev": null } }))
}

/// The project; a GET is also a poll of the running alias job.
pub(super) async fn project(
    State(inner): State<Arc<Inner>>,
    Path(project): Path<String>,
    Args(_): Args<ProjectArgs>,
) -> Result<Json<Value>, Refusal> {
    known_project(&inner, &project)?;
    let mut state = inner.state();
    state.step_job(now());
    Ok(Json(show::project(&inner, &state)))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DomainArgs {
    production: Option<bool>,
    limit: Option<usize>,
}

pub(super) async fn domains(
    State(inner): State<Arc<Inner>>,
    Path(project): Path<String>,
    Args(args): Args<DomainArgs>,
) -> Result<Json<Value>, Refusal> {
    known_project(&inner, &project)?;
    let state = inner.state();
    let mut domains = vec![show::domain(&state, &state.production_domain, None)];
    if args.production != Some(true) {
        domains.extend(
            state
                .environments
                .iter()
                .map(|e| show::domain(&state, &e.domain, Some(e))),
        );
    }
    domains.truncate(args.limit.unwrap_or(20));
    let count = domains.len();
    Ok(Json(
        json!({ "domains": domains, "pagination": { "count": count, "next": null, "prev": null } }),
    ))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BypassBody {
    generate: Option<Generate>,
    revoke: Option<Revoke>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Generate {
    secret: Option<String>,
    note: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Revoke {
    secret: String,
    regenerate: bool,
}

pub(super) async fn bypass(
    State(inner): State<Arc<Inner>>,
    Path(project): Path<String>,
    Args(NoArgs {}): Args<NoArgs>,
    Strict(body): Strict<BypassBody>,
) -> Result<Json<Value>, Refusal> {
    known_project(&inner, &project)?;
    let mut state = inner.state();
    let mut wanted = body
        .generate
        .map(|generate| (generate.secret, generate.note.unwrap_or_default()));
    if let Some(Revoke { secret, regenerate }) = body.revoke {
        let before = state.bypasses.len();
        state.bypasses.retain(|bypass| bypass.secret != secret);
        if state.bypasses.len() == before {
            return Err(Refusal::not_found("The secret to revoke was not found"));
        }
        if regenerate {
            wanted.get_or_insert((None, String::new()));
        }
    }
    if let Some((secret, note)) = wanted {
        let acceptable = |secret: &String| {
            secret.len() == 32 && secret.bytes().all(|b| b.is_ascii_alphanumeric())
        };
        if secret.as_ref().is_some_and(|secret| !acceptable(secret)) {
            return Err(Refusal::bad_request(
                "Invalid request: `generate.secret` must be 32 letters or digits",
            ));
        }
        let secret = secret.unwrap_or_else(|| state.next_id("", 32));
        state.bypasses.push(Bypass {
            secret,
            note,
            created: now(),
        });
    }
    Ok(Json(json!({ "protectionBypass": show::bypasses(&state) })))
}
