//! Runs that later scenarios start from. A scenario about releases needs a checked build, not the checking
//! of it again: the artifacts of a green run are kept under a key that covers everything they come from.

use std::fs;
use std::path::{Path, PathBuf};

use verdict::Digest;

use crate::error::Error;
use crate::folders::{Folders, Stage, copy};

/// What a kept run depends on: the commit (app, config and workflows), and the suite.
pub(crate) fn key(commit: &str, binary: &Path) -> Result<String, Error> {
    let bytes = fs::read(binary).map_err(Error::file("read", binary))?;
    let suite = Digest::of(&bytes);
    Ok(Digest::of(format!("{commit} {suite}").as_bytes()).hex()[..16].to_owned())
}

fn place(folders: &Folders, key: &str, run_id: u64) -> PathBuf {
    folders.checkpoints().join(key).join(run_id.to_string())
}

/// Puts a kept run's artifacts on the stage; false when none is kept.
pub(crate) fn restore(
    folders: &Folders,
    stage: &Stage,
    key: &str,
    run_id: u64,
) -> Result<bool, Error> {
    let kept = place(folders, key, run_id);
    if !kept.is_dir() {
        return Ok(false);
    }
    copy(&kept, &stage.artifacts().join(run_id.to_string()), &[])?;
    Ok(true)
}

/// Keeps a run's artifacts. Written beside and renamed: a cut-off rehearsal leaves no half checkpoint.
pub(crate) fn keep(folders: &Folders, stage: &Stage, key: &str, run_id: u64) -> Result<(), Error> {
    let kept = place(folders, key, run_id);
    if kept.is_dir() {
        return Ok(());
    }
    let draft = kept.with_extension("draft");
    if draft.exists() {
        fs::remove_dir_all(&draft).map_err(Error::file("remove", &draft))?;
    }
    copy(&stage.artifacts().join(run_id.to_string()), &draft, &[])?;
    fs::rename(&draft, &kept).map_err(Error::file("write", &kept))
}
