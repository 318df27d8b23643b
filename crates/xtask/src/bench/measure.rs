//! Running two commands in turn and reading the operating system's accounting of each.

use std::ffi::OsString;
use std::io::{Read as _, Seek as _};
use std::process::{Command, Stdio};
use std::time::Instant;

use wait4::Wait4 as _;

use super::report::Sample;
use crate::Error;

/// Counted runs per side, after one warm-up.
pub(super) const RUNS: usize = 11;

/// Runs both in turn and gives the samples of each, in order.
pub(super) fn interleaved(
    ours: impl Fn() -> Command,
    peer: impl Fn() -> Command,
) -> Result<(Vec<Sample>, Vec<Sample>), Error> {
    rounds(RUNS, || Ok(ours()), || Ok(peer()))
}

/// The same with this many counted runs, for sides that have to be prepared before each.
pub(super) fn rounds(
    runs: usize,
    ours: impl Fn() -> Result<Command, Error>,
    peer: impl Fn() -> Result<Command, Error>,
) -> Result<(Vec<Sample>, Vec<Sample>), Error> {
    let mut samples = (Vec::new(), Vec::new());
    for round in 0..=runs {
        let pair = (one(ours()?)?, one(peer()?)?);
        // The first round fills the page cache.
        if round > 0 {
            samples.0.push(pair.0);
            samples.1.push(pair.1);
        }
    }
    Ok(samples)
}

/// Runs one side alone, for what has no peer.
pub(super) fn alone(ours: impl Fn() -> Command) -> Result<Vec<Sample>, Error> {
    one(ours())?;
    (0..RUNS).map(|_| one(ours())).collect()
}

/// Runs a command once. A small process of our own starts it: until a program is loaded, its peak memory is that of
/// whoever started it, and here that may hold a whole sandbox.
fn one(command: Command) -> Result<Sample, Error> {
    let program = command.get_program().to_string_lossy().into_owned();
    let fail = |message: String| Error::Program {
        program: program.clone(),
        message,
    };
    let own = std::env::current_exe().map_err(|error| fail(error.to_string()))?;
    let mut small = Command::new(own);
    small
        .arg(SMALL)
        .arg(command.get_program())
        .args(command.get_args())
        .stdin(Stdio::null());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => small.env(name, value),
            None => small.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        small.current_dir(folder);
    }
    let output = small.output().map_err(|error| fail(error.to_string()))?;
    if !output.status.success() {
        return Err(fail(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| fail(error.to_string()))
}

/// The hidden chore that is the small process; see [`sample`].
pub const SMALL: &str = "measured";

/// Runs a program with its arguments to its end.
///
/// # Errors
/// When it cannot be run, or fails: a run that fails is not measured.
pub fn sample(command: &[OsString]) -> Result<Sample, Error> {
    let (program, arguments) = command.split_first().ok_or_else(|| Error::Program {
        program: SMALL.to_owned(),
        message: "no program is named".to_owned(),
    })?;
    let fail = |message: String| Error::Program {
        program: program.to_string_lossy().into_owned(),
        message,
    };
    // A file costs the program no more than nothing does, and says afterwards what went wrong.
    let mut words = tempfile::tempfile().map_err(|error| fail(error.to_string()))?;
    let said = words.try_clone().map_err(|error| fail(error.to_string()))?;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(said);
    let start = Instant::now();
    let child = command.spawn().map_err(|error| fail(error.to_string()))?;
    let used = child.wait4().map_err(|error| fail(error.to_string()))?;
    let wall = start.elapsed();
    if !used.status.success() {
        let mut text = String::new();
        // Without its words the status still tells.
        let _ = words
            .rewind()
            .and_then(|()| words.read_to_string(&mut text));
        return Err(fail(format!(
            "{}: a run that fails is not measured\n{text}",
            used.status
        )));
    }
    let cpu = used.rusage.utime + used.rusage.stime;
    #[expect(clippy::cast_precision_loss, reason = "megabytes with two decimals")]
    let rss_mb = used.rusage.maxrss as f64 / 1e6;
    Ok(Sample {
        cpu_s: cpu.as_secs_f64(),
        wall_s: wall.as_secs_f64(),
        rss_mb,
    })
}
