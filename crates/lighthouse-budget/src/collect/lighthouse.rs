//! One run of npm's `lighthouse` in a Chrome that is up.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use gate::Problem;
use tempfile::NamedTempFile;
use tokio::process::Command;
use url::Url;

use super::Collect;
use super::find::Lighthouse;
use super::process::Process;
use crate::policy::Profile;

/// Measures a page and writes the report.
pub(super) async fn run(
    tool: &Lighthouse,
    url: &Url,
    profile: Profile,
    task: &Collect,
    port: u16,
    report: &Path,
) -> Result<(), Problem> {
    let mut command = Command::new(&tool.program);
    command
        .args(&tool.script)
        .arg(url.as_str())
        .args(["--quiet", "--output=json", "--no-enable-error-reporting"])
        .args(task.lhci_names.then_some("--output=html"))
        .args(["--hostname=127.0.0.1".to_owned(), format!("--port={port}")])
        .arg(format!("--output-path={}", report.display()));
    if profile == Profile::Desktop {
        command.arg("--preset=desktop");
    }
    if !task.skip_audits.is_empty() {
        command.arg(format!("--skip-audits={}", task.skip_audits.join(",")));
    }
    // In a file, because settings may hold headers, and a command line is seen by every process.
    let settings = task.settings.as_deref().map(settings_file).transpose()?;
    if let Some(file) = &settings {
        command.arg(format!("--cli-flags-path={}", file.path().display()));
    }
    for file in written(report) {
        // A report of an earlier run must not be taken for this one.
        if let Err(error) = std::fs::remove_file(&file)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            return Err(Problem::new(format!("remove the old report: {error}")));
        }
    }
    let mut process = Process::start(command)
        .map_err(|error| Problem::new(format!("start {}: {error}", tool.program.display())))?;
    let status = process
        .wait()
        .await
        .map_err(|error| Problem::new(format!("wait for Lighthouse: {error}")))?;
    if task.lhci_names {
        // Of several outputs Lighthouse names each itself; lighthouse-ci calls them by one name.
        for extension in ["json", "html"] {
            let from = report.with_extension(format!("report.{extension}"));
            let moved = std::fs::rename(&from, report.with_extension(extension));
            moved.or_else(|error| match error.kind() {
                std::io::ErrorKind::NotFound => Ok(()),
                _ => Err(Problem::new(format!("rename {}: {error}", from.display()))),
            })?;
        }
    }
    // A page that answers an error ends Lighthouse with 1 and leaves a report that says so better than its exit code.
    if report.is_file() {
        return Ok(());
    }
    let words = process.last_words(3);
    Err(Problem::new(format!(
        "Lighthouse ended with {status} and wrote no report: {words}"
    ))
    .fix("try the command by hand"))
}

/// All that a run may leave: the report, the same for people, and both as Lighthouse calls them.
pub(super) fn written(report: &Path) -> [PathBuf; 4] {
    ["json", "html", "report.json", "report.html"].map(|extension| report.with_extension(extension))
}

fn settings_file(json: &str) -> Result<NamedTempFile, Problem> {
    let write = || {
        let mut file = tempfile::Builder::new()
            .prefix("stagegate-")
            .suffix(".json")
            .tempfile()?;
        file.write_all(json.as_bytes())?;
        Ok(file)
    };
    write().map_err(|error: std::io::Error| Problem::new(format!("write the settings: {error}")))
}
