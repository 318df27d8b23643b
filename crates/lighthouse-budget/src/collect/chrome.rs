//! A Chrome of our own for one run: fresh profile, a debugging port it chooses itself.

use std::path::Path;
use std::time::Duration;

use gate::Problem;
use tempfile::TempDir;
use tokio::process::Command;

use super::process::Process;

/// What keeps Chrome from doing other things than showing the page. The list of chrome-launcher, shortened to what a
/// headless run needs.
const FLAGS: [&str; 15] = [
    "--remote-debugging-port=0",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-breakpad",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-renderer-backgrounding",
    "--disable-sync",
    "--mute-audio",
    "--password-store=basic",
    "--use-mock-keychain",
];

/// How often we look whether it is up.
const LOOK: Duration = Duration::from_millis(50);

/// A running Chrome.
#[derive(Debug)]
pub(super) struct Chrome {
    /// Its debugging port on loopback.
    pub port: u16,
    /// The path of the browser's own debugging socket.
    pub socket: String,
    process: Process,
    _profile: TempDir,
}

impl Chrome {
    /// Starts it and waits until its port is open; the caller sets the deadline.
    pub(super) async fn start(program: &Path, flags: &[String]) -> Result<Self, Problem> {
        let profile = tempfile::Builder::new()
            .prefix("stagegate-chrome-")
            .tempdir()
            .map_err(|error| Problem::new(format!("create a profile for Chrome: {error}")))?;
        let mut command = Command::new(program);
        command
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", profile.path().display()));
        if !flags.iter().any(|flag| flag.starts_with("--headless")) {
            command.arg("--headless=new");
        }
        if owned_by_root(profile.path()) {
            // Chrome does not start as root otherwise.
            command.arg("--no-sandbox");
        }
        command.args(flags).arg("about:blank");
        let failed = |what: String| {
            Problem::new(what).fix("try the program by hand; in containers it often needs `chrome-flags: [--no-sandbox, --disable-dev-shm-usage]`")
        };
        let mut process = Process::start(command)
            .map_err(|error| failed(format!("start {}: {error}", program.display())))?;
        let announced = profile.path().join("DevToolsActivePort");
        loop {
            if let Some((port, socket)) = std::fs::read_to_string(&announced)
                .ok()
                .as_deref()
                .and_then(address)
            {
                return Ok(Self {
                    port,
                    socket,
                    process,
                    _profile: profile,
                });
            }
            if process.has_ended() {
                // Reads what it said to the end.
                let _ = process.wait().await;
                return Err(failed(format!(
                    "Chrome ended at once: {}",
                    process.last_words(3)
                )));
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Ends it with all its processes.
    pub(super) async fn stop(&mut self) {
        self.process.stop().await;
    }
}

/// `DevToolsActivePort`: the port, and the path of the browser's socket. The file may be half written.
fn address(text: &str) -> Option<(u16, String)> {
    let (port, socket) = text.split_once('\n')?;
    let socket = socket.trim();
    (!socket.is_empty()).then_some((port.trim().parse().ok()?, socket.to_owned()))
}

/// A folder we just made belongs to whoever we are.
#[cfg(unix)]
fn owned_by_root(folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    folder.metadata().is_ok_and(|metadata| metadata.uid() == 0)
}

#[cfg(not(unix))]
const fn owned_by_root(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn a_half_written_announcement_is_not_taken() {
        assert_eq!(
            address("9222\n/devtools/browser/a\n"),
            Some((9222, "/devtools/browser/a".to_owned()))
        );
        for half in ["", "92", "9222", "9222\n", "x\n/devtools"] {
            assert_eq!(address(half), None, "{half:?}");
        }
    }
}
