//! Promote and rollback, and what became of the domains.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Inner,
    answer::{Args, NoArgs, Refusal, Strict},
    jobs::{Accepted, JobStatus},
    now,
    project_api::known_project,
};

/// Neither request has a body worth the name; `{}` and nothing are taken.
type Empty = Strict<NoArgs>;

pub(super) async fn promote(
    State(inner): State<Arc<Inner>>,
    Path((project, deployment)): Path<(String, String)>,
    Args(NoArgs {}): Args<NoArgs>,
    Strict(NoArgs {}): Empty,
) -> Result<StatusCode, Refusal> {
    known_project(&inner, &project)?;
    match inner.state().promote(&deployment, now())? {
        Accepted::Now => Ok(StatusCode::CREATED),
        Accepted::Queued => Ok(StatusCode::ACCEPTED),
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RollbackArgs {
    #[serde(rename = "description")]
    _description: Option<String>,
}

pub(super) async fn roll_back(
    State(inner): State<Arc<Inner>>,
    Path((project, deployment)): Path<(String, String)>,
    Args(_): Args<RollbackArgs>,
    Strict(NoArgs {}): Empty,
) -> Result<StatusCode, Refusal> {
    known_project(&inner, &project)?;
    inner.state().roll_back(&deployment, now())?;
    Ok(StatusCode::CREATED)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct AliasArgs {
    failed_only: Option<bool>,
    #[serde(rename = "limit")]
    _limit: Option<u32>,
    #[serde(rename = "since")]
    _since: Option<i64>,
    #[serde(rename = "until")]
    _until: Option<i64>,
}

/// The domains of the latest promote or rollback, each with its status.
pub(super) async fn aliases(
    State(inner): State<Arc<Inner>>,
    Path(project): Path<String>,
    Args(args): Args<AliasArgs>,
) -> Result<Json<Value>, Refusal> {
    known_project(&inner, &project)?;
    let mut state = inner.state();
    state.step_job(now());
    let mut aliases = Vec::new();
    if let Some(request) = &state.last_alias_request {
        let failed = request.job_status == JobStatus::Failed;
        let uid = state
            .aliases
            .get(&state.production_domain)
            .map(|alias| alias.uid.clone())
            .unwrap_or_default();
        let status = match request.job_status {
            JobStatus::Pending | JobStatus::InProgress => "pending",
            JobStatus::Failed => "failed",
            JobStatus::Succeeded | JobStatus::Skipped => "completed",
        };
        if failed || args.failed_only != Some(true) {
            aliases.push(json!({ "alias": state.production_domain, "id": uid, "status": status }));
        }
    }
    let count = aliases.len();
    Ok(Json(
        json!({ "aliases": aliases, "pagination": { "count": count, "next": null, "prev": null } }),
    ))
}
