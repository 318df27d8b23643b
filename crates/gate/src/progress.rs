//! Progress for people: one line when something starts that may take over two seconds, and a heartbeat
//! while it lasts. Lines, not bars: they read the same in a log and on a terminal.

use std::future::Future;
use std::io::Write as _;
use std::time::Duration;

/// Says what is going on, on standard error.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    gate: &'static str,
}

impl Progress {
    /// How long nothing is said.
    const QUIET: Duration = Duration::from_secs(2);
    /// How often it is said again.
    const HEARTBEAT: Duration = Duration::from_secs(15);

    pub(crate) const fn new(gate: &'static str) -> Self {
        Self { gate }
    }

    /// Says one line.
    pub fn line(&self, text: &str) {
        // Standard error may be closed; a gate decides all the same.
        let text = report_render::printable(text);
        let _ = writeln!(std::io::stderr(), "{}: {text}", self.gate);
    }

    /// Waits for some work; says what it is once it takes over two seconds, then every 15 seconds.
    pub async fn during<F: Future>(&self, what: &str, work: F) -> F::Output {
        let mut work = std::pin::pin!(work);
        let start = tokio::time::Instant::now();
        let mut wait = Self::QUIET;
        loop {
            match tokio::time::timeout(wait, work.as_mut()).await {
                Ok(output) => return output,
                Err(_elapsed) => {
                    self.line(&format!("{what} … {} s", start.elapsed().as_secs()));
                    wait = Self::HEARTBEAT;
                }
            }
        }
    }
}
