//! Controls about code and people: commits, pull requests, files, checks of others, roles and teams.

use std::sync::Arc;

use super::super::records::{CheckRun, Comment, Commit, Pull, PullReview};
use super::super::state::{Member, Role, Tone, now};
use super::super::{GitHub, State};
use super::{ControlError, NewCheck, NewPull};

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

    /// Writes a comment as somebody, without a request, and returns its id.
    ///
    /// # Errors
    /// When the pull request is not known.
    pub fn add_comment(&self, pull: u64, login: &str, body: &str) -> Result<u64, ControlError> {
        self.shared.change(|state| {
            if !state.pulls.contains_key(&pull) {
                return Err(ControlError::UnknownPull(pull));
            }
            let at = now();
            let id = state.fresh_id();
            state.comments.push(Comment {
                id,
                issue: pull,
                user: login.to_owned(),
                body: body.to_owned(),
                created_at: at.clone(),
                updated_at: at,
                edits: 0,
            });
            Ok(id)
        })
    }

    /// Puts a file at a branch or SHA.
    pub fn put_content(&self, path: &str, reference: &str, bytes: impl Into<Vec<u8>>) {
        let bytes: Vec<u8> = bytes.into();
        self.shared.change(|state| {
            let key = (reference.to_owned(), path.to_owned());
            state.contents.insert(key, Arc::from(bytes));
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
