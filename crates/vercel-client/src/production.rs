//! Promote and rollback. Vercel accepts both at once and moves domains afterwards; whoever calls these proves the effect by
//! looking up the domains.

use serde_json::json;

use crate::{
    client::{Call, Vercel},
    error::Error,
};

/// How Vercel took a promote or rollback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// It has begun.
    Begun,
    /// It waits behind an active rolling release.
    Queued,
    /// The connection or the service broke after the request was sent; only the domains tell whether it landed.
    Unknown,
}

impl Vercel {
    /// Makes a ready production deployment what production serves, without a rebuild.
    ///
    /// # Errors
    /// When the deployment is no production deployment, is not ready, or another job runs.
    pub async fn promote(&self, deployment: &str) -> Result<Accepted, Error> {
        let path = [
            "v10",
            "projects",
            &self.scope.project_id,
            "promote",
            deployment,
        ];
        self.begin(Call::post(&path).json(&json!({}))).await
    }

    /// Returns production to an earlier deployment. Turns the automatic assignment of domains off until a promote. It is
    /// also how a rolling release is aborted. `description` is shown on Vercel's dashboard.
    ///
    /// # Errors
    /// When the plan does not reach back that far (402), or another job runs.
    pub async fn rollback(
        &self,
        deployment: &str,
        description: Option<&str>,
    ) -> Result<Accepted, Error> {
        let path = [
            "v1",
            "projects",
            &self.scope.project_id,
            "rollback",
            deployment,
        ];
        let call = Call::post(&path);
        let call = match description {
            Some(text) => call.query("description", text),
            None => call,
        };
        self.begin(call).await
    }

    async fn begin(&self, call: Call<'_>) -> Result<Accepted, Error> {
        match self.send(call).await {
            Ok(response) if response.status.as_u16() == 202 => Ok(Accepted::Queued),
            Ok(_) => Ok(Accepted::Begun),
            Err(error) if error.may_have_landed() => {
                tracing::warn!(%error, "it is unknown whether Vercel took the request; the domains will tell");
                Ok(Accepted::Unknown)
            }
            Err(error) => Err(error),
        }
    }
}
