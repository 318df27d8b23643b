//! Statuses of a deployment, and what a success does to earlier deployments.

use serde_json::{Value, json};

use super::super::call::{Answer, Call, Outcome, Refusal};
use super::super::fields::{Fields, object};
use super::super::links::Links;
use super::super::paging;
use super::super::records_release::{Deployment, DeploymentStatus};
use super::super::shapes::{account, node_id};
use super::super::state::{State, Tone};
use super::need_write;

const STATES: [&str; 7] = [
    "error",
    "failure",
    "inactive",
    "in_progress",
    "queued",
    "pending",
    "success",
];

/// Newest first.
pub(super) fn list(state: &State, call: &Call<'_>, id: u64) -> Outcome {
    let deployment = find(state, id)?;
    let statuses = deployment.statuses.iter().rev().collect();
    Ok(paging::list(call, statuses, |status| {
        shape(call.links, deployment, status)
    }))
}

/// One status.
pub(super) fn get(state: &State, call: &Call<'_>, id: u64, status: u64) -> Outcome {
    let deployment = find(state, id)?;
    let statuses = &deployment.statuses;
    let status = statuses.iter().find(|found| found.id == status);
    status
        .map(|status| Answer::ok(shape(call.links, deployment, status)))
        .ok_or_else(Refusal::not_found)
}

/// Adds a status.
pub(super) fn create(state: &mut State, call: &Call<'_>, id: u64) -> Outcome {
    need_write(state, call)?;
    find(state, id)?;
    let map = object(call.body)?;
    let mut fields = Fields::of("DeploymentStatus", &map);
    let wanted = fields.need_one_of("state", &STATES).to_owned();
    let description = fields.text("description").unwrap_or_default().to_owned();
    fields.at_most("description", 140);
    let target_url = fields.address("target_url").map(str::to_owned);
    let log_url = fields.address("log_url").map(str::to_owned);
    let environment = fields.text("environment").map(str::to_owned);
    let environment_url = fields.address("environment_url").map(str::to_owned);
    let auto_inactive = fields.flag("auto_inactive").unwrap_or(true);
    fields.finish()?;

    let status = DeploymentStatus {
        id: state.fresh_id(),
        state: wanted,
        description,
        environment_url,
        // `log_url` replaces `target_url`; the old name is still read.
        log_url: log_url.or(target_url),
        environment: String::new(),
        creator: call.who.login().to_owned(),
        at: call.now.to_owned(),
    };
    let (answer, place) = append(state, call, id, environment, status)?;
    if auto_inactive && place.state == "success" {
        retire_earlier(state, call, id, &place.environment);
    }
    let tone = match place.state.as_str() {
        "success" => Tone::Good,
        "error" | "failure" => Tone::Bad,
        _ => Tone::Neutral,
    };
    let text = format!("Deployment to {} is {}", place.environment, place.state);
    state.note(call.now, tone, text);
    Ok(answer)
}

fn append(
    state: &mut State,
    call: &Call<'_>,
    id: u64,
    environment: Option<String>,
    mut status: DeploymentStatus,
) -> Result<(Answer, DeploymentStatus), Refusal> {
    let mut deployments = state.deployments.iter_mut();
    let deployment = deployments.find(|deployment| deployment.id == id);
    let deployment = deployment.ok_or_else(Refusal::not_found)?;
    if let Some(environment) = environment {
        deployment.environment = environment;
    }
    status.environment.clone_from(&deployment.environment);
    call.now.clone_into(&mut deployment.updated_at);
    deployment.statuses.push(status.clone());
    let answer = Answer::created(shape(call.links, deployment, &status));
    Ok((answer, status))
}

/// GitHub's `auto_inactive`: earlier successes in the environment end, but never a production or transient one.
fn retire_earlier(state: &mut State, call: &Call<'_>, id: u64, environment: &str) {
    let earlier: Vec<usize> = state
        .deployments
        .iter()
        .enumerate()
        .filter(|(_, deployment)| {
            deployment.id < id
                && deployment.environment == environment
                && !deployment.production_environment
                && !deployment.transient_environment
                && deployment.state() == "success"
        })
        .map(|(at, _)| at)
        .collect();
    for at in earlier {
        let status = DeploymentStatus {
            id: state.fresh_id(),
            state: "inactive".to_owned(),
            description: String::new(),
            environment_url: None,
            log_url: None,
            environment: environment.to_owned(),
            creator: call.who.login().to_owned(),
            at: call.now.to_owned(),
        };
        if let Some(deployment) = state.deployments.get_mut(at) {
            deployment.statuses.push(status);
        }
    }
}

fn find(state: &State, id: u64) -> Result<&Deployment, Refusal> {
    let mut deployments = state.deployments.iter();
    let deployment = deployments.find(|deployment| deployment.id == id);
    deployment.ok_or_else(Refusal::not_found)
}

fn shape(links: &Links, deployment: &Deployment, status: &DeploymentStatus) -> Value {
    let url = format!("{}/deployments/{}", links.repo(), deployment.id);
    let log_url = status.log_url.as_deref().unwrap_or_default();
    json!({
        "id": status.id,
        "node_id": node_id("DES", status.id),
        "url": format!("{url}/statuses/{}", status.id),
        "state": status.state,
        "creator": account(links, &status.creator),
        "description": status.description,
        "environment": status.environment,
        "environment_url": status.environment_url.as_deref().unwrap_or_default(),
        "log_url": log_url,
        "target_url": log_url,
        "created_at": status.at,
        "updated_at": status.at,
        "deployment_url": url,
        "repository_url": links.repo(),
        "performed_via_github_app": null,
    })
}
