//! What the sandbox shows of itself: serialisable, cut loose from the running state, for assertions, the page and reports.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    Protection,
    deployment::{Deployment, File, ReadyState, Substate},
    jobs::AliasRequest,
    rolling::Release,
    state::State,
};

/// Vercel's half at one moment.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// Oldest first.
    pub deployments: Vec<DeploymentState>,
    /// Domain to deployment id.
    pub aliases: BTreeMap<String, String>,
    /// `127.0.0.1:PORT`.
    pub production_domain: String,
    /// Id of the deployment behind the production domain.
    pub production: Option<String>,
    /// Whether production deployments take the domain when ready.
    pub auto_assign: bool,
    /// The latest promote or rollback.
    pub last_alias_request: Option<AliasRequest>,
    /// The latest rolling release.
    pub release: Option<Release>,
    /// Who has to pass the wall.
    pub protection: Protection,
    /// The API's requests, oldest first; of very many the newest.
    pub requests: Vec<Request>,
    /// How many there were.
    pub asked: u64,
    /// Requests to deployments and domains, oldest first.
    pub edge_requests: Vec<EdgeRequest>,
    /// Files stored, each content once.
    pub uploads: usize,
    /// Their bytes.
    pub uploaded_bytes: u64,
}

/// One deployment at one moment.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentState {
    /// `dpl_…`.
    pub id: String,
    /// `127.0.0.1:PORT`.
    pub url: String,
    /// `production`, a custom environment's slug, or none for a preview.
    pub target: Option<String>,
    /// Where it is in its life.
    pub ready_state: ReadyState,
    /// What production traffic it has seen.
    pub substate: Option<Substate>,
    /// What the client noted, such as `githubCommitSha`.
    pub meta: BTreeMap<String, String>,
    /// Where the client said it came from.
    pub git: Option<serde_json::Value>,
    /// What it was made of.
    pub files: Vec<File>,
    /// Whether they came in an archive.
    pub archived: bool,
    /// Set when it is a rebuild of another deployment.
    pub rebuilt_from: Option<String>,
}

/// One request to the API.
#[derive(Debug, Clone, Serialize)]
pub struct Request {
    /// In upper case.
    pub method: String,
    /// With its query.
    pub path: String,
    /// The status answered; 0 when the connection was cut.
    pub status: u16,
}

/// One request to something served.
#[derive(Debug, Clone, Serialize)]
pub struct EdgeRequest {
    /// `127.0.0.1:PORT` it came to.
    pub host: String,
    /// In upper case.
    pub method: String,
    /// With its query.
    pub path: String,
    /// The status answered.
    pub status: u16,
    /// Id of the deployment that answered.
    pub deployment: Option<String>,
    /// Milliseconds since 1970.
    pub at: i64,
}

impl Snapshot {
    pub(super) fn of(state: &State, (uploads, uploaded_bytes): (usize, u64)) -> Self {
        Self {
            deployments: state.deployments.iter().map(DeploymentState::of).collect(),
            aliases: state
                .aliases
                .iter()
                .map(|(domain, alias)| (domain.clone(), alias.deployment.clone()))
                .collect(),
            production_domain: state.production_domain.clone(),
            production: state.production().map(str::to_owned),
            auto_assign: state.auto_assign,
            last_alias_request: state.last_alias_request.clone(),
            release: state.release.clone(),
            protection: state.protection,
            requests: state.requests.clone(),
            asked: state.asked,
            edge_requests: state.edge_requests.clone(),
            uploads,
            uploaded_bytes,
        }
    }

    /// The deployment with this id.
    pub fn deployment(&self, id: &str) -> Option<&DeploymentState> {
        self.deployments
            .iter()
            .find(|deployment| deployment.id == id)
    }
}

impl DeploymentState {
    fn of(deployment: &Deployment) -> Self {
        Self {
            id: deployment.id.clone(),
            url: deployment.url.clone(),
            target: deployment.target.as_str().map(str::to_owned),
            ready_state: deployment.state,
            substate: deployment.substate,
            meta: deployment.meta.clone(),
            git: deployment.git.clone(),
            files: deployment.files.clone(),
            archived: deployment.archived,
            rebuilt_from: deployment.rebuilt_from.clone(),
        }
    }
}
