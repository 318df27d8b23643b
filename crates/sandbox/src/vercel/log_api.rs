//! What visitors asked for, as the CLI's `logs` and the public runtime logs show it. The sandbox runs no functions, so each
//! line is a request and says nothing more.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::header,
    response::IntoResponse,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Inner, ORG, PROJECT,
    answer::{Args, Refusal},
    project_api::known_project,
    snapshot::EdgeRequest,
};

/// Lines of one page.
const PAGE: usize = 50;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct LogArgs {
    project_id: String,
    owner_id: String,
    page: usize,
    start_date: i64,
    end_date: i64,
    deployment_id: Option<String>,
    status_code: Option<String>,
    environment: Option<String>,
    level: Option<String>,
    source: Option<String>,
    search: Option<String>,
    request_id: Option<String>,
    branch: Option<String>,
}

impl LogArgs {
    fn admits(&self, request: &EdgeRequest) -> bool {
        let same = |wanted: &Option<String>, value: Option<&str>| {
            wanted.as_deref().is_none_or(|wanted| Some(wanted) == value)
        };
        let status = request.status.to_string();
        let source = self.source.as_deref();
        // A line has none of these; whoever asks for one gets none.
        let special = [
            &self.environment,
            &self.search,
            &self.request_id,
            &self.branch,
        ];
        (self.start_date..=self.end_date).contains(&request.at)
            && same(&self.deployment_id, request.deployment.as_deref())
            && same(&self.status_code, Some(&status))
            && source.is_none_or(|sources| sources.split(',').any(|source| source == "static"))
            && same(&self.level, Some(level(request)))
            && special.iter().all(|wanted| wanted.is_none())
    }
}

/// Newest first, a page at a time.
pub(super) async fn requests(
    State(inner): State<Arc<Inner>>,
    Args(args): Args<LogArgs>,
) -> Result<Json<Value>, Refusal> {
    if args.project_id != PROJECT || args.owner_id != ORG {
        return Err(Refusal::not_found("The project was not found"));
    }
    let state = inner.state();
    let mut rows = state
        .edge_requests
        .iter()
        .enumerate()
        .rev()
        .filter(|(_, request)| args.admits(request))
        .skip(args.page.saturating_mul(PAGE))
        .map(|(number, request)| {
            let path = request.path.split('?').next().unwrap_or_default();
            json!({ "requestId": format!("loc1::{number:08}"), "timestamp": request.at,
                "deploymentId": request.deployment, "domain": request.host, "requestMethod": request.method,
                "requestPath": path, "statusCode": request.status, "environment": "production",
                "events": [{ "source": "static" }], "logs": [] })
        });
    let page: Vec<Value> = rows.by_ref().take(PAGE).collect();
    let more = rows.next().is_some();
    Ok(Json(json!({ "rows": page, "hasMoreRows": more })))
}

/// One JSON object per line; the stream ends with what is known.
pub(super) async fn runtime(
    State(inner): State<Arc<Inner>>,
    Path((project, deployment)): Path<(String, String)>,
    Args(_): Args<RuntimeArgs>,
) -> Result<impl IntoResponse, Refusal> {
    known_project(&inner, &project)?;
    let state = inner.state();
    let id = state.deployment(&deployment)?.id.as_str();
    let lines: String = state
        .edge_requests
        .iter()
        .enumerate()
        .filter(|(_, request)| request.deployment.as_deref() == Some(id))
        .map(|(number, request)| {
            let path = request.path.split('?').next().unwrap_or_default();
            let line = json!({ "rowId": format!("{number:08}"), "level": level(request), "message": "",
                "messageTruncated": false, "source": "request", "timestampInMs": request.at,
                "domain": request.host, "requestMethod": request.method, "requestPath": path,
                "responseStatusCode": request.status });
            format!("{line}\n")
        })
        .collect();
    Ok(([(header::CONTENT_TYPE, "application/stream+json")], lines))
}

/// Metrics are an add-on that this team does not have, as most teams do not.
pub(super) async fn metrics() -> Refusal {
    Refusal::payment_required(
        "payment_required",
        "Metrics need Observability Plus, which this team does not have",
    )
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuntimeArgs {
    #[serde(rename = "format")]
    _format: Option<String>,
}

fn level(request: &EdgeRequest) -> &'static str {
    match request.status {
        500.. => "error",
        400.. => "warning",
        _ => "info",
    }
}
