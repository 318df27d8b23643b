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
    #[serde(default)]
    alias: Vec<Domain>,
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
    #[serde(default)]
    alias: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Domain {
    domain: String,
    #[serde(default)]
    target: Option<String>,
    #[serde(default)]
    git_branch: Option<String>,
    #[serde(default)]
    redirect: Option<String>,
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

    /// The domains that serve production: those bound to a branch or redirecting elsewhere do not count. Without such a
    /// list, the aliases of the production deployment.
    #[must_use]
    pub fn production_domains(&self) -> Vec<String> {
        let serves = |domain: &&Domain| {
            let production = domain
                .target
                .as_deref()
                .is_some_and(|target| target.eq_ignore_ascii_case("production"));
            production && domain.git_branch.is_none() && domain.redirect.is_none()
        };
        let listed: Vec<String> = self
            .alias
            .iter()
            .filter(serves)
            .map(|domain| domain.domain.clone())
            .collect();
        if listed.is_empty() {
            self.targets
                .production
                .as_ref()
                .map(|production| production.alias.clone())
                .unwrap_or_default()
        } else {
            listed
        }
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn domains_of_branches_and_redirects_are_not_production() {
        let mut project = json!({
            "id": "prj_1", "name": "setlist", "accountId": "team_1",
            "alias": [
                {"domain": "setlist.example", "target": "PRODUCTION"},
                {"domain": "www.setlist.example", "target": "PRODUCTION", "redirect": "setlist.example"},
                {"domain": "next.setlist.example", "target": "PRODUCTION", "gitBranch": "next"},
                {"domain": "staging.setlist.example", "target": "STAGING"},
            ],
            "targets": {"production": {"id": "dpl_1", "alias": ["setlist.vercel.app"]}},
        });
        let domains = |project: &serde_json::Value| {
            serde_json::from_value::<Project>(project.clone())
                .unwrap()
                .production_domains()
        };
        assert_eq!(domains(&project), ["setlist.example"]);
        project["alias"] = json!([]);
        assert_eq!(domains(&project), ["setlist.vercel.app"]);
        project["targets"] = json!({});
        assert_eq!(domains(&project), Vec::<String>::new());
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
