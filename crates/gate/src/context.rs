//! What the frame tells a gate about where it runs.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use runner_protocol::Runner;
use verdict::{Evidence, EvidenceState, Source, Subject};

use crate::Progress;

/// Where a gate runs and what it judges.
#[derive(Clone, Debug)]
pub struct Context {
    /// The runner, or a laptop.
    pub runner: Runner,
    /// What is judged: from the event and the inputs `sha` and `digest`.
    pub subject: Subject,
    /// The folder relative paths start from; absolute.
    pub working_directory: PathBuf,
    /// Whether an HTML page was asked for, so that a gate can say where it will be found.
    pub html: bool,
    /// When the gate started.
    pub started_at: Timestamp,
    /// Says what is going on.
    pub progress: Progress,
}

/// Why a file could not be read as evidence.
#[derive(Debug, thiserror::Error)]
pub enum ReadFileError {
    /// It is not there.
    #[error("{path} does not exist")]
    Missing {
        /// The file, as people know it.
        path: String,
    },
    /// It is there and cannot be read.
    #[error("read {path}: {reason}")]
    Unreadable {
        /// The file, as people know it.
        path: String,
        /// Why.
        reason: String,
    },
}

impl Context {
    /// A path as the user meant it: relative to the working directory.
    pub fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.working_directory.join(path)
    }

    /// A path as people know it: relative to the repository where it lies inside, with `/`.
    pub fn display(&self, path: &Path) -> String {
        let bases = [
            self.runner.workspace.as_deref(),
            Some(&self.working_directory),
        ];
        let relative = bases
            .into_iter()
            .flatten()
            .find_map(|base| path.strip_prefix(base).ok());
        let text = relative
            .unwrap_or(path)
            .to_string_lossy()
            .replace('\\', "/");
        if text.is_empty() {
            ".".to_owned()
        } else {
            text
        }
    }

    /// A variable of the environment; empty counts as not set. For secrets use [`Context::secret`].
    pub fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok().filter(|value| !value.is_empty())
    }

    /// A secret from the environment, masked in the runner's log from here on.
    pub fn secret(&self, name: &str) -> Option<String> {
        let value = self.variable(name)?;
        self.mask(&value);
        Some(value)
    }

    /// Masks a text that came from elsewhere in the runner's log from here on, such as a cookie.
    pub fn mask(&self, secret: &str) {
        if self.runner.on_runner {
            // A closed standard output is no reason to stop: nothing can leak into it either.
            let _ = runner_protocol::stdout().mask(secret);
        }
    }

    /// Reads a file of at most `limit` bytes, as bytes and as evidence. The state is `clean`; the gate
    /// changes it when the content says otherwise.
    ///
    /// # Errors
    /// When the file is missing, unreadable or over the limit.
    pub fn read(&self, path: &Path, limit: u64) -> Result<(Vec<u8>, Evidence), ReadFileError> {
        let shown = self.display(path);
        let fail = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::NotFound => ReadFileError::Missing {
                path: shown.clone(),
            },
            _ => ReadFileError::Unreadable {
                path: shown.clone(),
                reason: error.to_string(),
            },
        };
        let size = std::fs::metadata(path).map_err(fail)?.len();
        if size > limit {
            return Err(ReadFileError::Unreadable {
                path: shown,
                reason: format!("{size} bytes, over the limit of {limit}"),
            });
        }
        let bytes = std::fs::read(path).map_err(fail)?;
        let evidence = Evidence::read(Source::Path(shown), &bytes, EvidenceState::Clean);
        Ok((bytes, evidence))
    }
}
