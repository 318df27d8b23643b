//! One run of npm's `lighthouse` in a Chrome that is up.

use std::io::Write as _;
use std::path::Path;

use gate::Problem;
use tempfile::NamedTempFile;
use tokio::process::Command;
use url::Url;

use super::Collect;
use super::process::Process;
use crate::policy::Profile;

/// Measures a page and writes the report.
pub(super) async fn run(
    program: &Path,
    url: &Url,
    profile: Profile,
    task: &Collect,
    port: u16,
    report: &Path,
) -> Result<(), Problem> {
    let mut command = Command::new(program);
    command
        .arg(url.as_str())
        .args(["--quiet", "--output=json", "--no-enable-error-reporting"])
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
    let mut process = Process::start(command)
        .map_err(|error| Problem::new(format!("start {}: {error}", program.display())))?;
    let status = process
        .wait()
        .await
        .map_err(|error| Problem::new(format!("wait for Lighthouse: {error}")))?;
    // A page that answers an error ends Lighthouse with 1 and leaves a report that says so better than its exit code.
    if report.is_file() {
        return Ok(());
    }
    let words = process.last_words(3);
    Err(Problem::new(format!("Lighthouse ended with {status} and wrote no report: {words}"))
        .fix("Lighthouse 12 needs Node 18.16 and Lighthouse 13 needs Node 22.19; try the command by hand"))
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
