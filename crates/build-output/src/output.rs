//! What a deployment is made of: the list of its files and the digest over it.

use std::path::Path;

use rayon::prelude::*;
use sha2::{Digest as _, Sha256};
use verdict::Digest;

use crate::{
    config,
    entry::{Entry, Kind},
    error::Error,
    functions, hash,
    layout::{Content, Layout},
    source,
    walk::{self, Found, FoundKind},
};

/// The config.json of a plain folder: every file is served under its own path.
const PLAIN_CONFIG: &[u8] = b"{\"version\":3}";

/// Everything a deployment is made of, read and hashed: a build output, a plain folder of web pages, or sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildOutput {
    layout: Layout,
    entries: Vec<Entry>,
}

impl BuildOutput {
    /// Reads and hashes a folder in the format of the Build Output API, version 3, on all cores. Files of the repository
    /// that its functions map belong to it.
    ///
    /// # Errors
    /// When it is missing, unfinished, of another version, empty, unreadable in part, or refers to files outside.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, Error> {
        let root = folder.as_ref();
        config::check(root)?;
        let mut found = walk::walk(root, None)?;
        if !found
            .iter()
            .any(|entry| entry.path.starts_with("static/") || entry.path.starts_with("functions/"))
        {
            return Err(Error::Empty(root.into()));
        }
        let (repository, mapped) = functions::mapped(root, &found)?;
        found.extend(mapped.into_iter().map(|path| Found {
            path: format!("/{path}"),
            kind: FoundKind::File,
        }));
        let layout = Layout::Output {
            root: root.into(),
            repository,
        };
        Self::hashed(layout, found)
    }

    /// Reads and hashes a plain folder as the build output it stands for: its files under `static/`, beside a config.json
    /// that is `config`, or says nothing but the version. The digest is that of the written-out build output.
    ///
    /// # Errors
    /// When it is missing, empty, unreadable in part, or links outside; when `config` is no config.json of version 3.
    pub fn open_static(
        folder: impl AsRef<Path>,
        config: Option<(&Path, Vec<u8>)>,
    ) -> Result<Self, Error> {
        let root = folder.as_ref();
        folder_there(root)?;
        let config = match config {
            Some((path, bytes)) => {
                config::check_given(path, &bytes)?;
                bytes
            }
            None => PLAIN_CONFIG.to_vec(),
        };
        let mut found = walk::walk(root, None)?;
        if found.is_empty() {
            return Err(Error::Empty(root.into()));
        }
        for entry in &mut found {
            entry.path.insert_str(0, "static/");
        }
        found.push(Found {
            path: "config.json".to_owned(),
            kind: FoundKind::File,
        });
        let layout = Layout::Static {
            root: root.into(),
            config,
        };
        Self::hashed(layout, found)
    }

    /// Reads and hashes sources, without what Vercel's own list and the project's `.vercelignore` leave out.
    ///
    /// # Errors
    /// When it is missing, empty, unreadable in part, or links outside; when a rule cannot be read.
    pub fn open_source(folder: impl AsRef<Path>) -> Result<Self, Error> {
        let root = folder.as_ref();
        folder_there(root)?;
        let mut found = walk::walk(root, Some(source::rules(root)?))?;
        if found.is_empty() {
            return Err(Error::Empty(root.into()));
        }
        for entry in &mut found {
            entry.path.insert(0, '/');
        }
        Self::hashed(Layout::Source { root: root.into() }, found)
    }

    fn hashed(layout: Layout, mut found: Vec<Found>) -> Result<Self, Error> {
        found.sort_unstable_by(|one, two| one.path.cmp(&two.path));
        let entries: Vec<Entry> = found
            .into_par_iter()
            .map(|found| entry(&layout, found))
            .collect::<Result<_, _>>()?;
        Ok(Self { layout, entries })
    }

    /// Whether Vercel has to build it: it is sources.
    #[must_use]
    pub fn is_source(&self) -> bool {
        matches!(self.layout, Layout::Source { .. })
    }

    /// All files and links in the byte order of their paths.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Where an entry's content is read from.
    #[must_use]
    pub fn content(&self, entry: &Entry) -> Content {
        self.layout.content(entry)
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

fn folder_there(root: &Path) -> Result<(), Error> {
    match std::fs::metadata(root) {
        Ok(data) if data.is_dir() => Ok(()),
        Ok(_) => Err(Error::NotAFolder(root.into())),
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {
            Err(Error::Missing(root.into()))
        }
        Err(cause) => Err(Error::unreadable(root, &cause)),
    }
}

fn entry(layout: &Layout, found: Found) -> Result<Entry, Error> {
    let mut entry = Entry {
        path: found.path,
        kind: match found.kind {
            FoundKind::File => Kind::Regular,
            FoundKind::Link { target } => Kind::Link(target),
        },
        bytes: 0,
        sha256: [0; 32],
        sha1: [0; 20],
    };
    let content = match layout.content(&entry) {
        Content::File(path) => hash::file(&path)?,
        Content::Bytes(bytes) => hash::bytes(&bytes),
    };
    if content.executable {
        entry.kind = Kind::Executable;
    }
    (entry.bytes, entry.sha256, entry.sha1) = (content.bytes, content.sha256, content.sha1);
    Ok(entry)
}
