//! The pull requests: title, checks with annotations, and the conversation.

use super::checks;
use super::html::Html;
use crate::github::{Pull, State};

/// All pull requests, newest first.
pub(super) fn render(state: &State) -> Html {
    let mut out = Html::default();
    if state.pulls.is_empty() {
        out.raw("<h2>Pull requests</h2><p class=\"dim\">None is open yet.</p>");
    }
    for pull in state.pulls.values().rev() {
        one(&mut out, state, pull);
    }
    out
}

fn one(out: &mut Html, state: &State, pull: &Pull) {
    out.raw("<article id=\"pull-")
        .text(pull.number.to_string())
        .raw("\"><h2>");
    out.text(&pull.title)
        .raw(" <span class=\"dim\">#")
        .text(pull.number.to_string())
        .raw("</span></h2><p>");
    out.badge(if pull.merge_sha.is_some() {
        "merged"
    } else {
        "open"
    });
    out.raw(" <b>")
        .text(&pull.author)
        .raw("</b> wants <code>")
        .text(&pull.head_ref);
    out.raw("</code> in <code>")
        .text(&pull.base_ref)
        .raw("</code> at ")
        .sha(&pull.head_sha);
    if pull.fork {
        out.raw(" <span class=\"badge dim\">from a fork</span>");
    }
    if let (Some(by), Some(sha)) = (&pull.merged_by, &pull.merge_sha) {
        out.raw(", merged by <b>").text(by).raw("</b> as ").sha(sha);
    }
    out.raw("</p>");
    let mut shas = vec![pull.head_sha.as_str()];
    shas.extend(pull.merge_sha.as_deref());
    checks::render(out, state, &shas);

    for comment in state
        .comments
        .iter()
        .filter(|comment| comment.issue == pull.number)
    {
        out.raw("<div class=\"comment\"><p class=\"by\"><b>")
            .text(&comment.user)
            .raw("</b> ");
        out.time(&comment.created_at);
        if comment.edits > 0 {
            out.raw(" <span class=\"dim\">edited</span>");
        }
        out.raw("</p>").markdown(&comment.body).raw("</div>");
    }
    out.raw("</article>");
}
