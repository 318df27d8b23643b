//! Runs one checker as a child process: in a process group of its own, with a deadline and a limit on
//! what it may print, and without the runner's tokens.

use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};

/// The most a checker may write to one of its outputs, in bytes. ESLint's JSON carries the source: 25,000
/// findings are 10 MB.
const MAX_OUTPUT: usize = 256 * 1024 * 1024;

/// What to start.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub program: PathBuf,
    pub arguments: Vec<String>,
    pub directory: PathBuf,
    pub timeout: Duration,
}

/// How a checker ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Exited(i32),
    /// By a signal from outside.
    Killed,
    TimedOut,
    /// It wrote more than [`MAX_OUTPUT`].
    Flooded,
    /// The gate itself was told to stop.
    Interrupted,
}

/// What a checker left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Capture {
    pub end: End,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
}

/// Runs a checker to its end, which is at most its deadline; then nothing of its group is left running.
pub(crate) async fn run(order: &Order) -> io::Result<Capture> {
    run_capped(order, MAX_OUTPUT).await
}

async fn run_capped(order: &Order, cap: usize) -> io::Result<Capture> {
    let mut command = Command::new(&order.program);
    command
        .args(&order.arguments)
        .current_dir(&order.directory)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .env("NO_COLOR", "1")
        .env_remove("FORCE_COLOR")
        .kill_on_drop(true);
    for name in gate::WITHHELD {
        command.env_remove(name);
    }
    #[cfg(unix)]
    command.process_group(0);
    let mut child = command.spawn()?;
    let id = child.id();
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let end = {
        let work = async {
            // Stops at the first that fails: the other may stay open for as long as the checker likes.
            let read = tokio::try_join!(read(out, &mut stdout, cap), read(err, &mut stderr, cap));
            match read {
                Ok(_) => {
                    let status = child.wait().await?;
                    Ok(status.code().map_or(End::Killed, End::Exited))
                }
                Err(error) if error.kind() == io::ErrorKind::FileTooLarge => Ok(End::Flooded),
                Err(error) => Err(error),
            }
        };
        tokio::select! {
            end = work => end?,
            () = tokio::time::sleep(order.timeout) => End::TimedOut,
            () = interrupted() => End::Interrupted,
        }
    };
    if !matches!(end, End::Exited(_) | End::Killed) {
        kill_group(&mut child, id).await;
    }
    Ok(Capture {
        end,
        stdout,
        stderr,
    })
}

/// Reads to the end; fails with `FileTooLarge` once the cap is passed.
async fn read(
    stream: Option<impl AsyncRead + Unpin>,
    into: &mut Vec<u8>,
    cap: usize,
) -> io::Result<()> {
    if let Some(stream) = stream {
        stream.take(cap as u64 + 1).read_to_end(into).await?;
    }
    if into.len() > cap {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(())
}

/// Kills the checker and all it started.
async fn kill_group(child: &mut Child, id: Option<u32>) {
    // Both fail only when there is nothing left to kill.
    #[cfg(unix)]
    if let Some(id) = id.and_then(|id| i32::try_from(id).ok()) {
        use nix::sys::signal::{Signal, killpg};
        let _ = killpg(nix::unistd::Pid::from_raw(id), Signal::SIGKILL);
    }
    #[cfg(not(unix))]
    let _ = id;
    let _ = child.kill().await;
}

/// Waits until somebody stops the gate: the children stand in groups of their own, so no one else
/// would tell them.
async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => return,
                _ = terminate.recv() => return,
            }
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use super::{End, Order, run, run_capped};

    fn shell(script: &str, folder: &Path, timeout: Duration) -> Order {
        Order {
            program: "/bin/sh".into(),
            arguments: vec!["-c".to_owned(), script.to_owned()],
            directory: folder.to_owned(),
            timeout,
        }
    }

    const LONG: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn both_outputs_and_the_exit_code_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        // More than a pipe holds on each side: reading one after the other would hang.
        let script = "head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2; exit 3";
        let capture = run(&shell(script, folder.path(), LONG)).await.unwrap();
        assert_eq!(capture.end, End::Exited(3));
        assert_eq!(
            (capture.stdout.len(), capture.stderr.len()),
            (300_000, 300_000)
        );
    }

    #[tokio::test]
    async fn a_checker_that_does_not_end_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let order = shell("sleep 600", folder.path(), Duration::from_millis(50));
        assert_eq!(run(&order).await.unwrap().end, End::TimedOut);
    }

    #[tokio::test]
    async fn a_flood_is_cut_and_nothing_of_the_group_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("alive");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        // The pipe reads to its end only when each process that holds it is gone, the grandchild that
        // ignores its parent's end included.
        let alive = tokio::task::spawn_blocking(move || std::fs::read(pipe));
        let order = shell(
            "exec 3>alive; sleep 60 >/dev/null 2>&1 & yes",
            folder.path(),
            LONG,
        );
        let capture = run_capped(&order, 10_000).await.unwrap();
        assert_eq!(capture.end, End::Flooded);
        let gone = tokio::time::timeout(LONG, alive).await;
        assert!(gone.is_ok(), "a grandchild still runs");
    }

    #[tokio::test]
    async fn a_signal_is_no_exit() {
        let folder = tempfile::tempdir().unwrap();
        let capture = run(&shell("kill -9 $$", folder.path(), LONG))
            .await
            .unwrap();
        assert_eq!(capture.end, End::Killed);
    }
}
