//! Throwing away what the edge keeps: by tag as the public API does it, or all of it as the CLI's `cache purge` does.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Inner,
    answer::{Args, Refusal, Strict},
    project_api::known_project,
};
use crate::serve::{EdgeCache, Which};

/// More tags in one request are refused.
const MOST_TAGS: usize = 16;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct CacheArgs {
    project_id_or_name: Option<String>,
}

impl CacheArgs {
    fn check(&self, inner: &Inner) -> Result<(), Refusal> {
        let project = self.project_id_or_name.as_deref().ok_or_else(|| {
            Refusal::bad_request("Invalid request: missing required property `projectIdOrName`")
        })?;
        known_project(inner, project)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TagsBody {
    tags: Tags,
    target: Option<PurgeTarget>,
}

/// Which half of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum PurgeTarget {
    Production,
    Preview,
}

/// A list, or a text with commas.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Tags {
    List(Vec<String>),
    Text(String),
}

impl TagsBody {
    fn read(self) -> Result<(Vec<String>, Option<bool>), Refusal> {
        let tags = match self.tags {
            Tags::List(tags) => tags,
            Tags::Text(text) => text.split(',').map(|tag| tag.trim().to_owned()).collect(),
        };
        if tags.is_empty() || tags.len() > MOST_TAGS || tags.iter().any(String::is_empty) {
            let message = format!("Invalid request: `tags` takes 1 to {MOST_TAGS} tags");
            return Err(Refusal::bad_request(message));
        }
        let production = self.target.map(|target| target == PurgeTarget::Production);
        Ok((tags, production))
    }
}

/// Marks what carries a tag as stale.
pub(super) async fn invalidate(
    State(inner): State<Arc<Inner>>,
    args: Args<CacheArgs>,
    body: Strict<TagsBody>,
) -> Result<StatusCode, Refusal> {
    tagged(&inner, args, body, EdgeCache::invalidate)
}

/// Throws away what carries a tag.
pub(super) async fn delete(
    State(inner): State<Arc<Inner>>,
    args: Args<CacheArgs>,
    body: Strict<TagsBody>,
) -> Result<StatusCode, Refusal> {
    tagged(&inner, args, body, EdgeCache::delete)
}

fn tagged(
    inner: &Inner,
    Args(args): Args<CacheArgs>,
    Strict(body): Strict<TagsBody>,
    act: fn(&EdgeCache, Which<'_>),
) -> Result<StatusCode, Refusal> {
    args.check(inner)?;
    let (tags, production) = body.read()?;
    act(&inner.edge, Which::Tagged(&tags, production));
    Ok(StatusCode::OK)
}

/// The CLI's `cache purge`; the data cache, which the sandbox does not have, is purged with it.
pub(super) async fn purge(
    State(inner): State<Arc<Inner>>,
    Args(args): Args<CacheArgs>,
) -> Result<Json<Value>, Refusal> {
    args.check(&inner)?;
    inner.edge.delete(Which::All);
    Ok(Json(json!({})))
}
