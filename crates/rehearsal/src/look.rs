//! A look at what really happened, once a play is over.

use std::time::Duration;

use serde_json::Value;

use crate::error::Error;
use crate::outcome::{self, Outcome, Production, WorkflowRun};
use crate::play::Play;
use crate::scenario::{FINALE_RUN, PULL_REQUEST_RUN, RELEASE_RUN};

impl Play<'_> {
    pub(crate) async fn look(
        &self,
        previous_deployment: String,
        pull_request: Option<WorkflowRun>,
        release: Option<WorkflowRun>,
        finale: Option<WorkflowRun>,
    ) -> Result<Outcome, Error> {
        let artifacts = self.stage.artifacts();
        let mut verdicts = outcome::verdicts(&artifacts, PULL_REQUEST_RUN);
        verdicts.extend(outcome::verdicts(&artifacts, RELEASE_RUN));
        verdicts.extend(outcome::verdicts(&artifacts, FINALE_RUN));
        let production_url = self.sandbox.vercel.production_url();
        // The edge log is read before we add to it.
        let vercel = self.sandbox.vercel.snapshot();
        let production = ask(&production_url).await?;
        Ok(Outcome {
            commits: self.repository.commits.clone(),
            record: outcome::record(&artifacts, RELEASE_RUN),
            github: self.sandbox.github.snapshot(),
            staging_url: self.sandbox.vercel.environment_url("staging"),
            pull_request,
            release,
            finale,
            verdicts,
            production,
            previous_deployment,
            vercel,
            production_url,
        })
    }
}

/// Asks the production port which version it serves, as a visitor would.
async fn ask(production_url: &str) -> Result<Production, Error> {
    let fail = |error: reqwest::Error| Error::Sandbox(format!("request to production: {error}"));
    let client = reqwest::Client::builder()
        .timeout(Duration::from_secs(10))
        .no_proxy()
        .build()
        .map_err(fail)?;
    let answer = client
        .get(format!("{production_url}/api/health"))
        .send()
        .await
        .map_err(fail)?;
    let status = answer.status().as_u16();
    let health: Value = answer.json().await.unwrap_or_default();
    Ok(Production {
        status,
        version: health
            .get("version")
            .and_then(Value::as_str)
            .map(str::to_owned),
    })
}
