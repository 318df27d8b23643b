//! A Chromium for Lighthouse: `CHROME_PATH`, else one of the system, else the npm package that carries
//! one. If none can be had the Lighthouse jobs fail closed, with that reason.

use std::path::PathBuf;

use tokio::process::Command;

use crate::error::Error;
use crate::folders::{Folders, copy};
use crate::program::run;
use crate::progress::Progress;
use crate::tools::Tools;

const NAMES: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

pub(crate) async fn find(
    folders: &Folders,
    tools: &Tools,
    progress: &Progress,
) -> Result<Option<PathBuf>, Error> {
    if let Some(path) = std::env::var_os("CHROME_PATH").filter(|path| !path.is_empty()) {
        return Ok(Some(path.into()));
    }
    if let Some(path) = NAMES.iter().find_map(|name| which::which(name).ok()) {
        return Ok(Some(path));
    }
    let folder = folders.tools().join("browser");
    let chrome = folder.join(".chromium/chrome");
    if chrome.is_file() {
        return Ok(Some(chrome));
    }
    progress.line("no Chromium on this machine: installing the one that comes as an npm package");
    copy(
        &folders.repository.join("tests/apps/browser"),
        &folder,
        &["node_modules", ".chromium"],
    )?;
    let installed = async {
        run(
            Command::new(&tools.npm)
                .args(["ci", "--no-audit", "--no-fund"])
                .current_dir(&folder),
            "npm ci for the browser",
            progress,
        )
        .await?;
        run(
            Command::new(&tools.node)
                .arg("chromium-path.mjs")
                .current_dir(&folder),
            "unpacking Chromium",
            progress,
        )
        .await
    };
    match installed.await {
        Ok(path) => Ok(Some(PathBuf::from(path.trim()))),
        Err(error) => {
            progress.line(&format!("no browser: {error}"));
            Ok(None)
        }
    }
}
