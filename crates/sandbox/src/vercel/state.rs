//! Everything Vercel's half remembers. Methods here decide and change; they do no I/O, and the time is an argument.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use super::{
    Protection, Timings,
    answer::Refusal,
    build::Script,
    deployment::{Deployment, Due, ReadyState, Target},
    jobs::{AliasRequest, Job},
    mishaps::Mishaps,
    quota::Usage,
    rolling::{Config, Release},
    snapshot::{EdgeRequest, Request},
};

/// Logs longer than this lose their oldest lines.
const LONGEST_LOG: usize = 20_000;

/// A domain and the deployment it points at.
#[derive(Debug, Clone)]
pub(crate) struct Alias {
    pub(crate) uid: String,
    pub(crate) deployment: String,
    pub(crate) created: i64,
    pub(crate) updated: i64,
}

/// A custom environment, such as `staging`, with a domain of its own.
#[derive(Debug, Clone)]
pub(crate) struct Environment {
    pub(crate) id: String,
    pub(crate) slug: String,
    pub(crate) description: String,
    /// `127.0.0.1:PORT`.
    pub(crate) domain: String,
    pub(crate) created: i64,
}

/// A secret that opens the protection wall.
#[derive(Debug, Clone)]
pub(crate) struct Bypass {
    pub(crate) secret: String,
    pub(crate) note: String,
    pub(crate) created: i64,
}

/// The state, behind one lock.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) deployments: Vec<Deployment>,
    pub(crate) aliases: BTreeMap<String, Alias>,
    pub(crate) environments: Vec<Environment>,
    pub(crate) bypasses: Vec<Bypass>,
    pub(crate) protection: Protection,
    pub(crate) timings: Timings,
    pub(crate) mishaps: Mishaps,
    pub(crate) usage: Usage,
    /// What builds of source deployments do.
    pub(super) build: Option<Script>,
    /// The team's own domains, apexes only.
    pub(crate) domains: BTreeSet<String>,
    /// Whether production deployments take the domains when ready; a rollback turns it off, a promote on.
    pub(crate) auto_assign: bool,
    pub(crate) last_alias_request: Option<AliasRequest>,
    pub(crate) job: Option<Job>,
    pub(crate) rolling: Option<Config>,
    pub(crate) release: Option<Release>,
    pub(crate) requests: Vec<Request>,
    /// Requests so far, those that the log has lost included.
    pub(crate) asked: u64,
    pub(crate) edge_requests: Vec<EdgeRequest>,
    /// Visitors counted by the rolling-release split.
    pub(crate) visitors: u64,
    pub(crate) production_domain: String,
    pub(crate) created: i64,
    pub(super) ids: u64,
}

impl State {
    /// The next id with this prefix. Ids look random and are not: the same play gives the same ids.
    pub(crate) fn next_id(&mut self, prefix: &str, length: usize) -> String {
        const ALPHABET: &[u8; 62] =
            b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        self.ids += 1;
        let seed = Sha256::digest(format!("{prefix}{}", self.ids));
        let letters = seed
            .iter()
            .map(|&byte| char::from(ALPHABET[usize::from(byte) % ALPHABET.len()]));
        prefix.chars().chain(letters.take(length)).collect()
    }

    /// By id or by host, with or without a scheme.
    pub(crate) fn find(&self, id_or_url: &str) -> Option<&Deployment> {
        let host = id_or_url
            .trim_start_matches("https://")
            .trim_start_matches("http://")
            .trim_end_matches('/');
        self.deployments
            .iter()
            .find(|deployment| deployment.id == id_or_url || deployment.url == host)
            .or_else(|| {
                self.deployments
                    .iter()
                    .find(|d| self.aliases.get(host).is_some_and(|a| a.deployment == d.id))
            })
    }

    pub(crate) fn deployment(&self, id_or_url: &str) -> Result<&Deployment, Refusal> {
        self.find(id_or_url).ok_or_else(|| {
            Refusal::not_found(format!("The deployment \"{id_or_url}\" could not be found"))
        })
    }

    pub(crate) fn deployment_mut(&mut self, id: &str) -> Option<&mut Deployment> {
        self.deployments
            .iter_mut()
            .find(|deployment| deployment.id == id)
    }

    /// The deployment a domain points at.
    pub(crate) fn aliased(&self, domain: &str) -> Option<&str> {
        self.aliases
            .get(domain)
            .map(|alias| alias.deployment.as_str())
    }

    /// The id of the deployment behind the production domain. During a rolling release that is the stable one.
    pub(crate) fn production(&self) -> Option<&str> {
        self.aliased(&self.production_domain)
    }

    /// One poll of a deployment, with what its becoming ready sets off.
    pub(crate) fn poll_deployment(&mut self, id: &str, now: i64) {
        self.step_job(now);
        let timings = self.timings;
        let Some(deployment) = self.deployment_mut(id) else {
            return;
        };
        if deployment.step(&timings, now) == Due::AssignDomains {
            self.assign_domains(id, now);
        }
    }

    fn assign_domains(&mut self, id: &str, now: i64) {
        let Some(deployment) = self.deployment_mut(id) else {
            return;
        };
        let (target, wants) = (deployment.target.clone(), deployment.auto_assign);
        let outcome = match target {
            Target::Preview => Ok(()),
            Target::Production if !(wants && self.auto_assign) => Ok(()),
            Target::Production if self.mishaps.alias_error() => {
                Err("The production domain could not be assigned")
            }
            Target::Production => {
                if self.rolling.is_some() && self.production().is_some() {
                    self.begin_release(id, now);
                } else {
                    self.move_production(id, now);
                }
                Ok(())
            }
            Target::Custom(slug) => {
                let domain = self
                    .environments
                    .iter()
                    .find(|e| e.slug == slug)
                    .map(|e| e.domain.clone());
                if let Some(domain) = domain {
                    self.point(&domain, id, now);
                }
                Ok(())
            }
        };
        if let Some(deployment) = self.deployment_mut(id) {
            match outcome {
                Ok(()) => deployment.alias_assigned = Some(now),
                Err(reason) => deployment.alias_error = Some(reason.to_owned()),
            }
        }
    }

    /// Whether an alias may have this name: the sandbox's own addresses, free names below `vercel.app`, the team's domains.
    pub(crate) fn owns(&self, name: &str) -> bool {
        let host = name.rsplit_once(':').map_or(name, |(host, _)| host);
        host == "127.0.0.1" || host.ends_with(".vercel.app") || self.apex(host).is_some()
    }

    /// The team's domain that this name is, or is below.
    pub(crate) fn apex(&self, name: &str) -> Option<&str> {
        let below = |apex: &str| {
            name.strip_suffix(apex)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        self.domains
            .iter()
            .map(String::as_str)
            .find(|apex| below(apex))
    }

    /// Points a domain at a deployment; gives the deployment it pointed at before.
    pub(crate) fn point(&mut self, domain: &str, id: &str, now: i64) -> Option<String> {
        if let Some(alias) = self.aliases.get_mut(domain) {
            alias.updated = now;
            return Some(std::mem::replace(&mut alias.deployment, id.to_owned()));
        }
        let uid = self.next_id("als_", 24);
        let alias = Alias {
            uid,
            deployment: id.to_owned(),
            created: now,
            updated: now,
        };
        self.aliases.insert(domain.to_owned(), alias);
        None
    }

    /// Points the production domain at a deployment, which has now seen production traffic.
    pub(crate) fn move_production(&mut self, id: &str, now: i64) {
        let domain = self.production_domain.clone();
        let before = self.point(&domain, id, now);
        if before.as_deref() != Some(id) {
            self.mishaps.production_moved(before);
        }
        if let Some(deployment) = self.deployment_mut(id) {
            deployment.substate = Some(super::deployment::Substate::Promoted);
        }
    }

    /// Whether a rollback may go to this deployment: it served production before and does not now.
    pub(crate) fn is_rollback_candidate(&self, deployment: &Deployment) -> bool {
        deployment.state == ReadyState::Ready
            && deployment.substate == Some(super::deployment::Substate::Promoted)
            && self.production() != Some(&deployment.id)
    }

    /// Removes a deployment and every domain that points at it.
    pub(crate) fn remove(&mut self, id: &str) {
        self.deployments.retain(|deployment| deployment.id != id);
        self.aliases.retain(|_, alias| alias.deployment != id);
    }

    pub(crate) fn log(&mut self, request: Request) {
        self.asked += 1;
        keep_last(&mut self.requests, request);
    }

    pub(crate) fn log_edge(&mut self, request: EdgeRequest) {
        keep_last(&mut self.edge_requests, request);
    }
}

fn keep_last<T>(log: &mut Vec<T>, line: T) {
    if log.len() >= LONGEST_LOG {
        log.drain(..LONGEST_LOG / 2);
    }
    log.push(line);
}
