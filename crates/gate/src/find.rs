//! Finds the files a glob names, for gates that read other tools' reports.
//!
//! Links are not followed, since a report may come from a stranger's artifact; `.git` and `node_modules`
//! are passed over unless the glob names them.

use std::fs;
use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};

use crate::Context;

/// The most files one glob may name.
const MAX_FILES: usize = 1000;

/// How deep folders are searched below the glob's fixed part.
const MAX_DEPTH: usize = 24;

/// Why files cannot be found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FindError {
    /// The text is no glob.
    #[error("`{glob}` is no glob: {reason}")]
    Glob {
        /// The text.
        glob: String,
        /// Why.
        reason: String,
    },
    /// More files than one gate reads.
    #[error("`{glob}` names more than {MAX_FILES} files")]
    TooMany {
        /// The glob.
        glob: String,
    },
}

impl Context {
    /// The files that a path or glob names, sorted; none when there are none. `*` and `?` stay within a
    /// folder, `**` does not.
    ///
    /// # Errors
    /// When the text is no glob, or names too many files.
    pub fn find_files(&self, glob: &str) -> Result<Vec<PathBuf>, FindError> {
        let named = self.path(glob);
        if fs::symlink_metadata(&named).is_ok_and(|metadata| metadata.is_file()) {
            return Ok(vec![named]);
        }
        let glob = glob.strip_prefix("./").unwrap_or(glob);
        let matcher = GlobBuilder::new(glob)
            .literal_separator(true)
            .build()
            .map_err(|error| FindError::Glob {
                glob: glob.to_owned(),
                reason: error.kind().to_string(),
            })?
            .compile_matcher();
        let fixed = glob.find(['*', '?', '[', '{']).unwrap_or(glob.len());
        let base = glob[..fixed].rsplit_once('/').map_or("", |(base, _)| base);
        let base = if glob.starts_with('/') && base.is_empty() {
            "/"
        } else {
            base
        };
        let mut files = Vec::new();
        visit(&self.path(base), Path::new(base), &matcher, 0, &mut files);
        if files.len() > MAX_FILES {
            return Err(FindError::TooMany {
                glob: glob.to_owned(),
            });
        }
        files.sort();
        Ok(files)
    }
}

/// `written` is the folder as the glob would write it, which is what is matched.
fn visit(
    folder: &Path,
    written: &Path,
    matcher: &GlobMatcher,
    depth: usize,
    files: &mut Vec<PathBuf>,
) {
    // A folder that is not there or cannot be read holds no report; the gate asks for what it needs.
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let (Ok(kind), name) = (entry.file_type(), entry.file_name()) else {
            continue;
        };
        let written = written.join(&name);
        if kind.is_file() && matcher.is_match(&written) {
            files.push(entry.path());
        } else if kind.is_dir() && depth < MAX_DEPTH && name != ".git" && name != "node_modules" {
            visit(&entry.path(), &written, matcher, depth + 1, files);
        }
        if files.len() > MAX_FILES {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::FindError;
    use crate::{Context, Progress};

    fn context(folder: &Path) -> Context {
        Context {
            runner: runner_protocol::Runner::default(),
            subject: verdict::Subject::default(),
            working_directory: folder.to_owned(),
            started_at: jiff::Timestamp::UNIX_EPOCH,
            progress: Progress::new("test"),
        }
    }

    #[test]
    fn globs_name_files_and_nothing_behind_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for file in [
            "reports/b/2.json",
            "reports/a.json",
            "reports/a[1].json",
            "node_modules/x/reports/a.json",
            "x.xml",
        ] {
            let path = root.join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(root.join("x.xml"), root.join("reports/link.json")).unwrap();
            std::os::unix::fs::symlink(root.join("reports"), root.join("linked")).unwrap();
        }
        let context = context(root);
        let absolute = root.join("reports/*.json");
        let cases = [
            ("reports/a.json", vec!["reports/a.json"]),
            ("reports/a[1].json", vec!["reports/a[1].json"]),
            (
                "./reports/*.json",
                vec!["reports/a.json", "reports/a[1].json"],
            ),
            ("reports/**/2.json", vec!["reports/b/2.json"]),
            ("**/a.json", vec!["reports/a.json"]),
            (
                "node_modules/*/reports/*",
                vec!["node_modules/x/reports/a.json"],
            ),
            ("reports/link.json", vec![]),
            ("nowhere/*.json", vec![]),
            (
                absolute.to_str().unwrap(),
                vec!["reports/a.json", "reports/a[1].json"],
            ),
        ];
        for (glob, expected) in cases {
            let found = context.find_files(glob).unwrap();
            let found: Vec<_> = found.iter().map(|path| context.display(path)).collect();
            assert_eq!(found, expected, "{glob}");
        }
        let error = context.find_files("reports/[").unwrap_err();
        assert!(matches!(error, FindError::Glob { .. }), "{error}");
    }
}
