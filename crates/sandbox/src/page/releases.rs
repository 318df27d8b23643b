//! Deployments with their history, and the timeline of the release.

use super::html::Html;
use crate::github::{Deployment, State, Tone};

/// The deployments, newest first.
pub(super) fn deployments(state: &State) -> Html {
    let mut out = Html::default();
    out.raw("<h2>Deployments</h2>");
    if state.deployments.is_empty() {
        out.raw("<p class=\"dim\">Nothing is deployed yet.</p>");
        return out;
    }
    out.raw("<ul class=\"rows\">");
    for deployment in state.deployments.iter().rev() {
        one(&mut out, deployment);
    }
    out.raw("</ul>");
    out
}

fn one(out: &mut Html, deployment: &Deployment) {
    out.raw("<li>")
        .badge(deployment.state())
        .raw(" <b>")
        .text(&deployment.environment)
        .raw("</b> ");
    if deployment.production_environment {
        out.raw("<span class=\"badge dim\">production</span> ");
    }
    out.sha(&deployment.sha).raw(" ");
    let url = deployment
        .statuses
        .iter()
        .rev()
        .find_map(|status| status.environment_url.as_deref());
    if let Some(url) = url {
        out.link(url, url);
    }
    out.raw("<details><summary>History</summary><ol class=\"history\"><li>");
    out.time(&deployment.created_at)
        .raw(" created by ")
        .text(&deployment.creator)
        .raw("</li>");
    for status in &deployment.statuses {
        out.raw("<li>")
            .time(&status.at)
            .raw(" ")
            .badge(&status.state)
            .raw(" ")
            .text(&status.description);
        if let Some(log) = &status.log_url {
            out.raw(" ").link(log, "log");
        }
        out.raw("</li>");
    }
    out.raw("</ol></details></li>");
}

/// What happened, newest first.
pub(super) fn timeline(state: &State) -> Html {
    let mut out = Html::default();
    out.raw("<h2>Timeline</h2>");
    if state.events.is_empty() {
        out.raw("<p class=\"dim\">Nothing has happened yet.</p>");
        return out;
    }
    out.raw("<ol class=\"timeline\">");
    for event in state.events.iter().rev() {
        let class = match event.tone {
            Tone::Neutral => "busy",
            Tone::Good => "good",
            Tone::Bad => "bad",
        };
        out.raw("<li class=\"")
            .raw(class)
            .raw("\">")
            .time(&event.at)
            .raw(" ")
            .text(&event.text)
            .raw("</li>");
    }
    out.raw("</ol>");
    out
}
