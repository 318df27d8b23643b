//! Other people's programs that ours are compared with, installed from lockfiles.
//!
//! A peer is a folder with `package.json` and `package-lock.json`. It is installed into `.peers/<name>`
//! once per lockfile, without running its install scripts.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Error;

/// Where the lockfiles are: of peers, and of apps that are built by the tools of others.
const LOCKS: [&str; 2] = ["tests/peers", "tests/fixtures/sources/builds"];

/// Where peers are installed; never committed.
pub const FOLDER: &str = ".peers";

/// Holds the lockfile of what is installed.
const STAMP: &str = "installed.json";

/// A peer that is no npm package: on the path, or where `cargo install NAME --root .peers/NAME` puts it.
#[must_use]
pub fn program(root: &Path, name: &str) -> Option<PathBuf> {
    which::which(name)
        .or_else(|_| which::which(root.join(FOLDER).join(name).join("bin").join(name)))
        .ok()
}

/// Installs a peer, unless it is there as locked, and returns its folder.
///
/// # Errors
/// When npm is missing, the lockfile is, or the installation fails.
pub fn install(root: &Path, name: &str) -> Result<PathBuf, Error> {
    let places = LOCKS.map(|folder| root.join(folder).join(name));
    let [first, _] = &places;
    let source = places
        .iter()
        .find(|folder| folder.is_dir())
        .unwrap_or(first);
    let target = root.join(FOLDER).join(name);
    let lock_path = source.join("package-lock.json");
    let lock = fs::read(&lock_path).map_err(Error::read(&lock_path))?;
    let stamp = target.join(STAMP);
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(target);
    }
    fs::create_dir_all(&target).map_err(Error::write(&target))?;
    for file in ["package.json", "package-lock.json"] {
        let to = target.join(file);
        fs::copy(source.join(file), &to).map_err(Error::write(&to))?;
    }
    let npm = which::which("npm").map_err(|_| Error::Program {
        program: "npm".to_owned(),
        message: "not found; install Node.js 20.19 or newer with npm".to_owned(),
    })?;
    let status = Command::new(npm)
        .current_dir(&target)
        .args([
            "ci",
            "--silent",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
        ])
        .status();
    match status {
        Ok(status) if status.success() => {
            fs::write(&stamp, lock).map_err(Error::write(&stamp))?;
            Ok(target)
        }
        Ok(status) => Err(Error::Program {
            program: format!("npm ci of {}", source.display()),
            message: status.to_string(),
        }),
        Err(error) => Err(Error::Program {
            program: "npm".to_owned(),
            message: error.to_string(),
        }),
    }
}
