//! What the page's forms and the jobs of a rehearsal post: reviews, and waiting at an environment; and artifact downloads.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Query, State as Shares};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, extract::rejection::FormRejection};
use serde::Deserialize;
use serde_json::json;

use super::{VISITOR, respond};
use crate::github::server::Slot;
use crate::github::waiting::Gate;
use crate::github::{ControlError, Decision};

/// A job asks again after this long.
const PATIENCE: Duration = Duration::from_secs(20);

/// The form under a pending approval.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReviewForm {
    token: String,
    run_id: u64,
    environment: String,
    decision: String,
    comment: String,
}

/// Decides as the release manager; the form must be ours: its token is new with every start.
pub(super) async fn review(
    Shares(slot): Shares<Slot>,
    form: Result<Form<ReviewForm>, FormRejection>,
) -> Response {
    let Some(shared) = slot.shared() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let form = match form {
        Ok(Form(form)) => form,
        Err(error) => {
            return respond(
                &slot,
                StatusCode::UNPROCESSABLE_ENTITY,
                Some(&error.to_string()),
            );
        }
    };
    if form.token != shared.form_token {
        let problem =
            "This form is not from this start of the sandbox: reload the page and decide again.";
        return respond(&slot, StatusCode::FORBIDDEN, Some(problem));
    }
    let Some(decision) = Decision::parse(&form.decision) else {
        let problem = "The decision must be approved or rejected.";
        return respond(&slot, StatusCode::UNPROCESSABLE_ENTITY, Some(problem));
    };
    let reviewed = shared.review(
        form.run_id,
        &form.environment,
        VISITOR,
        decision,
        form.comment.trim(),
    );
    match reviewed {
        Ok(()) => Redirect::to("/").into_response(),
        Err(error) => respond(&slot, StatusCode::CONFLICT, Some(&error.to_string())),
    }
}

/// Which job waits at which environment.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wait {
    run_id: u64,
    environment: String,
    #[serde(default)]
    job: Option<String>,
    /// Answer after this many seconds at the latest; never more than [`PATIENCE`].
    #[serde(default)]
    seconds: Option<u64>,
}

/// Plays what a runner's job does at `environment:`: goes on, fails, or waits for a review. 202 means: ask again.
pub(super) async fn environment_wait(
    Shares(slot): Shares<Slot>,
    headers: HeaderMap,
    Query(wait): Query<Wait>,
) -> Response {
    let Some(shared) = slot.shared() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    if headers.contains_key(header::ORIGIN) {
        return (StatusCode::FORBIDDEN, "jobs post here, web pages do not").into_response();
    }
    let patience = wait
        .seconds
        .map_or(PATIENCE, Duration::from_secs)
        .min(PATIENCE);
    let gate = shared.wait_at_gate(
        wait.run_id,
        &wait.environment,
        wait.job.as_deref(),
        patience,
    );
    match gate.await {
        Ok(Gate::Open) => Json(json!({ "state": "not-required" })).into_response(),
        Ok(Gate::Decided(review)) => Json(json!({
            "state": review.decision.as_str(),
            "user": review.user,
            "comment": review.comment,
        }))
        .into_response(),
        Ok(Gate::Waiting) => {
            (StatusCode::ACCEPTED, Json(json!({ "state": "waiting" }))).into_response()
        }
        Err(error @ ControlError::UnknownRun(_)) => (
            StatusCode::NOT_FOUND,
            Json(json!({ "message": error.to_string() })),
        )
            .into_response(),
        Err(error) => (
            StatusCode::CONFLICT,
            Json(json!({ "message": error.to_string() })),
        )
            .into_response(),
    }
}

/// What an artifact's signed address carries.
#[derive(Debug, Deserialize)]
pub(super) struct Signature {
    #[serde(default)]
    sig: String,
}

/// The bytes of an artifact, for whoever holds the address.
pub(super) async fn artifact(
    Shares(slot): Shares<Slot>,
    Path(file): Path<String>,
    Query(signature): Query<Signature>,
    headers: HeaderMap,
) -> Response {
    // A blob store takes a foreign token for a broken attempt to sign in, and a leaked one is what it would be.
    if headers.contains_key(header::AUTHORIZATION) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let found = slot.shared().and_then(|shared| {
        let id: u64 = file.strip_suffix(".zip")?.parse().ok()?;
        shared.read(|state| {
            let mut artifacts = state.artifacts.iter();
            let artifact = artifacts.find(|artifact| artifact.id == id && !artifact.expired)?;
            let digest = artifact.digest.strip_prefix("sha256:")?;
            (digest == signature.sig).then(|| artifact.bytes.to_vec())
        })
    });
    match found {
        Some(bytes) => ([(header::CONTENT_TYPE, "application/zip")], bytes).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
