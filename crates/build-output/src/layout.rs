//! Where the files of a deployment lie on this machine, and under which names they are sent.

use std::path::PathBuf;

use crate::bounded::read_at_most;
use crate::entry::{Entry, Kind};

/// The folder that Vercel expects a build in, below the app's root.
const OUTPUT: &str = ".vercel/output/";

/// What kind of folder was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Layout {
    /// A build output; functions may map files of the repository.
    Output {
        root: PathBuf,
        repository: Option<PathBuf>,
    },
    /// A plain folder of web pages, and the config.json that stands for it.
    Static { root: PathBuf, config: Vec<u8> },
    /// Sources, to be built by Vercel.
    Source { root: PathBuf },
}

/// Where a content is read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A file, not yet read.
    File(PathBuf),
    /// The content itself: a link's text, or a config.json that is in no file.
    Bytes(Vec<u8>),
}

impl Content {
    /// The whole content as text, at most `limit` bytes of it.
    ///
    /// # Errors
    /// When it cannot be read, is larger, or is no UTF-8.
    pub fn text(&self, limit: u64) -> std::io::Result<String> {
        let bytes = match self {
            Self::File(path) => read_at_most(path, limit)?,
            Self::Bytes(bytes) => bytes.clone(),
        };
        String::from_utf8(bytes)
            .map_err(|error| std::io::Error::new(std::io::ErrorKind::InvalidData, error))
    }
}

impl Layout {
    pub(crate) fn content(&self, entry: &Entry) -> Content {
        if let Kind::Link(text) = &entry.kind {
            return Content::Bytes(text.clone().into_bytes());
        }
        let path = entry.path.as_str();
        let file = match (self, path.strip_prefix('/')) {
            (Self::Output { root, repository }, Some(rest)) => {
                repository.as_ref().unwrap_or(root).join(rest)
            }
            (Self::Output { root, .. }, None) => root.join(path),
            (Self::Static { root, config }, _) => match path.strip_prefix("static/") {
                Some(rest) => root.join(rest),
                None => return Content::Bytes(config.clone()),
            },
            (Self::Source { root }, rest) => root.join(rest.unwrap_or(path)),
        };
        Content::File(file)
    }
}

impl Entry {
    /// The name under which Vercel gets it. `root_directory` is the app's folder in a monorepo, relative to the
    /// repository, where its build output belongs; sources and mapped files are named from the repository anyway.
    #[must_use]
    pub fn deployed_path(&self, root_directory: Option<&str>) -> String {
        match (self.path.strip_prefix('/'), root_directory) {
            (Some(rest), _) => rest.to_owned(),
            (None, Some(app)) => format!("{app}/{OUTPUT}{}", self.path),
            (None, None) => format!("{OUTPUT}{}", self.path),
        }
    }
}
