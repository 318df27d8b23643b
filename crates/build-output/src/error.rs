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
    #[error("{} is a plain static folder; name it by the input `static-dir`, which needs no config.json", .0.display())]
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
    #[error("{} holds neither static files nor functions: there is nothing to deploy", .0.display())]
    Empty(PathBuf),
    /// A link leads out of the folder, so that the target's bytes would not be deployed.
    #[error("{path} links to {target}, outside the folder; copy the file into it", target = .target.display())]
    Escapes {
        /// The link, relative to the folder.
        path: String,
        /// What it says.
        target: PathBuf,
    },
    /// A link leads nowhere.
    #[error("{path} links to {target}, which leads nowhere: remove it, or build again", target = .target.display())]
    Dangling {
        /// The link, relative to the folder.
        path: String,
        /// What it says.
        target: PathBuf,
    },
    /// A function names a file that must not be sent.
    #[error(
        "{path} maps {file:?} (filePathMap), which is outside the repository; nothing from there may be deployed"
    )]
    MapsOutside {
        /// The .vc-config.json, relative to the folder.
        path: String,
        /// The file it maps.
        file: String,
    },
    /// A file that a function needs did not come along with the build.
    #[error(
        "{path} maps {file} (filePathMap), which is not there; keep it beside .vercel/output in the artifact, or build with the files inside the function"
    )]
    MappedMissing {
        /// The .vc-config.json, relative to the folder.
        path: String,
        /// The file it maps, relative to the repository.
        file: String,
    },
    /// A function without its config, which a build writes last.
    #[error("{0} has no .vc-config.json: the build did not finish")]
    NoFunctionConfig(String),
    /// Two files with the project's own rules.
    #[error(".vercelignore and .nowignore are both there; delete .nowignore")]
    TwoIgnoreFiles,
    /// A rule that cannot be read.
    #[error("cannot read the rule {line:?} of .vercelignore: {cause}")]
    Rule {
        /// The rule.
        line: String,
        /// What is wrong with it.
        cause: String,
    },
    /// A file is not what was hashed a moment ago.
    #[error("{0} changed while it was read; deploy when nothing writes to the folder")]
    Changed(String),
    /// The archive could not be written.
    #[error("cannot pack the archive: {0}")]
    Archive(String),
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
    #[error("cannot read {}: {cause}; all of a build is deployed, so let this user read it", .path.display())]
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
