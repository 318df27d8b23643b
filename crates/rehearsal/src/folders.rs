//! Where a rehearsal keeps its things: everything under `.rehearsal/` in the repository.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::Error;

/// The repository and `.rehearsal/`. One rehearsal at a time: the lock goes with this value.
#[derive(Debug)]
pub(crate) struct Folders {
    pub repository: PathBuf,
    base: PathBuf,
    _lock: fs::File,
}

/// One scenario's folder, emptied at its start.
#[derive(Clone, Debug)]
pub(crate) struct Stage {
    pub folder: PathBuf,
}

impl Folders {
    pub(crate) fn open() -> Result<Self, Error> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let repository = here.ancestors().nth(2).unwrap_or(here).to_owned();
        let base = repository.join(".rehearsal");
        fs::create_dir_all(&base).map_err(Error::file("create", &base))?;
        let path = base.join("lock");
        let lock = fs::File::create(&path).map_err(Error::file("create", &path))?;
        // The operating system drops the lock with the process, also when it crashes.
        lock.try_lock().map_err(|_| Error::Busy(path))?;
        Ok(Self {
            repository,
            base,
            _lock: lock,
        })
    }

    /// What is installed once and kept.
    pub(crate) fn tools(&self) -> PathBuf {
        self.base.join("tools")
    }

    /// What the stand-in for actions/cache keeps.
    pub(crate) fn cache(&self) -> PathBuf {
        self.base.join("cache")
    }

    /// Runs that are kept for later scenarios.
    pub(crate) fn checkpoints(&self) -> PathBuf {
        self.base.join("checkpoints")
    }

    /// An empty folder for a scenario.
    pub(crate) fn stage(&self, scenario: &str) -> Result<Stage, Error> {
        let folder = self.base.join("scenarios").join(scenario);
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(Error::file("empty", &folder))?;
        }
        let stage = Stage { folder };
        for folder in [stage.artifacts(), stage.workflows(), stage.act()] {
            fs::create_dir_all(&folder).map_err(Error::file("create", &folder))?;
        }
        Ok(stage)
    }
}

impl Stage {
    /// The consumer's repository.
    pub(crate) fn repository(&self) -> PathBuf {
        self.folder.join("repository")
    }

    /// Artifacts by run.
    pub(crate) fn artifacts(&self) -> PathBuf {
        self.folder.join("artifacts")
    }

    /// The shipped workflows as act gets them.
    pub(crate) fn workflows(&self) -> PathBuf {
        self.folder.join("workflows")
    }

    /// act's own folder.
    pub(crate) fn act(&self) -> PathBuf {
        self.folder.join("act")
    }

    /// The suite as act maps it: actions and launcher, nothing else.
    pub(crate) fn suite(&self) -> PathBuf {
        self.folder.join("suite")
    }
}

/// Copies a folder, leaving out entries by name. Files are copied, not linked: a scenario may alter its
/// own.
pub(crate) fn copy(from: &Path, to: &Path, leave_out: &[&str]) -> Result<(), Error> {
    fs::create_dir_all(to).map_err(Error::file("create", to))?;
    for entry in fs::read_dir(from).map_err(Error::file("read", from))? {
        let entry = entry.map_err(Error::file("read", from))?;
        let name = entry.file_name();
        if leave_out.iter().any(|left| name == *left) {
            continue;
        }
        let (source, target) = (entry.path(), to.join(&name));
        let kind = entry.file_type().map_err(Error::file("read", &source))?;
        if kind.is_dir() {
            copy(&source, &target, leave_out)?;
        } else {
            fs::copy(&source, &target).map_err(Error::file("copy", &source))?;
        }
    }
    Ok(())
}
