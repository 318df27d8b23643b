//! Builds of source deployments, played from a script: the sandbox runs nobody's code, but a client that sends source must
//! still see a build that takes its time, speaks, and succeeds or fails.

use std::path::{Path, PathBuf};

use super::{Vercel, deployment::File, handle::SeedError};

/// What the next builds of source deployments do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Build {
    /// The lines of the log, spread over the polls that show BUILDING.
    pub log: Vec<String>,
    /// How it ends.
    pub outcome: Outcome,
}

/// How a scripted build ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// With this `.vercel/output` folder, whatever the source was.
    Output(PathBuf),
    /// In ERROR, with this message.
    Fails(String),
}

/// A build as the state keeps it.
#[derive(Debug, Clone)]
pub(super) struct Script {
    pub(super) log: Vec<String>,
    /// The files it produces, or why it fails.
    pub(super) files: Result<Vec<File>, String>,
}

impl Vercel {
    /// Sets what builds of source deployments do from now on; `None` makes them fail, as they do at first.
    ///
    /// # Errors
    /// When the output folder cannot be read.
    pub fn script_build(&self, build: Option<Build>) -> Result<(), SeedError> {
        let script = match build {
            None => None,
            Some(Build { log, outcome }) => Some(Script {
                log,
                files: match outcome {
                    Outcome::Fails(reason) => Err(reason),
                    Outcome::Output(folder) => Ok(self.store_output(&folder)?),
                },
            }),
        };
        self.inner.state().build = script;
        Ok(())
    }

    /// Stores a `.vercel/output` folder; gives its files as a deployment lists them.
    pub(super) fn store_output(&self, output: &Path) -> Result<Vec<File>, SeedError> {
        let mut files = Vec::new();
        for (path, name) in walk(output)? {
            let bytes = std::fs::read(&path).map_err(|source| SeedError::Read {
                path: path.clone(),
                source,
            })?;
            let stored = self.inner.blobs.store_bytes(&bytes);
            let (sha, size) = stored.map_err(|error| SeedError::Output {
                path: path.clone(),
                reason: format!("{error:?}"),
            })?;
            files.push(File {
                path: format!(".vercel/output/{name}"),
                sha,
                size,
                mode: 0o100_644,
            });
        }
        Ok(files)
    }
}

/// Every file below a folder, with its name relative to it, sorted. Links are followed.
fn walk(folder: &Path) -> Result<Vec<(PathBuf, String)>, SeedError> {
    let mut files = Vec::new();
    let mut folders = vec![(folder.to_owned(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        let read = |source| SeedError::Read {
            path: folder.clone(),
            source,
        };
        for entry in std::fs::read_dir(&folder).map_err(read)? {
            let entry = entry.map_err(read)?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let path = entry.path();
            if path.is_dir() {
                folders.push((path, format!("{name}/")));
            } else {
                files.push((path, name));
            }
        }
    }
    files.sort();
    Ok(files)
}
