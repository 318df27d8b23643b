//! The edge: what visitors of a deployment, of a custom environment or of the production domain see.
//!
//! Each host has a port of its own. A request picks a deployment (the domain's, an old one while the edge is stale, or a
//! canary), passes the protection wall, is routed by the deployment's `config.json`, and is answered with Vercel's headers.

mod config;
mod content_type;
mod draft;
mod encode;
mod headers;
mod pick;
mod respond;
mod routes;
mod site;
mod split;
mod wall;

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    Router,
    extract::{OriginalUri, Request, State},
    http::{HeaderMap, header},
    response::Response,
};

pub(crate) use site::Site;
pub(crate) use wall::login_page;

use crate::{
    faults::{Faults, Side, with_faults},
    vercel::{EdgeRequest, Inner},
};

/// What a port stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Host {
    /// One deployment's own URL.
    Deployment(String),
    /// The production domain.
    Production,
    /// A custom environment's domain, by its slug.
    Environment(String),
    /// A domain that has no port of its own, by its name.
    Alias(String),
}

/// What the edge remembers between requests.
#[derive(Debug, Default)]
pub(crate) struct EdgeCache {
    /// How often each cached answer was given, by host, deployment and path.
    hits: Mutex<std::collections::HashMap<String, u32>>,
    compressed: encode::Compressed,
    requests: std::sync::atomic::AtomicU64,
}

/// The cache forgets everything when it holds this many answers.
const MOST_CACHED: usize = 20_000;

impl EdgeCache {
    /// Counts an answer; gives how often it was given before.
    fn count(&self, key: String) -> u32 {
        let mut hits = self.hits.lock().unwrap_or_else(PoisonError::into_inner);
        if hits.len() >= MOST_CACHED {
            hits.clear();
        }
        let given = hits.entry(key).or_default();
        *given += 1;
        *given - 1
    }
}

/// Serves one host.
pub(crate) fn router(inner: Arc<Inner>, host: Host, faults: &Faults) -> Router {
    let routes = Router::new().fallback(serve).with_state((inner, host));
    with_faults(routes, faults, Side::Edge)
}

async fn serve(
    State((inner, host)): State<(Arc<Inner>, Host)>,
    OriginalUri(uri): OriginalUri,
    request: Request,
) -> Response {
    let name = request
        .headers()
        .get(header::HOST)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let method = request.method().as_str().to_owned();
    let visit = respond::Visit {
        host: name,
        method,
        uri,
        headers: request.headers(),
    };
    let host = named(&visit.host).map_or(host, Host::Alias);
    let (response, deployment) = visit.answer(&inner, &host).await;
    inner.state().log_edge(EdgeRequest {
        host: visit.host,
        method: visit.method,
        path: visit
            .uri
            .path_and_query()
            .map_or_else(String::new, ToString::to_string),
        status: response.status().as_u16(),
        deployment,
    });
    response
}

/// The domain that a `host` header names, unless it is an address of this machine.
fn named(host: &str) -> Option<String> {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let local = name.is_empty() || name == "localhost" || name.parse::<std::net::IpAddr>().is_ok();
    (!local && !name.starts_with('[')).then(|| name.to_ascii_lowercase())
}

/// A cookie's value in a `cookie` header.
fn cookie(header: &str, name: &str) -> Option<String> {
    header
        .split(';')
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

/// All cookies of a request, as one header.
fn cookies(headers: &HeaderMap) -> String {
    let all: Vec<&str> = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    all.join("; ")
}
