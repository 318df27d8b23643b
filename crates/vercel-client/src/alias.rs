//! Domains: which deployment one points at. The only proof of what production serves; a promote's acceptance is none.

use serde::{Deserialize, Serialize};

use crate::{
    client::{Call, Vercel},
    error::Error,
};

/// A domain and where it points.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Alias {
    /// The domain.
    pub alias: String,
    /// The deployment it points at; `None` for a domain that redirects.
    #[serde(default)]
    pub deployment_id: Option<String>,
}

#[derive(Serialize)]
struct Assign<'a> {
    alias: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Assigned {
    #[serde(default)]
    old_deployment_id: Option<String>,
}

impl Vercel {
    /// Where a domain points; `None` when Vercel knows no such alias in this scope.
    ///
    /// # Errors
    /// When Vercel refuses or does not answer.
    pub async fn alias(&self, domain: &str) -> Result<Option<Alias>, Error> {
        match self.call(Call::get(&["v4", "aliases", domain])).await {
            Ok(alias) => Ok(Some(alias)),
            Err(error) if error.status() == Some(404) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Points a domain at a deployment; gives the id of the one it pointed at before.
    ///
    /// # Errors
    /// When the domain is not this scope's, or the deployment is not ready.
    pub async fn assign_alias(
        &self,
        deployment: &str,
        domain: &str,
    ) -> Result<Option<String>, Error> {
        let path = ["v2", "deployments", deployment, "aliases"];
        let body = Assign { alias: domain };
        let assigned: Assigned = self.call(Call::post(&path).json(&body)).await?;
        Ok(assigned.old_deployment_id)
    }
}
