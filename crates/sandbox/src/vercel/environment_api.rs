//! Custom environments such as `staging`, each with a domain that really answers, and their (empty) variables.

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
    now,
    project_api::known_project,
    show,
    state::Environment,
};
use crate::serve::Host;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ListArgs {
    #[serde(rename = "gitBranch")]
    _git_branch: Option<String>,
}

pub(super) async fn list(
    State(inner): State<Arc<Inner>>,
    Path(project): Path<String>,
    Args(_): Args<ListArgs>,
) -> Result<Json<Value>, Refusal> {
    known_project(&inner, &project)?;
    let state = inner.state();
    let environments: Vec<Value> = state.environments.iter().map(show::environment).collect();
    Ok(Json(
        json!({ "accountLimit": { "total": 12 }, "environments": environments }),
    ))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Body {
    slug: Option<String>,
    description: Option<String>,
    #[serde(rename = "branchMatcher")]
    _branch_matcher: Option<BranchMatcher>,
    #[serde(rename = "copyEnvVarsFrom")]
    _copy_env_vars_from: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BranchMatcher {
    #[serde(rename = "type")]
    _kind: MatcherKind,
    #[serde(rename = "pattern")]
    _pattern: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
enum MatcherKind {
    StartsWith,
    Equals,
    EndsWith,
}

pub(super) async fn create(
    State(inner): State<Arc<Inner>>,
    Path(project): Path<String>,
    Args(NoArgs {}): Args<NoArgs>,
    Strict(body): Strict<Body>,
) -> Result<(StatusCode, Json<Value>), Refusal> {
    known_project(&inner, &project)?;
    let slug = body.slug.unwrap_or_default();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if slug.is_empty() || slug.len() > 32 || !slug.chars().all(plain) {
        return Err(Refusal::bad_request(
            "Invalid request: `slug` takes up to 32 lower-case letters, digits and `-`",
        ));
    }
    let taken = ["production", "preview", "development"].contains(&slug.as_str())
        || inner
            .state()
            .environments
            .iter()
            .any(|environment| environment.slug == slug);
    if taken {
        return Err(Refusal::bad_request(format!(
            "Invalid request: the environment {slug:?} exists"
        )));
    }
    let domain = inner
        .open_host(0, Host::Environment(slug.clone()))
        .await
        .map_err(|error| Refusal::unavailable(format!("no port for the environment: {error}")))?;
    let mut state = inner.state();
    let id = state.next_id("env_", 24);
    let description = body.description.unwrap_or_default();
    let environment = Environment {
        id,
        slug,
        description,
        domain,
        created: now(),
    };
    let shown = show::environment(&environment);
    state.environments.push(environment);
    Ok((StatusCode::CREATED, Json(shown)))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct VariableArgs {
    #[serde(rename = "decrypt")]
    _decrypt: Option<bool>,
    #[serde(rename = "target")]
    _target: Option<String>,
    #[serde(rename = "source")]
    _source: Option<String>,
    #[serde(rename = "gitBranch")]
    _git_branch: Option<String>,
}

/// The project has no variables.
pub(super) async fn variables(
    State(inner): State<Arc<Inner>>,
    Path(project): Path<String>,
    Args(_): Args<VariableArgs>,
) -> Result<Json<Value>, Refusal> {
    known_project(&inner, &project)?;
    Ok(Json(json!({ "envs": [] })))
}

/// What the CLI's `pull` asks for.
pub(super) async fn pull(
    State(inner): State<Arc<Inner>>,
    Path((project, environment)): Path<(String, String)>,
    Args(_): Args<VariableArgs>,
) -> Result<Json<Value>, Refusal> {
    known_project(&inner, &project)?;
    let known = ["production", "preview", "development"].contains(&environment.as_str())
        || inner
            .state()
            .environments
            .iter()
            .any(|e| e.slug == environment || e.id == environment);
    if !known {
        return Err(Refusal::not_found(format!(
            "Environment \"{environment}\" was not found"
        )));
    }
    Ok(Json(json!({ "env": {}, "buildEnv": {} })))
}
