//! Environments and their protection rules.

use serde_json::{Value, json};

use super::super::call::{Answer, Call, Outcome, Refusal};
use super::super::identity::stable_id;
use super::super::links::Links;
use super::super::paging;
use super::super::records_release::{Environment, Reviewer};
use super::super::shapes::{account, node_id, team};
use super::super::state::State;

/// All environments.
pub(super) fn list(state: &State, call: &Call<'_>) -> Outcome {
    let environments = state.environments.iter().collect();
    Ok(paging::counted(
        call,
        "environments",
        environments,
        |environment| shape(call.links, environment),
    ))
}

/// One environment.
pub(super) fn get(state: &State, call: &Call<'_>, name: &str) -> Outcome {
    let environment = state.environment(name).ok_or_else(Refusal::not_found)?;
    Ok(Answer::ok(shape(call.links, environment)))
}

/// The reviewers as `{"type", "reviewer"}`.
pub(super) fn reviewers(links: &Links, environment: &Environment) -> Vec<Value> {
    let reviewers = environment.reviewers.iter();
    reviewers
        .map(|reviewer| match reviewer {
            Reviewer::User(login) => json!({ "type": "User", "reviewer": account(links, login) }),
            Reviewer::Team(slug) => json!({ "type": "Team", "reviewer": team(links, slug) }),
        })
        .collect()
}

/// The fields a waiting job carries of an environment.
pub(super) fn brief(links: &Links, environment: &Environment) -> Value {
    json!({
        "id": environment.id,
        "node_id": node_id("EN", environment.id),
        "name": environment.name,
        "url": format!("{}/environments/{}", links.repo(), escaped(&environment.name)),
        "html_url": format!("{}/deployments/{}", links.html(), escaped(&environment.name)),
    })
}

/// The fields an approval carries of an environment.
pub(super) fn dated(links: &Links, environment: &Environment) -> Value {
    let mut shape = brief(links, environment);
    shape["created_at"] = environment.at.clone().into();
    shape["updated_at"] = environment.at.clone().into();
    shape
}

fn shape(links: &Links, environment: &Environment) -> Value {
    let mut shape = dated(links, environment);
    let mut rules = Vec::new();
    if !environment.reviewers.is_empty() {
        let id = stable_id(&format!("required_reviewers/{}", environment.name));
        rules.push(json!({
            "id": id,
            "node_id": node_id("GA", id),
            "type": "required_reviewers",
            "prevent_self_review": environment.prevent_self_review,
            "reviewers": reviewers(links, environment),
        }));
    }
    shape["protection_rules"] = rules.into();
    shape["deployment_branch_policy"] = Value::Null;
    shape
}

fn escaped(name: &str) -> String {
    url::form_urlencoded::byte_serialize(name.as_bytes()).collect()
}
