//! The edge: what visitors of a deployment, of a custom environment or of the production domain see.
//!
//! Each host has a port of its own. A request picks a deployment (the domain's, an old one while the edge is stale, or a
//! canary), passes the protection wall, is routed by the deployment's `config.json`, and is answered with Vercel's headers.

mod cache;
mod config;
mod content_type;
mod draft;
mod encode;
mod headers;
mod pick;
mod prerender;
mod range;
mod respond;
mod routes;
mod site;
mod split;
mod wall;

use std::sync::Arc;

use axum::{
    Router,
    extract::{OriginalUri, Request, State},
    http::{HeaderMap, header},
    response::Response,
};

pub(crate) use cache::{EdgeCache, Which};
pub(crate) use site::Site;
pub(crate) use wall::login_page;

use crate::{
    faults::{Faults, Side, with_faults},
    vercel::{self, EdgeRequest, Inner},
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
        at: vercel::now(),
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
