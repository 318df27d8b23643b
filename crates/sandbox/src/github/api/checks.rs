//! Check runs: create, get, update with appended annotations, list by ref.

use http::StatusCode;

use super::super::call::{Answer, Call, Outcome, Refusal};
use super::super::fields::{Fields, object};
use super::super::identity::Identity;
use super::super::paging;
use super::super::records::{Annotation, CheckRun};
use super::super::shapes::app_id;
use super::super::state::State;
use super::check_shape::{annotation_shape, shape};
use super::commits;

const STATUSES: [&str; 3] = ["queued", "in_progress", "completed"];
/// `stale` is missing: only GitHub itself sets it.
const CONCLUSIONS: [&str; 7] = [
    "action_required",
    "cancelled",
    "failure",
    "neutral",
    "success",
    "skipped",
    "timed_out",
];
const ANNOTATIONS_PER_REQUEST: usize = 50;
const LONGEST_TEXT: usize = 65_535;
const LONGEST_TITLE: usize = 255;
/// 64 KB, for an annotation's message and its raw details.
const LONGEST_MESSAGE: usize = 65_536;

/// What a request says about a check run; everything is optional in an update.
struct Wish {
    name: Option<String>,
    head_sha: Option<String>,
    status: Option<String>,
    conclusion: Option<String>,
    external_id: Option<String>,
    details_url: Option<String>,
    started_at: Option<String>,
    completed_at: Option<String>,
    output: Option<Output>,
    actions: Option<Vec<serde_json::Value>>,
}

struct Output {
    title: Option<String>,
    summary: String,
    text: Option<String>,
    annotations: Vec<Annotation>,
}

/// Creates a check run.
pub(super) fn create(state: &mut State, call: &Call<'_>) -> Outcome {
    need_app(call)?;
    let wish = read(call, true)?;
    let sha = wish.head_sha.clone().unwrap_or_default();
    if !state.commits.contains_key(&sha) {
        return Err(Refusal::unprocessable(format!(
            "No commit found for SHA: {sha}"
        )));
    }
    let mut run = CheckRun {
        id: state.fresh_id(),
        name: String::new(),
        head_sha: sha,
        app: "github-actions".to_owned(),
        status: "queued".to_owned(),
        conclusion: None,
        external_id: None,
        details_url: None,
        started_at: Some(call.now.to_owned()),
        completed_at: None,
        title: None,
        summary: None,
        text: None,
        annotations: Vec::new(),
        actions: Vec::new(),
    };
    apply(&mut run, wish, call.now);
    let answer = Answer::created(shape(state, call.links, &run));
    state.check_runs.push(run);
    Ok(answer)
}

/// Updates a check run; annotations are appended to the ones it has, so a repeated request doubles them.
pub(super) fn update(state: &mut State, call: &Call<'_>, id: u64) -> Outcome {
    need_app(call)?;
    let run = state.check_runs.iter_mut().find(|run| run.id == id);
    let run = run.ok_or_else(Refusal::not_found)?;
    if run.app != "github-actions" {
        return Err(Refusal::new(
            StatusCode::FORBIDDEN,
            format!(
                "Invalid app_id `{}` - check run can only be modified by the GitHub App that created it.",
                app_id("github-actions")
            ),
        ));
    }
    let wish = read(call, false)?;
    apply(run, wish, call.now);
    let run = run.clone();
    Ok(Answer::ok(shape(state, call.links, &run)))
}

/// One check run.
pub(super) fn get(state: &State, call: &Call<'_>, id: u64) -> Outcome {
    Ok(Answer::ok(shape(state, call.links, find(state, id)?)))
}

/// Its annotations, in the order they were appended.
pub(super) fn annotations(state: &State, call: &Call<'_>, id: u64) -> Outcome {
    let run = find(state, id)?;
    let annotations = run.annotations.iter().collect();
    Ok(paging::list(call, annotations, |annotation| {
        annotation_shape(call.links, &run.head_sha, annotation)
    }))
}

/// The check runs of a commit, newest first; `filter=latest` (the default) keeps one per name and app.
pub(super) fn of_ref(state: &State, call: &Call<'_>, reference: &str) -> Outcome {
    let sha = &commits::find(state, reference)?.sha;
    let all = call.query("filter") == Some("all");
    let mut runs: Vec<&CheckRun> = Vec::new();
    let of_sha = state
        .check_runs
        .iter()
        .rev()
        .filter(|run| run.head_sha == *sha);
    for run in of_sha {
        let seen = |kept: &&CheckRun| kept.name == run.name && kept.app == run.app;
        if all || !runs.iter().any(seen) {
            runs.push(run);
        }
    }
    runs.retain(|run| {
        let is = |key, value: &str| call.query(key).is_none_or(|wanted| wanted == value);
        is("check_name", &run.name)
            && is("status", &run.status)
            && is("app_id", &app_id(&run.app).to_string())
    });
    Ok(paging::counted(call, "check_runs", runs, |run| {
        shape(state, call.links, run)
    }))
}

/// Only apps write check runs; a personal token is told so in GitHub's words.
fn need_app(call: &Call<'_>) -> Result<(), Refusal> {
    match call.who {
        Identity::Actions => Ok(()),
        Identity::ReadOnly => Err(Refusal::forbidden(call.who)),
        Identity::Person(_) => Err(Refusal::new(
            StatusCode::FORBIDDEN,
            "You must authenticate via a GitHub App.",
        )),
    }
}

fn find(state: &State, id: u64) -> Result<&CheckRun, Refusal> {
    let run = state.check_runs.iter().find(|run| run.id == id);
    run.ok_or_else(Refusal::not_found)
}

/// A conclusion completes the run whatever `status` says, as GitHub documents.
fn apply(run: &mut CheckRun, wish: Wish, now: &str) {
    if let Some(name) = wish.name {
        run.name = name;
    }
    if let Some(status) = wish.status {
        run.status = status;
    }
    if let Some(conclusion) = wish.conclusion {
        run.conclusion = Some(conclusion);
        "completed".clone_into(&mut run.status);
    }
    if run.status == "completed" {
        run.completed_at = wish
            .completed_at
            .or(run.completed_at.take())
            .or_else(|| Some(now.to_owned()));
    } else {
        run.conclusion = None;
        run.completed_at = None;
    }
    run.external_id = wish.external_id.or(run.external_id.take());
    run.details_url = wish.details_url.or(run.details_url.take());
    run.started_at = wish.started_at.or(run.started_at.take());
    if let Some(output) = wish.output {
        run.title = output.title.or(run.title.take());
        run.summary = Some(output.summary);
        run.text = output.text;
        run.annotations.extend(output.annotations);
    }
    if let Some(actions) = wish.actions {
        run.actions = actions;
    }
}

fn read(call: &Call<'_>, creating: bool) -> Result<Wish, Refusal> {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let map = object(call.body)?;
    let mut fields = Fields::of("CheckRun", &map);
    if !creating {
        // The path's id may be repeated in the body, and octocrab does so.
        fields.number("check_run_id");
    }
    let mut head_sha = None;
    let name = if creating {
        head_sha = Some(fields.need_text("head_sha").to_owned());
        Some(fields.need_text("name").to_owned())
    } else {
        owned(fields.text("name"))
    };
    let status = owned(fields.one_of("status", &STATUSES));
    let conclusion = owned(fields.one_of("conclusion", &CONCLUSIONS));
    if status.as_deref() == Some("completed") && !fields.has("conclusion") {
        fields.refuse(
            "conclusion",
            "missing_field",
            "conclusion is needed when status is completed",
        );
    }
    let wish = Wish {
        name,
        head_sha,
        status,
        conclusion,
        external_id: owned(fields.text("external_id")),
        details_url: owned(fields.address("details_url")),
        started_at: fields.time("started_at"),
        completed_at: fields.time("completed_at"),
        output: fields.group("output", |output| read_output(output, creating)),
        actions: fields.each("actions", 3, read_action),
    };
    fields.finish()?;
    Ok(wish)
}

fn read_output(output: &mut Fields<'_>, creating: bool) -> Output {
    let title = if creating {
        Some(output.need_text("title").to_owned())
    } else {
        output.text("title").map(str::to_owned)
    };
    let summary = output.need_text("summary").to_owned();
    let text = output.text("text").map(str::to_owned);
    output.at_most("title", LONGEST_TITLE);
    output.at_most("summary", LONGEST_TEXT);
    output.at_most("text", LONGEST_TEXT);
    let annotations = output.each("annotations", ANNOTATIONS_PER_REQUEST, read_annotation);
    // Shown on the web page of the real service only; checked, then forgotten.
    output.each("images", usize::MAX, |image| {
        image.need_text("alt");
        image.need_text("image_url");
        image.text("caption");
    });
    Output {
        title,
        summary,
        text,
        annotations: annotations.unwrap_or_default(),
    }
}

fn read_annotation(fields: &mut Fields<'_>) -> Annotation {
    let annotation = Annotation {
        path: fields.need_text("path").to_owned(),
        start_line: fields.need_number("start_line"),
        end_line: fields.need_number("end_line"),
        start_column: fields.number("start_column"),
        end_column: fields.number("end_column"),
        annotation_level: fields
            .need_one_of("annotation_level", &["notice", "warning", "failure"])
            .to_owned(),
        message: fields.need_text("message").to_owned(),
        title: fields.text("title").map(str::to_owned),
        raw_details: fields.text("raw_details").map(str::to_owned),
    };
    fields.at_most("message", LONGEST_MESSAGE);
    fields.at_most("raw_details", LONGEST_MESSAGE);
    fields.at_most("title", LONGEST_TITLE);
    if annotation.end_line < annotation.start_line {
        fields.refuse("end_line", "invalid", "end_line is before start_line");
    }
    if annotation.start_line != annotation.end_line {
        for name in ["start_column", "end_column"] {
            if fields.has(name) {
                let message = format!("{name} is allowed only when start_line equals end_line");
                fields.refuse(name, "invalid", message);
            }
        }
    } else if annotation.end_column < annotation.start_column && annotation.end_column.is_some() {
        fields.refuse("end_column", "invalid", "end_column is before start_column");
    }
    annotation
}

fn read_action(fields: &mut Fields<'_>) -> serde_json::Value {
    let label = fields.need_text("label");
    let description = fields.need_text("description");
    let identifier = fields.need_text("identifier");
    fields.at_most("label", 20);
    fields.at_most("description", 40);
    fields.at_most("identifier", 20);
    serde_json::json!({ "label": label, "description": description, "identifier": identifier })
}
