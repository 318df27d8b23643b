//! Check runs and commit statuses of a pull request's commits, with annotations.

use super::html::Html;
use crate::github::{Annotation, CheckRun, State};

/// So many annotations of a run are shown.
const SHOWN: usize = 100;

/// The checks of these commits; nothing when there are none.
pub(super) fn render(out: &mut Html, state: &State, shas: &[&str]) {
    let of = |sha: &str| shas.contains(&sha);
    let runs: Vec<&CheckRun> = state
        .check_runs
        .iter()
        .filter(|run| of(&run.head_sha))
        .collect();
    let statuses: Vec<_> = state
        .commit_statuses
        .iter()
        .filter(|status| of(&status.sha))
        .collect();
    if runs.is_empty() && statuses.is_empty() {
        return;
    }
    out.raw("<h3>Checks</h3><ul class=\"rows\">");
    for run in runs {
        check(out, run);
    }
    for status in statuses {
        out.raw("<li>")
            .badge(&status.state)
            .raw(" <b>")
            .text(&status.context)
            .raw("</b> ");
        out.text(status.description.as_deref().unwrap_or_default())
            .raw("</li>");
    }
    out.raw("</ul>");
}

fn check(out: &mut Html, run: &CheckRun) {
    out.raw("<li>")
        .badge(run.conclusion.as_deref().unwrap_or(&run.status))
        .raw(" <b>")
        .text(&run.name);
    out.raw("</b> ")
        .text(run.title.as_deref().unwrap_or_default());
    if let Some(url) = &run.details_url {
        out.raw(" ").link(url, "details");
    }
    let parts = [&run.summary, &run.text];
    let parts: Vec<&String> = parts
        .into_iter()
        .flatten()
        .filter(|text| !text.trim().is_empty())
        .collect();
    if !parts.is_empty() {
        out.raw("<details><summary>Summary</summary>");
        for part in parts {
            out.markdown(part);
        }
        out.raw("</details>");
    }
    if !run.annotations.is_empty() {
        out.raw("<details open><summary>")
            .text(count(run.annotations.len()))
            .raw("</summary><ul class=\"annotations\">");
        for annotation in run.annotations.iter().take(SHOWN) {
            one(out, annotation);
        }
        out.raw("</ul>");
        if run.annotations.len() > SHOWN {
            out.raw("<p class=\"dim\">and ")
                .text((run.annotations.len() - SHOWN).to_string())
                .raw(" more</p>");
        }
        out.raw("</details>");
    }
    out.raw("</li>");
}

fn one(out: &mut Html, annotation: &Annotation) {
    let class = match annotation.annotation_level.as_str() {
        "failure" => "bad",
        "warning" => "busy",
        _ => "dim",
    };
    out.raw("<li class=\"")
        .raw(class)
        .raw("\"><code>")
        .text(&annotation.path)
        .raw(":");
    out.text(annotation.start_line.to_string());
    if let Some(column) = annotation.start_column {
        out.raw(":").text(column.to_string());
    }
    out.raw("</code> <b>")
        .text(&annotation.annotation_level)
        .raw("</b> ");
    if let Some(title) = &annotation.title {
        out.raw("<b>").text(title).raw("</b> ");
    }
    out.raw("<span class=\"message\">")
        .text(&annotation.message)
        .raw("</span>");
    if let Some(details) = &annotation.raw_details {
        out.raw("<details><summary>raw</summary><pre>")
            .text(details)
            .raw("</pre></details>");
    }
    out.raw("</li>");
}

fn count(number: usize) -> String {
    if number == 1 {
        "1 annotation".to_owned()
    } else {
        format!("{number} annotations")
    }
}
