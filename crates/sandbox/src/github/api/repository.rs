//! `GET /repos/{owner}/{repo}`.

use super::super::call::{Answer, Call, Outcome};
use super::super::shapes;
use super::super::state::State;

/// The repository.
pub(super) fn get(state: &State, call: &Call<'_>) -> Outcome {
    Ok(Answer::ok(shapes::full_repository(
        call.links,
        &state.default_branch,
    )))
}
