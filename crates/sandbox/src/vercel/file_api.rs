//! `POST /v2/files`: one file's content, streamed to disk and accepted only when digest and size are the announced ones.

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{
    Inner,
    answer::{Args, NoArgs, Refusal},
    blobs::Unstored,
};

pub(super) async fn upload(
    State(inner): State<Arc<Inner>>,
    Args(NoArgs {}): Args<NoArgs>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let digest = announced_digest(&headers)?;
    let size = announced_size(&headers)?;
    let standing = {
        let mut state = inner.state();
        state.usage.upload()?;
        if state.mishaps.upload_error() {
            return Err(Refusal::unavailable(
                "The file could not be stored, try again",
            ));
        }
        if state.mishaps.damaged_upload() {
            return Err(Refusal::bad_request(
                "The SHA-1 of the received body is not the announced one",
            ));
        }
        state.usage.uploads()
    };
    inner
        .blobs
        .store(body.into_data_stream(), (&digest, size))
        .await
        .map_err(|error| match error {
            Unstored::TooLarge => {
                Refusal::too_large("The file, or all files together, are too large")
            }
            Unstored::Broken(reason) => {
                Refusal::bad_request(format!("The body could not be read: {reason}"))
            }
            Unstored::Mismatch {
                sha,
                size: received,
            } if sha == digest => Refusal::bad_request(format!(
                "The body has {received} bytes, not the announced {size}"
            )),
            Unstored::Mismatch { sha, .. } => Refusal::bad_request(format!(
                "The SHA-1 of the received body is {sha}, not the announced {digest}"
            )),
        })?;
    let mut response = Json(json!({ "urls": [] })).into_response();
    standing.stamp(&mut response);
    Ok(response)
}

/// The service's SDK knows `x-vercel-digest` and `x-now-digest` and asks for neither; its CLI sends the second only. At least
/// one must be there, and both must agree.
fn announced_digest(headers: &HeaderMap) -> Result<String, Refusal> {
    let mut digest = None;
    for name in ["x-vercel-digest", "x-now-digest"] {
        let Some(value) = text(headers, name)? else {
            continue;
        };
        if value.len() != 40
            || !value
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        {
            return Err(Refusal::bad_request(format!(
                "Invalid header `{name}`: 40 lower-case hex digits expected"
            )));
        }
        if digest.is_some_and(|other| other != value) {
            return Err(Refusal::bad_request(
                "x-vercel-digest and x-now-digest differ",
            ));
        }
        digest = Some(value);
    }
    digest
        .map(str::to_owned)
        .ok_or_else(|| Refusal::bad_request("Missing header `x-vercel-digest`"))
}

fn announced_size(headers: &HeaderMap) -> Result<u64, Refusal> {
    let mut size = None;
    for name in ["x-now-size", "content-length"] {
        let Some(value) = text(headers, name)? else {
            continue;
        };
        let value: u64 = value.parse().map_err(|_| {
            Refusal::bad_request(format!("Invalid header `{name}`: bytes expected"))
        })?;
        if size.is_some_and(|other| other != value) {
            return Err(Refusal::bad_request("x-now-size and content-length differ"));
        }
        size = Some(value);
    }
    size.ok_or_else(|| Refusal::bad_request("Missing header `content-length`"))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, Refusal> {
    headers
        .get(name)
        .map(|value| {
            value
                .to_str()
                .map_err(|_| Refusal::bad_request(format!("Invalid header `{name}`")))
        })
        .transpose()
}
