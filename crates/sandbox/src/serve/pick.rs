//! Which deployment a request sees, and with what spoilt: the domain's, a stale one, or the canary by the visitor's cookie.

use crate::vercel::{Protection, ReadyState, mishaps::Spoil};

use super::{Host, split};
use crate::vercel::Inner;
use std::sync::Arc;

/// A request's deployment and everything the state decides about it.
#[derive(Debug)]
pub(super) struct Picked {
    pub(super) id: String,
    /// Whether it is looked at through the production domain.
    pub(super) production: bool,
    /// What it serves; `None` while it is not ready.
    pub(super) site: Option<Arc<super::Site>>,
    /// The split's cookie to set.
    pub(super) bucket: Option<String>,
    pub(super) spoil: Option<Spoil>,
    /// Whether robots are told to stay away: on previews' own URLs.
    pub(super) noindex: bool,
}

/// The wall's part of the state.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) walled: bool,
    pub(super) secrets: Vec<String>,
}

/// What the wall needs to know.
pub(super) fn rules(inner: &Inner, host: &Host) -> Rules {
    let state = inner.state();
    let walled = match state.protection {
        Protection::None => false,
        Protection::Previews => *host != Host::Production,
        Protection::All => true,
    };
    Rules {
        walled,
        secrets: state
            .bypasses
            .iter()
            .map(|bypass| bypass.secret.clone())
            .collect(),
    }
}

/// Picks the deployment; counts the visitor, the stale request and the canary's errors as it does.
pub(super) fn pick(
    inner: &Inner,
    host: &Host,
    path: &str,
    query: &str,
    cookies: &str,
) -> Option<Picked> {
    let mut state = inner.state();
    let production = *host == Host::Production;
    let mut bucket = None;
    let mut canary = false;
    let id = match host {
        Host::Deployment(id) => id.clone(),
        Host::Alias(domain) => state.aliased(domain)?.to_owned(),
        Host::Environment(slug) => {
            let domain = state
                .environments
                .iter()
                .find(|e| e.slug == *slug)?
                .domain
                .clone();
            state.aliased(&domain)?.to_owned()
        }
        Host::Production => {
            let mut id = state.production()?.to_owned();
            let stale = state.mishaps.stale_production();
            let release = state.release.as_ref().filter(|release| release.is_active());
            if let Some((share, canary_id)) =
                release.map(|release| (release.percentage(), release.canary.clone()))
            {
                let known = super::cookie(cookies, split::COOKIE);
                let choice = split::choose(share, known.as_deref(), query, state.visitors);
                state.visitors += u64::from(
                    choice
                        .set
                        .as_ref()
                        .is_some_and(|set| set.parse::<u8>().is_ok()),
                );
                bucket = choice.set;
                if choice.side == split::Side::Canary {
                    canary = true;
                    id = canary_id;
                }
            }
            stale.unwrap_or(id)
        }
    };
    let mut spoil = state.mishaps.spoil(path, production, &id);
    if canary && state.mishaps.canary_error() {
        spoil = Some(Spoil::Answer {
            status: 500,
            body: Some("the canary failed\n".to_owned()),
        });
    }
    let deployment = state.find(&id)?;
    let ready = deployment.state == ReadyState::Ready;
    let site = deployment.site.as_ref().ok().filter(|_| ready).cloned();
    let preview = deployment.target.as_str().is_none();
    Some(Picked {
        id,
        production,
        site,
        bucket,
        spoil,
        noindex: preview && matches!(host, Host::Deployment(_)),
    })
}
