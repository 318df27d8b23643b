//! Installs the Lighthouse that is pinned for the Node.js of this machine, once per lockfile, for a repository that has
//! none. npm's own `ci` does it, without any package's install scripts.

use std::path::{Path, PathBuf};
use std::time::Duration;

use gate::{Context, Problem};
use tokio::process::Command;

use super::find::Lighthouse;
use super::pinned::{Pinned, Version, choose, shown, version};
use super::process::Process;

/// Where it is installed; to be kept by a cache.
const FOLDER: &str = ".stagegate/tools";

/// Lies in a complete installation: its lockfile.
const STAMP: &str = "installed.json";

/// The longest an installation may take; it downloads some 60 MB.
const DEADLINE: Duration = Duration::from_secs(300);

/// The longest `node --version` may take.
const AT_ONCE: Duration = Duration::from_secs(20);

/// Node.js and its version.
pub(super) async fn node() -> Result<(PathBuf, Version), Problem> {
    let node = which::which("node").map_err(|_| {
        Problem::new("node is not installed, which Lighthouse needs")
            .fix("install Node.js 22.19 or newer, or give reports that exist already as `report`")
    })?;
    let mut command = Command::new(&node);
    command.arg("--version");
    let said = ended(command, AT_ONCE).await;
    let said = said.map_err(|reason| Problem::new(format!("node --version: {reason}")))?;
    match version(&said) {
        Some(version) => Ok((node, version)),
        None => Err(Problem::new(format!(
            "node --version answers `{said}`, which is no version"
        ))),
    }
}

/// The pinned Lighthouse for this Node.js; installed now unless it is there.
pub(super) async fn pinned(context: &Context) -> Result<Lighthouse, Problem> {
    let (node, version) = node().await?;
    let (pinned, package) = choose(version)?;
    let name = format!("lighthouse-{}", package.version);
    let folder = context.path(FOLDER).join(&name);
    if !is_complete(&folder, pinned) {
        let what = format!(
            "installing Lighthouse {} for Node.js {}, since there is none",
            package.version,
            shown(version)
        );
        context.progress.line(&what);
        let installed = install(&folder, pinned);
        context
            .progress
            .during(&what, installed)
            .await
            .map_err(|reason| {
                Problem::new(format!("install Lighthouse {}: {reason}", package.version)).fix(
                    "install it in a step before (`npm install --save-dev lighthouse`), or set STAGEGATE_LIGHTHOUSE to the program",
                )
            })?;
    }
    Ok(Lighthouse {
        program: node,
        script: Some(folder.join("node_modules/lighthouse/cli/index.js")),
    })
}

fn is_complete(folder: &Path, pinned: &Pinned) -> bool {
    std::fs::read_to_string(folder.join(STAMP)).is_ok_and(|lock| lock == pinned.lock)
}

async fn install(folder: &Path, pinned: &Pinned) -> Result<(), String> {
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(|error| format!("write {}: {error}", path.display()))
    };
    std::fs::create_dir_all(folder)
        .map_err(|error| format!("create {}: {error}", folder.display()))?;
    write("package.json", pinned.manifest)?;
    write("package-lock.json", pinned.lock)?;
    let npm = which::which("npm").map_err(|_| "npm is not installed".to_owned())?;
    let mut command = Command::new(npm);
    command
        .current_dir(folder)
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    ended(command, DEADLINE).await?;
    write(STAMP, pinned.lock)
}

/// What a program said last, once it has ended well.
async fn ended(command: Command, deadline: Duration) -> Result<String, String> {
    let mut process = Process::start(command).map_err(|error| error.to_string())?;
    let status = tokio::time::timeout(deadline, process.wait())
        .await
        .map_err(|_| format!("not done within {} s", deadline.as_secs()))?
        .map_err(|error| error.to_string())?;
    if status.success() {
        Ok(process.last_words(1))
    } else {
        // npm says the reason first, and then all its options.
        let words = process.last_words(usize::MAX);
        let reason: String = words.chars().take(600).collect();
        Err(format!("{status}: {reason}"))
    }
}
