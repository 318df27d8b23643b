//! Live progress: one line per thing that happened, with the seconds since the start.

use std::io::Write as _;
use std::time::Instant;

/// Says what happens, on standard error.
#[derive(Clone, Debug)]
pub(crate) struct Progress {
    start: Instant,
}

impl Progress {
    pub(crate) fn start() -> Self {
        Self {
            start: Instant::now(),
        }
    }

    pub(crate) fn seconds(&self) -> f64 {
        self.start.elapsed().as_secs_f64()
    }

    /// A line under the current heading.
    pub(crate) fn line(&self, text: &str) {
        self.say(&format!("{:>6.1} s  {text}", self.seconds()));
    }

    /// A heading.
    pub(crate) fn heading(&self, text: &str) {
        self.say(&format!("\n── {text}"));
    }

    /// Plain text, such as the final table.
    pub(crate) fn say(&self, text: &str) {
        // Nobody may be listening; the exit code tells the result all the same.
        let _ = writeln!(std::io::stderr(), "{text}");
    }
}
