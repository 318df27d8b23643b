//! The web page: a pull request, its deployments and the pending approval, for people who play the release manager.
//!
//! One self-contained document without external requests, good in light and dark, complete without JavaScript; a small
//! script only reloads it. The forms and the controls that jobs call live here too.

mod approvals;
mod checks;
mod controls;
mod html;
mod markdown;
mod pulls;
mod releases;

use std::sync::Arc;

use axum::Router;
use axum::extract::State as Shares;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::Error;
use crate::github::server::Slot;
use crate::github::{Shared, State};
use html::Html;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// Whom the page's visitor acts as.
pub(crate) const VISITOR: &str = "release-manager";

/// The page's routes, to be joined with the API's.
pub(crate) fn router() -> Router<Slot> {
    Router::new()
        .route("/", get(index))
        .route("/_sandbox/version", get(version))
        .route("/_sandbox/review", post(controls::review))
        .route(
            "/_sandbox/environment-wait",
            post(controls::environment_wait),
        )
        .route("/_sandbox/artifacts/{file}", get(controls::artifact))
        .route("/_sandbox/{*rest}", get(StatusCode::NOT_FOUND))
}

/// 128 random bits as hex.
///
/// # Errors
/// When the operating system gives none.
pub(crate) fn random_token() -> Result<String, Error> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| Error::Random(error.to_string()))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

async fn index(Shares(slot): Shares<Slot>) -> Response {
    respond(&slot, StatusCode::OK, None)
}

async fn version(Shares(slot): Shares<Slot>) -> Response {
    let version = slot.shared().map_or(0, |shared| shared.version());
    ([(header::CACHE_CONTROL, "no-store")], version.to_string()).into_response()
}

/// The page, with a problem on top if there is one.
fn respond(slot: &Slot, status: StatusCode, problem: Option<&str>) -> Response {
    let Some(shared) = slot.shared() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    // Hashes rather than nonces: the style is the same in the copy that the script fetches and parses.
    let policy = format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; img-src data:; connect-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        policy_hash(STYLE),
        policy_hash(SCRIPT),
    );
    let body = document(shared, problem);
    let mut response = (status, axum::response::Html(body)).into_response();
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    response
}

/// How a content security policy names an inline text that may be used.
fn policy_hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

fn document(shared: &Arc<Shared>, problem: Option<&str>) -> String {
    let version = shared.version();
    shared.read(|state| {
        let mut page = Html::default();
        page.raw("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">")
            .raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
            .raw("<meta name=\"color-scheme\" content=\"light dark\"><link rel=\"icon\" href=\"data:,\"><title>");
        page.text(title(state))
            .raw("</title><style>")
            .raw(STYLE)
            .raw("</style></head><body data-version=\"").text(version.to_string()).raw("\">");
        page.raw("<header><p class=\"where\">Stagegate sandbox</p><h1>")
            .text(&state.repository)
            .raw("</h1></header><main>");
        if let Some(problem) = problem {
            page.raw("<p class=\"problem\" role=\"alert\">").text(problem).raw("</p>");
        }
        section(&mut page, "approvals", approvals::render(state, &shared.form_token));
        section(&mut page, "pulls", pulls::render(state));
        section(&mut page, "deployments", releases::deployments(state));
        section(&mut page, "timeline", releases::timeline(state));
        page.raw("</main><script>")
            .raw(SCRIPT)
            .raw("</script></body></html>");
        page.finish()
    })
}

fn section(page: &mut Html, id: &'static str, content: Html) {
    page.raw("<section data-live id=\"").raw(id).raw("\">");
    page.append(content);
    page.raw("</section>");
}

fn title(state: &State) -> String {
    let waiting = if state.pending.is_empty() {
        ""
    } else {
        "\u{25cf} "
    };
    let subject = state.pulls.values().next_back();
    match subject {
        Some(pull) => format!(
            "{waiting}{} · #{} · {}",
            pull.title, pull.number, state.repository
        ),
        None => format!("{waiting}{}", state.repository),
    }
}
