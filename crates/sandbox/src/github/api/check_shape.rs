//! The JSON of check runs and their annotations.

use serde_json::{Value, json};

use super::super::identity::stable_id;
use super::super::links::Links;
use super::super::records::{Annotation, CheckRun};
use super::super::shapes::{app, node_id};
use super::super::state::State;
use super::pull_shape;

/// A `check-run`.
pub(super) fn shape(state: &State, links: &Links, run: &CheckRun) -> Value {
    let url = format!("{}/check-runs/{}", links.repo(), run.id);
    let html = format!("{}/runs/{}", links.html(), run.id);
    json!({
        "id": run.id,
        "node_id": node_id("CR", run.id),
        "name": run.name,
        "head_sha": run.head_sha,
        "external_id": run.external_id.as_deref().unwrap_or_default(),
        "url": url,
        "html_url": html,
        "details_url": run.details_url.as_deref().unwrap_or(&html),
        "status": run.status,
        "conclusion": run.conclusion,
        "started_at": run.started_at,
        "completed_at": run.completed_at,
        "output": {
            "title": run.title,
            "summary": run.summary,
            "text": run.text,
            "annotations_count": run.annotations.len(),
            "annotations_url": format!("{url}/annotations"),
        },
        "check_suite": { "id": suite_id(run) },
        "app": app(links, &run.app),
        "pull_requests": pull_shape::minimal_of(state, links, &run.head_sha),
    })
}

/// One suite per commit and app, as GitHub keeps them.
fn suite_id(run: &CheckRun) -> u64 {
    stable_id(&format!("{}/{}", run.head_sha, run.app))
}

/// A `check-annotation`.
pub(super) fn annotation_shape(links: &Links, sha: &str, annotation: &Annotation) -> Value {
    json!({
        "path": annotation.path,
        "blob_href": format!("{}/blob/{sha}/{}", links.html(), annotation.path),
        "start_line": annotation.start_line,
        "start_column": annotation.start_column,
        "end_line": annotation.end_line,
        "end_column": annotation.end_column,
        "annotation_level": annotation.annotation_level,
        "title": annotation.title,
        "message": annotation.message,
        "raw_details": annotation.raw_details,
    })
}
