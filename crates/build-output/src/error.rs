//! Why a folder is no build output. Each message says which file it is about and what to do.

use std::path::PathBuf;

/// A folder that cannot be deployed as it is.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such folder.
    #[error("no build output at {}: build it first (`vercel build`), or name the folder that holds config.json", .0.display())]
    Missing(PathBuf),
    /// The path is a file.
    #[error("{} is no folder; name the folder that holds config.json, usually .vercel/output", .0.display())]
    NotAFolder(PathBuf),
    /// A plain folder of web pages.
    #[error("{} is a plain static folder; move its files to .vercel/output/static and write {{\"version\":3}} to .vercel/output/config.json", .0.display())]
    PlainStatic(PathBuf),
    /// The folder has no config.json, which a build writes last.
    #[error("{} has no config.json: the build did not finish, or this is another folder", .0.display())]
    NoConfig(PathBuf),
    /// A file of the format is no JSON, or lacks what the format demands.
    #[error("{} is not what the Build Output API says ({cause}): the build was cut short, or wrote another format", .path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// config.json is of another version.
    #[error("{} is version {found} of the Build Output API; version 3 is needed: build with a current `vercel` CLI", .path.display())]
    Version {
        /// config.json.
        path: PathBuf,
        /// Its version, as JSON.
        found: String,
    },
    /// `vercel build` recorded its own failure.
    #[error("the build in {} failed ({cause}); nothing may be deployed from it", .path.display())]
    FailedBuild {
        /// The folder.
        path: PathBuf,
        /// The message in builds.json.
        cause: String,
    },
    /// Only config.json: a deployment of nothing.
    #[error("{} holds neither static files nor functions: the build wrote nothing", .0.display())]
    Empty(PathBuf),
    /// A link leads out of the folder, so that the target's bytes would not be deployed.
    #[error("{path} links to {target}, outside the build output; copy the file into the output", target = .target.display())]
    Escapes {
        /// The link, relative to the folder.
        path: String,
        /// What it says.
        target: PathBuf,
    },
    /// A link leads nowhere.
    #[error("{path} links to {target}, which leads nowhere; the build was cut short", target = .target.display())]
    Dangling {
        /// The link, relative to the folder.
        path: String,
        /// What it says.
        target: PathBuf,
    },
    /// A function takes files from outside the folder.
    #[error(
        "{path} maps files from outside the build output (filePathMap, first `{first}`), which is not supported yet; build with the files inside the function"
    )]
    MapsOutside {
        /// The .vc-config.json, relative to the folder.
        path: String,
        /// The first file it maps.
        first: String,
    },
    /// A name that cannot be deployed or written to a manifest.
    #[error("{path:?} has a name that cannot be deployed: {reason}")]
    Name {
        /// The file, relative to the folder.
        path: PathBuf,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Neither file, folder nor link.
    #[error("{0} is neither file, folder nor link; remove it from the output")]
    Special(String),
    /// A file cannot be read.
    #[error("cannot read {}: {cause}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's words.
        cause: String,
    },
}

impl Error {
    pub(crate) fn unreadable(path: impl Into<PathBuf>, cause: &impl ToString) -> Self {
        Self::Unreadable {
            path: path.into(),
            cause: cause.to_string(),
        }
    }
}
