//! What happens on GitHub outside the API's reach: pull requests open, runs start, reviewers decide.
//!
//! `cargo rehearse` and tests play these parts in the process; what the gates do themselves goes through the API only.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::records::{ChangedFile, CheckRun, Commit, Pull, PullReview};
use super::records_release::{Artifact, Decision, Environment, Job, Reviewer, Run};
use super::state::{Member, Role, Tone, now};
use super::waiting::Gate;
use super::{GitHub, State};

/// A control that does not fit the state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ControlError {
    /// There is no such run.
    #[error("run {0} is not known: start it first")]
    UnknownRun(u64),
    /// There is no such pull request.
    #[error("pull request {0} is not known: open it first")]
    UnknownPull(u64),
    /// Nothing waits for a review there.
    #[error("nothing waits for a review of {environment} in run {run_id}")]
    NothingPending {
        /// The run.
        run_id: u64,
        /// The environment.
        environment: String,
    },
    /// The environment asks for no review, so none can be requested.
    #[error("environment {0} has no required reviewers: add it with some first")]
    NoReviewers(String),
    /// The person may not decide.
    #[error("{login} may not review: {reason}")]
    NotAllowed {
        /// The person.
        login: String,
        /// Why.
        reason: String,
    },
}

/// A pull request to open.
#[derive(Debug, Clone, Default)]
pub struct NewPull {
    /// Its number.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// Login of the author.
    pub author: String,
    /// Branch the changes are on.
    pub head_ref: String,
    /// Newest commit of the changes.
    pub head_sha: String,
    /// Branch it is to be merged into; empty is the default branch.
    pub base_ref: String,
    /// Where that branch is.
    pub base_sha: String,
    /// Its commits, oldest first; empty is the head alone.
    pub commits: Vec<Commit>,
    /// The files it changes.
    pub files: Vec<ChangedFile>,
    /// Whether the changes come from a fork.
    pub fork: bool,
}

/// A workflow run to start.
#[derive(Debug, Clone)]
pub struct RunSpec {
    /// Its id.
    pub id: u64,
    /// Path of the workflow file in the repository.
    pub path: String,
    /// Name of the workflow.
    pub name: String,
    /// The event that started it.
    pub event: String,
    /// The commit it runs on.
    pub head_sha: String,
    /// The branch, where there is one.
    pub head_branch: Option<String>,
    /// Login of the person who started it.
    pub actor: String,
    /// Which attempt it is, from 1.
    pub attempt: u64,
}

/// A check run that somebody else than the suite made.
#[derive(Debug, Clone)]
pub struct NewCheck {
    /// Its name.
    pub name: String,
    /// The commit checked.
    pub head_sha: String,
    /// Slug of the app that made it.
    pub app: String,
    /// The result; `None` while it runs.
    pub conclusion: Option<String>,
}

impl GitHub {
    /// Makes a commit known and moves a branch to it.
    pub fn push(&self, branch: &str, commit: Commit) {
        self.shared.change(|state| {
            state.branches.insert(branch.to_owned(), commit.sha.clone());
            state.commits.insert(commit.sha.clone(), commit);
        });
    }

    /// Opens a pull request; its commits, head and base become known.
    pub fn open_pull_request(&self, pull: NewPull) {
        self.shared.change(|state| open(state, pull));
    }

    /// Merges a pull request: the base branch moves to `merge_sha`.
    ///
    /// # Errors
    /// When the pull request is not known.
    pub fn merge_pull_request(
        &self,
        number: u64,
        merge_sha: &str,
        by: &str,
    ) -> Result<(), ControlError> {
        self.shared.change(|state| {
            let at = now();
            let pull = state.pulls.get_mut(&number);
            let pull = pull.ok_or(ControlError::UnknownPull(number))?;
            pull.merge_sha = Some(merge_sha.to_owned());
            pull.merged_by = Some(by.to_owned());
            pull.merged_at = Some(at.clone());
            let pull = pull.clone();
            state.branches.insert(pull.base_ref, merge_sha.to_owned());
            let message = format!("Merge pull request #{number}\n\n{}", pull.title);
            state.know_commit(merge_sha, by, &message, &[&pull.base_sha, &pull.head_sha]);
            state.note(
                &at,
                Tone::Good,
                format!("{by} merged pull request #{number}"),
            );
            Ok(())
        })
    }

    /// Records a person's review of a pull request's commit: `APPROVED`, `CHANGES_REQUESTED` or `COMMENTED`.
    ///
    /// # Errors
    /// When the pull request is not known.
    pub fn review_pull_request(
        &self,
        number: u64,
        user: &str,
        verdict: &str,
        commit: &str,
    ) -> Result<(), ControlError> {
        self.shared.change(|state| {
            let review = PullReview {
                id: state.fresh_id(),
                user: user.to_owned(),
                state: verdict.to_owned(),
                commit: commit.to_owned(),
                at: now(),
            };
            let pull = state.pulls.get_mut(&number);
            let pull = pull.ok_or(ControlError::UnknownPull(number))?;
            pull.reviews.push(review);
            Ok(())
        })
    }

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

    /// Puts a file at a branch or SHA.
    pub fn put_content(&self, path: &str, reference: &str, bytes: impl Into<Vec<u8>>) {
        let bytes: Vec<u8> = bytes.into();
        self.shared.change(|state| {
            let key = (reference.to_owned(), path.to_owned());
            state.contents.insert(key, Arc::from(bytes));
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

    /// Gives a person a role in the repository.
    pub fn set_role(&self, login: &str, role: Role) {
        self.shared
            .change(|state| state.collaborators.insert(login.to_owned(), role));
    }

    /// Sets the members of a team of the owner.
    pub fn set_team(&self, slug: &str, members: Vec<Member>) {
        self.shared
            .change(|state| state.teams.insert(slug.to_owned(), members));
    }

    /// Adds a check run that the suite did not make.
    pub fn add_check_run(&self, check: NewCheck) -> u64 {
        self.shared.change(|state| {
            let at = now();
            let id = state.fresh_id();
            state.know_commit(&check.head_sha, "author", "Change", &[]);
            state.check_runs.push(CheckRun {
                id,
                name: check.name,
                head_sha: check.head_sha,
                app: check.app,
                status: if check.conclusion.is_some() {
                    "completed".to_owned()
                } else {
                    "in_progress".to_owned()
                },
                completed_at: check.conclusion.as_ref().map(|_| at.clone()),
                conclusion: check.conclusion,
                external_id: None,
                details_url: None,
                started_at: Some(at),
                title: None,
                summary: None,
                text: None,
                annotations: Vec::new(),
                actions: Vec::new(),
            });
            id
        })
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

fn open(state: &mut State, new: NewPull) {
    let at = now();
    let base_ref = if new.base_ref.is_empty() {
        state.default_branch.clone()
    } else {
        new.base_ref
    };
    let mut commits: Vec<String> = new
        .commits
        .iter()
        .map(|commit| commit.sha.clone())
        .collect();
    if commits.is_empty() {
        commits.push(new.head_sha.clone());
    }
    for commit in new.commits {
        state.commits.insert(commit.sha.clone(), commit);
    }
    state.know_commit(&new.base_sha, &new.author, "Base", &[]);
    state.know_commit(&new.head_sha, &new.author, &new.title, &[&new.base_sha]);
    state
        .branches
        .entry(base_ref.clone())
        .or_insert_with(|| new.base_sha.clone());
    if !new.fork {
        state
            .branches
            .insert(new.head_ref.clone(), new.head_sha.clone());
    }
    let text = format!(
        "{} opened pull request #{}: {}",
        new.author, new.number, new.title
    );
    state.note(&at, Tone::Neutral, text);
    state.pulls.insert(
        new.number,
        Pull {
            number: new.number,
            title: new.title,
            author: new.author,
            head_ref: new.head_ref,
            head_sha: new.head_sha,
            base_ref,
            base_sha: new.base_sha,
            fork: new.fork,
            commits,
            files: new.files,
            reviews: Vec::new(),
            merge_sha: None,
            merged_by: None,
            opened_at: at,
            merged_at: None,
        },
    );
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
