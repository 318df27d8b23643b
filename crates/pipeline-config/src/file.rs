//! Finding the file.

use std::path::{Path, PathBuf};

use crate::ConfigError;

/// Where the file may lie, relative to a folder, in this order.
pub const FILE_NAMES: [&str; 2] = ["stagegate.yml", ".github/stagegate.yml"];

/// A config file that was read.
#[derive(Clone, Debug)]
pub struct ConfigFile {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl ConfigFile {
    /// A config from text; `path` is what errors and annotations name.
    pub fn from_text(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            text: text.into(),
        }
    }

    /// Reads the named file, or the nearest one from `start` up to the repository's root (the folder
    /// with `.git`). Without a repository only `start` itself is searched.
    ///
    /// # Errors
    /// When the named file cannot be read, or a folder holds the file twice.
    pub fn find(named: Option<&Path>, start: &Path) -> Result<Option<Self>, ConfigError> {
        let root = repository_root(start);
        let stop = root.as_deref().unwrap_or(start);
        if let Some(named) = named {
            return Self::read(&start.join(named), stop).map(Some);
        }
        for folder in start.ancestors() {
            let found: Vec<PathBuf> = FILE_NAMES
                .iter()
                .map(|name| folder.join(name))
                .filter(|path| path.is_file())
                .collect();
            match found.as_slice() {
                [] if folder == stop => break,
                [] => {}
                [path] => return Self::read(path, stop).map(Some),
                [first, second, ..] => {
                    return Err(ConfigError::Ambiguous {
                        first: first.clone(),
                        second: second.clone(),
                    });
                }
            }
        }
        Ok(None)
    }

    /// The file, relative to the repository's root where it lies inside it.
    pub fn path(&self) -> &str {
        &self.path
    }

    fn read(path: &Path, root: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read {
            path: path.to_owned(),
            source,
        })?;
        let shown = path.strip_prefix(root).unwrap_or(path);
        Ok(Self::from_text(
            shown.to_string_lossy().replace('\\', "/"),
            text,
        ))
    }
}

/// The nearest folder with a `.git`, from `start` upwards.
fn repository_root(start: &Path) -> Option<PathBuf> {
    let mut folders = start.ancestors();
    folders
        .find(|folder| folder.join(".git").exists())
        .map(Path::to_owned)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::ConfigFile;
    use crate::ConfigError;

    fn repository(files: &[&str]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        for folder in [".git", ".github", "apps/web"] {
            fs::create_dir_all(directory.path().join(folder)).unwrap();
        }
        for file in files {
            fs::write(directory.path().join(file), "smoke: {}\n").unwrap();
        }
        directory
    }

    #[test]
    fn the_nearest_file_wins_and_paths_are_repository_relative() {
        let cases: [(&[&str], Option<&str>); 4] = [
            (&[], None),
            (&["stagegate.yml"], Some("stagegate.yml")),
            (&[".github/stagegate.yml"], Some(".github/stagegate.yml")),
            (
                &["stagegate.yml", "apps/web/stagegate.yml"],
                Some("apps/web/stagegate.yml"),
            ),
        ];
        for (files, expected) in cases {
            let repository = repository(files);
            let found = ConfigFile::find(None, &repository.path().join("apps/web")).unwrap();
            assert_eq!(found.as_ref().map(ConfigFile::path), expected, "{files:?}");
        }
    }

    #[test]
    fn two_files_in_one_folder_are_refused() {
        let repository = repository(&["stagegate.yml", ".github/stagegate.yml"]);
        let error = ConfigFile::find(None, repository.path()).unwrap_err();
        assert!(matches!(error, ConfigError::Ambiguous { .. }), "{error}");
    }

    #[test]
    fn a_named_file_must_exist() {
        let repository = repository(&["stagegate.yml"]);
        let error = ConfigFile::find(Some("nope.yml".as_ref()), repository.path()).unwrap_err();
        assert!(error.to_string().contains("nope.yml"), "{error}");
    }

    #[test]
    fn the_search_stops_at_the_repository() {
        let outer = tempfile::tempdir().unwrap();
        fs::write(outer.path().join("stagegate.yml"), "").unwrap();
        let inner = outer.path().join("repository");
        fs::create_dir_all(inner.join(".git")).unwrap();
        assert!(ConfigFile::find(None, &inner).unwrap().is_none());
    }
}
