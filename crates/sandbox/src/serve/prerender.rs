//! Pages that the build rendered for a function: `NAME.prerender-config.json` beside `NAME.func`, with a fallback file. The
//! sandbox runs no functions, so it serves what was rendered and renders nothing anew.

use std::{collections::BTreeMap, sync::Arc};

use serde::Deserialize;

use super::{content_type, site::Asset};
use crate::vercel::{blobs::Blobs, deployment::File};

const FUNCTIONS: &str = ".vercel/output/functions/";
const ENDING: &str = ".prerender-config.json";

/// What the first answer is besides its body.
#[derive(Debug, Default)]
pub(crate) struct Prerender {
    pub(super) status: Option<u16>,
    pub(super) headers: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Config {
    fallback: Option<Fallback>,
    initial_status: Option<u16>,
    #[serde(default)]
    initial_headers: BTreeMap<String, String>,
}

/// A name, or a reference to a file as builders write it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Fallback {
    Name(String),
    #[serde(rename_all = "camelCase")]
    File {
        fs_path: String,
    },
}

/// The rendered pages by URL path; the error is a line for the build log.
pub(super) async fn pages(files: &[File], blobs: &Blobs) -> Result<Vec<(String, Asset)>, String> {
    let mut pages = Vec::new();
    for file in files {
        let Some(name) = file
            .path
            .strip_prefix(FUNCTIONS)
            .and_then(|path| path.strip_suffix(ENDING))
        else {
            continue;
        };
        let broken = |error: &dyn std::fmt::Display| format!("{}: {error}", file.path);
        let text = blobs
            .read(&file.sha)
            .await
            .map_err(|error| broken(&error))?;
        let config: Config = serde_json::from_slice(&text).map_err(|error| broken(&error))?;
        let Some(Fallback::Name(fallback) | Fallback::File { fs_path: fallback }) = config.fallback
        else {
            continue;
        };
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
        let path = format!("{FUNCTIONS}{folder}/{fallback}").replace("//", "/");
        let body = files
            .iter()
            .find(|file| file.path == path)
            .ok_or_else(|| broken(&format!("the fallback {fallback} is missing")))?;
        let prerender = Prerender {
            status: config.initial_status,
            headers: config.initial_headers,
        };
        let asset = Asset {
            sha: body.sha.clone(),
            content_type: content_type::of(&fallback),
            prerender: Some(Arc::new(prerender)),
        };
        pages.push((name.to_owned(), asset));
    }
    Ok(pages)
}
