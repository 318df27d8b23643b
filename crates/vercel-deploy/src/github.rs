//! GitHub's list of deployments, kept beside Vercel's. It is a surface: what cannot be written there is one warning and
//! never changes the verdict.
//!
//! Production gets one entry with one success per release, at the promote and not at the staged deploy, because that is
//! what delivery metrics count. The payload binds the entry to bytes, commit and both deployments of Vercel.

use github_client::{Client, DeploymentState, NewDeployment, NewDeploymentStatus, Options};
use http_client::Secret;
use serde_json::json;
use verdict::Finding;

use crate::{connect::web_address, plan::Environment, session::Session};

const TOKEN: &str = "GITHUB_TOKEN";
const RULE: &str = "github-deployment";

/// An entry that is under way.
#[derive(Debug)]
pub(crate) struct Record {
    client: Client,
    id: u64,
}

/// What became of the deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Proven.
    Success,
    /// It failed or was taken back.
    Failure,
    /// Nobody knows.
    Error,
}

/// A client, where a token and a repository are known and the plan wants it.
fn client(session: &Session<'_>) -> Option<Client> {
    if !session.plan.github || session.plan.dry_run {
        return None;
    }
    let repository = session.context.subject.repository.as_deref()?;
    let token = Secret::new(session.context.secret(TOKEN)?);
    let options = Options::new(&session.context.runner.api_url, repository, token);
    match Client::new(&options) {
        Ok(client) => Some(client),
        Err(error) => {
            tracing::warn!(%error, "GitHub's list of deployments is not kept");
            None
        }
    }
}

/// Enters the deployment as under way, or takes up the entry that an interrupted run left open: a release is one entry.
pub(crate) async fn open(session: &mut Session<'_>, deployment: &str, digest: &str) {
    if session.plan.environment == Environment::Production {
        resume(session, deployment).await;
    }
    if session.github.is_some() {
        return;
    }
    let (Some(client), Some(sha)) = (client(session), session.context.subject.sha.clone()) else {
        return;
    };
    let run = session.context.runner.run.as_ref();
    let environment = &session.plan.environment;
    let previous = session.ledger.value("previous-deployment-id");
    let new = NewDeployment {
        sha: sha.to_string(),
        environment: environment.name().to_owned(),
        description: format!("Stagegate: {deployment}"),
        payload: json!({
            "sha": sha.as_str(),
            "digest": digest,
            "run": run.map(|run| run.id),
            "attempt": run.map(|run| run.attempt),
            "vercelDeployment": deployment,
            "previousDeployment": previous,
        }),
        production_environment: *environment == Environment::Production,
        transient_environment: *environment == Environment::Preview,
    };
    match client.create_deployment(&new).await {
        Ok(entry) => {
            let record = Record {
                client,
                id: entry.id,
            };
            let begun = status(session, DeploymentState::InProgress, "deploying");
            if let Err(error) = record
                .client
                .create_deployment_status(record.id, &begun)
                .await
            {
                warn(session, &error);
            }
            session.github = Some(record);
        }
        Err(error) => warn(session, &error),
    }
}

/// Takes up the entry that an interrupted run left open, to be closed by this one. A closed one stays as it is: a release
/// is one success.
pub(crate) async fn resume(session: &mut Session<'_>, deployment: &str) {
    let Some(client) = client(session) else {
        return;
    };
    let open = async {
        let Some(entry) = find(session, &client, deployment).await? else {
            return Ok(None);
        };
        let newest = client
            .deployment_statuses(entry.id)
            .await?
            .into_iter()
            .next();
        let closed = newest.is_some_and(|status| {
            matches!(
                status.state,
                DeploymentState::Success | DeploymentState::Inactive
            )
        });
        Ok((!closed).then_some(entry.id))
    };
    match open.await {
        Ok(Some(id)) => session.github = Some(Record { client, id }),
        Ok(None) => {}
        Err(error) => warn(session, &error),
    }
}

/// Closes the entry, if there is one.
pub(crate) async fn close(session: &mut Session<'_>, end: End, title: &str) {
    let Some(record) = session.github.take() else {
        return;
    };
    let state = match end {
        End::Success => DeploymentState::Success,
        End::Failure => DeploymentState::Failure,
        End::Error => DeploymentState::Error,
    };
    let last = status(session, state, title);
    let environment = session.plan.environment.name().to_owned();
    let written = async {
        record
            .client
            .create_deployment_status(record.id, &last)
            .await?;
        if end == End::Success && session.plan.environment == Environment::Production {
            record
                .client
                .retire_deployments(&environment, record.id)
                .await?;
        }
        Ok::<(), github_client::Error>(())
    };
    if let Err(error) = written.await {
        warn(session, &error);
    }
}

/// Marks what production served as no longer active.
pub(crate) async fn retire(session: &mut Session<'_>, deployment: &str, why: &str) {
    let Some(client) = client(session) else {
        return;
    };
    let retired = async {
        let entry = find(session, &client, deployment).await?;
        if let Some(entry) = entry {
            let last = NewDeploymentStatus {
                state: DeploymentState::Inactive,
                environment_url: None,
                log_url: session
                    .context
                    .runner
                    .run
                    .as_ref()
                    .map(|run| run.url.clone()),
                description: why.to_owned(),
            };
            client.create_deployment_status(entry.id, &last).await?;
        }
        Ok::<(), github_client::Error>(())
    };
    if let Err(error) = retired.await {
        warn(session, &error);
    }
}

/// What production served before `deployment`, as its entry says.
pub(crate) async fn predecessor(session: &mut Session<'_>, deployment: &str) -> Option<String> {
    let client = client(session)?;
    match find(session, &client, deployment).await {
        Ok(entry) => {
            let previous = entry?
                .payload_json()
                .get("previousDeployment")?
                .as_str()?
                .to_owned();
            Some(previous).filter(|id| !id.is_empty() && id != deployment)
        }
        Err(error) => {
            warn(session, &error);
            None
        }
    }
}

/// The entry of a deployment of Vercel's, among the newest: an older one is nobody's way back, and the list of previews
/// grows without end.
async fn find(
    session: &Session<'_>,
    client: &Client,
    deployment: &str,
) -> Result<Option<github_client::Deployment>, github_client::Error> {
    let recent = client
        .recent_deployments(session.plan.environment.name())
        .await?;
    Ok(recent
        .into_iter()
        .find(|entry| entry.payload_json().get("vercelDeployment") == Some(&json!(deployment))))
}

fn status(session: &Session<'_>, state: DeploymentState, description: &str) -> NewDeploymentStatus {
    // A promoted deployment answers on its domain; any other on its own URL.
    let domain = session
        .ledger
        .value("aliases")
        .lines()
        .next()
        .map(str::to_owned);
    let url = match domain.filter(|_| state == DeploymentState::Success) {
        Some(domain) => Some(web_address(&domain)),
        None => Some(session.ledger.value("url")).filter(|url| !url.is_empty()),
    };
    NewDeploymentStatus {
        state,
        environment_url: url,
        log_url: session
            .context
            .runner
            .run
            .as_ref()
            .map(|run| run.url.clone()),
        description: description.to_owned(),
    }
}

fn warn(session: &mut Session<'_>, error: &github_client::Error) {
    let known = session
        .ledger
        .asides
        .iter()
        .any(|finding| finding.rule == RULE);
    if known {
        return;
    }
    let finding = Finding::warning(
        RULE,
        format!("GitHub's list of deployments is not complete: {error}"),
    );
    let fix = "give the job `permissions: deployments: write`, or set `github-deployment: off`";
    session.ledger.asides.push(if error.is_forbidden() {
        finding.fix(fix)
    } else {
        finding
    });
}
