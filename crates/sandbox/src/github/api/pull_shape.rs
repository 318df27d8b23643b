//! The JSON of a pull request: in full, in lists, and in the few fields runs and check runs carry.

use serde_json::{Value, json};

use super::super::links::Links;
use super::super::records::Pull;
use super::super::shapes::{account, extend, node_id, repository, repository_id};
use super::super::state::State;

/// A `pull-request-simple`, as lists have it.
pub(super) fn simple(state: &State, links: &Links, pull: &Pull) -> Value {
    let url = format!("{}/pulls/{}", links.repo(), pull.number);
    let issue = format!("{}/issues/{}", links.repo(), pull.number);
    let html = format!("{}/pull/{}", links.html(), pull.number);
    let statuses = format!("{}/statuses/{}", links.repo(), pull.head_sha);
    let head_owner = if pull.fork {
        &pull.author
    } else {
        &links.owner
    };
    let mut shape = json!({
        "id": id(pull),
        "node_id": node_id("PR", id(pull)),
        "number": pull.number,
        "url": url,
        "html_url": html,
        "diff_url": format!("{html}.diff"),
        "patch_url": format!("{html}.patch"),
        "issue_url": issue,
        "commits_url": format!("{url}/commits"),
        "review_comments_url": format!("{url}/comments"),
        "review_comment_url": format!("{}/pulls/comments{{/number}}", links.repo()),
        "comments_url": format!("{issue}/comments"),
        "statuses_url": statuses,
    });
    let body = json!({
        "state": state_word(pull),
        "locked": false,
        "draft": false,
        "title": pull.title,
        "user": account(links, &pull.author),
        "body": null,
        "labels": [], "milestone": null, "assignee": null, "assignees": [],
        "requested_reviewers": [], "requested_teams": [],
        "active_lock_reason": null,
        "created_at": pull.opened_at,
        "updated_at": pull.merged_at.as_ref().unwrap_or(&pull.opened_at),
        "closed_at": pull.merged_at,
        "merged_at": pull.merged_at,
        "merge_commit_sha": pull.merge_sha,
        "author_association": if pull.fork { "CONTRIBUTOR" } else { "MEMBER" },
        "auto_merge": null,
        "head": side(state, links, head_owner, &pull.head_ref, &pull.head_sha, pull.fork),
        "base": side(state, links, &links.owner, &pull.base_ref, &pull.base_sha, false),
        "_links": {
            "self": { "href": url },
            "html": { "href": html },
            "issue": { "href": issue },
            "comments": { "href": format!("{issue}/comments") },
            "review_comments": { "href": format!("{url}/comments") },
            "review_comment": { "href": format!("{}/pulls/comments{{/number}}", links.repo()) },
            "commits": { "href": format!("{url}/commits") },
            "statuses": { "href": statuses },
        },
    });
    extend(&mut shape, body);
    shape
}

/// A `pull-request`, as asking for one has it.
pub(super) fn full(state: &State, links: &Links, pull: &Pull) -> Value {
    let mut shape = simple(state, links, pull);
    let comments = state
        .comments
        .iter()
        .filter(|comment| comment.issue == pull.number)
        .count();
    let lines = |count: fn(&super::super::records::ChangedFile) -> u64| -> u64 {
        pull.files.iter().map(count).sum()
    };
    let open = pull.merge_sha.is_none();
    let more = json!({
        "merged": !open,
        "mergeable": open.then_some(true),
        "rebaseable": open.then_some(true),
        "mergeable_state": if open { "clean" } else { "unknown" },
        "merged_by": pull.merged_by.as_ref().map(|login| account(links, login)),
        "comments": comments,
        "review_comments": 0,
        "maintainer_can_modify": false,
        "commits": pull.commits.len(),
        "additions": lines(|file| file.additions),
        "deletions": lines(|file| file.deletions),
        "changed_files": pull.files.len(),
    });
    extend(&mut shape, more);
    shape
}

/// The `pull-request-minimal`s of a commit. GitHub lists none for a fork's head.
pub(super) fn minimal_of(state: &State, links: &Links, sha: &str) -> Vec<Value> {
    let repo = json!({
        "id": repository_id(links), "url": links.repo(), "name": links.name,
    });
    state
        .pulls
        .values()
        .filter(|pull| pull.head_sha == sha && !pull.fork && pull.merge_sha.is_none())
        .map(|pull| {
            json!({
                "id": id(pull),
                "number": pull.number,
                "url": format!("{}/pulls/{}", links.repo(), pull.number),
                "head": { "ref": pull.head_ref, "sha": pull.head_sha, "repo": repo },
                "base": { "ref": pull.base_ref, "sha": pull.base_sha, "repo": repo },
            })
        })
        .collect()
}

/// `open` or `closed`.
pub(super) fn state_word(pull: &Pull) -> &'static str {
    if pull.merge_sha.is_some() {
        "closed"
    } else {
        "open"
    }
}

fn id(pull: &Pull) -> u64 {
    pull.number + 1_000_000
}

fn side(state: &State, links: &Links, owner: &str, branch: &str, sha: &str, fork: bool) -> Value {
    let fork_links = Links {
        owner: owner.to_owned(),
        ..links.clone()
    };
    let mut repo = repository(&fork_links, &state.default_branch);
    repo["fork"] = fork.into();
    json!({
        "label": format!("{owner}:{branch}"),
        "ref": branch,
        "sha": sha,
        "user": account(links, owner),
        "repo": repo,
    })
}
