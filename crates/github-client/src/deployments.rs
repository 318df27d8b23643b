//! Deployments and their statuses: GitHub's log of what runs where.
//!
//! Two defaults of the API are traps and always overruled: `auto_merge` may merge the base branch into
//! the ref and answer without a deployment, and without `required_contexts: []` every commit status
//! must be green.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::client::Client;
use crate::error::Error;
use crate::page;
use crate::routes::Route;

/// The longest description of a status, in characters.
const DESCRIPTION_CHARS: usize = 140;

/// How far back [`Client::retire_deployments`] looks; each look costs a request.
const RETIRE_WITHIN: &str = "20";

/// A deployment.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Deployment {
    /// Its number; later ones have higher numbers.
    pub id: u64,
    /// The commit.
    pub sha: String,
    /// Where to, such as `production`.
    pub environment: String,
    /// What its creator wrote. GitHub gives a text back where a text was given.
    #[serde(default)]
    pub payload: Value,
    /// RFC 3339.
    #[serde(default)]
    pub created_at: String,
}

impl Deployment {
    /// The payload as JSON, also when it came as text.
    #[must_use]
    pub fn payload_json(&self) -> Value {
        match &self.payload {
            Value::String(text) => {
                serde_json::from_str(text).unwrap_or_else(|_| self.payload.clone())
            }
            other => other.clone(),
        }
    }
}

/// A deployment to be recorded.
#[derive(Clone, Debug, Serialize)]
pub struct NewDeployment {
    /// The commit; a branch would move on.
    #[serde(rename = "ref")]
    pub sha: String,
    /// Where to.
    pub environment: String,
    /// At most 140 characters.
    pub description: String,
    /// SHA, digest, run and attempt: it must differ from every other deployment's, because by it a lost
    /// answer is found again.
    pub payload: Value,
    /// Whether people use it.
    pub production_environment: bool,
    /// Whether it goes away again, as a preview does.
    pub transient_environment: bool,
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(flatten)]
    new: &'a NewDeployment,
    auto_merge: bool,
    required_contexts: [&'a str; 0],
}

/// One entry of a deployment's log.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct DeploymentStatus {
    /// Its number; later ones have higher numbers.
    pub id: u64,
    /// What it says.
    pub state: DeploymentState,
    /// Where the deployment answers; empty when not said.
    #[serde(default)]
    pub environment_url: String,
    /// Where the log is; empty when not said.
    #[serde(default)]
    pub log_url: String,
    /// A sentence.
    #[serde(default)]
    pub description: String,
}

/// The state of a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeploymentState {
    /// It could not be tried.
    Error,
    /// It did not come up.
    Failure,
    /// Another one took its place.
    Inactive,
    /// Under way.
    InProgress,
    /// Waits.
    Queued,
    /// Waits.
    Pending,
    /// It serves.
    Success,
    /// A state this crate does not know; never sent.
    #[serde(other)]
    Unknown,
}

/// A status to be recorded.
#[derive(Clone, Debug, Serialize)]
pub struct NewDeploymentStatus {
    /// What to say.
    pub state: DeploymentState,
    /// Where the deployment answers; makes the "View deployment" button.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment_url: Option<String>,
    /// Where the log is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_url: Option<String>,
    /// A sentence; cut at 140 characters.
    pub description: String,
}

impl NewDeploymentStatus {
    fn is_said_by(&self, status: &DeploymentStatus) -> bool {
        let url = |url: &Option<String>| url.clone().unwrap_or_default();
        status.state == self.state
            && status.description == self.description
            && status.environment_url == url(&self.environment_url)
            && status.log_url == url(&self.log_url)
    }
}

impl Client {
    /// The deployments to an environment, newest first; of one commit when `sha` is given.
    ///
    /// # Errors
    /// When GitHub does not answer.
    pub async fn deployments(
        &self,
        environment: &str,
        sha: Option<&str>,
    ) -> Result<Vec<Deployment>, Error> {
        let mut call = self
            .call(Route::Deployments, &[])
            .query("environment", environment);
        if let Some(sha) = sha {
            call = call.query("sha", sha);
        }
        let mut all: Vec<Deployment> = self.get_all(call, |page| page).await?;
        all.sort_by_key(|deployment| Reverse(deployment.id));
        Ok(all)
    }

    /// The newest hundred deployments to an environment, newest first: one request, however long its history.
    ///
    /// # Errors
    /// When GitHub does not answer.
    pub async fn recent_deployments(&self, environment: &str) -> Result<Vec<Deployment>, Error> {
        let call = self
            .call(Route::Deployments, &[])
            .query("environment", environment)
            .query("per_page", &page::SIZE.to_string());
        let mut recent: Vec<Deployment> = self.get(&call).await?;
        recent.sort_by_key(|deployment| Reverse(deployment.id));
        Ok(recent)
    }

    /// Records a deployment. One that is there already, by commit, environment and payload, is taken for
    /// the one wanted: a job that is run again does not count its release twice.
    ///
    /// # Errors
    /// When GitHub does not answer or the token may not write deployments.
    pub async fn create_deployment(&self, new: &NewDeployment) -> Result<Deployment, Error> {
        if let Some(known) = self.find_deployment(new).await? {
            return Ok(known);
        }
        let body = Body {
            new,
            auto_merge: false,
            required_contexts: [],
        };
        let call = self.call(Route::CreateDeployment, &[]).json(&body)?;
        self.write(&call, &|| Box::pin(self.find_deployment(new)))
            .await
    }

    async fn find_deployment(&self, new: &NewDeployment) -> Result<Option<Deployment>, Error> {
        let all = self.deployments(&new.environment, Some(&new.sha)).await?;
        Ok(all
            .into_iter()
            .find(|deployment| deployment.payload_json() == new.payload))
    }

    /// A deployment's log, newest entry first.
    ///
    /// # Errors
    /// When GitHub does not answer.
    pub async fn deployment_statuses(&self, id: u64) -> Result<Vec<DeploymentStatus>, Error> {
        let call = self.call(Route::DeploymentStatuses, &[&id.to_string()]);
        let mut all: Vec<DeploymentStatus> = self.get_all(call, |page| page).await?;
        all.sort_by_key(|status| Reverse(status.id));
        Ok(all)
    }

    /// Adds to a deployment's log. What its newest entry says already is not said again: delivery metrics
    /// count every success.
    ///
    /// # Errors
    /// When GitHub does not answer or the token may not write deployments.
    pub async fn create_deployment_status(
        &self,
        id: u64,
        new: &NewDeploymentStatus,
    ) -> Result<DeploymentStatus, Error> {
        let mut new = new.clone();
        new.description = new.description.chars().take(DESCRIPTION_CHARS).collect();
        let new = &new;
        let said = || async move {
            // Only the newest: an older entry like it is not this one.
            let newest = self.deployment_statuses(id).await?.into_iter().next();
            Ok(newest.filter(|newest| new.is_said_by(newest)))
        };
        if let Some(said) = said().await? {
            return Ok(said);
        }
        let call = self
            .call(Route::CreateDeploymentStatus, &[&id.to_string()])
            .json(new)?;
        self.write(&call, &|| Box::pin(said())).await
    }

    /// Marks the other recent deployments to an environment as replaced and returns their numbers. GitHub
    /// does this by itself only for environments that are no production.
    ///
    /// # Errors
    /// When GitHub does not answer or the token may not write deployments.
    pub async fn retire_deployments(
        &self,
        environment: &str,
        current: u64,
    ) -> Result<Vec<u64>, Error> {
        let mut retired = Vec::new();
        // One page, and not the environment's whole history: GitHub lists the newest first.
        let call = self
            .call(Route::Deployments, &[])
            .query("environment", environment)
            .query("per_page", RETIRE_WITHIN);
        let recent: Vec<Deployment> = self.get(&call).await?;
        for deployment in recent.iter().filter(|deployment| deployment.id != current) {
            let newest = self.deployment_statuses(deployment.id).await?;
            if newest.first().map(|status| status.state) != Some(DeploymentState::Success) {
                continue;
            }
            let status = NewDeploymentStatus {
                state: DeploymentState::Inactive,
                environment_url: None,
                log_url: None,
                description: "replaced".to_owned(),
            };
            self.create_deployment_status(deployment.id, &status)
                .await?;
            retired.push(deployment.id);
        }
        Ok(retired)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Deployment, DeploymentState};

    #[test]
    fn payloads_read_as_object_or_text() {
        let read = |payload: serde_json::Value| -> Deployment {
            let value = json!({"id": 1, "sha": "a", "environment": "staging", "payload": payload});
            serde_json::from_value(value).unwrap()
        };
        let object = json!({"digest": "sha256:00"});
        assert_eq!(read(object.clone()).payload_json(), object);
        assert_eq!(read(json!(object.to_string())).payload_json(), object);
        assert_eq!(read(json!("free text")).payload_json(), json!("free text"));
    }

    #[test]
    fn a_state_of_tomorrow_is_not_a_success() {
        let state: DeploymentState = serde_json::from_value(json!("rolled_back")).unwrap();
        assert_eq!(state, DeploymentState::Unknown);
    }
}
