//! `GET /repos/{owner}/{repo}/commits/{ref}` and the JSON of a commit.

use std::collections::{BTreeSet, VecDeque};

use serde_json::{Value, json};

use super::super::call::{Answer, Call, Outcome, Refusal};
use super::super::links::Links;
use super::super::paging;
use super::super::records::Commit;
use super::super::shapes::{account, node_id};
use super::super::state::State;

/// The commit a ref names; GitHub answers 422 for one it does not know.
pub(super) fn get(state: &State, call: &Call<'_>, reference: &str) -> Outcome {
    Ok(Answer::ok(shape(call.links, find(state, reference)?)))
}

/// The commit a ref names.
///
/// # Errors
/// 422 in GitHub's words.
pub(super) fn find<'s>(state: &'s State, reference: &str) -> Result<&'s Commit, Refusal> {
    state
        .resolve(reference)
        .and_then(|sha| state.commits.get(sha))
        .ok_or_else(|| Refusal::unprocessable(format!("No commit found for SHA: {reference}")))
}

/// The commit that `sha` names, by default the newest of the default branch, and those before it, newest first.
///
/// # Errors
/// 404 for a name that GitHub does not know.
pub(super) fn list(state: &State, call: &Call<'_>) -> Outcome {
    let reference = call.query("sha").unwrap_or(&state.default_branch);
    let commit = find(state, reference).map_err(|_| Refusal::not_found())?;
    let commits: Vec<&Commit> = history(state, commit)
        .into_iter()
        .filter_map(|sha| state.commits.get(sha))
        .collect();
    Ok(paging::list(call, commits, |commit| {
        shape(call.links, commit)
    }))
}

/// A commit and its ancestors as far as they are known, newest first.
pub(super) fn history<'s>(state: &'s State, commit: &'s Commit) -> Vec<&'s str> {
    let mut seen = BTreeSet::new();
    let mut order = Vec::new();
    let mut open = VecDeque::from([commit]);
    while let Some(commit) = open.pop_front() {
        if seen.insert(commit.sha.as_str()) {
            order.push(commit.sha.as_str());
            let parents = commit.parents.iter();
            open.extend(parents.filter_map(|sha| state.commits.get(sha)));
        }
    }
    order
}

/// A `commit`.
pub(super) fn shape(links: &Links, commit: &Commit) -> Value {
    let url = format!("{}/commits/{}", links.repo(), commit.sha);
    let parents: Vec<Value> = commit
        .parents
        .iter()
        .map(|sha| {
            json!({
                "sha": sha,
                "url": format!("{}/commits/{sha}", links.repo()),
                "html_url": format!("{}/commit/{sha}", links.html()),
            })
        })
        .collect();
    json!({
        "sha": commit.sha,
        "node_id": node_id("C", super::super::identity::stable_id(&commit.sha)),
        "url": url,
        "html_url": format!("{}/commit/{}", links.html(), commit.sha),
        "comments_url": format!("{url}/comments"),
        "commit": {
            "url": format!("{}/git/commits/{}", links.repo(), commit.sha),
            "author": signature(&commit.author, &commit.at),
            "committer": signature(&commit.committer, &commit.at),
            "message": commit.message,
            "comment_count": 0,
            "tree": {
                "sha": commit.sha,
                "url": format!("{}/git/trees/{}", links.repo(), commit.sha),
            },
            "verification": {
                "verified": false, "reason": "unsigned",
                "payload": null, "signature": null, "verified_at": null,
            },
        },
        "author": account(links, &commit.author),
        "committer": account(links, &commit.committer),
        "parents": parents,
    })
}

/// Name, address and time as git stores them.
pub(super) fn signature(login: &str, at: &str) -> Value {
    json!({ "name": login, "email": format!("{login}@users.noreply.example"), "date": at })
}
