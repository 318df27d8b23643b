//! The suite under rehearsal: its binary, and the lean copies of actions, launcher and stand-ins that act maps.

use std::path::{Path, PathBuf};

use tokio::process::Command;

use crate::error::Error;
use crate::folders::{Folders, Stage, copy};
use crate::program::run;
use crate::progress::Progress;

/// Builds the binary and gives its path.
pub(crate) async fn build(folders: &Folders, progress: &Progress) -> Result<PathBuf, Error> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    // Left by the `cargo run` that started us. Build scripts that look at them would run anew for the inner
    // build, and again for the next outer one.
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&*name);
        }
    }
    command.current_dir(&folders.repository).args([
        "build",
        "--quiet",
        // With the features of the whole workspace: its build is there already.
        "--workspace",
        "--bin",
        "stagegate",
        "--message-format",
        "json-render-diagnostics",
    ]);
    let messages = run(&mut command, "building the suite", progress).await?;
    let mut built = messages.lines().filter_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        let named = message.pointer("/target/name")?.as_str()? == "stagegate";
        named
            .then(|| message.pointer("/executable")?.as_str().map(PathBuf::from))
            .flatten()
    });
    built.next_back().ok_or_else(|| Error::Missing {
        what: "the binary of package stagegate".to_owned(),
        fix: "run `cargo build --workspace --bin stagegate` and see why".to_owned(),
    })
}

/// act copies what it maps for every step that uses it, so it gets only what an action needs.
pub(crate) fn lay_out(repository: &Path, stage: &Stage) -> Result<(), Error> {
    let suite = stage.suite();
    copy(
        &repository.join("actions"),
        &suite.join("actions"),
        &["README.md"],
    )?;
    copy(&repository.join("launcher"), &suite.join("launcher"), &[])?;
    let action = repository.join("action.yml");
    std::fs::copy(&action, suite.join("action.yml")).map_err(Error::file("copy", &action))?;
    lay_out_stand_ins(&repository.join("tests/stand-ins"), stage)
}

/// The folder that stands in for the action `actions/<name>`.
pub(crate) fn stand_in(stage: &Stage, name: &str) -> PathBuf {
    stage.folder.join("stand-ins").join(name)
}

/// Every action gets its own copy of what the stand-ins share: act brings an action's folder and nothing around it.
fn lay_out_stand_ins(stand_ins: &Path, stage: &Stage) -> Result<(), Error> {
    let (shared, package) = (stand_ins.join("lib"), stand_ins.join("package.json"));
    for entry in std::fs::read_dir(stand_ins).map_err(Error::file("read", stand_ins))? {
        let folder = entry.map_err(Error::file("read", stand_ins))?.path();
        let name = folder.file_name().and_then(|name| name.to_str());
        let Some(name) = name.filter(|_| folder.join("action.yml").is_file()) else {
            continue;
        };
        let action = stand_in(stage, name);
        copy(&folder, &action, &[])?;
        copy(&shared, &action.join("lib"), &[])?;
        std::fs::copy(&package, action.join("package.json"))
            .map_err(Error::file("copy", &package))?;
    }
    Ok(())
}
