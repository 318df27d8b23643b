//! GitHub's half: the REST API the gates use, strict and stateful, with controls for a play and a web page for people.
//!
//! `server` turns HTTP into a `call::Call`; `api` answers it with plain functions over [`State`]; `controls` changes the
//! same state from inside the process; `waiting` lets jobs and tests wait for a review without polling.

mod api;
mod call;
mod controls;
mod exchange;
mod fields;
mod identity;
pub(crate) mod links;
mod paging;
mod quota;
mod records;
mod records_release;
mod review;
pub(crate) mod server;
mod shapes;
mod state;
pub(crate) mod waiting;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::faults::{self, Fault, Faults, Side};
use crate::{Error, Options};
use exchange::Recorder;
use links::Links;
use quota::Quotas;

pub use controls::{ControlError, NewCheck, NewPull, RunSpec};
pub use exchange::Exchange;
pub use identity::Identity;
pub use records::{
    Annotation, ChangedFile, CheckRun, Comment, Commit, CommitStatus, Pull, PullReview,
};
pub use records_release::{
    Artifact, Decision, Deployment, DeploymentStatus, Environment, Job, PendingReview, Review,
    Reviewer, Run,
};
pub use state::{Event, Member, Request, Role, State, Tone};

/// A cloneable handle of GitHub's half; clones share one state.
#[derive(Debug, Clone)]
pub struct GitHub {
    shared: Arc<Shared>,
    server: Arc<Mutex<Option<faults::Server>>>,
}

/// What the server and the handle share.
#[derive(Debug)]
pub(crate) struct Shared {
    state: Mutex<State>,
    quotas: Mutex<Quotas>,
    version: watch::Sender<u64>,
    faults: Faults,
    recorder: Recorder,
    /// Addresses; known once the port is.
    pub(crate) links: Links,
    /// The secret a form on the page must carry.
    pub(crate) form_token: String,
}

impl Shared {
    /// Reads the state.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        read(&self.lock())
    }

    /// Changes the state and wakes whoever waits for a change.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let result = change(&mut self.lock());
        self.version.send_modify(|version| *version += 1);
        result
    }

    /// Counts changes; the page reloads when it moves.
    pub(crate) fn version(&self) -> u64 {
        *self.version.borrow()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl GitHub {
    /// Starts the service on loopback.
    ///
    /// # Errors
    /// When its port is taken or the repository's name is malformed.
    pub(crate) async fn start(options: &Options) -> Result<Self, Error> {
        let malformed = || Error::Repository(options.repository.clone());
        let (owner, name) = options.repository.split_once('/').ok_or_else(malformed)?;
        if owner.is_empty() || name.is_empty() || name.contains('/') {
            return Err(malformed());
        }
        // The links need the port and the server needs the links, so the port is taken first.
        let listen = |source| Error::Listen {
            server: "github".to_owned(),
            port: options.github_port,
            source,
        };
        let slot = server::Slot::default();
        let faults = Faults::default();
        let server = faults::serve(options.github_port, server::router(&slot, &faults))
            .await
            .map_err(listen)?;
        let shared = Arc::new(Shared {
            state: Mutex::new(State::new(&options.repository)),
            quotas: Mutex::default(),
            version: watch::Sender::new(0),
            faults,
            recorder: Recorder::default(),
            links: Links {
                api: format!("http://{}", server.address()),
                owner: owner.to_owned(),
                name: name.to_owned(),
            },
            form_token: crate::page::random_token()?,
        });
        slot.fill(&shared);
        Ok(Self {
            shared,
            server: Arc::new(Mutex::new(Some(server))),
        })
    }

    /// Stops the service and waits until its port is closed.
    pub(crate) async fn stop(&self) {
        let server = self
            .server
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(server) = server {
            server.stop().await;
        }
    }

    /// Base of the REST API, what `GITHUB_API_URL` must be; no slash at the end.
    pub fn api_url(&self) -> String {
        self.shared.links.api.clone()
    }

    /// The web page.
    pub fn page_url(&self) -> String {
        format!("{}/", self.shared.links.api)
    }

    /// A copy of everything remembered.
    pub fn snapshot(&self) -> State {
        self.shared.read(State::clone)
    }

    /// Arms a fault; its side should be [`Side::GitHub`].
    pub fn add_fault(&self, fault: Fault) {
        debug_assert_eq!(fault.side, Side::GitHub, "the fault is for another server");
        self.shared.faults.add(fault);
    }

    /// Disarms all faults.
    pub fn clear_faults(&self) {
        self.shared.faults.clear();
    }

    /// Records from now on what goes over the wire, bodies included; what was recorded before is forgotten.
    pub fn record_exchanges(&self) {
        self.shared.recorder.start();
    }

    /// What was recorded, in order.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.shared.recorder.exchanges()
    }

    /// Sets how many requests an hour the identity has from now on; 0 makes the next one meet the primary limit.
    pub fn set_hourly_limit(&self, identity: &Identity, limit: u64) {
        let now = jiff::Timestamp::now().as_second().unsigned_abs();
        let mut quotas = self
            .shared
            .quotas
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        quotas.set_limit(identity, limit, now);
    }
}
