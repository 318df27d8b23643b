//! Pull requests: list, get, their commits, files and reviews, and the pull requests of a commit.

use serde_json::{Value, json};

use super::super::call::{Answer, Call, Outcome, Refusal};
use super::super::paging;
use super::super::records::{ChangedFile, Pull, PullReview};
use super::super::shapes::{account, node_id};
use super::super::state::State;
use super::{commits, pull_shape};

/// Newest first; `state` (open), `head` (`owner:branch`) and `base` filter.
pub(super) fn list(state: &State, call: &Call<'_>) -> Outcome {
    let wanted = call.query("state").unwrap_or("open");
    if !["open", "closed", "all"].contains(&wanted) {
        return Err(Refusal::invalid(
            "PullRequest",
            "state",
            "invalid",
            "state must be one of open, closed, all",
        ));
    }
    let pulls: Vec<&Pull> = state
        .pulls
        .values()
        .rev()
        .filter(|pull| wanted == "all" || pull_shape::state_word(pull) == wanted)
        .filter(|pull| call.query("base").is_none_or(|base| pull.base_ref == base))
        .filter(|pull| {
            call.query("head")
                .is_none_or(|head| has_head(call, pull, head))
        })
        .collect();
    Ok(paging::list(call, pulls, |pull| {
        pull_shape::simple(state, call.links, pull)
    }))
}

fn has_head(call: &Call<'_>, pull: &Pull, head: &str) -> bool {
    let owner = if pull.fork {
        &pull.author
    } else {
        &call.links.owner
    };
    // GitHub ignores a head without an owner.
    !head.contains(':') || *head == format!("{owner}:{}", pull.head_ref)
}

/// One pull request.
pub(super) fn get(state: &State, call: &Call<'_>, number: u64) -> Outcome {
    let pull = find(state, number)?;
    Ok(Answer::ok(pull_shape::full(state, call.links, pull)))
}

/// Its commits, oldest first.
pub(super) fn commits(state: &State, call: &Call<'_>, number: u64) -> Outcome {
    let commits = find(state, number)?
        .commits
        .iter()
        .filter_map(|sha| state.commits.get(sha))
        .collect();
    Ok(paging::list(call, commits, |commit| {
        commits::shape(call.links, commit)
    }))
}

/// The files it changes.
pub(super) fn files(state: &State, call: &Call<'_>, number: u64) -> Outcome {
    let pull = find(state, number)?;
    Ok(paging::list(call, pull.files.iter().collect(), |file| {
        file_shape(call, &pull.head_sha, file)
    }))
}

/// Its reviews, oldest first.
pub(super) fn reviews(state: &State, call: &Call<'_>, number: u64) -> Outcome {
    let pull = find(state, number)?;
    Ok(paging::list(
        call,
        pull.reviews.iter().collect(),
        |review| review_shape(call, pull, review),
    ))
}

/// The pull requests that hold a commit, or whose merge made it.
pub(super) fn of_commit(state: &State, call: &Call<'_>, sha: &str) -> Outcome {
    let sha = commits::find(state, sha)?.sha.as_str();
    let pulls = state
        .pulls
        .values()
        .filter(|pull| {
            pull.head_sha == sha
                || pull.merge_sha.as_deref() == Some(sha)
                || pull.commits.iter().any(|commit| commit == sha)
        })
        .collect();
    Ok(paging::list(call, pulls, |pull| {
        pull_shape::simple(state, call.links, pull)
    }))
}

fn find(state: &State, number: u64) -> Result<&Pull, Refusal> {
    state.pulls.get(&number).ok_or_else(Refusal::not_found)
}

fn file_shape(call: &Call<'_>, sha: &str, file: &ChangedFile) -> Value {
    let mut shape = json!({
        "sha": sha,
        "filename": file.path,
        "status": file.status,
        "additions": file.additions,
        "deletions": file.deletions,
        "changes": file.additions + file.deletions,
        "blob_url": format!("{}/blob/{sha}/{}", call.links.html(), file.path),
        "raw_url": format!("{}/raw/{sha}/{}", call.links.html(), file.path),
        "contents_url": format!("{}/contents/{}?ref={sha}", call.links.repo(), file.path),
    });
    // GitHub leaves the patch out of files that are binary or too large.
    if let Some(patch) = &file.patch {
        shape["patch"] = patch.clone().into();
    }
    shape
}

fn review_shape(call: &Call<'_>, pull: &Pull, review: &PullReview) -> Value {
    let html = format!(
        "{}/pull/{}#pullrequestreview-{}",
        call.links.html(),
        pull.number,
        review.id
    );
    let pull_url = format!("{}/pulls/{}", call.links.repo(), pull.number);
    json!({
        "id": review.id,
        "node_id": node_id("PRR", review.id),
        "user": account(call.links, &review.user),
        "body": "",
        "state": review.state,
        "html_url": html,
        "pull_request_url": pull_url,
        "author_association": "MEMBER",
        "_links": { "html": { "href": html }, "pull_request": { "href": pull_url } },
        "submitted_at": review.at,
        "commit_id": review.commit,
    })
}
