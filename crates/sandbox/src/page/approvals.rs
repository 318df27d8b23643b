//! The pending approvals with their form, and the reviews given.

use super::VISITOR;
use super::html::Html;
use crate::github::{PendingReview, State};

/// The section; empty while nothing waits and nothing was decided.
pub(super) fn render(state: &State, form_token: &str) -> Html {
    let mut out = Html::default();
    if state.pending.is_empty() && state.reviews.is_empty() {
        return out;
    }
    out.raw("<h2>Approvals</h2>");
    for pending in &state.pending {
        form(&mut out, state, pending, form_token);
    }
    if !state.reviews.is_empty() {
        out.raw("<ul class=\"rows\">");
        for review in state.reviews.iter().rev() {
            out.raw("<li>")
                .badge(review.decision.as_str())
                .raw(" <b>")
                .text(&review.user);
            out.raw("</b> on <b>")
                .text(&review.environment)
                .raw("</b> in run ")
                .text(review.run_id.to_string());
            out.raw(" ").time(&review.at);
            if !review.comment.is_empty() {
                out.raw(" <q>").text(&review.comment).raw("</q>");
            }
            out.raw("</li>");
        }
        out.raw("</ul>");
    }
    out
}

fn form(out: &mut Html, state: &State, pending: &PendingReview, form_token: &str) {
    let run = state.runs.iter().find(|run| run.id == pending.run_id);
    let id = format!("comment-{}-{}", pending.run_id, pending.environment);
    out.raw("<form class=\"approval\" method=\"post\" action=\"/_sandbox/review\"><p><b>");
    out.text(pending.job.as_deref().unwrap_or("A job"))
        .raw("</b> of ");
    out.text(run.map_or("a run", |run| run.name.as_str()))
        .raw(" waits to enter <b>");
    out.text(&pending.environment).raw("</b>");
    if let Some(run) = run {
        out.raw(" with ")
            .sha(&run.head_sha)
            .raw(", started by <b>")
            .text(&run.actor)
            .raw("</b>");
    }
    out.raw(", since ").time(&pending.at).raw(".</p>");
    hidden(out, "token", form_token);
    hidden(out, "run_id", &pending.run_id.to_string());
    hidden(out, "environment", &pending.environment);
    out.raw("<label for=\"")
        .text(&id)
        .raw("\">Comment</label><textarea id=\"")
        .text(&id);
    out.raw("\" name=\"comment\" rows=\"2\" maxlength=\"1000\"></textarea><div class=\"buttons\">")
        .raw("<button class=\"good\" name=\"decision\" value=\"approved\">Approve</button>")
        .raw("<button class=\"bad\" name=\"decision\" value=\"rejected\">Reject</button>")
        .raw("<span class=\"dim\">as <b>")
        .text(VISITOR)
        .raw("</b></span></div></form>");
}

fn hidden(out: &mut Html, name: &'static str, value: &str) {
    out.raw("<input type=\"hidden\" name=\"")
        .raw(name)
        .raw("\" value=\"")
        .text(value)
        .raw("\">");
}
