//! The project: what serves production, under which domains, and how the last alias job went.

use serde::Deserialize;

use crate::{
    client::{Call, Vercel},
    error::Error,
};

/// A project, as far as we read it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Project {
    /// `prj_…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The last promote or rollback.
    #[serde(default)]
    pub last_alias_request: Option<AliasJob>,
    /// Whether a new production deployment gets the domains by itself; off after a rollback. `None` where the answer does
    /// not say.
    #[serde(default)]
    pub auto_assign_custom_domains: Option<bool>,
    #[serde(default)]
    targets: Targets,
}

#[derive(Debug, Clone, Deserialize, Default)]
#[serde(default)]
struct Targets {
    production: Option<Production>,
}

#[derive(Debug, Clone, Deserialize)]
struct Production {
    id: String,
}

#[derive(Deserialize)]
struct Domains {
    domains: Vec<Domain>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Domain {
    name: String,
    #[serde(default)]
    git_branch: Option<String>,
    #[serde(default)]
    redirect: Option<String>,
    #[serde(default)]
    custom_environment_id: Option<String>,
    #[serde(default = "yes")]
    verified: bool,
}

const fn yes() -> bool {
    true
}

impl Domain {
    /// Whether it serves production itself: one bound to a branch or an environment, redirecting elsewhere or not verified
    /// never points at the production deployment.
    fn serves_production(&self) -> bool {
        self.verified
            && self.git_branch.is_none()
            && self.redirect.is_none()
            && self.custom_environment_id.is_none()
    }
}

/// A promote or rollback in the project's books.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AliasJob {
    /// How far it is.
    pub job_status: JobStatus,
    /// What was asked.
    #[serde(rename = "type")]
    pub kind: JobKind,
    /// When, in milliseconds since 1970.
    #[serde(default)]
    pub requested_at: i64,
    /// What served before.
    #[serde(default)]
    pub from_deployment_id: Option<String>,
    /// What is to serve.
    pub to_deployment_id: String,
}

/// How far an alias job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JobStatus {
    /// Accepted.
    Pending,
    /// Domains are moving.
    InProgress,
    /// They have moved.
    Succeeded,
    /// At least one has not.
    Failed,
    /// There was nothing to move.
    Skipped,
    /// A status this version does not know.
    #[serde(other)]
    Unknown,
}

/// What an alias job was asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JobKind {
    /// Make a deployment production.
    Promote,
    /// Return to an earlier one.
    Rollback,
    /// A kind this version does not know.
    #[serde(other)]
    Unknown,
}

impl Project {
    /// The id of the deployment that Vercel calls production now.
    #[must_use]
    pub fn production_id(&self) -> Option<&str> {
        self.targets
            .production
            .as_ref()
            .map(|production| production.id.as_str())
    }
}

impl Vercel {
    /// The project of this client's scope.
    ///
    /// # Errors
    /// When the token cannot see it.
    pub async fn project(&self) -> Result<Project, Error> {
        self.call(Call::get(&["v9", "projects", &self.scope.project_id]))
            .await
    }

    /// The domains that serve production.
    ///
    /// # Errors
    /// When Vercel refuses or does not answer.
    pub async fn production_domains(&self) -> Result<Vec<String>, Error> {
        let path = ["v9", "projects", &self.scope.project_id, "domains"];
        let call = Call::get(&path)
            .query("production", "true")
            .query("limit", "100");
        let listed: Domains = self.call(call).await?;
        let serving = listed.domains.into_iter().filter(Domain::serves_production);
        Ok(serving.map(|domain| domain.name).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn domains_of_branches_environments_and_redirects_are_not_production() {
        let listed = json!({"domains": [
            {"name": "setlist.example", "gitBranch": null, "redirect": null, "customEnvironmentId": null, "verified": true},
            {"name": "setlist.vercel.app"},
            {"name": "www.setlist.example", "redirect": "setlist.example"},
            {"name": "next.setlist.example", "gitBranch": "next"},
            {"name": "staging.setlist.example", "customEnvironmentId": "env_1"},
            {"name": "stolen.example", "verified": false},
        ]});
        let listed: Domains = serde_json::from_value(listed).unwrap();
        let serving: Vec<&str> = listed
            .domains
            .iter()
            .filter(|domain| domain.serves_production())
            .map(|domain| domain.name.as_str())
            .collect();
        assert_eq!(serving, ["setlist.example", "setlist.vercel.app"]);
    }

    #[test]
    fn a_job_of_a_later_version_is_read() {
        let job = json!({"jobStatus": "paused", "type": "swap", "toDeploymentId": "dpl_2"});
        let job: AliasJob = serde_json::from_value(job).unwrap();
        assert_eq!(
            (job.job_status, job.kind),
            (JobStatus::Unknown, JobKind::Unknown)
        );
    }
}
