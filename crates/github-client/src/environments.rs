//! Environments, and who approved a run for them. GitHub tells environment, person, state and comment
//! of an approval; it tells no time, commit or attempt.

use serde::Deserialize;

use crate::client::Client;
use crate::error::Error;
use crate::people::User;
use crate::routes::Route;

/// An environment by name.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct EnvironmentRef {
    /// Its number.
    pub id: u64,
    /// Its name.
    pub name: String,
}

/// A reviewer's decision about a run.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct EnvironmentApproval {
    /// `approved`, `rejected` or `pending`.
    pub state: String,
    /// Who decided.
    pub user: User,
    /// What they wrote.
    #[serde(default)]
    pub comment: String,
    /// For which environments.
    #[serde(default)]
    pub environments: Vec<EnvironmentRef>,
}

/// An environment that a run waits for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct PendingDeployment {
    /// The environment.
    pub environment: EnvironmentRef,
}

/// An environment's settings.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Environment {
    /// Its name.
    pub name: String,
    /// What it asks before a job may start.
    #[serde(default)]
    protection_rules: Vec<Rule>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Rule {
    #[serde(rename = "type")]
    kind: String,
}

impl Environment {
    /// Whether a job waits for a person before it starts.
    #[must_use]
    pub fn requires_reviewers(&self) -> bool {
        self.protection_rules
            .iter()
            .any(|rule| rule.kind == "required_reviewers")
    }
}

impl Client {
    /// An environment's settings.
    ///
    /// # Errors
    /// When GitHub does not answer or there is none of that name.
    pub async fn environment(&self, name: &str) -> Result<Environment, Error> {
        self.get(&self.call(Route::Environment, &[name])).await
    }

    /// The decisions about a run, over all its attempts.
    ///
    /// # Errors
    /// When GitHub does not answer.
    pub async fn approvals(&self, run: u64) -> Result<Vec<EnvironmentApproval>, Error> {
        self.get(&self.call(Route::Approvals, &[&run.to_string()]))
            .await
    }

    /// The environments a run waits for now.
    ///
    /// # Errors
    /// When GitHub does not answer.
    pub async fn pending_deployments(&self, run: u64) -> Result<Vec<PendingDeployment>, Error> {
        self.get(&self.call(Route::PendingDeployments, &[&run.to_string()]))
            .await
    }
}
