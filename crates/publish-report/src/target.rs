//! Where the report goes: commit, pull requests and run, as GitHub tells them. A verdict has no say in
//! this, since it may be a stranger's.

use gate::{Context, Error, Problem};
use github_client::Client;
use verdict::Sha;

use crate::inputs::Inputs;
use crate::needs;
use crate::pulls::{self, Pull};

/// Where the report goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// The commit that was judged.
    pub(crate) sha: Sha,
    /// The run that judged.
    pub(crate) run: RunRef,
    /// The run's page.
    pub(crate) run_url: String,
    /// How the run ended.
    pub(crate) end: RunEnd,
    /// The pull requests the commit belongs to; several when one branch is to go to several others.
    pub(crate) pulls: Vec<Pull>,
    /// Why the pull request could not be looked up.
    pub(crate) warning: Option<String>,
}

/// A run and its attempt. Both grow, so a greater one is later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RunRef {
    pub(crate) id: u64,
    pub(crate) attempt: u32,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RunEnd {
    /// It is the run we are part of; which of its jobs failed, in words.
    Ours(Option<String>),
    /// It goes on: a new attempt was started.
    Running,
    /// It is over, with GitHub's word for how.
    Over(String),
}

/// Whose verdicts are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// Those of the run we are part of.
    Ours,
    /// Those of another run, which is asked for at GitHub.
    Other(u64),
}

/// Which run is meant: an input, the run that triggered this one, or this one.
pub(crate) fn whose(context: &Context, inputs: &Inputs) -> Whose {
    let ours = context.runner.run.as_ref().map(|run| run.id);
    let triggering = || context.runner.event.triggering_run();
    match inputs.run_id.or_else(triggering) {
        Some(id) if !inputs.this_run && ours != Some(id) => Whose::Other(id),
        _ => Whose::Ours,
    }
}

/// Asks GitHub where the report goes.
pub(crate) async fn find(
    github: &Client,
    context: &Context,
    inputs: &Inputs,
) -> Result<Target, Error> {
    match whose(context, inputs) {
        Whose::Other(id) => of_other_run(github, id).await,
        Whose::Ours => {
            let failed = needs::failed(inputs.needs.as_deref())?;
            of_this_run(github, context, failed).await
        }
    }
}

/// The run this gate is part of: its event comes from GitHub.
async fn of_this_run(
    github: &Client,
    context: &Context,
    failed: Option<String>,
) -> Result<Target, Error> {
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
    let (pulls, warning) = match context.runner.event.pull_request() {
        None => (Vec::new(), None),
        Some(number) => match github.pull(number).await {
            Ok(pull) => (vec![Pull::of(&pull, sha.as_str())], None),
            Err(error) => (vec![Pull::unknown(number)], Some(error.to_string())),
        },
    };
    Ok(Target {
        sha,
        run: RunRef {
            id: run.id,
            attempt: run.attempt,
        },
        run_url: run.url.clone(),
        end: RunEnd::Ours(failed),
        pulls,
        warning,
    })
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
    let (pulls, warning) = match pulls::of_run(github, &run).await {
        Ok(pulls) => (pulls, None),
        Err(error) => (Vec::new(), Some(error.to_string())),
    };
    Ok(Target {
        sha,
        run: RunRef {
            id: run.id,
            attempt: run.run_attempt,
        },
        run_url: run.html_url,
        end: run.conclusion.map_or(RunEnd::Running, RunEnd::Over),
        pulls,
        warning,
    })
}
