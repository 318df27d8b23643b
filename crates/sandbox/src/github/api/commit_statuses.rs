//! Commit statuses: create, list, and the combined status of a ref.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::call::{Answer, Call, Outcome, Refusal};
use super::super::fields::{Fields, object};
use super::super::identity::account_id;
use super::super::paging;
use super::super::records::CommitStatus;
use super::super::shapes::{account, minimal_repository, node_id};
use super::super::state::State;
use super::{commits, need_write};

const STATES: [&str; 4] = ["error", "failure", "pending", "success"];

/// Sets a status of a commit.
pub(super) fn create(state: &mut State, call: &Call<'_>, sha: &str) -> Outcome {
    need_write(state, call)?;
    let map = object(call.body)?;
    let mut fields = Fields::of("Status", &map);
    let wanted = fields.need_one_of("state", &STATES).to_owned();
    let context = fields.text("context").unwrap_or("default").to_owned();
    let description = fields.nullable_text("description").map(str::to_owned);
    let target_url = fields.address("target_url").map(str::to_owned);
    fields.at_most("description", 140);
    fields.finish()?;
    if !state.commits.contains_key(sha) {
        return Err(Refusal::unprocessable(format!(
            "No commit found for SHA: {sha}"
        )));
    }
    let status = CommitStatus {
        id: state.fresh_id(),
        sha: sha.to_owned(),
        state: wanted,
        context,
        description,
        target_url,
        creator: call.who.login().to_owned(),
        at: call.now.to_owned(),
    };
    let mut body = shape(call, &status);
    body["creator"] = account(call.links, &status.creator);
    state.commit_statuses.push(status);
    Ok(Answer::created(body))
}

/// All statuses of a ref, newest first.
pub(super) fn list(state: &State, call: &Call<'_>, reference: &str) -> Outcome {
    let sha = &commits::find(state, reference)?.sha;
    let statuses = state.commit_statuses.iter().rev();
    let statuses = statuses.filter(|status| status.sha == *sha).collect();
    Ok(paging::list(call, statuses, |status| {
        let mut body = shape(call, status);
        body["creator"] = account(call.links, &status.creator);
        body
    }))
}

/// The newest status of every context, and one word for all of them.
pub(super) fn combined(state: &State, call: &Call<'_>, reference: &str) -> Outcome {
    let sha = &commits::find(state, reference)?.sha;
    let newest = newest_by_context(state, sha);
    let word = if newest
        .values()
        .any(|status| ["error", "failure"].contains(&status.state.as_str()))
    {
        "failure"
    } else if newest.is_empty() || newest.values().any(|status| status.state == "pending") {
        "pending"
    } else {
        "success"
    };
    let statuses: Vec<Value> = newest.values().map(|status| shape(call, status)).collect();
    let url = format!("{}/commits/{sha}", call.links.repo());
    Ok(Answer::ok(json!({
        "state": word,
        "statuses": statuses,
        "sha": sha,
        "total_count": statuses.len(),
        "repository": minimal_repository(call.links),
        "commit_url": url,
        "url": format!("{url}/status"),
    })))
}

/// The newest status of every context of a commit.
pub(super) fn newest_by_context<'s>(
    state: &'s State,
    sha: &str,
) -> BTreeMap<&'s str, &'s CommitStatus> {
    let statuses = state.commit_statuses.iter();
    statuses
        .filter(|status| status.sha == sha)
        .map(|status| (status.context.as_str(), status))
        .collect()
}

fn shape(call: &Call<'_>, status: &CommitStatus) -> Value {
    json!({
        "id": status.id,
        "node_id": node_id("SC", status.id),
        "url": format!("{}/statuses/{}", call.links.repo(), status.sha),
        "avatar_url": format!("{}/_sandbox/avatars/{}", call.links.api, account_id(&status.creator)),
        "state": status.state,
        "description": status.description,
        "target_url": status.target_url,
        "context": status.context,
        "created_at": status.at,
        "updated_at": status.at,
    })
}
