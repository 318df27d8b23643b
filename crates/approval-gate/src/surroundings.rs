//! What the runner must have told before anything can be decided. All of it that is lacking is said at
//! once.

use gate::{Context, Error, Problem};
use github_client::{Client, Options};
use http_client::Secret;
use verdict::{Digest, Run, Sha};

/// What the runner must have told.
pub(crate) struct Surroundings {
    pub(crate) repository: String,
    pub(crate) sha: Sha,
    pub(crate) digest: Digest,
    pub(crate) run: Run,
    pub(crate) token: Secret,
    pub(crate) team_token: Option<Secret>,
}

impl Surroundings {
    pub(crate) fn of(context: &Context) -> Result<Self, Error> {
        let mut problems = Vec::new();
        let mut lacking = |message: &str, fix: &str| problems.push(Problem::new(message).fix(fix));
        let subject = &context.subject;
        let token = context.secret("GITHUB_TOKEN").map(Secret::new);
        if subject.repository.is_none() {
            lacking(
                "no repository is known",
                "run it in a workflow, or set GITHUB_REPOSITORY",
            );
        }
        if subject.sha.is_none() {
            lacking("no commit is known", "pass `sha`");
        }
        if subject.digest.is_none() {
            lacking(
                "no build is known",
                "pass `digest`, which the build job's gate outputs",
            );
        }
        if context.runner.run.is_none() {
            lacking(
                "no run is known",
                "run it in a workflow, or set GITHUB_RUN_ID",
            );
        }
        if token.is_none() {
            lacking(
                "GITHUB_TOKEN is not set",
                "pass `env: GITHUB_TOKEN: ${{ github.token }}`",
            );
        }
        match (
            subject.repository.clone(),
            subject.sha.clone(),
            subject.digest.clone(),
            context.runner.run.clone(),
            token,
        ) {
            (Some(repository), Some(sha), Some(digest), Some(run), Some(token)) => Ok(Self {
                repository,
                sha,
                digest,
                run,
                token,
                team_token: context.secret("STAGEGATE_TEAM_TOKEN").map(Secret::new),
            }),
            _ => Err(Error::Usage(problems)),
        }
    }

    pub(crate) fn client(&self, context: &Context, token: &Secret) -> Result<Client, Error> {
        let api = &context.runner.api_url;
        Client::new(&Options::new(api, &self.repository, token.clone()))
            .map_err(|error| Error::usage(error.to_string()))
    }
}
