//! The files of an app and of a build.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use gate::{Context, Error};
use ignore::WalkBuilder;

use crate::site::Build;

/// What is read of a script to recognise it, in bytes.
const HEAD: u64 = 4 << 20;

/// The files below a folder, in the order of their names. Links are not followed, so none leads in a circle or out of the
/// folder; packages and git's own files are nobody's bundle.
pub(crate) fn walk(root: &Path, context: &Context) -> Result<Vec<PathBuf>, Error> {
    let skipped = |name: &std::ffi::OsStr| name == "node_modules" || name == ".git";
    let walk = WalkBuilder::new(root)
        .standard_filters(false)
        .filter_entry(move |entry| entry.depth() == 0 || !skipped(entry.file_name()))
        .build();
    let mut files = Vec::new();
    for entry in walk {
        let entry = entry.map_err(|error| {
            Error::undecided(format!("read {}: {error}", context.display(root)))
        })?;
        if entry.file_type().is_some_and(|kind| kind.is_file()) {
            files.push(entry.into_path());
        }
    }
    files.sort();
    Ok(files)
}

/// The files of a build that browsers may load; none when the folder is missing, which integrity says chunk by chunk.
pub(super) fn served(build: &Build, context: &Context) -> Result<Vec<PathBuf>, Error> {
    let root = build.folder.path(build.served);
    let root: PathBuf = root.components().collect();
    if root.is_dir() {
        walk(&root, context)
    } else {
        Ok(Vec::new())
    }
}

/// Whether browsers run it.
pub(super) fn is_script(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension == "js" || extension == "mjs")
}

/// The beginning of a file.
pub(super) fn head(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?
        .take(HEAD)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}
