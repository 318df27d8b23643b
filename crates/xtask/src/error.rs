//! Why a chore failed.

use std::path::{Path, PathBuf};

/// Why a chore failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file could not be read or written.
    #[error("{action} {path}: {source}", path = path.display())]
    File {
        /// `read` or `write`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Derived files differ from what they derive from.
    #[error("out of date: {}; run `cargo xtask {chore}`", list(files))]
    Drift {
        /// The chore that writes them.
        chore: &'static str,
        /// The files, relative to the repository.
        files: Vec<PathBuf>,
    },
    /// A file has not the form the chore needs.
    #[error("{path}: {message}", path = path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// What is wrong and how to mend it.
        message: String,
    },
    /// A program could not be run, or failed.
    #[error("{program}: {message}")]
    Program {
        /// The program.
        program: String,
        /// What happened and what to do.
        message: String,
    },
    /// What was asked for does not exist.
    #[error("{0}")]
    Unknown(String),
}

impl Error {
    pub(crate) fn read(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File {
            action: "read",
            path,
            source,
        }
    }

    pub(crate) fn write(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File {
            action: "write",
            path,
            source,
        }
    }
}

fn list(files: &[PathBuf]) -> String {
    let names: Vec<_> = files
        .iter()
        .map(|file| file.display().to_string())
        .collect();
    names.join(", ")
}
