//! The pull requests a run belongs to. A run of a fork names none, and GitHub often knows none for a fork's commit, so
//! they are found by commit first and then by the branch the run was of.

use github_client::{Client, Error, PullRequest, WorkflowRun};

/// The most pull requests of one branch that get a comment.
const MOST: usize = 5;

/// A pull request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pull {
    pub(crate) number: u64,
    /// Whether it has moved on since the commit that was judged.
    pub(crate) outdated: bool,
    /// Whether it is neither merged nor closed.
    pub(crate) open: bool,
}

impl Pull {
    /// How a pull request stands to a commit.
    pub(crate) fn of(pull: &PullRequest, sha: &str) -> Self {
        Self {
            number: pull.number,
            outdated: pull.head.sha != sha,
            open: pull.state == "open",
        }
    }

    /// A pull request the event names and GitHub does not tell about now.
    pub(crate) fn unknown(number: u64) -> Self {
        Self {
            number,
            outdated: false,
            open: true,
        }
    }
}

/// Asks GitHub for the pull requests of a run; none for a run of a push or of a merge queue.
pub(crate) async fn of_run(github: &Client, run: &WorkflowRun) -> Result<Vec<Pull>, Error> {
    if !matches!(run.event.as_str(), "pull_request" | "pull_request_target") {
        return Ok(Vec::new());
    }
    let mut known = github.pulls_of_commit(&run.head_sha).await?;
    let chosen = choose(run, &known);
    let repository = run.head_repository.as_ref();
    let owner = repository.and_then(|of| of.full_name.split_once('/'));
    let (Some((owner, _)), Some(branch)) = (owner, &run.head_branch) else {
        return Ok(chosen);
    };
    if chosen.iter().any(|pull| pull.open) {
        return Ok(chosen);
    }
    known.extend(github.pulls_from_branch(owner, branch).await?);
    Ok(choose(run, &known))
}

/// The pull requests from the run's own branch: the open ones, else what was merged or closed at this very commit.
fn choose(run: &WorkflowRun, pulls: &[PullRequest]) -> Vec<Pull> {
    let from_branch = pulls.iter().filter(|pull| {
        let repository = pull.head.repo.as_ref().map(|repo| &repo.full_name);
        let of_run = run.head_repository.as_ref().map(|repo| &repo.full_name);
        repository.is_some()
            && repository == of_run
            && Some(&pull.head.branch) == run.head_branch.as_ref()
    });
    let mut chosen: Vec<Pull> = from_branch
        .map(|pull| Pull::of(pull, &run.head_sha))
        .collect();
    let any_open = chosen.iter().any(|pull| pull.open);
    chosen.retain(|pull| pull.open || !any_open && !pull.outdated);
    chosen.sort_by_key(|pull| pull.number);
    chosen.dedup();
    chosen.truncate(MOST);
    chosen
}

#[cfg(test)]
mod tests {
    use github_client::{PullRef, RepositoryRef};

    use super::*;

    fn repository(name: &str) -> Option<RepositoryRef> {
        Some(RepositoryRef {
            full_name: name.to_owned(),
        })
    }

    fn run() -> WorkflowRun {
        WorkflowRun {
            id: 1,
            run_attempt: 1,
            head_sha: "a".to_owned(),
            head_branch: Some("change".to_owned()),
            event: "pull_request".to_owned(),
            status: None,
            conclusion: None,
            path: String::new(),
            html_url: String::new(),
            actor: None,
            triggering_actor: None,
            head_repository: repository("stranger/web"),
        }
    }

    fn pull(number: u64, from: &str, branch: &str, sha: &str, state: &str) -> PullRequest {
        let end = |name: &str, branch: &str, sha: &str| PullRef {
            sha: sha.to_owned(),
            branch: branch.to_owned(),
            repo: repository(name),
        };
        PullRequest {
            number,
            state: state.to_owned(),
            user: None,
            head: end(from, branch, sha),
            base: end("acme/web", "main", "0"),
        }
    }

    #[test]
    fn the_pull_requests_are_the_runs_own() {
        let fork = "stranger/web";
        let open = |number, sha| pull(number, fork, "change", sha, "open");
        let closed = |number, sha| pull(number, fork, "change", sha, "closed");
        let found = |number, outdated, open| Pull {
            number,
            outdated,
            open,
        };
        for (pulls, expected) in [
            (vec![open(7, "a")], vec![found(7, false, true)]),
            (vec![open(7, "b")], vec![found(7, true, true)]),
            (
                vec![open(9, "a"), open(7, "a"), open(9, "a")],
                vec![found(7, false, true), found(9, false, true)],
            ),
            (vec![closed(7, "a")], vec![found(7, false, false)]),
            (vec![closed(7, "b")], vec![]),
            (
                vec![closed(7, "a"), open(8, "b")],
                vec![found(8, true, true)],
            ),
            (vec![pull(7, fork, "other", "a", "open")], vec![]),
            (vec![pull(7, "acme/web", "change", "a", "open")], vec![]),
            (vec![], vec![]),
        ] {
            assert_eq!(choose(&run(), &pulls), expected, "{pulls:?}");
        }
        let many: Vec<_> = (1..20).map(|number| open(number, "a")).collect();
        assert_eq!(choose(&run(), &many).len(), MOST);
        let mut orphan = open(7, "a");
        orphan.head.repo = None;
        let deleted = WorkflowRun {
            head_repository: None,
            ..run()
        };
        assert_eq!(choose(&deleted, &[orphan]), vec![], "a fork that is gone");
    }
}
