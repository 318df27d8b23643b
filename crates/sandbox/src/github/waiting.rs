//! Waiting for reviews without polling: jobs that need one, and whoever plays the release manager.

use std::time::Duration;

use super::records_release::{Decision, PendingReview, Review};
use super::review;
use super::state::{State, Tone, now};
use super::{ControlError, GitHub, Shared};

/// Where a job stands that names an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Gate {
    /// The environment asks for no review.
    Open,
    /// Somebody has to decide.
    Waiting,
    /// Somebody decided.
    Decided(Review),
}

impl Shared {
    /// Registers that a job wants to enter an environment and says where that stands.
    ///
    /// # Errors
    /// When the run is not known.
    pub(crate) fn knock(
        &self,
        run_id: u64,
        environment: &str,
        job: Option<&str>,
    ) -> Result<Gate, ControlError> {
        let gate = self.read(|state| stand(state, run_id, environment))?;
        if gate == Gate::Waiting {
            self.change(|state| register(state, run_id, environment, job));
        }
        Ok(gate)
    }

    /// Waits until the job may enter or was turned away; `Waiting` when the patience ends first.
    ///
    /// # Errors
    /// When the run is not known.
    pub(crate) async fn wait_at_gate(
        &self,
        run_id: u64,
        environment: &str,
        job: Option<&str>,
        patience: Duration,
    ) -> Result<Gate, ControlError> {
        self.knock(run_id, environment, job)?;
        let settled = self.until(|state| match stand(state, run_id, environment) {
            Ok(Gate::Waiting) => None,
            other => Some(other),
        });
        tokio::time::timeout(patience, settled)
            .await
            .unwrap_or(Ok(Gate::Waiting))
    }

    /// Decides on a waiting job.
    ///
    /// # Errors
    /// When nothing waits there, or the person may not decide.
    pub(crate) fn review(
        &self,
        run_id: u64,
        environment: &str,
        login: &str,
        decision: Decision,
        comment: &str,
    ) -> Result<(), ControlError> {
        self.change(|state| {
            let run = state.run(run_id).ok_or(ControlError::UnknownRun(run_id))?;
            let place = state
                .environment(environment)
                .filter(|_| is_pending(state, run_id, environment))
                .ok_or_else(|| ControlError::NothingPending {
                    run_id,
                    environment: environment.to_owned(),
                })?;
            if let Some(objection) = review::objection(state, run, place, login) {
                return Err(ControlError::NotAllowed {
                    login: login.to_owned(),
                    reason: objection.to_string(),
                });
            }
            let name = place.name.clone();
            review::record(state, run_id, &name, login, decision, comment, &now());
            Ok(())
        })
    }

    /// Waits until `look` finds something; it is asked again after every change.
    async fn until<T>(&self, mut look: impl FnMut(&State) -> Option<T>) -> T {
        let mut changes = self.version.subscribe();
        loop {
            changes.mark_unchanged();
            if let Some(found) = self.read(&mut look) {
                return found;
            }
            if changes.changed().await.is_err() {
                // The sender lives as long as `self`; should it not, nothing can change any more.
                std::future::pending::<()>().await;
            }
        }
    }
}

impl GitHub {
    /// Waits until some job waits for a review, and returns the oldest.
    pub async fn wait_for_pending(&self) -> PendingReview {
        self.shared
            .until(|state| state.pending.first().cloned())
            .await
    }

    /// Waits until the review of a run's present attempt is given.
    pub async fn wait_for_review(&self, run_id: u64, environment: &str) -> Review {
        self.shared
            .until(|state| review::decided(state, run_id, environment).cloned())
            .await
    }
}

fn stand(state: &State, run_id: u64, environment: &str) -> Result<Gate, ControlError> {
    state.run(run_id).ok_or(ControlError::UnknownRun(run_id))?;
    let reviewed = state
        .environment(environment)
        .is_some_and(|environment| !environment.reviewers.is_empty());
    if !reviewed {
        return Ok(Gate::Open);
    }
    Ok(review::decided(state, run_id, environment)
        .map_or(Gate::Waiting, |review| Gate::Decided(review.clone())))
}

fn is_pending(state: &State, run_id: u64, environment: &str) -> bool {
    let mut pending = state.pending.iter();
    pending.any(|pending| {
        pending.run_id == run_id && pending.environment.eq_ignore_ascii_case(environment)
    })
}

fn register(state: &mut State, run_id: u64, environment: &str, job: Option<&str>) {
    let Some(name) = state
        .environment(environment)
        .map(|found| found.name.clone())
    else {
        return;
    };
    let ended = state
        .run(run_id)
        .is_some_and(|run| run.status == "completed");
    if ended || is_pending(state, run_id, &name) || review::decided(state, run_id, &name).is_some()
    {
        return;
    }
    let at = now();
    state.note(
        &at,
        Tone::Neutral,
        format!("Run {run_id} waits for a review of {name}"),
    );
    if let Some(run) = state.runs.iter_mut().find(|run| run.id == run_id) {
        "waiting".clone_into(&mut run.status);
    }
    state.pending.push(PendingReview {
        run_id,
        environment: name,
        job: job.map(str::to_owned),
        at,
    });
}
