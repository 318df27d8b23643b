//! Comments on pull requests: list, get, create, edit, delete.

use serde_json::{Value, json};

use super::super::call::{Answer, Call, Outcome, Refusal};
use super::super::fields::{Fields, object};
use super::super::links::Links;
use super::super::paging;
use super::super::records::Comment;
use super::super::shapes::{account, node_id};
use super::super::state::State;
use super::need_write;

/// GitHub's limit, in characters; it stands in the server's error text, not in the API's description.
const LONGEST_BODY: usize = 65_536;

/// Oldest first; `since` filters by the last edit.
pub(super) fn list(state: &State, call: &Call<'_>, issue: u64) -> Outcome {
    need_issue(state, issue)?;
    let comments = state
        .comments
        .iter()
        .filter(|comment| comment.issue == issue)
        // RFC 3339 in UTC sorts as text.
        .filter(|comment| {
            call.query("since")
                .is_none_or(|since| comment.updated_at.as_str() >= since)
        })
        .collect();
    Ok(paging::list(call, comments, |comment| {
        shape(call.links, comment)
    }))
}

/// One comment.
pub(super) fn get(state: &State, call: &Call<'_>, id: u64) -> Outcome {
    let comment = state.comments.iter().find(|comment| comment.id == id);
    comment
        .map(|comment| Answer::ok(shape(call.links, comment)))
        .ok_or_else(Refusal::not_found)
}

/// Writes a comment.
pub(super) fn create(state: &mut State, call: &Call<'_>, issue: u64) -> Outcome {
    need_write(state, call)?;
    need_issue(state, issue)?;
    let body = read_body(call)?;
    let comment = Comment {
        id: state.fresh_id(),
        issue,
        user: call.who.login().to_owned(),
        body,
        created_at: call.now.to_owned(),
        updated_at: call.now.to_owned(),
        edits: 0,
    };
    let answer = Answer::created(shape(call.links, &comment));
    state.comments.push(comment);
    Ok(answer)
}

/// Edits a comment.
pub(super) fn update(state: &mut State, call: &Call<'_>, id: u64) -> Outcome {
    need_write(state, call)?;
    let comment = state.comments.iter_mut().find(|comment| comment.id == id);
    let comment = comment.ok_or_else(Refusal::not_found)?;
    comment.body = read_body(call)?;
    call.now.clone_into(&mut comment.updated_at);
    comment.edits += 1;
    Ok(Answer::ok(shape(call.links, comment)))
}

/// Deletes a comment.
pub(super) fn delete(state: &mut State, call: &Call<'_>, id: u64) -> Outcome {
    need_write(state, call)?;
    let before = state.comments.len();
    state.comments.retain(|comment| comment.id != id);
    if state.comments.len() == before {
        return Err(Refusal::not_found());
    }
    Ok(Answer::no_content())
}

fn need_issue(state: &State, issue: u64) -> Result<(), Refusal> {
    if state.pulls.contains_key(&issue) {
        Ok(())
    } else {
        Err(Refusal::not_found())
    }
}

fn read_body(call: &Call<'_>) -> Result<String, Refusal> {
    let map = object(call.body)?;
    let mut fields = Fields::of("IssueComment", &map);
    let body = fields.need_text("body");
    fields.finish()?;
    if body.chars().count() > LONGEST_BODY {
        // The field is called `data` there, whatever the request called it.
        return Err(Refusal::invalid(
            "IssueComment",
            "data",
            "unprocessable",
            "Body is too long (maximum is 65536 characters)",
        ));
    }
    Ok(body.to_owned())
}

fn shape(links: &Links, comment: &Comment) -> Value {
    json!({
        "id": comment.id,
        "node_id": node_id("IC", comment.id),
        "url": format!("{}/issues/comments/{}", links.repo(), comment.id),
        "html_url": format!("{}/pull/{}#issuecomment-{}", links.html(), comment.issue, comment.id),
        "issue_url": format!("{}/issues/{}", links.repo(), comment.issue),
        "user": account(links, &comment.user),
        "body": comment.body,
        "created_at": comment.created_at,
        "updated_at": comment.updated_at,
        "author_association": if comment.user.ends_with("[bot]") { "NONE" } else { "MEMBER" },
        "performed_via_github_app": null,
    })
}
