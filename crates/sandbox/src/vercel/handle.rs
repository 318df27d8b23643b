//! The handle's controls: what a rehearsal or a test sets up beforehand and looks at afterwards, in process and without HTTP.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    Advancement, ORG, PROJECT, Protection, Quota, RollingConfig, Snapshot, Stage, TOKEN, Target,
    Timings, Vercel, deployment::Order, now,
};
use crate::{
    faults::{Fault, Mishap},
    serve::Site,
};

/// Why there is no production to begin with.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SeedError {
    /// The folder cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// The folder is not a build output.
    #[error("{} is no build output: {reason}", path.display())]
    Output {
        /// The folder.
        path: PathBuf,
        /// The build error.
        reason: String,
    },
    /// The deployment's port does not open.
    #[error("cannot open a port for the deployment: {0}")]
    Listen(#[source] io::Error),
}

impl Vercel {
    /// The API's address, for `VERCEL_API_URL`.
    pub fn api_url(&self) -> String {
        self.inner.api_url()
    }

    /// The production domain, `127.0.0.1:PORT`.
    pub fn production_domain(&self) -> String {
        self.inner.state().production_domain.clone()
    }

    /// The production domain with its scheme.
    pub fn production_url(&self) -> String {
        format!("http://{}", self.production_domain())
    }

    /// The domain of a custom environment with its scheme; `staging` is there from the start.
    pub fn environment_url(&self, slug: &str) -> Option<String> {
        let state = self.inner.state();
        state
            .environments
            .iter()
            .find(|e| e.slug == slug)
            .map(|e| format!("http://{}", e.domain))
    }

    /// The secret that opens the protection wall, for `VERCEL_AUTOMATION_BYPASS_SECRET`; empty once all are revoked.
    pub fn bypass_secret(&self) -> String {
        self.inner
            .state()
            .bypasses
            .first()
            .map(|bypass| bypass.secret.clone())
            .unwrap_or_default()
    }

    /// The only token the API takes, for `VERCEL_TOKEN`.
    pub fn token(&self) -> String {
        TOKEN.to_owned()
    }

    /// For `VERCEL_ORG_ID`.
    pub fn org_id(&self) -> String {
        ORG.to_owned()
    }

    /// For `VERCEL_PROJECT_ID`.
    pub fn project_id(&self) -> String {
        PROJECT.to_owned()
    }

    /// The project's name: the repository's.
    pub fn project_name(&self) -> String {
        self.inner.project_name.clone()
    }

    /// Sets who has to pass the wall; nobody at first.
    pub fn set_protection(&self, protection: Protection) {
        self.inner.state().protection = protection;
    }

    /// Arms a fault of the API or the edge.
    pub fn add_fault(&self, fault: Fault) {
        self.inner.faults.add(fault);
    }

    /// Arms a mishap.
    pub fn add_mishap(&self, mishap: Mishap) {
        let mut state = self.inner.state();
        let production = state.production().map(str::to_owned);
        state.mishaps.add(mishap, production.as_deref());
    }

    /// Disarms all faults and mishaps.
    pub fn clear_faults(&self) {
        self.inner.faults.clear();
        self.inner.state().mishaps = super::mishaps::Mishaps::default();
    }

    /// Sets how many polls each state lasts, for deployments and jobs from now on.
    pub fn set_timings(&self, timings: Timings) {
        self.inner.state().timings = timings;
    }

    /// Sets what the plan allows, with nothing used of it yet.
    pub fn set_quota(&self, quota: Quota) {
        self.inner.state().usage = super::quota::Usage::new(quota);
    }

    /// Turns rolling releases on, with these shares and approval by hand; a last stage of 100 is added if it is missing.
    pub fn enable_rolling_release(&self, stages: &[u8]) {
        let mut shares = stages.to_vec();
        if shares.last() != Some(&100) {
            shares.push(100);
        }
        let stages = shares
            .into_iter()
            .map(|target_percentage| Stage {
                target_percentage,
                duration: None,
            })
            .collect();
        self.inner.state().rolling = Some(RollingConfig {
            advancement_type: Advancement::ManualApproval,
            stages,
        });
    }

    /// Puts a deployment on production as the version that ran before the play; gives its id.
    /// `output` is a `.vercel/output` folder.
    ///
    /// # Errors
    /// When the folder cannot be read or served.
    pub async fn seed_production(
        &self,
        output: &Path,
        meta: BTreeMap<String, String>,
    ) -> Result<String, SeedError> {
        let files = self.store_output(output)?;
        let site = Site::build(&files, true, &self.inner.blobs).await;
        if let Err(reason) = &site {
            return Err(SeedError::Output {
                path: output.to_owned(),
                reason: reason.clone(),
            });
        }
        let order = Order {
            name: self.project_name(),
            target: Target::Production,
            files,
            archived: false,
            meta,
            git: None,
            auto_assign: true,
            log: Vec::new(),
            site,
            rebuilt_from: None,
        };
        let id = self
            .inner
            .open_deployment(order)
            .await
            .map_err(SeedError::Listen)?;
        let mut state = self.inner.state();
        let now = now();
        if let Some(deployment) = state.deployment_mut(&id) {
            deployment.become_ready(now);
            deployment.alias_assigned = Some(now);
        }
        state.move_production(&id, now);
        Ok(id)
    }

    /// Everything, at this moment.
    pub fn snapshot(&self) -> Snapshot {
        let totals = self.inner.blobs.totals();
        Snapshot::of(&self.inner.state(), totals)
    }
}

impl super::Inner {
    /// Gives an order a port and an id, and enters it in the state.
    pub(super) async fn open_deployment(self: &Arc<Self>, order: Order) -> io::Result<String> {
        let id = self.state().next_id("dpl_", 28);
        let url = self
            .open_host(0, crate::serve::Host::Deployment(id.clone()))
            .await?;
        let mut state = self.state();
        let stuck = state.mishaps.stuck_build();
        let mut deployment =
            super::deployment::Deployment::new(id.clone(), url, order, stuck, now());
        if let Ok(site) = deployment.site.clone() {
            site.left_out()
                .for_each(|line| deployment.say("stderr", line, now()));
        }
        state.deployments.push(deployment);
        Ok(id)
    }
}
