//! An opened build output: the list of its files and the digest over it.

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use sha2::{Digest as _, Sha256};
use verdict::Digest;

use crate::{
    config,
    entry::{Entry, Kind},
    error::Error,
    hash,
    walk::{self, Found, FoundKind},
};

/// A complete build output, read and hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildOutput {
    root: PathBuf,
    entries: Vec<Entry>,
}

impl BuildOutput {
    /// Reads and hashes a folder in the format of the Build Output API, version 3, on all cores.
    ///
    /// # Errors
    /// When it is missing, unfinished, of another version, empty, unreadable in part, or refers to files outside itself.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, Error> {
        let root = folder.as_ref();
        config::check(root)?;
        let found = walk::walk(root)?;
        if !found
            .iter()
            .any(|entry| entry.path.starts_with("static/") || entry.path.starts_with("functions/"))
        {
            return Err(Error::Empty(root.into()));
        }
        let entries: Vec<Entry> = found
            .into_par_iter()
            .map(|found| entry(root, found))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            root: root.into(),
            entries,
        })
    }

    /// The folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// All files and links in the byte order of their paths.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Where an entry's content lies.
    #[must_use]
    pub fn location(&self, entry: &Entry) -> PathBuf {
        self.root.join(&entry.path)
    }

    /// The length of all contents together, in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.entries.iter().map(|entry| entry.bytes).sum()
    }

    /// One line `<mode> <sha256> <bytes> <path>` per entry, each ended by a line feed: what the digest is made of, to
    /// compare two builds with `diff`.
    #[must_use]
    pub fn manifest(&self) -> String {
        self.entries
            .iter()
            .map(|entry| format!("{entry}\n"))
            .collect()
    }

    /// The digest of the whole: the SHA-256 of [`Self::manifest`].
    #[must_use]
    pub fn digest(&self) -> Digest {
        let mut hasher = Sha256::new();
        for entry in &self.entries {
            hasher.update(format!("{entry}\n"));
        }
        Digest::from_sha256(hasher.finalize().into())
    }
}

fn entry(root: &Path, found: Found) -> Result<Entry, Error> {
    let (content, kind) = match found.kind {
        FoundKind::Link { target } => (hash::text(&target), Kind::Link(target)),
        FoundKind::File { executable } => {
            if found.path.ends_with(".func/.vc-config.json") {
                config::check_function(root, &found.path)?;
            }
            let kind = if executable {
                Kind::Executable
            } else {
                Kind::Regular
            };
            (hash::file(&root.join(&found.path))?, kind)
        }
    };
    Ok(Entry {
        path: found.path,
        kind,
        bytes: content.bytes,
        sha256: content.sha256,
        sha1: content.sha1,
    })
}
