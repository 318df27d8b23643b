//! Who may decide on a waiting job, and what a decision changes. Pure: the waiting itself is in `waiting`.

use std::fmt;

use super::records_release::{Decision, Environment, Review, Run};
use super::state::{State, Tone};

/// Why a person may not decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Objection {
    /// The person is not among the environment's required reviewers.
    NotAReviewer,
    /// The environment forbids reviewing one's own run.
    OwnRun,
}

impl fmt::Display for Objection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAReviewer => "You are not a required reviewer of this environment",
            Self::OwnRun => "This environment prevents you from reviewing a run you started",
        })
    }
}

/// What speaks against the person deciding, if anything. As on GitHub, only the run's actor counts as "self".
pub(super) fn objection(
    state: &State,
    run: &Run,
    environment: &Environment,
    login: &str,
) -> Option<Objection> {
    if !state.is_reviewer(environment, login) {
        return Some(Objection::NotAReviewer);
    }
    (environment.prevent_self_review && run.actor == login).then_some(Objection::OwnRun)
}

/// Records a decision that was allowed: the job no longer waits.
pub(super) fn record(
    state: &mut State,
    run_id: u64,
    environment: &str,
    login: &str,
    decision: Decision,
    comment: &str,
    now: &str,
) {
    let attempt = state.run(run_id).map_or(1, |run| run.attempt);
    state
        .pending
        .retain(|pending| !(pending.run_id == run_id && pending.environment == environment));
    state.reviews.push(Review {
        run_id,
        attempt,
        environment: environment.to_owned(),
        user: login.to_owned(),
        decision,
        comment: comment.to_owned(),
        at: now.to_owned(),
    });
    if let Some(run) = state.runs.iter_mut().find(|run| run.id == run_id)
        && run.status == "waiting"
    {
        "in_progress".clone_into(&mut run.status);
    }
    let tone = match decision {
        Decision::Approved => Tone::Good,
        Decision::Rejected => Tone::Bad,
    };
    let text = format!("{login} {} {environment}", decision.as_str());
    state.note(now, tone, text);
}

/// The decision on a job of this run's present attempt, if one was made.
pub(super) fn decided<'s>(state: &'s State, run_id: u64, environment: &str) -> Option<&'s Review> {
    let attempt = state.run(run_id)?.attempt;
    state.reviews.iter().rev().find(|review| {
        review.run_id == run_id && review.attempt == attempt && review.environment == environment
    })
}
