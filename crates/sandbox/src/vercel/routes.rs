//! Every path of Vercel's API that the sandbox answers, in one table. Versions differ because clients do: the public SDK and
//! the CLI call the same operation under different ones. Anything else is 404 in Vercel's shape.

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{any, delete, get, patch, post},
};

use super::{
    Inner, alias_api, answer::Refusal, cache_api, create, deployment_api, domain_api, door,
    environment_api, events_api, file_api, log_api, project_api, release_api, rolling_api,
};
use crate::faults::{Side, with_faults};

/// JSON bodies; 15,000 files make about two million bytes, and inline files may add five.
const LONGEST_JSON: usize = 32 << 20;

pub(super) fn router(inner: Arc<Inner>) -> Router {
    let routes = Router::new()
        .route("/v2/user", get(project_api::user))
        .route("/v1/teams", get(project_api::teams))
        .route("/v2/teams", get(project_api::teams))
        .route("/v2/teams/{team}", get(project_api::team))
        .route("/teams/{team}", get(project_api::team))
        .route("/v9/projects", get(project_api::projects))
        .route("/v9/projects/{project}", get(project_api::project))
        .route("/v9/projects/{project}/domains", get(project_api::domains))
        .route(
            "/v10/projects/{project}/env",
            get(environment_api::variables),
        )
        .route(
            "/v3/env/pull/{project}/{environment}",
            get(environment_api::pull),
        )
        .route(
            "/v9/projects/{project}/custom-environments",
            get(environment_api::list).post(environment_api::create),
        )
        .route(
            "/projects/{project}/custom-environments",
            get(environment_api::list),
        )
        .route(
            "/v1/projects/{project}/protection-bypass",
            patch(project_api::bypass),
        )
        .route("/v2/files", post(file_api::upload))
        .route("/v13/deployments", post(create::create))
        .route(
            "/v13/deployments/{deployment}",
            get(deployment_api::get).delete(deployment_api::remove),
        )
        .route(
            "/v12/deployments/{deployment}/cancel",
            patch(deployment_api::cancel),
        )
        .route(
            "/v3/now/deployments/{deployment}/events",
            get(events_api::events),
        )
        .route(
            "/v3/deployments/{deployment}/events",
            get(events_api::events),
        )
        // The CLI's `inspect`.
        .route(
            "/v11/deployments/{deployment}/builds",
            get(deployment_api::builds),
        )
        .route("/v6/deployments", get(deployment_api::list))
        .route("/v7/deployments", get(deployment_api::list))
        .route(
            "/v2/deployments/{deployment}/aliases",
            get(alias_api::of_deployment).post(alias_api::assign),
        )
        // The CLI's `alias set`.
        .route(
            "/now/deployments/{deployment}/aliases",
            get(alias_api::of_deployment).post(alias_api::assign),
        )
        .route("/v4/aliases", get(alias_api::list))
        .route("/v3/now/aliases", get(alias_api::list))
        .route("/v4/aliases/{alias}", get(alias_api::get))
        .route("/v5/domains/{domain}", get(domain_api::get))
        .route(
            "/v1/registrar/domains/{domain}/availability",
            get(domain_api::availability),
        )
        .route(
            "/v10/projects/{project}/promote/{deployment}",
            post(release_api::promote),
        )
        .route(
            "/v1/projects/{project}/rollback/{deployment}",
            post(release_api::roll_back),
        )
        .route(
            "/v9/projects/{project}/rollback/{deployment}",
            post(release_api::roll_back),
        )
        .route(
            "/v1/projects/{project}/promote/aliases",
            get(release_api::aliases),
        )
        .route(
            "/v9/projects/{project}/promote/aliases",
            get(release_api::aliases),
        )
        .route(
            "/v1/projects/{project}/rolling-release",
            get(rolling_api::state),
        )
        .route(
            "/v1/projects/{project}/rolling-release/config",
            get(rolling_api::config)
                .patch(rolling_api::configure)
                .delete(rolling_api::switch_off),
        )
        .route(
            "/v1/projects/{project}/rolling-release/billing",
            get(rolling_api::billing),
        )
        .route(
            "/v1/projects/{project}/rolling-release/start",
            post(rolling_api::start),
        )
        .route(
            "/v1/projects/{project}/rolling-release/approve-stage",
            post(rolling_api::approve),
        )
        .route(
            "/v1/projects/{project}/rolling-release/complete",
            post(rolling_api::complete),
        )
        .route(
            "/v1/edge-cache/invalidate-by-tags",
            post(cache_api::invalidate),
        )
        .route(
            "/v1/edge-cache/dangerously-delete-by-tags",
            post(cache_api::delete),
        )
        // The CLI's `cache purge` and `logs`.
        .route("/v1/edge-cache/purge-all", post(cache_api::purge))
        .route("/v1/data-cache/purge-all", delete(cache_api::purge))
        .route("/api/logs/request-logs", get(log_api::requests))
        // The CLI's `metrics`, by version.
        .route("/metrics/v1", any(log_api::metrics))
        .route("/v2/observability/query", post(log_api::metrics))
        .route("/v2/observability/schema", get(log_api::metrics))
        .route("/v2/observability/schema/{metric}", get(log_api::metrics))
        .route(
            "/v1/projects/{project}/deployments/{deployment}/runtime-logs",
            get(log_api::runtime),
        )
        .route("/v1/aliases/{alias}", delete(alias_api::remove))
        .route("/sso-api", get(crate::serve::login_page))
        .route("/inspect/{deployment}", get(deployment_api::inspect))
        .fallback(|| async { Refusal::not_found("The requested path is not part of the API") })
        .method_not_allowed_fallback(|| async { Refusal::wrong_method() })
        .layer(DefaultBodyLimit::max(LONGEST_JSON))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&inner),
            door::check,
        ))
        .with_state(Arc::clone(&inner));
    with_faults(routes, &inner.faults, Side::Vercel)
        .layer(middleware::from_fn_with_state(inner, door::log))
}
