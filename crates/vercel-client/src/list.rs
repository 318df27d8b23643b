//! Lists deployments: to find one that a lost answer may have made, and what production can return to.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::{
    client::{Call, Vercel},
    deployment::{ReadyState, Substate},
    error::Error,
};

/// Which deployments to list; the newest come first.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// `production`, or `None` for all.
    pub target: Option<&'static str>,
    /// Only those that a rollback may return to.
    pub rollback_candidate: bool,
    /// At most this many; Vercel's own default is 20.
    pub limit: Option<u32>,
}

/// A deployment in a list.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Candidate {
    /// `dpl_…`; lists call it so.
    pub uid: String,
    /// Its own host, without scheme.
    #[serde(default)]
    pub url: String,
    /// Where it is in its life; lists have `readyState` beside it, not always.
    #[serde(default)]
    pub state: ReadyState,
    /// What production traffic it has seen.
    #[serde(default)]
    pub ready_substate: Option<Substate>,
    /// Whether a rollback may return to it.
    #[serde(default)]
    pub is_rollback_candidate: Option<bool>,
    /// What was stamped on it.
    #[serde(default)]
    pub meta: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
struct Page {
    deployments: Vec<Candidate>,
}

impl Vercel {
    /// The project's deployments, newest first; one page.
    ///
    /// # Errors
    /// When Vercel refuses or does not answer.
    pub async fn deployments(&self, filter: &Filter) -> Result<Vec<Candidate>, Error> {
        let mut call = Call::get(&["v7", "deployments"]).query("projectId", &self.scope.project_id);
        if let Some(target) = filter.target {
            call = call.query("target", target);
        }
        if filter.rollback_candidate {
            call = call.query("rollbackCandidate", "true");
        }
        if let Some(limit) = filter.limit {
            call = call.query("limit", limit.to_string());
        }
        let page: Page = self.call(call).await?;
        Ok(page.deployments)
    }
}
