//! Vercel's half: the REST API that the gates use, and the deployments it really serves.
//!
//! One team, one project. Deployments move by being polled, alias jobs finish later than they are accepted, and rolling
//! releases split visitors by a counter: the same requests always give the same play. Shapes and orders follow Vercel's
//! public SDK and what its CLI was seen to send; where neither says, the comments say that it is our choice.

mod alias_api;
mod answer;
mod archive;
pub(crate) mod blobs;
mod build;
mod cache_api;
mod create;
mod create_body;
pub(crate) mod deployment;
mod deployment_api;
mod domain_api;
mod door;
mod environment_api;
mod events_api;
mod file_api;
mod handle;
mod jobs;
mod log_api;
pub(crate) mod mishaps;
mod project_api;
mod quota;
mod release_api;
mod rolling;
mod rolling_api;
mod routes;
mod show;
mod snapshot;
mod state;

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde::Serialize;

pub use build::{Build, Outcome};
pub use deployment::{Event, File, ReadyState, Substate, Target};
pub use handle::SeedError;
pub use jobs::{AliasRequest, JobStatus, Kind};
pub use quota::Quota;
pub use rolling::{Advancement, Config as RollingConfig, Release, ReleaseState, Stage};
pub use snapshot::{DeploymentState, EdgeRequest, Request, Snapshot};

use crate::{
    Error, Options,
    faults::{self, Faults, Server},
    serve::{self, EdgeCache, Host},
};
use blobs::Blobs;
use state::{Bypass, Environment, State};

/// The token that the API takes.
const TOKEN: &str = "sandbox_vercel_token";
/// The team that owns the project.
const ORG: &str = "team_sandbox";
const PROJECT: &str = "prj_sandbox";
/// The domain that the team owns from the start.
const DOMAIN: &str = "example.com";

/// Who has to pass the protection wall.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Protection {
    /// Nobody.
    #[default]
    None,
    /// Visitors of every URL but the production domain (Vercel's "standard protection").
    Previews,
    /// Visitors of every URL.
    All,
}

/// How many polls each state lasts. Zero skips it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timings {
    /// GETs of a deployment that show QUEUED.
    pub queued: u32,
    /// GETs that show INITIALIZING.
    pub initializing: u32,
    /// GETs that show BUILDING.
    pub building: u32,
    /// GETs that show READY while `aliasAssigned` is still false.
    pub assigning: u32,
    /// Polls that show an alias job `pending`.
    pub alias_pending: u32,
    /// Polls that show it `in-progress`.
    pub alias_moving: u32,
    /// GETs of a rolling release that show each stage, where stages follow each other by themselves.
    pub stage: u32,
}

impl Default for Timings {
    /// Every state is seen once, so that a client which skips one cannot pass.
    fn default() -> Self {
        Self {
            queued: 1,
            initializing: 1,
            building: 1,
            assigning: 1,
            alias_pending: 1,
            alias_moving: 1,
            stage: 1,
        }
    }
}

impl Timings {
    /// Everything is done by the first poll, for plays that are not about waiting.
    pub fn instant() -> Self {
        Self {
            queued: 0,
            initializing: 0,
            building: 0,
            assigning: 0,
            alias_pending: 0,
            alias_moving: 0,
            stage: 0,
        }
    }
}

/// A cloneable handle of Vercel's half; clones share one state. The servers stop with the last handle.
#[derive(Debug, Clone)]
pub struct Vercel {
    inner: Arc<Inner>,
    _guard: Arc<Guard>,
}

/// What every handler and every served host shares.
#[derive(Debug)]
pub(crate) struct Inner {
    state: Mutex<State>,
    pub(crate) blobs: Blobs,
    pub(crate) edge: EdgeCache,
    faults: Faults,
    servers: Mutex<Vec<Server>>,
    /// Known once the API listens, which is before anything else does.
    api_url: Mutex<String>,
    project_name: String,
    team_slug: String,
}

/// Stops the servers when the last handle goes; they hold `Inner` themselves.
#[derive(Debug)]
struct Guard(Arc<Inner>);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.servers().drain(..).for_each(|server| server.abort());
    }
}

impl Vercel {
    /// Starts the API, the production domain and the `staging` environment's domain on loopback.
    ///
    /// # Errors
    /// When a port is taken or there is no room for uploads.
    pub(crate) async fn start(options: &Options) -> Result<Self, Error> {
        let (team, name) = options
            .repository
            .split_once('/')
            .filter(|(team, name)| !team.is_empty() && !name.is_empty() && !name.contains('/'))
            .ok_or_else(|| Error::Repository(options.repository.clone()))?;
        let listen = |server: &str, port: u16| {
            let server = server.to_owned();
            move |source: io::Error| Error::Listen {
                server,
                port,
                source,
            }
        };
        let inner = Arc::new(Inner {
            state: Mutex::new(State {
                auto_assign: true,
                domains: [DOMAIN.to_owned()].into(),
                created: now(),
                ..State::default()
            }),
            blobs: Blobs::new().map_err(listen("upload folder of vercel", 0))?,
            edge: EdgeCache::default(),
            faults: Faults::default(),
            servers: Mutex::default(),
            api_url: Mutex::default(),
            project_name: name.to_owned(),
            team_slug: team.to_owned(),
        });
        let vercel = Self {
            _guard: Arc::new(Guard(Arc::clone(&inner))),
            inner,
        };
        let inner = &vercel.inner;
        let api = faults::serve(options.vercel_port, routes::router(Arc::clone(inner)))
            .await
            .map_err(listen("vercel", options.vercel_port))?;
        *inner.api_url.lock().unwrap_or_else(PoisonError::into_inner) =
            format!("http://{}", api.address());
        inner.servers().push(api);
        let production = inner
            .open_host(options.production_port, Host::Production)
            .await
            .map_err(listen("production", options.production_port))?;
        let staging = inner
            .open_host(0, Host::Environment("staging".to_owned()))
            .await
            .map_err(listen("staging", 0))?;
        let mut state = inner.state();
        state.production_domain = production;
        let (id, secret, created) = (state.next_id("env_", 24), state.next_id("", 32), now());
        state.environments.push(Environment {
            id,
            slug: "staging".to_owned(),
            description: "Where a release is tested".to_owned(),
            domain: staging,
            created,
        });
        state.bypasses.push(Bypass {
            secret,
            note: "sandbox".to_owned(),
            created,
        });
        drop(state);
        Ok(vercel)
    }

    /// Stops every server and returns once their ports are closed.
    pub(crate) async fn stop(&self) {
        let servers: Vec<Server> = self.inner.servers().drain(..).collect();
        for server in servers {
            server.stop().await;
        }
    }
}

impl Inner {
    /// The state, for as short as possible and never across an await.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn api_url(&self) -> String {
        self.api_url
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn servers(&self) -> MutexGuard<'_, Vec<Server>> {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a port for a host; gives `127.0.0.1:PORT`.
    async fn open_host(self: &Arc<Self>, port: u16, host: Host) -> io::Result<String> {
        let server =
            faults::serve(port, serve::router(Arc::clone(self), host, &self.faults)).await?;
        let domain = server.address().to_string();
        self.servers().push(server);
        Ok(domain)
    }
}

/// Milliseconds since 1970. Only shown, never decided by.
pub(crate) fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}
