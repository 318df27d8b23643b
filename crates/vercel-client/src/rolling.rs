//! Rolling releases: a canary that gets a growing share of production's visitors. There is no abort; a rollback to the
//! current deployment is one.

use serde::{Deserialize, Serialize};

use crate::{
    client::{Call, Vercel},
    error::Error,
};

/// The project's settings for rolling releases.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RollingConfig {
    /// `automatic` or `manual-approval`.
    #[serde(default)]
    pub advancement_type: String,
    /// Rising shares; the last is 100.
    #[serde(default)]
    pub stages: Vec<Stage>,
}

/// A stage of a release.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stage {
    /// Its place, from 0; lists of settings have none.
    #[serde(default)]
    pub index: Option<u32>,
    /// The canary's share of visitors, in percent.
    pub target_percentage: f64,
}

/// Where a release is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ReleaseState {
    /// Visitors are split.
    Active,
    /// The canary serves everybody.
    Complete,
    /// Ended by a rollback.
    Aborted,
    /// A state this version does not know.
    #[serde(other)]
    Unknown,
}

/// A rolling release.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RollingRelease {
    /// Where it is.
    pub state: ReleaseState,
    /// The stage it is in; `None` once it ended.
    #[serde(default)]
    pub active_stage: Option<Stage>,
    /// The stage after it.
    #[serde(default)]
    pub next_stage: Option<Stage>,
    /// The new deployment.
    #[serde(default)]
    pub canary_deployment: Option<Member>,
    /// The one that served before.
    #[serde(default)]
    pub current_deployment: Option<Member>,
    /// A promote that waits behind it.
    #[serde(default)]
    pub queued_deployment_id: Option<String>,
}

/// One side of a release.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Member {
    /// `dpl_…`.
    pub id: String,
}

impl RollingRelease {
    /// Whether visitors are split now.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.state == ReleaseState::Active
    }

    /// The canary's id, `""` where the answer has none.
    #[must_use]
    pub fn canary_id(&self) -> &str {
        self.canary_deployment
            .as_ref()
            .map_or("", |member| &member.id)
    }

    /// The id of the deployment that served before, `""` where the answer has none.
    #[must_use]
    pub fn current_id(&self) -> &str {
        self.current_deployment
            .as_ref()
            .map_or("", |member| &member.id)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<T> {
    #[serde(default = "Option::default")]
    rolling_release: Option<T>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Canary<'a> {
    canary_deployment_id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Approve<'a> {
    next_stage_index: u32,
    canary_deployment_id: &'a str,
}

impl Vercel {
    /// The settings; `None` when the project has no rolling releases.
    ///
    /// # Errors
    /// When Vercel refuses or does not answer.
    pub async fn rolling_config(&self) -> Result<Option<RollingConfig>, Error> {
        self.rolling(&["config"]).await
    }

    /// The active release, or the last one; `None` when there never was one.
    ///
    /// # Errors
    /// When Vercel refuses or does not answer.
    pub async fn rolling_release(&self) -> Result<Option<RollingRelease>, Error> {
        self.rolling(&[]).await
    }

    /// Starts a release; one that runs already for this deployment is left as it is.
    ///
    /// # Errors
    /// When rolling releases are not configured, or one of another deployment is active.
    pub async fn start_rolling(&self, canary: &str) -> Result<(), Error> {
        self.act(
            "start",
            &Canary {
                canary_deployment_id: canary,
            },
        )
        .await
    }

    /// Gives the canary the share of stage `next`.
    ///
    /// # Errors
    /// When `next` is not the stage after the active one.
    pub async fn approve_stage(&self, canary: &str, next: u32) -> Result<(), Error> {
        self.act(
            "approve-stage",
            &Approve {
                next_stage_index: next,
                canary_deployment_id: canary,
            },
        )
        .await
    }

    /// Gives the canary everybody.
    ///
    /// # Errors
    /// When this deployment is not the canary of an active release.
    pub async fn complete_rolling(&self, canary: &str) -> Result<(), Error> {
        self.act(
            "complete",
            &Canary {
                canary_deployment_id: canary,
            },
        )
        .await
    }

    async fn rolling<T: serde::de::DeserializeOwned>(
        &self,
        tail: &[&str],
    ) -> Result<Option<T>, Error> {
        let mut path = vec!["v1", "projects", &self.scope.project_id, "rolling-release"];
        path.extend(tail);
        match self.call::<Envelope<T>>(Call::get(&path)).await {
            Ok(envelope) => Ok(envelope.rolling_release),
            Err(error) if error.status() == Some(404) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn act<T: Serialize + Sync>(&self, action: &str, body: &T) -> Result<(), Error> {
        let path = [
            "v1",
            "projects",
            &self.scope.project_id,
            "rolling-release",
            action,
        ];
        self.send(Call::post(&path).json(body)).await.map(drop)
    }
}
