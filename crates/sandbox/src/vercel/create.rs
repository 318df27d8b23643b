//! `POST /v13/deployments`: sound request, then missing files, then a deployment. Clients post before they upload, so the
//! 400 that lists what is missing is the normal first answer.

use std::{collections::BTreeSet, sync::Arc};

use axum::{Json, extract::State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Inner, PROJECT,
    answer::{Args, Refusal, Strict},
    create_body::{Body, Content},
    deployment::{File, Order, Target},
    show,
};
use crate::serve::Site;

/// A regular file, readable by all: the mode of files sent without one.
const PLAIN: u32 = 0o100_644;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct CreateArgs {
    prebuilt: Option<Flag>,
    #[serde(rename = "forceNew")]
    _force_new: Option<Flag>,
    #[serde(rename = "withCache")]
    _with_cache: Option<Flag>,
    #[serde(rename = "skipAutoDetectionConfirmation")]
    _skip_auto_detection_confirmation: Option<Flag>,
}

/// Flags in queries are 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum Flag {
    #[serde(rename = "0")]
    Off,
    #[serde(rename = "1")]
    On,
}

pub(super) async fn create(
    State(inner): State<Arc<Inner>>,
    Args(args): Args<CreateArgs>,
    Strict(body): Strict<Body>,
) -> Result<Json<Value>, Refusal> {
    body.check()?;
    let project = body.project.as_deref().unwrap_or(&body.name);
    if project != PROJECT && project != inner.project_name {
        return Err(Refusal::not_found(format!(
            "Project \"{project}\" was not found"
        )));
    }
    let target = target(&inner, &body)?;
    let (files, rebuilt_from) = match &body.deployment_id {
        Some(original) => {
            let state = inner.state();
            let original = state.deployment(original)?;
            (original.files.clone(), Some(original.id.clone()))
        }
        None => (files(&inner, &body).await?, None),
    };
    let site = Site::build(&files, args.prebuilt == Some(Flag::On), &inner.blobs).await;
    let order = Order {
        name: body.name,
        target,
        files,
        meta: body.meta,
        git: body.git_metadata.map(|git| json!(git)),
        auto_assign: body.auto_assign_custom_domains.unwrap_or(true),
        site,
        rebuilt_from,
    };
    let id = inner
        .open_deployment(order)
        .await
        .map_err(|error| Refusal::unavailable(format!("no port for the deployment: {error}")))?;
    let state = inner.state();
    Ok(Json(show::deployment(
        &inner,
        &state,
        state.deployment(&id)?,
    )))
}

fn target(inner: &Inner, body: &Body) -> Result<Target, Refusal> {
    let state = inner.state();
    let slug = match (
        body.target.as_deref(),
        body.custom_environment_slug_or_id.as_deref(),
    ) {
        (Some("production"), _) => return Ok(Target::Production),
        (None | Some("preview"), None) => return Ok(Target::Preview),
        (Some(slug), _) | (None, Some(slug)) => slug,
    };
    let known = state
        .environments
        .iter()
        .find(|environment| environment.slug == slug || environment.id == slug);
    known
        .map(|environment| Target::Custom(environment.slug.clone()))
        .ok_or_else(|| {
            Refusal::bad_request(format!(
                "Invalid request: there is no custom environment {slug:?}"
            ))
        })
}

/// The files, all of them stored; else the 400 that lists each missing digest once.
async fn files(inner: &Inner, body: &Body) -> Result<Vec<File>, Refusal> {
    let mut files = Vec::with_capacity(body.files.len());
    let (mut missing, mut listed) = (Vec::new(), BTreeSet::new());
    for sent in &body.files {
        let (sha, size) = match sent.content()? {
            Content::Inline(bytes) => inner.blobs.store_bytes(bytes).await.map_err(|error| {
                Refusal::unavailable(format!("{} was not stored: {error:?}", sent.file))
            })?,
            Content::Digest(sha, announced) => match inner.blobs.size(&sha) {
                Some(size) if announced.is_some_and(|announced| announced != size) => {
                    let message = format!(
                        "Invalid request: {} has {size} bytes, not the announced",
                        sent.file
                    );
                    return Err(Refusal::bad_request(message));
                }
                Some(size) => (sha, size),
                None => {
                    if listed.insert(sha.clone()) {
                        missing.push(sha);
                    }
                    continue;
                }
            },
        };
        files.push(File {
            path: sent.file.clone(),
            sha,
            size,
            mode: sent.mode.unwrap_or(PLAIN),
        });
    }
    if missing.is_empty() {
        Ok(files)
    } else {
        Err(Refusal::missing_files(&missing))
    }
}
