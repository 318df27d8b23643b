//! Running a program to its end, with a line while it takes long and its last words when it fails.

use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use crate::error::Error;
use crate::progress::Progress;

/// Runs a program quietly; says `what` once it takes over two seconds.
pub(crate) async fn run(
    command: &mut Command,
    what: &str,
    progress: &Progress,
) -> Result<String, Error> {
    let program = command
        .as_std()
        .get_program()
        .to_string_lossy()
        .into_owned();
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| Error::Program {
            program: program.clone(),
            status: error.to_string(),
            tail: String::new(),
        })?;
    let mut work = std::pin::pin!(child.wait_with_output());
    let mut wait = Duration::from_secs(2);
    let output = loop {
        match tokio::time::timeout(wait, work.as_mut()).await {
            Ok(output) => break output,
            Err(_elapsed) => {
                progress.line(&format!("{what} …"));
                wait = Duration::from_secs(20);
            }
        }
    };
    let output = output.map_err(|error| Error::Program {
        program: program.clone(),
        status: error.to_string(),
        tail: String::new(),
    })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    let lines: Vec<&str> = text.lines().collect();
    Err(Error::Program {
        program,
        status: output.status.to_string(),
        tail: lines[lines.len().saturating_sub(25)..].join("\n"),
    })
}
