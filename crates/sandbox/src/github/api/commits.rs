//! `GET /repos/{owner}/{repo}/commits/{ref}` and the JSON of a commit.

use serde_json::{Value, json};

use super::super::call::{Answer, Call, Outcome, Refusal};
use super::super::links::Links;
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
