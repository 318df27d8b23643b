//! Derived files: computed first, then either written or compared.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::Error;

/// Files by path relative to the repository, with the text they should hold.
pub type Derived = BTreeMap<PathBuf, String>;

/// Writes what differs, or with `check` names it.
///
/// # Errors
/// [`Error::Drift`] with `check` when a file differs; else when a file cannot be written.
pub fn settle(
    root: &Path,
    derived: &Derived,
    chore: &'static str,
    check: bool,
) -> Result<(), Error> {
    let stale: Vec<_> = derived
        .iter()
        .filter(|(path, text)| fs::read_to_string(root.join(path)).ok().as_ref() != Some(text))
        .collect();
    if check {
        let files: Vec<PathBuf> = stale.into_iter().map(|(path, _)| path.clone()).collect();
        return if files.is_empty() {
            Ok(())
        } else {
            Err(Error::Drift { chore, files })
        };
    }
    for (path, text) in stale {
        let path = root.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(Error::write(folder))?;
        }
        fs::write(&path, text).map_err(Error::write(&path))?;
    }
    Ok(())
}

/// Reads a text file of the repository.
///
/// # Errors
/// When it cannot be read.
pub fn read(root: &Path, path: &Path) -> Result<String, Error> {
    let path = root.join(path);
    fs::read_to_string(&path).map_err(Error::read(&path))
}

/// The repository's root: two folders above this crate.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}
