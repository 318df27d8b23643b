//! `POST /v13/deployments`: sound request, then missing files, then a deployment. Clients post before they upload, so the
//! 400 that lists what is missing is the normal first answer.

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;

use super::{
    Inner, PROJECT,
    answer::{Args, Refusal, Strict},
    archive,
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
) -> Result<Response, Refusal> {
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
        None => (files(&inner, &body)?, None),
    };
    inner.state().usage.deployment()?;
    let prebuilt = args.prebuilt == Some(Flag::On);
    let built = build(&inner, files, prebuilt).await;
    let order = Order {
        name: body.name,
        target,
        files: built.files,
        archived: built.archived,
        meta: body.meta,
        git: body.git_metadata.map(|git| json!(git)),
        auto_assign: body.auto_assign_custom_domains.unwrap_or(true),
        log: built.log,
        site: built.site,
        rebuilt_from,
    };
    let id = inner
        .open_deployment(order)
        .await
        .map_err(|error| Refusal::unavailable(format!("no port for the deployment: {error}")))?;
    let state = inner.state();
    let shown = show::deployment(&inner, &state, state.deployment(&id)?);
    let mut response = Json(shown).into_response();
    state.usage.deployments().stamp(&mut response);
    Ok(response)
}

/// What became of the files sent.
struct Built {
    files: Vec<File>,
    archived: bool,
    log: Vec<String>,
    site: Result<Arc<Site>, String>,
}

/// Unpacks an archive, then reads the output or plays the scripted build. What goes wrong here is told by the build log, not
/// by the answer to the request.
async fn build(inner: &Arc<Inner>, files: Vec<File>, prebuilt: bool) -> Built {
    let mut built = Built {
        archived: files.iter().any(|file| archive::part(&file.path).is_some()),
        files,
        log: Vec::new(),
        site: Err(String::new()),
    };
    if built.archived {
        match unpack(inner, &built.files).await {
            Ok(files) => built.files = files,
            Err(reason) => {
                built.site = Err(reason);
                return built;
            }
        }
    }
    let script = inner.state().build.clone();
    match script.filter(|_| !prebuilt && Site::needs_build(&built.files)) {
        None => built.site = Site::build(&built.files, prebuilt, &inner.blobs).await,
        Some(script) => {
            built.log = script.log;
            built.site = match script.files {
                Ok(output) => Site::build(&output, true, &inner.blobs).await,
                Err(reason) => Err(reason),
            };
        }
    }
    built
}

/// The files of an archive, and those sent beside it.
async fn unpack(inner: &Arc<Inner>, files: &[File]) -> Result<Vec<File>, String> {
    let parts = archive::parts(files)?;
    let blobs = Arc::clone(inner);
    let unpacked = tokio::task::spawn_blocking(move || archive::unpack(&blobs.blobs, &parts));
    let mut all = unpacked.await.map_err(|error| error.to_string())??;
    let beside = files
        .iter()
        .filter(|file| archive::part(&file.path).is_none());
    let known: BTreeSet<String> = all.iter().map(|file| file.path.clone()).collect();
    for file in beside {
        if known.contains(&file.path) {
            return Err(format!("{}: both in the archive and beside it", file.path));
        }
        all.push(file.clone());
    }
    Ok(all)
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
fn files(inner: &Inner, body: &Body) -> Result<Vec<File>, Refusal> {
    let mut files = Vec::with_capacity(body.files.len());
    let (mut missing, mut listed) = (Vec::new(), BTreeSet::new());
    for sent in &body.files {
        let (sha, size) = match sent.content()? {
            Content::Inline(bytes) => inner.blobs.store_bytes(&bytes).map_err(|error| {
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
