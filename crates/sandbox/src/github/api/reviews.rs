//! Jobs that wait for a review: ask, decide, and the approvals given.

use http::StatusCode;
use serde_json::{Value, json};

use super::super::call::{Answer, Call, Outcome, Refusal};
use super::super::fields::{Fields, object};
use super::super::identity::Identity;
use super::super::records_release::{Decision, PendingReview, Review};
use super::super::review;
use super::super::shapes::account;
use super::super::state::State;
use super::{deployments, environments};

/// What a run waits for.
pub(super) fn pending(state: &State, call: &Call<'_>, run_id: u64) -> Outcome {
    let run = state.run(run_id).ok_or_else(Refusal::not_found)?;
    let pending: Vec<Value> = of_run(state, run_id)
        .filter_map(|pending| state.environment(&pending.environment))
        .map(|environment| {
            let may = !call.who.is_app()
                && review::objection(state, run, environment, call.who.login()).is_none();
            json!({
                "environment": environments::brief(call.links, environment),
                "wait_timer": 0,
                "wait_timer_started_at": null,
                "current_user_can_approve": may,
                "reviewers": environments::reviewers(call.links, environment),
            })
        })
        .collect();
    Ok(Answer::ok(Value::Array(pending)))
}

/// Approves or rejects. GitHub documents no refusals of this request; 403 for app tokens is what users report, the others
/// are GitHub's ordinary validation errors.
pub(super) fn decide(state: &mut State, call: &Call<'_>, run_id: u64) -> Outcome {
    let Identity::Person(login) = call.who else {
        return Err(Refusal::forbidden(call.who));
    };
    let map = object(call.body)?;
    let mut fields = Fields::of("PendingDeployment", &map);
    let ids = fields.items("environment_ids", "integers", Value::as_u64);
    if !fields.has("environment_ids") {
        fields.refuse(
            "environment_ids",
            "missing_field",
            "environment_ids wasn't supplied",
        );
    } else if ids.as_ref().is_some_and(Vec::is_empty) {
        fields.refuse("environment_ids", "invalid", "environment_ids is empty");
    }
    let decision = Decision::parse(fields.need_one_of("state", &["approved", "rejected"]));
    // Must be there but may be empty.
    let comment = fields.text("comment").map(str::to_owned);
    if !fields.has("comment") {
        fields.refuse("comment", "missing_field", "comment wasn't supplied");
    }
    fields.finish()?;
    let run = state.run(run_id).ok_or_else(Refusal::not_found)?;
    let sha = run.head_sha.clone();

    let mut names = Vec::new();
    for id in ids.unwrap_or_default() {
        let waits = of_run(state, run_id)
            .filter_map(|pending| state.environment(&pending.environment))
            .find(|environment| environment.id == id);
        let Some(environment) = waits else {
            return Err(Refusal::invalid(
                "PendingDeployment",
                "environment_ids",
                "invalid",
                &format!("no pending deployment for environment {id}"),
            ));
        };
        if let Some(objection) = review::objection(state, run, environment, login) {
            return Err(Refusal::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                objection.to_string(),
            ));
        }
        names.push(environment.name.clone());
    }
    let (Some(decision), Some(comment)) = (decision, comment) else {
        return Err(Refusal::not_found());
    };
    for name in &names {
        review::record(state, run_id, name, login, decision, &comment, call.now);
    }
    let touched = state
        .deployments
        .iter()
        .filter(|deployment| deployment.sha == sha && names.contains(&deployment.environment))
        .map(|deployment| deployments::shape(call.links, deployment));
    Ok(Answer::ok(touched.collect()))
}

/// The reviews given, newest first. There is no time, SHA or attempt in them: GitHub has none either.
pub(super) fn approvals(state: &State, call: &Call<'_>, run_id: u64) -> Outcome {
    state.run(run_id).ok_or_else(Refusal::not_found)?;
    let given = state.reviews.iter().rev();
    let given: Vec<Value> = given
        .filter(|review| review.run_id == run_id)
        .map(|review| approval_shape(state, call, review))
        .collect();
    Ok(Answer::ok(Value::Array(given)))
}

fn of_run(state: &State, run_id: u64) -> impl Iterator<Item = &PendingReview> {
    let pending = state.pending.iter();
    pending.filter(move |pending| pending.run_id == run_id)
}

fn approval_shape(state: &State, call: &Call<'_>, review: &Review) -> Value {
    let environment = state.environment(&review.environment);
    let environments: Vec<Value> = environment
        .map(|environment| environments::dated(call.links, environment))
        .into_iter()
        .collect();
    json!({
        "environments": environments,
        "state": review.decision.as_str(),
        "user": account(call.links, &review.user),
        "comment": review.comment,
    })
}
