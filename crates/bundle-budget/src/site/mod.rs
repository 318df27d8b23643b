//! A build as this gate sees it, whoever made it: routes, the JavaScript each loads first and later, and who names which
//! file. Every framework is one reader that fills this in.

mod chunk;
mod detect;
mod esm;
mod folder;
mod html;
mod html_site;
mod pages;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::path::PathBuf;

pub(crate) use chunk::Chunk;
pub use detect::FrameworkName;
pub(crate) use detect::open;
use esm::Modules;
pub(crate) use folder::Folder;
pub(crate) use html::Page;
pub(crate) use html_site::{named, site_chunk};
pub(crate) use pages::{PageFile, pages, route_of};

/// Where a route's list of first chunks comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// `diagnostics/route-bundle-stats.json`, written by Turbopack since Next.js 16.2.
    Stats,
    /// The manifests the bundler left.
    Manifest,
    /// The tags of a prerendered page, and what its scripts import.
    Html,
}

impl Source {
    /// The word people read.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Stats => "stats",
            Self::Manifest => "manifest",
            Self::Html => "html",
        }
    }
}

/// What a browser keeps between two routes: routes of one router load into one page, and going from one router to the
/// other loads a new page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Router {
    /// Next.js's app router, and every other framework with one router.
    App,
    /// Next.js's pages router.
    Pages,
    /// Every page stands alone.
    Documents,
}

/// A route and what a browser loads for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    /// As the framework writes it, such as `/artists/[slug]`.
    pub name: String,
    /// Who else's chunks the same visit may load.
    pub router: Router,
    /// Where `first` comes from.
    pub source: Source,
    /// The JavaScript of a first visit.
    pub first: BTreeSet<Chunk>,
    /// The JavaScript that dynamic imports of this page load later, where the build says so.
    pub later: BTreeSet<Chunk>,
    /// A prerendered page of the route with its scripts, when there is one.
    pub page: Option<PageScripts>,
}

/// What a prerendered page loads first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PageScripts {
    /// The HTML file.
    pub file: PathBuf,
    /// Its scripts, without polyfills for old browsers and without the low-priority manifests.
    pub scripts: BTreeSet<Chunk>,
}

/// A chunk somebody names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Reference {
    /// What is named.
    pub chunk: Chunk,
    /// The file that names it, as people know it.
    pub named_by: String,
    /// The hashes one of which the content must have, as `integrity` in HTML writes them.
    pub integrity: Option<String>,
}

/// A build that was read.
#[derive(Debug)]
pub(crate) struct Build {
    /// What the names of chunks are relative to.
    pub folder: Folder,
    /// The folder below it whose files browsers may load, empty for all of it.
    pub served: &'static str,
    /// Who made it, in words: `Next.js 16.4.5 (Turbopack)`.
    pub made_by: String,
    /// In the order of their names.
    pub routes: Vec<Route>,
    /// Every chunk that a manifest or a prerendered page names.
    pub references: BTreeSet<Reference>,
    /// The prerendered pages.
    pub pages: Vec<PageFile>,
    /// The module analysis of the build, one per route, where there is one.
    pub analysis: Vec<(String, PathBuf)>,
    /// How images are served.
    pub images: ImageService,
}

/// How a build serves images.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum ImageService {
    /// Files are served as they are.
    #[default]
    AsTheyAre,
    /// An optimiser converts them at request time into these formats, such as `image/webp`.
    Optimised {
        /// As `images-manifest.json` lists them.
        formats: Vec<String>,
        /// The widest image it serves, in pixels.
        widest: Option<u64>,
    },
}

/// Why a build cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// There is none.
    #[error("{} does not exist", .0.display())]
    Missing(PathBuf),
    /// No framework left anything here.
    #[error("no build in {}: {looked}", .folder.display())]
    Unknown {
        /// The app.
        folder: PathBuf,
        /// What was looked for.
        looked: String,
    },
    /// A file every finished build has is not there.
    #[error("{} does not exist: the build was cut short", .0.display())]
    Unfinished(PathBuf),
    /// A file is not what the bundler writes.
    #[error("{} is not what the build writes: {reason}", .path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A build we cannot read correctly.
    #[error("not supported: {0}")]
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
    /// Whether there is no build at all, as opposed to a broken one.
    pub(crate) const fn is_absent(&self) -> bool {
        matches!(self, Self::Missing(_) | Self::Unknown { .. })
    }

    /// What to do about it.
    pub(crate) const fn fix(&self) -> &'static str {
        match self {
            Self::Missing(_) | Self::Unknown { .. } => {
                "build before this gate, or set `app` to the folder that holds the build"
            }
            Self::Unfinished(_) | Self::Malformed { .. } => {
                "remove the build's folder and build again"
            }
            Self::Unsupported(_) => "set limits under `files`, which need no routes",
            Self::Unreadable { .. } => "make the file readable for the user that runs this gate",
        }
    }
}
