//! Where the report goes: commit, pull request and run, as GitHub tells them. A verdict has no say in
//! this, since it may be a stranger's.

use gate::{Context, Error, Problem};
use github_client::{Client, PullRequest, WorkflowRun};
use verdict::Sha;

use crate::inputs::Inputs;
use crate::needs;

/// Where the report goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// The commit that was judged.
    pub(crate) sha: Sha,
    /// The run that judged.
    pub(crate) run: u64,
    /// Which try of the run.
    pub(crate) attempt: u32,
    /// The run's page.
    pub(crate) run_url: String,
    /// How the run ended where it is over; of this run, which jobs failed.
    pub(crate) run_conclusion: Option<String>,
    /// The pull request, when there is one.
    pub(crate) pull: Option<Pull>,
    /// Why the pull request could not be looked up.
    pub(crate) warning: Option<String>,
}

/// A pull request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pull {
    pub(crate) number: u64,
    /// Whether it has moved on since the commit that was judged.
    pub(crate) outdated: bool,
}

/// Asks GitHub where the report goes.
pub(crate) async fn find(
    github: &Client,
    context: &Context,
    inputs: &Inputs,
) -> Result<Target, Error> {
    let event = &context.runner.event;
    let other = match inputs.this_run {
        true => None,
        false => inputs.run_id.or_else(|| event.triggering_run()),
    };
    match other {
        Some(id) => of_other_run(github, id).await,
        None => {
            let failed = needs::failed(inputs.needs.as_deref())?;
            let mut target = of_this_run(github, context).await?;
            target.run_conclusion = failed;
            Ok(target)
        }
    }
}

/// The run this gate is part of: its event comes from GitHub.
async fn of_this_run(github: &Client, context: &Context) -> Result<Target, Error> {
    let mut problems = Vec::new();
    let run = context.runner.run.as_ref();
    if run.is_none() {
        problems
            .push(Problem::new("no run is known").fix("run it in a workflow, or pass `run-id`"));
    }
    // The event's commit and not the input `sha`: a check run on a commit of somebody's choice would be
    // a forgery made easy.
    let sha = context.runner.head_sha();
    if sha.is_none() {
        problems
            .push(Problem::new("no commit is known").fix("run it in a workflow, or pass `run-id`"));
    }
    let (Some(run), Some(sha)) = (run, sha) else {
        return Err(Error::Usage(problems));
    };
    let mut target = Target {
        sha,
        run: run.id,
        attempt: run.attempt,
        run_url: run.url.clone(),
        run_conclusion: None,
        pull: None,
        warning: None,
    };
    if let Some(number) = context.runner.event.pull_request() {
        let (outdated, warning) = match github.pull(number).await {
            Ok(pull) => (pull.head.sha != target.sha.as_str(), None),
            Err(error) => (false, Some(error.to_string())),
        };
        target.pull = Some(Pull { number, outdated });
        target.warning = warning;
    }
    Ok(target)
}

/// A run that is over, as GitHub describes it.
async fn of_other_run(github: &Client, id: u64) -> Result<Target, Error> {
    let cannot = |error: github_client::Error| {
        Error::undecided(format!("run {id} cannot be read: {error}"))
            .fix("give the job `permissions: {actions: read}` and check the id")
    };
    let run = github.run(id).await.map_err(cannot)?;
    let sha = run
        .head_sha
        .parse()
        .map_err(|error| Error::undecided(format!("run {id} names no commit: {error}")))?;
    let (pull, warning) = match pull_of(github, &run).await {
        Ok(pull) => (pull, None),
        Err(error) => (None, Some(error.to_string())),
    };
    Ok(Target {
        sha,
        run: run.id,
        attempt: run.run_attempt,
        run_url: run.html_url,
        run_conclusion: run.conclusion,
        pull,
        warning,
    })
}

async fn pull_of(github: &Client, run: &WorkflowRun) -> Result<Option<Pull>, github_client::Error> {
    if !matches!(run.event.as_str(), "pull_request" | "pull_request_target") {
        return Ok(None);
    }
    let pulls = github.pulls_of_commit(&run.head_sha).await?;
    if let Some(pull) = choose(run, &pulls) {
        return Ok(Some(pull));
    }
    // GitHub often knows no pull request of a fork's commit; the branch leads there.
    let owner = run
        .head_repository
        .as_ref()
        .and_then(|of| of.full_name.split_once('/'));
    let (Some((owner, _)), Some(branch)) = (owner, &run.head_branch) else {
        return Ok(None);
    };
    let pulls = github.pulls_from_branch(owner, branch).await?;
    Ok(choose(run, &pulls))
}

/// The open pull request a run belongs to: from the run's own branch, at its commit if there is one.
fn choose(run: &WorkflowRun, pulls: &[PullRequest]) -> Option<Pull> {
    let from_branch = pulls.iter().filter(|pull| {
        let repository = pull.head.repo.as_ref().map(|repo| &repo.full_name);
        let of_run = run.head_repository.as_ref().map(|repo| &repo.full_name);
        pull.state == "open"
            && repository.is_some()
            && repository == of_run
            && Some(&pull.head.branch) == run.head_branch.as_ref()
    });
    let pull = from_branch.max_by_key(|pull| (pull.head.sha == run.head_sha, pull.number))?;
    Some(Pull {
        number: pull.number,
        outdated: pull.head.sha != run.head_sha,
    })
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
    fn the_pull_request_is_the_runs_own() {
        let found = |number, outdated| Some(Pull { number, outdated });
        let fork = "stranger/web";
        for (pulls, expected) in [
            (vec![pull(7, fork, "change", "a", "open")], found(7, false)),
            (vec![pull(7, fork, "change", "b", "open")], found(7, true)),
            (
                vec![
                    pull(7, fork, "change", "a", "open"),
                    pull(8, fork, "change", "b", "open"),
                ],
                found(7, false),
            ),
            (vec![pull(7, fork, "change", "a", "closed")], None),
            (vec![pull(7, fork, "other", "a", "open")], None),
            (vec![pull(7, "acme/web", "change", "a", "open")], None),
            (vec![], None),
        ] {
            assert_eq!(choose(&run(), &pulls), expected, "{pulls:?}");
        }
    }
}
