//! Finds the files a glob names, for gates that read other tools' reports.
//!
//! Links are not followed, since a report may come from a stranger's artifact. A link, or a folder that
//! cannot be searched, is an error where it may hide what the glob names: a report that vanishes must not
//! look like one without findings. `.git` and `node_modules` are passed over unless the glob names them.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use globset::{Glob, GlobBuilder, GlobMatcher};

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
    /// Something the glob names, or that may hold what it names, cannot be looked into.
    #[error("{path} {reason}, so what `{glob}` names may be missing")]
    Hidden {
        /// The glob.
        glob: String,
        /// As people know it.
        path: String,
        /// Why, as the rest of a sentence about the path.
        reason: String,
    },
}

impl Context {
    /// The files that a path or glob names, sorted; none when there are none. `*` and `?` stay within a
    /// folder, `**` does not.
    ///
    /// # Errors
    /// When the text is no glob, names too many files, or may name files behind a link, in a folder that
    /// cannot be read or lies too deep.
    pub fn find_files(&self, glob: &str) -> Result<Vec<PathBuf>, FindError> {
        let glob = glob.strip_prefix("./").unwrap_or(glob);
        let hidden = |(path, reason): Hidden| FindError::Hidden {
            glob: glob.to_owned(),
            path: self.display(&path),
            reason,
        };
        let named = self.path(glob);
        if let Ok(metadata) = fs::symlink_metadata(&named) {
            self.refuse_links(&named).map_err(hidden)?;
            if metadata.is_file() {
                return Ok(vec![named]);
            }
        }
        let pattern = Pattern::new(glob)?;
        let base = self.path(pattern.base);
        self.refuse_links(&base).map_err(hidden)?;
        let written = PathBuf::from(pattern.base);
        let mut search = Search {
            pattern,
            base,
            files: Vec::new(),
        };
        search
            .visit(&search.base.clone(), &written, 0)
            .map_err(hidden)?;
        let mut files = search.files;
        if files.len() > MAX_FILES {
            return Err(FindError::TooMany {
                glob: glob.to_owned(),
            });
        }
        files.sort();
        Ok(files)
    }

    /// Refuses a link on the way from a folder of ours to a path. Links further up, such as `/tmp` on
    /// macOS, are the machine's own.
    fn refuse_links(&self, path: &Path) -> Result<(), Hidden> {
        let runner = &self.runner;
        let ours = [Some(&self.working_directory), runner.workspace.as_ref()];
        let Some((root, below)) = ours
            .into_iter()
            .chain([runner.temp.as_ref()])
            .flatten()
            .find_map(|root| Some((root, path.strip_prefix(root).ok()?)))
        else {
            return Ok(());
        };
        let mut reached = root.clone();
        for part in below.components() {
            reached.push(part);
            if reached.is_symlink() {
                return Err((reached, LINK.to_owned()));
            }
        }
        Ok(())
    }
}

/// A path and why what it holds is not known.
type Hidden = (PathBuf, String);

const LINK: &str = "is a symbolic link";

/// A glob, and which folders may hold what it names.
struct Pattern<'a> {
    whole: GlobMatcher,
    /// The folders in front of the first wildcard.
    base: &'a str,
    /// One per folder below the base, and the file's; ends where a segment may stand for several.
    segments: Vec<(&'a str, GlobMatcher)>,
    /// Whether there is a `**`, after those segments.
    deep: bool,
    /// Whether the glob names files by their name alone, wherever they are below the base.
    by_name: bool,
}

impl<'a> Pattern<'a> {
    fn new(glob: &'a str) -> Result<Self, FindError> {
        let whole = GlobBuilder::new(glob)
            .literal_separator(true)
            .build()
            .map_err(|error| FindError::Glob {
                glob: glob.to_owned(),
                reason: error.kind().to_string(),
            })?
            .compile_matcher();
        let fixed = glob.find(['*', '?', '[', '{']).unwrap_or(glob.len());
        let (base, rest) = match glob[..fixed].rfind('/') {
            Some(0) => ("/", &glob[1..]),
            Some(slash) => (&glob[..slash], &glob[slash + 1..]),
            None => ("", glob),
        };
        let parts = rest.split('/');
        let count = parts.clone().count();
        // A part that is no glob of its own is half of a `{a/b,c}`.
        let segments: Vec<_> = parts
            .map_while(|part| {
                let glob = Glob::new(part).ok().filter(|_| !part.contains("**"))?;
                Some((part, glob.compile_matcher()))
            })
            .collect();
        Ok(Self {
            whole,
            base,
            deep: segments.len() < count,
            by_name: rest
                .strip_prefix("**/")
                .is_some_and(|name| !name.contains('/')),
            segments,
        })
    }

    /// Whether a folder so many folders below the base may hold what the glob names, when the folder it
    /// is in may.
    fn may_be_below(&self, name: &OsStr, depth: usize) -> bool {
        match self.segments.get(depth) {
            Some((part, _)) if *name == **part => self.goes_on(depth),
            _ if is_passed_over(name) => false,
            Some((_, matcher)) => self.goes_on(depth) && matcher.is_match(name),
            None => self.deep,
        }
    }

    const fn goes_on(&self, depth: usize) -> bool {
        self.deep || depth + 1 < self.segments.len()
    }
}

struct Search<'a> {
    pattern: Pattern<'a>,
    base: PathBuf,
    files: Vec<PathBuf>,
}

impl Search<'_> {
    /// `written` is the folder as the glob would write it, which is what is matched.
    fn visit(&mut self, folder: &Path, written: &Path, depth: usize) -> Result<(), Hidden> {
        let unreadable = |error: io::Error| (folder.to_owned(), format!("cannot be read: {error}"));
        let mut entries = match fs::read_dir(folder) {
            // What is not there holds no report; the gate asks for what it needs.
            Err(error) if is_absent(&error) => return Ok(()),
            entries => entries
                .and_then(Iterator::collect::<io::Result<Vec<_>>>)
                .map_err(unreadable)?,
        };
        // So that of several troubles always the same is named.
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let (path, name) = (entry.path(), entry.file_name());
            let kind = entry.file_type().map_err(unreadable)?;
            let written = written.join(&name);
            let wanted = self.pattern.whole.is_match(&written);
            let may_hold = self.pattern.may_be_below(&name, depth);
            if kind.is_dir() && may_hold {
                if depth == MAX_DEPTH {
                    return Err((path, "lies too deep".to_owned()));
                }
                self.visit(&path, &written, depth + 1)?;
            } else if kind.is_symlink() && (wanted || may_hold && self.leads_away(&path)) {
                return Err((path, LINK.to_owned()));
            } else if kind.is_file() && wanted {
                self.files.push(path);
            }
            if self.files.len() > MAX_FILES {
                break;
            }
        }
        Ok(())
    }

    /// Whether a link leads to a folder that is not searched under its own name.
    fn leads_away(&self, link: &Path) -> bool {
        if !link.is_dir() {
            return false;
        }
        let searched = || {
            let base = self.base.canonicalize().ok()?;
            let target = link.canonicalize().ok()?;
            let below = target.strip_prefix(base).ok()?;
            Some(!below.iter().any(is_passed_over))
        };
        !(self.pattern.by_name && searched() == Some(true))
    }
}

fn is_passed_over(name: &OsStr) -> bool {
    name == ".git" || name == "node_modules"
}

fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

#[cfg(test)]
mod tests;
