//! What a check is made for: the deployment, and the folder its files lie in.

use std::path::PathBuf;

use crate::target::Target;

/// The largest file that a check sends or tests by, in bytes.
const LARGEST: u64 = 4 << 20;

/// The surroundings of a suite.
#[derive(Clone, Debug)]
pub struct World {
    /// The deployment.
    pub target: Target,
    /// Relative paths in a suite start here.
    pub folder: PathBuf,
}

impl World {
    /// The bytes of a file that a suite names.
    ///
    /// # Errors
    /// In words, when it cannot be read or is larger than 4 MiB.
    pub fn file(&self, path: &str) -> Result<Vec<u8>, String> {
        let path = self.folder.join(path);
        let size = std::fs::metadata(&path)
            .map_err(|error| error.to_string())?
            .len();
        if size > LARGEST {
            return Err(format!("{size} bytes, over the limit of {LARGEST}"));
        }
        std::fs::read(&path).map_err(|error| error.to_string())
    }
}
