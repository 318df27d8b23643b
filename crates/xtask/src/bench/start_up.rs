//! How long it takes to start at all: `stagegate --version` against `node -e 0`, the floor of every
//! action written in JavaScript.

use std::path::Path;
use std::process::Command;

use super::measure::interleaved;
use super::report::{Row, Side, median};
use crate::Error;

const NAME: &str = "start-up";
const CASE: &str = "--version / node -e 0";

pub(super) fn run(root: &Path) -> Result<Vec<Row>, Error> {
    let ours = build(root)?;
    let Ok(node) = which::which("node") else {
        return Ok(vec![Row::missing(NAME, CASE, "node is not installed")]);
    };
    let (us, them) = interleaved(
        || command(&ours, &["--version"]),
        || command(&node, &["-e", "0"]),
    )?;
    let side = |name: &str, program: &Path, samples: &[_]| -> Result<Side, Error> {
        let median =
            median(samples).ok_or_else(|| Error::Unknown("nothing was measured".to_owned()))?;
        Ok(Side {
            name: name.to_owned(),
            version: version(program),
            median,
        })
    };
    Ok(vec![Row::measured(
        NAME,
        CASE,
        side("stagegate", &ours, &us)?,
        side("node", &node, &them)?,
    )])
}

fn command(program: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments);
    command
}

/// What a program says its version is.
pub(super) fn version(program: &Path) -> String {
    let output = Command::new(program).arg("--version").output();
    let text = output
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .unwrap_or_default();
    let mut words = text.split_whitespace();
    words
        .find_map(|word| {
            let number = word.strip_prefix('v').unwrap_or(word);
            number
                .starts_with(|c: char| c.is_ascii_digit())
                .then(|| number.to_owned())
        })
        .unwrap_or_default()
}

/// The binary as it is shipped.
pub(super) fn build(root: &Path) -> Result<std::path::PathBuf, Error> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .current_dir(root)
        .args([
            "build",
            "--quiet",
            "--profile",
            "dist",
            "--package",
            "stagegate",
        ])
        .status();
    match status {
        Ok(status) if status.success() => {
            let target = std::env::var_os("CARGO_TARGET_DIR")
                .map_or_else(|| root.join("target"), Into::into);
            Ok(target
                .join("dist")
                .join(format!("stagegate{}", std::env::consts::EXE_SUFFIX)))
        }
        Ok(status) => Err(Error::Program {
            program: "cargo build".to_owned(),
            message: status.to_string(),
        }),
        Err(error) => Err(Error::Program {
            program: "cargo".to_owned(),
            message: error.to_string(),
        }),
    }
}
