//! A child process whose whole tree ends with it, and whose last words are kept.

use std::process::Stdio;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

/// So much of what a program says last is kept, in bytes.
const TAIL: usize = 4096;

/// A running program. Dropping it ends its process group.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    group: Option<u32>,
    said: Arc<Mutex<Vec<u8>>>,
    readers: Vec<JoinHandle<()>>,
}

impl Process {
    /// Starts a program in a group of its own, without our secrets.
    pub(super) fn start(mut command: Command) -> std::io::Result<Self> {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        for name in gate::WITHHELD {
            command.env_remove(name);
        }
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn()?;
        let said = Arc::default();
        let mut readers = Vec::new();
        readers.extend(child.stdout.take().map(|pipe| listen(pipe, &said)));
        readers.extend(child.stderr.take().map(|pipe| listen(pipe, &said)));
        Ok(Self {
            group: child.id(),
            child,
            said,
            readers,
        })
    }

    /// Whether it has ended.
    pub(super) fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Waits for its end.
    pub(super) async fn wait(&mut self) -> std::io::Result<std::process::ExitStatus> {
        let status = self.child.wait().await;
        // What it left behind may hold the pipes open; its last words are there already.
        self.end_group();
        for reader in self.readers.drain(..) {
            let _ = reader.await;
        }
        status
    }

    /// Ends the group and waits until the program is gone.
    pub(super) async fn stop(&mut self) {
        self.end_group();
        // It may have ended on its own.
        let _ = self.child.kill().await;
    }

    /// The last lines it said.
    pub(super) fn last_words(&self, lines: usize) -> String {
        let said = self
            .said
            .lock()
            .map(|said| said.clone())
            .unwrap_or_default();
        let text = String::from_utf8_lossy(&said).into_owned();
        let kept: Vec<&str> = text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .collect();
        kept.get(kept.len().saturating_sub(lines)..)
            .unwrap_or_default()
            .join(" | ")
    }

    fn end_group(&mut self) {
        #[cfg(unix)]
        if let Some(id) = self.group.take().and_then(|id| i32::try_from(id).ok()) {
            use nix::sys::signal::{Signal, killpg};
            // Fails when nobody of the group is left, which is the aim.
            let _ = killpg(nix::unistd::Pid::from_raw(id), Signal::SIGKILL);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end_group();
    }
}

fn listen(
    mut pipe: impl AsyncRead + Unpin + Send + 'static,
    said: &Arc<Mutex<Vec<u8>>>,
) -> JoinHandle<()> {
    let said = Arc::clone(said);
    tokio::spawn(async move {
        let mut buffer = [0; 1024];
        while let Ok(read) = pipe.read(&mut buffer).await {
            let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else {
                break;
            };
            if let Ok(mut said) = said.lock() {
                said.extend_from_slice(bytes);
                let over = said.len().saturating_sub(TAIL);
                said.drain(..over);
            }
        }
    })
}
