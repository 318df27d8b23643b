//! The folder of a build: reads its files with a size limit and remembers what was read, as evidence.

use std::cell::RefCell;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use verdict::Digest;

use super::Error;

/// A file that was read for a decision.
#[derive(Clone, Debug)]
pub(crate) struct FileRead {
    /// Where it is.
    pub path: PathBuf,
    /// Of its content.
    pub sha256: Digest,
    /// Its length in bytes.
    pub bytes: u64,
}

/// An opened build.
#[derive(Debug)]
pub(crate) struct Folder {
    root: PathBuf,
    read: RefCell<Vec<FileRead>>,
}

impl Folder {
    /// No manifest or page is larger; what is, would only fill memory.
    pub(crate) const LIMIT: u64 = 64 << 20;

    /// Opens it.
    pub(crate) fn open(root: PathBuf) -> Result<Self, Error> {
        if root.is_dir() {
            Ok(Self {
                root,
                read: RefCell::default(),
            })
        } else {
            Err(Error::Missing(root))
        }
    }

    /// Where a file of the build lies.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// What was read as evidence so far.
    pub(crate) fn evidence(&self) -> Vec<FileRead> {
        self.read.borrow().clone()
    }

    /// The folder itself.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The bytes of a file; one that is too large is no file that is read.
    pub(crate) fn bytes(&self, name: &str) -> std::io::Result<Vec<u8>> {
        build_output::read_at_most(&self.path(name), Self::LIMIT)
    }

    /// The text of a file, `None` when it is not there.
    pub(crate) fn text(&self, name: &str) -> Result<Option<String>, Error> {
        let path = self.path(name);
        match self.bytes(name) {
            Ok(bytes) => String::from_utf8(bytes)
                .map(Some)
                .map_err(|_| Error::Malformed {
                    path,
                    reason: "not UTF-8".to_owned(),
                }),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) if error.kind() == ErrorKind::FileTooLarge => Err(Error::Malformed {
                path,
                reason: error.to_string(),
            }),
            Err(reason) => Err(Error::Unreadable { path, reason }),
        }
    }

    /// The text of a file that the decision rests on, `None` when it is not there.
    pub(crate) fn evidence_text(&self, name: &str) -> Result<Option<String>, Error> {
        let text = self.text(name)?;
        if let Some(text) = &text {
            self.read.borrow_mut().push(FileRead {
                path: self.path(name),
                sha256: Digest::of(text.as_bytes()),
                bytes: text.len() as u64,
            });
        }
        Ok(text)
    }

    /// A JSON file that the decision rests on, `None` when it is not there.
    pub(crate) fn json<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, Error> {
        let Some(text) = self.evidence_text(name)? else {
            return Ok(None);
        };
        serde_json::from_str(&text)
            .map(Some)
            .map_err(|error| self.malformed(name, &error))
    }

    /// The error about the content of a file.
    pub(crate) fn malformed(&self, name: &str, reason: &impl ToString) -> Error {
        Error::Malformed {
            path: self.path(name),
            reason: reason.to_string(),
        }
    }
}
