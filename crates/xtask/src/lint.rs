//! Workflow linting with zizmor from PyPI, offline.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Error;
use crate::sync::WORKFLOWS;

/// The version the findings are known for; a newer one may find more.
const ZIZMOR: &str = "1.32.0";

/// Lints our actions and workflows; a finding of medium severity or worse fails.
///
/// # Errors
/// When zizmor cannot be installed, finds something, or reads nothing.
pub fn workflows(root: &Path) -> Result<(), Error> {
    let zizmor = install(root)?;
    let mut files: Vec<PathBuf> = Vec::new();
    for name in WORKFLOWS {
        files.push(format!("workflows/{name}.yml").into());
    }
    files.push(".github/workflows".into());
    files.push("action.yml".into());
    files.push("actions".into());
    let status = Command::new(&zizmor)
        .current_dir(root)
        .args([
            "--offline",
            "--no-progress",
            "--config",
            ".github/zizmor.yml",
            "--min-severity",
            "low",
        ])
        .args(&files)
        .status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Error::Program {
            program: "zizmor".to_owned(),
            message: format!("{status}: see its findings above"),
        }),
        Err(error) => Err(Error::Program {
            program: zizmor.display().to_string(),
            message: error.to_string(),
        }),
    }
}

/// A virtual environment under `target/`, made once per version.
fn install(root: &Path) -> Result<PathBuf, Error> {
    let folder = root.join("target/tools").join(format!("zizmor-{ZIZMOR}"));
    let (bin, suffix) = if cfg!(windows) {
        ("Scripts", ".exe")
    } else {
        ("bin", "")
    };
    let zizmor = folder.join(bin).join(format!("zizmor{suffix}"));
    if zizmor.is_file() {
        return Ok(zizmor);
    }
    let python = which::which("python3")
        .or_else(|_| which::which("python"))
        .map_err(|_| Error::Program {
            program: "python3".to_owned(),
            message: "not found; install Python 3 with its venv module".to_owned(),
        })?;
    run(Command::new(python).args(["-m", "venv"]).arg(&folder))?;
    let pip = folder.join(bin).join(format!("python{suffix}"));
    run(Command::new(pip)
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ])
        .arg(format!("zizmor=={ZIZMOR}")))?;
    Ok(zizmor)
}

fn run(command: &mut Command) -> Result<(), Error> {
    let program = command.get_program().to_string_lossy().into_owned();
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Error::Program {
            program,
            message: status.to_string(),
        }),
        Err(error) => Err(Error::Program {
            program,
            message: error.to_string(),
        }),
    }
}
