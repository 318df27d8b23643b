//! Every surface of a verdict with 100,000 findings, rendered one after the other: annotations, summary, comment,
//! check run, SARIF, JUnit, HTML and terminal. Nobody else renders all of these, so there is no peer; the promise
//! is half a second of CPU and 100 MB for all of it.

use std::path::Path;
use std::process::Command;

use super::measure::alone;
use super::report::{Row, Side, median};
use crate::Error;

const NAME: &str = "surfaces";
const CASE: &str = "100,000 findings on 8 surfaces";

pub(super) fn run(root: &Path) -> Result<Vec<Row>, Error> {
    let program = build(root)?;
    let samples = alone(|| Command::new(&program))?;
    let median =
        median(&samples).ok_or_else(|| Error::Unknown("nothing was measured".to_owned()))?;
    let ours = Side {
        name: "report-render".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        median,
    };
    Ok(vec![Row {
        ours: Some(ours),
        ..Row::missing(NAME, CASE, "nobody else renders all of these")
    }])
}

/// The example that renders, optimised.
fn build(root: &Path) -> Result<std::path::PathBuf, Error> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .current_dir(root)
        .args([
            "build",
            "--quiet",
            "--release",
            "--package",
            "report-render",
        ])
        .args(["--example", "surfaces"])
        .status()
        .map_err(|error| Error::Program {
            program: "cargo".to_owned(),
            message: error.to_string(),
        })?;
    if !status.success() {
        return Err(Error::Program {
            program: "cargo build".to_owned(),
            message: status.to_string(),
        });
    }
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into);
    let name = format!("surfaces{}", std::env::consts::EXE_SUFFIX);
    Ok(target.join("release/examples").join(name))
}
