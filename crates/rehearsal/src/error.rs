//! Why a rehearsal could not be played. What was played and went wrong is an outcome, not an error.

use std::path::{Path, PathBuf};

/// Why a rehearsal could not be played.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// A file or folder.
    #[error("{action} {path}: {source}", path = path.display())]
    File {
        action: &'static str,
        path: PathBuf,
        source: std::io::Error,
    },
    /// Something this machine lacks.
    #[error("{what} was not found: {fix}")]
    Missing { what: String, fix: String },
    /// A program that failed.
    #[error("{program} failed ({status})\n{tail}")]
    Program {
        program: String,
        status: String,
        tail: String,
    },
    /// act itself broke, which says nothing about the workflow.
    #[error("act crashed: {0}")]
    Crashed(String),
    /// The sandbox.
    #[error("sandbox: {0}")]
    Sandbox(String),
    /// A workflow file has not the form the rehearsal understands.
    #[error("{path}: {reason}", path = path.display())]
    Workflow { path: PathBuf, reason: String },
    /// Another rehearsal is running here.
    #[error("another rehearsal is running in {}; wait for it, or remove the file if it crashed", .0.display())]
    Busy(PathBuf),
}

impl Error {
    pub(crate) fn file(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File {
            action,
            path,
            source,
        }
    }
}
