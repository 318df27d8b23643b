//! Controls about releases: runs, jobs, artifacts, environments and their reviews.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::super::records_release::{Artifact, Decision, Environment, Job, Reviewer, Run};
use super::super::state::{Tone, now};
use super::super::waiting::Gate;
use super::super::{GitHub, State};
use super::{ControlError, RunSpec};

impl GitHub {
    /// Starts a run, or a new attempt of a run already known by that id.
    pub fn start_run(&self, spec: RunSpec) {
        self.shared.change(|state| start(state, spec));
    }

    /// Ends a run; what still waited for a review no longer does.
    ///
    /// # Errors
    /// When the run is not known.
    pub fn finish_run(&self, id: u64, conclusion: &str) -> Result<(), ControlError> {
        self.shared.change(|state| {
            let at = now();
            let run = find_run(state, id)?;
            "completed".clone_into(&mut run.status);
            run.conclusion = Some(conclusion.to_owned());
            run.updated_at.clone_from(&at);
            let name = run.name.clone();
            state.pending.retain(|pending| pending.run_id != id);
            let tone = if conclusion == "success" {
                Tone::Good
            } else {
                Tone::Bad
            };
            state.note(&at, tone, format!("Run {id} ({name}) ended: {conclusion}"));
            Ok(())
        })
    }

    /// Records a job of a run, or its end when a job of that name is running.
    ///
    /// # Errors
    /// When the run is not known.
    pub fn record_job(
        &self,
        run_id: u64,
        name: &str,
        conclusion: Option<&str>,
    ) -> Result<(), ControlError> {
        self.shared.change(|state| {
            let id = state.fresh_id();
            let run = find_run(state, run_id)?;
            let at = now();
            let running = |job: &&mut Job| job.name == name && job.conclusion.is_none();
            if run.jobs.iter_mut().find(running).is_none() {
                run.jobs.push(Job {
                    id,
                    name: name.to_owned(),
                    status: "in_progress".to_owned(),
                    conclusion: None,
                    started_at: at.clone(),
                    completed_at: None,
                });
            }
            if let Some(conclusion) = conclusion
                && let Some(job) = run.jobs.iter_mut().find(running)
            {
                "completed".clone_into(&mut job.status);
                job.conclusion = Some(conclusion.to_owned());
                job.completed_at = Some(at);
            }
            Ok(())
        })
    }

    /// Adds an artifact to a run and returns its id; `bytes` is the zip file.
    ///
    /// # Errors
    /// When the run is not known.
    pub fn add_artifact(
        &self,
        run_id: u64,
        name: &str,
        bytes: Vec<u8>,
    ) -> Result<u64, ControlError> {
        self.shared.change(|state| {
            find_run(state, run_id)?;
            let id = state.fresh_id();
            let digest = Sha256::digest(&bytes);
            let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            state.artifacts.push(Artifact {
                id,
                run_id,
                name: name.to_owned(),
                expired: false,
                digest: format!("sha256:{hex}"),
                bytes: Arc::from(bytes),
                at: now(),
            });
            Ok(id)
        })
    }

    /// Lets all artifacts of a run expire.
    pub fn expire_artifacts(&self, run_id: u64) {
        self.shared.change(|state| {
            let artifacts = state.artifacts.iter_mut();
            artifacts
                .filter(|artifact| artifact.run_id == run_id)
                .for_each(|artifact| artifact.expired = true);
        });
    }

    /// Adds an environment, or replaces the one of that name; it keeps its id.
    pub fn add_environment(
        &self,
        name: &str,
        reviewers: impl IntoIterator<Item = Reviewer>,
        prevent_self_review: bool,
    ) {
        self.shared.change(|state| {
            let known = state.environment(name).map(|environment| environment.id);
            let environment = Environment {
                id: known.unwrap_or_else(|| state.fresh_id()),
                name: name.to_owned(),
                reviewers: reviewers.into_iter().collect(),
                prevent_self_review,
                at: now(),
            };
            state
                .environments
                .retain(|known| known.id != environment.id);
            state.environments.push(environment);
        });
    }

    /// Lets a job of a run wait for a review of an environment.
    ///
    /// # Errors
    /// When the run is not known or the environment asks for no review.
    pub fn request_deployment_review(
        &self,
        run_id: u64,
        environment: &str,
    ) -> Result<(), ControlError> {
        match self.shared.knock(run_id, environment, None)? {
            Gate::Open => Err(ControlError::NoReviewers(environment.to_owned())),
            Gate::Waiting | Gate::Decided(_) => Ok(()),
        }
    }

    /// Decides on a waiting job as a person.
    ///
    /// # Errors
    /// When nothing waits there, or the person may not decide.
    pub fn review(
        &self,
        run_id: u64,
        environment: &str,
        login: &str,
        decision: Decision,
        comment: &str,
    ) -> Result<(), ControlError> {
        self.shared
            .review(run_id, environment, login, decision, comment)
    }
}

fn start(state: &mut State, spec: RunSpec) {
    let at = now();
    state.know_commit(&spec.head_sha, &spec.actor, &spec.name, &[]);
    state.note(
        &at,
        Tone::Neutral,
        format!("Run {} ({}) started", spec.id, spec.name),
    );
    let known = state.runs.iter().position(|run| run.id == spec.id);
    let run = Run {
        id: spec.id,
        path: spec.path,
        name: spec.name,
        event: spec.event,
        head_sha: spec.head_sha,
        head_branch: spec.head_branch,
        actor: spec.actor,
        attempt: spec.attempt.max(1),
        number: known.unwrap_or(state.runs.len()) as u64 + 1,
        status: "in_progress".to_owned(),
        conclusion: None,
        jobs: Vec::new(),
        created_at: at.clone(),
        updated_at: at,
    };
    match known.and_then(|at| state.runs.get_mut(at)) {
        Some(slot) => *slot = run,
        None => state.runs.push(run),
    }
}

fn find_run(state: &mut State, id: u64) -> Result<&mut Run, ControlError> {
    let mut runs = state.runs.iter_mut();
    runs.find(|run| run.id == id)
        .ok_or(ControlError::UnknownRun(id))
}
