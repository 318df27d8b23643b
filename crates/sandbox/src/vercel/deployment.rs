//! One deployment: what was sent, and a state machine that moves by being asked.
//! Each GET of a deployment is one step of its life, so a test needs no clock and a client that never polls sees no READY.

use std::{collections::BTreeMap, sync::Arc};

use serde::Serialize;

use super::Timings;
use crate::serve::Site;

/// Where a deployment is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ReadyState {
    /// Accepted, waiting for a builder.
    Queued,
    /// A builder has it.
    Initializing,
    /// Its output is being read.
    Building,
    /// It answers on its own URL.
    Ready,
    /// It never will; the events say why.
    Error,
    /// Stopped by request.
    Canceled,
}

/// What production traffic a ready production deployment has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Substate {
    /// None yet.
    Staged,
    /// It is the canary of a rolling release.
    Rolling,
    /// It serves, or has served, the production domain.
    Promoted,
}

/// What a deployment is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    /// A pull request's; the API writes it `null`.
    Preview,
    /// May serve the production domain.
    Production,
    /// Belongs to a custom environment, named by its slug.
    Custom(String),
}

impl Target {
    /// As the API writes it; `None` is a preview.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Preview => None,
            Self::Production => Some("production"),
            Self::Custom(slug) => Some(slug),
        }
    }
}

/// One file of a deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct File {
    /// The path below the project's root, with forward slashes.
    pub path: String,
    /// SHA-1 of the content, in hex.
    pub sha: String,
    /// Bytes.
    pub size: u64,
    /// As `stat` writes it: 0o100644, or 0o120777 for a link whose content is where it leads.
    pub mode: u32,
}

/// One line of a build log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Event {
    /// `stdout`, `stderr`, `deployment-state` or `fatal`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// What it says.
    pub text: String,
    /// Milliseconds since 1970.
    pub created: i64,
}

/// A deployment and everything known of it.
#[derive(Debug)]
pub(crate) struct Deployment {
    pub(crate) id: String,
    pub(crate) name: String,
    /// `127.0.0.1:PORT`, its own for ever.
    pub(crate) url: String,
    pub(crate) target: Target,
    pub(crate) files: Vec<File>,
    /// Whether they came in an archive.
    pub(crate) archived: bool,
    pub(crate) meta: BTreeMap<String, String>,
    pub(crate) git: Option<serde_json::Value>,
    /// False when the request said so (`--skip-domain`).
    pub(crate) auto_assign: bool,
    pub(crate) created: i64,
    pub(crate) ready: Option<i64>,
    pub(crate) state: ReadyState,
    pub(crate) substate: Option<Substate>,
    /// When its domains were assigned; a staged deployment has none to assign and is done at once.
    pub(crate) alias_assigned: Option<i64>,
    pub(crate) alias_error: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) events: Vec<Event>,
    /// What the build will say, last line first.
    unsaid: Vec<String>,
    /// What it serves, or why its output cannot be served.
    pub(crate) site: Result<Arc<Site>, String>,
    /// Set when it was made from another deployment: a rebuild, not the tested bytes.
    pub(crate) rebuilt_from: Option<String>,
    /// A mishap: it never leaves BUILDING.
    pub(crate) stuck: bool,
    polls: u32,
}

/// What a step of a deployment's life calls for outside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Due {
    Nothing,
    /// It is ready and its domains are to be assigned now.
    AssignDomains,
}

/// What a request asks to deploy, once it is known to be sound.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) name: String,
    pub(crate) target: Target,
    pub(crate) files: Vec<File>,
    pub(crate) archived: bool,
    pub(crate) meta: BTreeMap<String, String>,
    pub(crate) git: Option<serde_json::Value>,
    pub(crate) auto_assign: bool,
    /// What the build says.
    pub(crate) log: Vec<String>,
    pub(crate) site: Result<Arc<Site>, String>,
    pub(crate) rebuilt_from: Option<String>,
}

impl Deployment {
    pub(crate) fn new(id: String, url: String, order: Order, stuck: bool, now: i64) -> Self {
        let mut deployment = Self {
            id,
            name: order.name,
            url,
            target: order.target,
            files: order.files,
            archived: order.archived,
            meta: order.meta,
            git: order.git,
            auto_assign: order.auto_assign,
            created: now,
            ready: None,
            state: ReadyState::Queued,
            substate: None,
            alias_assigned: None,
            alias_error: None,
            error: None,
            events: Vec::new(),
            unsaid: order.log.into_iter().rev().collect(),
            site: order.site,
            rebuilt_from: order.rebuilt_from,
            stuck,
            polls: 0,
        };
        deployment.say("stdout", format!("{} files", deployment.files.len()), now);
        deployment
    }

    /// The id of its one build.
    pub(crate) fn build_id(&self) -> String {
        self.id.replacen("dpl_", "bld_", 1)
    }

    /// Adds a line to the build log.
    pub(crate) fn say(&mut self, kind: &'static str, text: impl Into<String>, now: i64) {
        self.events.push(Event {
            kind,
            text: text.into(),
            created: now,
        });
    }

    /// One poll: the answer to it shows the state reached here.
    pub(crate) fn step(&mut self, timings: &Timings, now: i64) -> Due {
        if matches!(self.state, ReadyState::Error | ReadyState::Canceled) {
            return Due::Nothing;
        }
        self.polls = self.polls.saturating_add(1);
        let build = timings.queued + timings.initializing + timings.building;
        // What was there before the play began is ready from the start and stays so.
        if self.ready.is_none() && (self.stuck || self.polls <= build) {
            let state = self.building_state(timings);
            self.enter(state, now);
            if state == ReadyState::Building {
                let polls = build.saturating_sub(self.polls) as usize + 1;
                self.build(self.unsaid.len().div_ceil(polls), now);
            }
            return Due::Nothing;
        }
        self.build(self.unsaid.len(), now);
        if let Err(reason) = &self.site {
            let reason = reason.clone();
            self.say("fatal", reason.clone(), now);
            self.error = Some(reason);
            self.enter(ReadyState::Error, now);
            return Due::Nothing;
        }
        self.become_ready(now);
        let assigned = self.alias_assigned.is_some() || self.alias_error.is_some();
        let due = !assigned && self.polls > build + timings.assigning;
        if due {
            Due::AssignDomains
        } else {
            Due::Nothing
        }
    }

    /// Says so many of the lines that the build has yet to say.
    fn build(&mut self, lines: usize, now: i64) {
        let from = self.unsaid.len().saturating_sub(lines);
        for line in self.unsaid.split_off(from).into_iter().rev() {
            self.say("stdout", line, now);
        }
    }

    /// Whether nothing more will happen to it by itself.
    pub(crate) fn is_settled(&self) -> bool {
        match self.state {
            ReadyState::Error | ReadyState::Canceled => true,
            ReadyState::Ready => self.alias_assigned.is_some() || self.alias_error.is_some(),
            _ => false,
        }
    }

    /// Skips the life before READY, for deployments that were there before the play began.
    pub(crate) fn become_ready(&mut self, now: i64) {
        self.enter(ReadyState::Ready, now);
        self.ready.get_or_insert(now);
        if self.target == Target::Production && self.substate.is_none() {
            self.substate = Some(Substate::Staged);
        }
    }

    fn building_state(&self, timings: &Timings) -> ReadyState {
        if self.polls <= timings.queued {
            ReadyState::Queued
        } else if self.polls <= timings.queued + timings.initializing {
            ReadyState::Initializing
        } else {
            ReadyState::Building
        }
    }

    fn enter(&mut self, state: ReadyState, now: i64) {
        if self.state != state {
            self.state = state;
            let name = serde_json::to_value(state).unwrap_or_default();
            self.say("deployment-state", name.as_str().unwrap_or_default(), now);
        }
    }

    /// Stops it, unless it is past stopping.
    pub(crate) fn cancel(&mut self, now: i64) -> bool {
        let can = matches!(
            self.state,
            ReadyState::Queued | ReadyState::Initializing | ReadyState::Building
        );
        if can {
            self.enter(ReadyState::Canceled, now);
        }
        can
    }
}
