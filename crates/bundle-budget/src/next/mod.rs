//! Reads what `next build` left in `.next`: the routes and the chunks each loads first.
//!
//! Next.js 16 prints no sizes any more, so they are put together here from its own files, and the source of every
//! route's list is kept beside it. Verified on real builds: for Turbopack the lists equal the `<script>` tags of
//! prerendered pages.

mod chunk;
mod client_reference;
mod folder;
mod html;
mod manifests;
mod routes;

use std::collections::BTreeSet;
use std::path::PathBuf;

pub(crate) use chunk::Chunk;
pub(crate) use folder::Folder;
pub(crate) use html::Page;

/// Where a route's list of first chunks comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// `diagnostics/route-bundle-stats.json`, written by Turbopack since Next.js 16.2.
    Stats,
    /// `build-manifest.json` and the page's client-reference manifest.
    Manifest,
}

impl Source {
    /// The word people read.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Stats => "route-bundle-stats.json",
            Self::Manifest => "build and client-reference manifests",
        }
    }
}

/// A route and what a browser loads for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    /// As Next.js writes it, such as `/artists/[slug]`.
    pub name: String,
    /// Where `first` comes from.
    pub source: Source,
    /// The JavaScript of a first visit.
    pub first: BTreeSet<Chunk>,
    /// The JavaScript that `next/dynamic` and `import()` of this page load later, where Next.js lists it.
    pub later: BTreeSet<Chunk>,
    /// A prerendered page of the route with its scripts, when there is one.
    pub page: Option<PageScripts>,
}

/// What a prerendered page loads first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PageScripts {
    /// The HTML file, relative to `.next`.
    pub file: String,
    /// Its scripts, without polyfills for old browsers and without the low-priority manifests.
    pub scripts: BTreeSet<Chunk>,
}

/// A chunk somebody names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Reference {
    /// What is named.
    pub chunk: Chunk,
    /// The file that names it, relative to `.next`.
    pub named_by: String,
}

/// A build that was read.
#[derive(Debug)]
pub(crate) struct Build {
    /// `.next`.
    pub folder: Folder,
    /// The version of Next.js, where the build says it.
    pub version: Option<String>,
    /// In the order of their names.
    pub routes: Vec<Route>,
    /// Every chunk that a manifest or a prerendered page names.
    pub references: BTreeSet<Reference>,
}

impl Build {
    /// Reads the build of an app.
    pub(crate) fn open(app: &std::path::Path) -> Result<Self, Error> {
        routes::read(Folder::open(app)?)
    }
}

/// Why a build cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// There is none.
    #[error("{} does not exist", .0.display())]
    Missing(PathBuf),
    /// A file every finished build has is not there.
    #[error("{} does not exist: the build was cut short", .0.display())]
    Unfinished(PathBuf),
    /// A file is not what Next.js writes.
    #[error("{} is not what next build writes: {reason}", .path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A build we cannot read correctly.
    #[error("not supported yet: {0}")]
    Unsupported(String),
    /// The system refuses.
    #[error("read {}: {reason}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's words.
        reason: std::io::Error,
    },
}

impl Error {
    /// What to do about it.
    pub(crate) const fn fix(&self) -> &'static str {
        match self {
            Self::Missing(_) => {
                "run `next build` before this gate, or set `app` to the folder that holds .next"
            }
            Self::Unfinished(_) | Self::Malformed { .. } => {
                "remove .next and run `next build` again"
            }
            Self::Unsupported(_) => {
                "build with Next.js 16 and Turbopack (its default), or set limits under `files` in an app without .next"
            }
            Self::Unreadable { .. } => "make the file readable for the user that runs this gate",
        }
    }
}
