//! Domains that the team owns, beside the sandbox's own: what `alias set` looks up before it dares to use one.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use serde_json::{Value, json};

use super::{
    Inner, Vercel,
    answer::{Args, NoArgs, Refusal},
    show,
};

impl Vercel {
    /// Gives the team a domain beside `example.com`: it and all below it can then be aliases. The edge serves an alias to whoever sends its name
    /// in the `host` header, on any of the sandbox's ports.
    pub fn add_domain(&self, apex: &str) {
        self.inner.state().domains.insert(apex.to_ascii_lowercase());
    }
}

/// The team's domain that has this name or is above it.
pub(super) async fn get(
    State(inner): State<Arc<Inner>>,
    Path(name): Path<String>,
    Args(NoArgs {}): Args<NoArgs>,
) -> Result<Json<Value>, Refusal> {
    let state = inner.state();
    let missing = || Refusal::not_found(format!("The domain \"{name}\" was not found"));
    let apex = state.apex(&name).ok_or_else(missing)?;
    Ok(Json(
        json!({ "domain": show::team_domain(apex, state.created) }),
    ))
}

/// Whether a domain could be bought: never here.
pub(super) async fn availability(
    State(_): State<Arc<Inner>>,
    Path(_): Path<String>,
    Args(NoArgs {}): Args<NoArgs>,
) -> Json<Value> {
    Json(json!({ "available": false }))
}
