//! Workflow runs and their jobs.

use serde_json::{Value, json};

use super::super::call::{Answer, Call, Outcome, Refusal};
use super::super::identity::stable_id;
use super::super::links::Links;
use super::super::paging;
use super::super::records::Pull;
use super::super::records_release::{Job, Run};
use super::super::shapes::{account, minimal_repository, node_id};
use super::super::state::State;
use super::commits::signature;
use super::pull_shape;

/// Newest first, of one workflow (by file name or id) or of all; `actor`, `branch`, `event`, `status` and `head_sha` filter.
pub(super) fn list(state: &State, call: &Call<'_>, workflow: Option<&str>) -> Outcome {
    let of_workflow = |run: &&Run| {
        workflow.is_none_or(|wanted| {
            run.path == wanted
                || run.path.rsplit('/').next() == Some(wanted)
                || workflow_id(run).to_string() == wanted
        })
    };
    if workflow.is_some() && !state.runs.iter().any(|run| of_workflow(&run)) {
        return Err(Refusal::not_found());
    }
    let is = |key, value: Option<&str>| call.query(key).is_none_or(|wanted| value == Some(wanted));
    let runs = state
        .runs
        .iter()
        .rev()
        .filter(of_workflow)
        .filter(|run| {
            is("actor", Some(&run.actor))
                && is("branch", run.head_branch.as_deref())
                && is("event", Some(&run.event))
                && is("head_sha", Some(&run.head_sha))
                // `status` takes a conclusion as well.
                && (is("status", Some(&run.status)) || is("status", run.conclusion.as_deref()))
        })
        .collect();
    Ok(paging::counted(call, "workflow_runs", runs, |run| {
        shape(state, call.links, run)
    }))
}

/// One run.
pub(super) fn get(state: &State, call: &Call<'_>, id: u64) -> Outcome {
    let run = state.run(id).ok_or_else(Refusal::not_found)?;
    Ok(Answer::ok(shape(state, call.links, run)))
}

/// Its jobs, in the order they started.
pub(super) fn jobs(state: &State, call: &Call<'_>, id: u64) -> Outcome {
    let run = state.run(id).ok_or_else(Refusal::not_found)?;
    Ok(paging::counted(
        call,
        "jobs",
        run.jobs.iter().collect(),
        |job| job_shape(call.links, run, job),
    ))
}

fn workflow_id(run: &Run) -> u64 {
    stable_id(&run.path)
}

fn shape(state: &State, links: &Links, run: &Run) -> Value {
    let url = format!("{}/actions/runs/{}", links.repo(), run.id);
    let workflow = workflow_id(run);
    let commit = state.commits.get(&run.head_sha).map(|commit| {
        // Without a date, as the description has it here.
        let mut author = signature(&commit.author, &commit.at);
        author.as_object_mut().map(|author| author.remove("date"));
        json!({
            "id": commit.sha,
            "tree_id": commit.sha,
            "message": commit.message,
            "timestamp": commit.at,
            "author": author,
            "committer": author,
        })
    });
    let title = commit
        .as_ref()
        .and_then(|commit| commit["message"].as_str()?.lines().next())
        .unwrap_or(&run.name)
        .to_owned();
    json!({
        "id": run.id,
        "node_id": node_id("WFR", run.id),
        "name": run.name,
        "display_title": title,
        "path": run.path,
        "run_number": run.number,
        "run_attempt": run.attempt,
        "event": run.event,
        "status": run.status,
        "conclusion": run.conclusion,
        "head_branch": run.head_branch,
        "head_sha": run.head_sha,
        "head_commit": commit,
        "workflow_id": workflow,
        "check_suite_id": stable_id(&format!("{}/github-actions", run.head_sha)),
        "check_suite_node_id": node_id("CS", run.id),
        "url": url,
        "html_url": format!("{}/actions/runs/{}", links.html(), run.id),
        "jobs_url": format!("{url}/jobs"),
        "logs_url": format!("{url}/logs"),
        "check_suite_url": format!("{}/check-suites/{}", links.repo(), run.id),
        "artifacts_url": format!("{url}/artifacts"),
        "cancel_url": format!("{url}/cancel"),
        "rerun_url": format!("{url}/rerun"),
        "previous_attempt_url": null,
        "workflow_url": format!("{}/actions/workflows/{workflow}", links.repo()),
        "pull_requests": pull_shape::minimal_of(state, links, &run.head_sha),
        "actor": account(links, &run.actor),
        "triggering_actor": account(links, &run.actor),
        "created_at": run.created_at,
        "updated_at": run.updated_at,
        "run_started_at": run.created_at,
        "repository": minimal_repository(links),
        "head_repository": minimal_repository(&head_links(state, links, run)),
        "referenced_workflows": [],
    })
}

/// Where the commit comes from: the fork, for a run of a fork's pull request.
pub(super) fn head_links(state: &State, links: &Links, run: &Run) -> Links {
    let mut pulls = state.pulls.values();
    // By its branch too: a commit that was pushed away is of the fork still.
    let is_of = |pull: &&Pull| {
        pull.commits.contains(&run.head_sha)
            || run.event == "pull_request" && run.head_branch.as_ref() == Some(&pull.head_ref)
    };
    match pulls.find(|pull| pull.fork && is_of(pull)) {
        None => links.clone(),
        Some(pull) => Links {
            owner: pull.author.clone(),
            ..links.clone()
        },
    }
}

fn job_shape(links: &Links, run: &Run, job: &Job) -> Value {
    let url = format!("{}/actions/jobs/{}", links.repo(), job.id);
    json!({
        "id": job.id,
        "node_id": node_id("JOB", job.id),
        "run_id": run.id,
        "run_attempt": run.attempt,
        "run_url": format!("{}/actions/runs/{}", links.repo(), run.id),
        "workflow_name": run.name,
        "head_branch": run.head_branch,
        "head_sha": run.head_sha,
        "name": job.name,
        "url": url,
        "html_url": format!("{}/actions/runs/{}/job/{}", links.html(), run.id, job.id),
        "check_run_url": format!("{}/check-runs/{}", links.repo(), job.id),
        "status": job.status,
        "conclusion": job.conclusion,
        "created_at": job.started_at,
        "started_at": job.started_at,
        "completed_at": job.completed_at,
        "steps": [],
        "labels": ["ubuntu-latest"],
        "runner_id": 1,
        "runner_name": "sandbox",
        "runner_group_id": 1,
        "runner_group_name": "Default",
    })
}
