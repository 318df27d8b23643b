//! Deployments: list, create with GitHub's two traps, get.
//!
//! The traps are the defaults. `auto_merge` merges the default branch into a branch that is behind and creates nothing;
//! `required_contexts` left out makes every status and check of the commit count, the running job's own included.

use http::StatusCode;
use serde_json::{Value, json};

use super::super::call::{Answer, Call, Outcome, Refusal};
use super::super::fields::{Fields, object};
use super::super::links::Links;
use super::super::paging;
use super::super::records_release::Deployment;
use super::super::shapes::{account, node_id};
use super::super::state::{State, Tone};
use super::{commit_statuses, need_write};

/// Newest first; `sha`, `ref`, `task` and `environment` filter.
pub(super) fn list(state: &State, call: &Call<'_>) -> Outcome {
    // GitHub documents `none` as the default of all four.
    let is = |key, value: &str| {
        call.query(key)
            .is_none_or(|wanted| wanted == "none" || wanted == value)
    };
    let deployments = state
        .deployments
        .iter()
        .rev()
        .filter(|deployment| {
            is("sha", &deployment.sha)
                && is("ref", &deployment.r#ref)
                && is("task", &deployment.task)
                && is("environment", &deployment.environment)
        })
        .collect();
    Ok(paging::list(call, deployments, |deployment| {
        shape(call.links, deployment)
    }))
}

/// One deployment.
pub(super) fn get(state: &State, call: &Call<'_>, id: u64) -> Outcome {
    let deployment = state
        .deployments
        .iter()
        .find(|deployment| deployment.id == id);
    deployment
        .map(|deployment| Answer::ok(shape(call.links, deployment)))
        .ok_or_else(Refusal::not_found)
}

/// Creates a deployment.
pub(super) fn create(state: &mut State, call: &Call<'_>) -> Outcome {
    need_write(state, call)?;
    let map = object(call.body)?;
    let mut fields = Fields::of("Deployment", &map);
    let reference = fields.need_text("ref").to_owned();
    let task = fields.text("task").unwrap_or("deploy").to_owned();
    let auto_merge = fields.flag("auto_merge").unwrap_or(true);
    let contexts = fields.items("required_contexts", "strings", |item| {
        item.as_str().map(str::to_owned)
    });
    let payload = fields.raw("payload").cloned();
    if payload
        .as_ref()
        .is_some_and(|value| !value.is_object() && !value.is_string())
    {
        fields.refuse("payload", "invalid", "payload is not an object or a string");
    }
    let environment = fields
        .text("environment")
        .unwrap_or("production")
        .to_owned();
    let description = fields.nullable_text("description").map(str::to_owned);
    fields.at_most("description", 140);
    let transient = fields.flag("transient_environment").unwrap_or(false);
    let production = fields
        .flag("production_environment")
        .unwrap_or(environment == "production");
    fields.finish()?;

    let sha = state
        .resolve(&reference)
        .ok_or_else(|| Refusal::unprocessable(format!("No ref found for: {reference}")))?
        .to_owned();
    if auto_merge && is_behind(state, &reference, &sha) {
        let message = format!(
            "Auto-merged {} into {reference} on deployment.",
            state.default_branch
        );
        return Ok(Answer::accepted(json!({ "message": message })));
    }
    check_contexts(state, &reference, &sha, contexts)?;

    let deployment = Deployment {
        id: state.fresh_id(),
        sha,
        r#ref: reference,
        task,
        original_environment: environment.clone(),
        environment,
        description,
        payload: payload.unwrap_or_else(|| json!({})),
        production_environment: production,
        transient_environment: transient,
        creator: call.who.login().to_owned(),
        created_at: call.now.to_owned(),
        updated_at: call.now.to_owned(),
        statuses: Vec::new(),
    };
    let answer = Answer::created(shape(call.links, &deployment));
    let text = format!("Deployment to {} created", deployment.environment);
    state.note(call.now, Tone::Neutral, text);
    state.deployments.push(deployment);
    Ok(answer)
}

/// Only a branch can be merged into; a SHA is deployed as it is.
fn is_behind(state: &State, reference: &str, sha: &str) -> bool {
    let newest = state.branches.get(&state.default_branch);
    reference != sha && newest.is_some_and(|newest| !state.contains(sha, newest))
}

fn check_contexts(
    state: &State,
    reference: &str,
    sha: &str,
    required: Option<Vec<String>>,
) -> Result<(), Refusal> {
    let statuses = commit_statuses::newest_by_context(state, sha);
    let mut contexts: Vec<(&str, bool)> = statuses
        .values()
        .map(|status| (status.context.as_str(), status.state == "success"))
        .collect();
    let green = ["success", "neutral", "skipped"];
    contexts.extend(
        state
            .check_runs
            .iter()
            .filter(|run| run.head_sha == sha)
            .map(|run| {
                let conclusion = run.conclusion.as_deref();
                (
                    run.name.as_str(),
                    conclusion.is_some_and(|word| green.contains(&word)),
                )
            }),
    );
    let failing: Vec<&str> = match &required {
        None => contexts
            .iter()
            .filter(|(_, good)| !good)
            .map(|(name, _)| *name)
            .collect(),
        Some(required) => required
            .iter()
            .map(String::as_str)
            .filter(|wanted| !contexts.iter().any(|(name, good)| name == wanted && *good))
            .collect(),
    };
    if failing.is_empty() {
        return Ok(());
    }
    let described: Vec<Value> = contexts
        .iter()
        .map(|(name, good)| json!({ "context": name, "state": if *good { "success" } else { "pending" } }))
        .collect();
    Err(Refusal {
        status: StatusCode::CONFLICT,
        message: format!("Conflict: Commit status checks failed for {reference}."),
        errors: vec![json!({
            "contexts": described,
            "resource": "Deployment",
            "field": "required_contexts",
            "code": "invalid",
            "message": format!("not green: {}", failing.join(", ")),
        })],
    })
}

/// A `deployment`.
pub(super) fn shape(links: &Links, deployment: &Deployment) -> Value {
    let url = format!("{}/deployments/{}", links.repo(), deployment.id);
    json!({
        "id": deployment.id,
        "node_id": node_id("DE", deployment.id),
        "url": url,
        "sha": deployment.sha,
        "ref": deployment.r#ref,
        "task": deployment.task,
        "payload": deployment.payload,
        "original_environment": deployment.original_environment,
        "environment": deployment.environment,
        "description": deployment.description,
        "creator": account(links, &deployment.creator),
        "created_at": deployment.created_at,
        "updated_at": deployment.updated_at,
        "statuses_url": format!("{url}/statuses"),
        "repository_url": links.repo(),
        "transient_environment": deployment.transient_environment,
        "production_environment": deployment.production_environment,
        "performed_via_github_app": null,
    })
}
