//! Fetches the facts. Every answer that does not come is an error that names what was asked for: what
//! cannot be seen is never taken for granted.

use std::collections::BTreeMap;

use gate::{Error, FoundVerdict, Problem};
use github_client::{Client, DeploymentState, EnvironmentApproval, User};
use verdict::{Digest, Sha, Source};

use crate::facts::{Facts, Judged, Review, Staging};
use crate::hands::involved;
use crate::policy::{Approver, Policy};

/// What is to be released, and where from.
pub(crate) struct Release<'a> {
    pub(crate) sha: &'a Sha,
    pub(crate) digest: &'a Digest,
    /// This run.
    pub(crate) run: u64,
    /// Another run whose verdicts count.
    pub(crate) evidence_run: Option<u64>,
    /// Whom the runner names as actors; GitHub's word is asked for as well.
    pub(crate) actors: Vec<String>,
}

/// Fetches everything the decision needs.
pub(crate) async fn collect(
    github: &Client,
    teams: &Client,
    policy: &Policy,
    release: &Release<'_>,
    verdicts: &[FoundVerdict],
) -> Result<Facts, Error> {
    let run = github.run(release.run).await.map_err(ask("this run"))?;
    let hands = involved(github, policy, release, &run).await?;
    Ok(Facts {
        repository: github.repository(),
        sha: release.sha.clone(),
        digest: release.digest.clone(),
        runs: accepted_runs(github, release).await?,
        verdicts: verdicts.iter().map(judged).collect(),
        staging: staging(github, policy, release.sha).await?,
        reviews: reviews(github, teams, policy, release.run).await?,
        waiting: waiting(github, policy, release.run).await?,
        involved: hands.involved,
        strangers: hands.strangers,
    })
}

fn judged(found: &FoundVerdict) -> Judged {
    let verdict = &found.verdict;
    let file = match &found.evidence.source {
        Source::Path(text) | Source::Url(text) | Source::Command(text) => text.clone(),
    };
    Judged {
        file,
        sha256: found.evidence.sha256.clone().unwrap_or_default(),
        gate: verdict.gate.clone(),
        instance: verdict.instance.clone(),
        conclusion: verdict.conclusion,
        title: verdict.title.clone(),
        repository: verdict.subject.repository.clone(),
        sha: verdict.subject.sha.clone(),
        digest: verdict.subject.digest.clone(),
        run: verdict.run.as_ref().map(|run| run.id),
    }
}

/// Another run's verdicts count only when GitHub says that it ran on this commit and succeeded. This run, named as
/// evidence, is still under way.
async fn accepted_runs(github: &Client, release: &Release<'_>) -> Result<Vec<u64>, Error> {
    let mut runs = vec![release.run];
    if let Some(id) = release.evidence_run {
        let run = github.run(id).await.map_err(ask("the evidence run"))?;
        if run.head_sha != release.sha.as_str() {
            let of = run.head_sha;
            return Err(Error::undecided(format!(
                "run {id} (`evidence-run-id`) is about {of}, not {}",
                release.sha
            ))
            .fix("name a run of the commit that is to be released"));
        }
        // A fork's run is its owner's: the workflow that wrote the verdicts too.
        let from = run
            .head_repository
            .as_ref()
            .map(|from| from.full_name.as_str());
        if !from.is_some_and(|from| from.eq_ignore_ascii_case(&github.repository())) {
            return Err(Error::undecided(format!(
                "run {id} (`evidence-run-id`) belongs to {}, not to {}",
                from.unwrap_or("a repository that is gone"),
                github.repository()
            ))
            .fix("name a run of this repository's own workflows on this commit"));
        }
        // A verdict says how one job ended; a run that failed or goes on may have others that never got to say no.
        if id != release.run && run.conclusion.as_deref() != Some("success") {
            let ended = run.conclusion.map_or_else(
                || "has not ended".to_owned(),
                |conclusion| format!("ended with `{conclusion}`"),
            );
            return Err(Error::undecided(format!(
                "run {id} (`evidence-run-id`) {ended}, not with success"
            ))
            .fix("let it end well, or name another run of this commit"));
        }
        runs.push(id);
    }
    Ok(runs)
}

/// The newest deployment of the commit: an older one no longer says what staging serves.
async fn staging(github: &Client, policy: &Policy, sha: &Sha) -> Result<Option<Staging>, Error> {
    let environment = &policy.staging_environment;
    let deployments = github.deployments(environment, Some(sha.as_str())).await;
    let deployments = deployments.map_err(ask("the deployments to staging"))?;
    let Some(deployment) = deployments.into_iter().next() else {
        return Ok(None);
    };
    let statuses = github.deployment_statuses(deployment.id).await;
    let newest = statuses
        .map_err(ask("the deployment's status"))?
        .into_iter()
        .next();
    let payload = deployment.payload_json();
    let digest = payload.get("digest").and_then(|digest| digest.as_str());
    Ok(Some(Staging {
        id: deployment.id,
        digest: digest.and_then(|digest| digest.parse().ok()),
        succeeded: newest
            .as_ref()
            .is_some_and(|status| status.state == DeploymentState::Success),
        url: newest
            .map(|status| status.environment_url)
            .unwrap_or_default(),
    }))
}

async fn waiting(github: &Client, policy: &Policy, run: u64) -> Result<bool, Error> {
    let pending = github.pending_deployments(run).await;
    let pending = pending.map_err(ask("what the run waits for"))?;
    Ok(pending.iter().any(|pending| {
        pending
            .environment
            .name
            .eq_ignore_ascii_case(&policy.environment)
    }))
}

async fn reviews(
    github: &Client,
    teams: &Client,
    policy: &Policy,
    run: u64,
) -> Result<Vec<Review>, Error> {
    let approvals = github
        .approvals(run)
        .await
        .map_err(ask("who approved the run"))?;
    let mut members = BTreeMap::new();
    let mut reviews = Vec::new();
    for approval in approvals
        .iter()
        .filter(|approval| concerns(approval, policy))
    {
        let approved = match approval.state.as_str() {
            "approved" => true,
            "rejected" => false,
            // `pending` is said of what nobody reviewed yet.
            _ => continue,
        };
        let user = &approval.user;
        reviews.push(Review {
            login: user.login.clone(),
            id: user.id,
            is_bot: user.is_bot(),
            approved,
            comment: approval.comment.clone(),
            is_approver: approved && is_approver(teams, policy, user, &mut members).await?,
        });
    }
    Ok(reviews)
}

fn concerns(approval: &EnvironmentApproval, policy: &Policy) -> bool {
    let environments = &approval.environments;
    environments
        .iter()
        .any(|environment| environment.name.eq_ignore_ascii_case(&policy.environment))
}

async fn is_approver(
    teams: &Client,
    policy: &Policy,
    user: &User,
    members: &mut BTreeMap<String, Vec<u64>>,
) -> Result<bool, Error> {
    for approver in &policy.approvers {
        let found = match approver {
            Approver::User(login) => user.is_called(login),
            Approver::Team(slug) => {
                if !members.contains_key(slug) {
                    let team = teams.team_members(slug).await.map_err(ask_team(slug))?;
                    members.insert(slug.clone(), team.iter().map(|user| user.id).collect());
                }
                members.get(slug).is_some_and(|ids| ids.contains(&user.id))
            }
        };
        if found {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(crate) fn ask(what: &'static str) -> impl Fn(github_client::Error) -> Error {
    move |error| {
        let problem = Problem::new(format!("{what} cannot be read: {error}"));
        let fix = match &error {
            github_client::Error::Forbidden { .. } | github_client::Error::NotFound { .. } => {
                "give the job `permissions: {actions: read, contents: read, deployments: read, pull-requests: read}`"
            }
            _ => "run the job again",
        };
        Error::Undecided(vec![problem.fix(fix)])
    }
}

fn ask_team(slug: &str) -> impl Fn(github_client::Error) -> Error {
    move |error| {
        let problem = Problem::new(format!("team `{slug}` cannot be read: {error}"));
        let fix = "put the token of an App with `members: read` into STAGEGATE_TEAM_TOKEN: GITHUB_TOKEN sees no \
                   teams; or name logins in `approvers`";
        Error::Undecided(vec![problem.fix(fix)])
    }
}
