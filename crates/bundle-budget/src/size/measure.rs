//! Which contents to compress, and how often: once.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::content::Content;
use super::count::compressed;
use super::{ContentId, Sizes, contents};
use crate::policy::Compression;

/// A file that cannot be measured.
#[derive(Debug, thiserror::Error)]
#[error("measure {}: {reason}", .path.display())]
pub(crate) struct Unreadable {
    /// The file.
    pub path: PathBuf,
    /// The system's words.
    pub reason: io::Error,
}

/// What to measure, and what is known already.
#[derive(Debug, Default)]
pub(crate) struct Wanted<'a> {
    /// In any order; `Raw` is always known.
    pub compressions: BTreeSet<Compression>,
    /// Sizes by content from an earlier run, by the same compressors.
    pub known: Option<&'a HashMap<ContentId, KnownSizes>>,
}

/// Sizes from an earlier run; `None` where that run did not measure them.
pub(crate) type KnownSizes = [Option<u64>; Compression::ALL.len()];

/// Measured files.
#[derive(Debug, Default)]
pub(crate) struct Measured {
    /// By path as given.
    pub ids: HashMap<PathBuf, ContentId>,
    /// By content.
    pub sizes: HashMap<ContentId, Sizes>,
}

impl Measured {
    /// The size of a file; nothing for one that was not measured.
    pub(crate) fn of(&self, path: &Path) -> Sizes {
        self.id(path)
            .and_then(|id| self.sizes.get(&id).copied())
            .unwrap_or_default()
    }

    /// The content of a file.
    pub(crate) fn id(&self, path: &Path) -> Option<ContentId> {
        self.ids.get(path).copied()
    }
}

/// Measures files on all cores. The largest start first, so that no core ends on a large one alone.
pub(crate) fn measure(files: Vec<PathBuf>, wanted: &Wanted<'_>) -> Result<Measured, Unreadable> {
    let found = contents(&files)?;
    let mut distinct: HashMap<ContentId, (&Path, Content)> = HashMap::with_capacity(found.len());
    for (path, content) in files.iter().zip(&found) {
        distinct.entry(content.id).or_insert((path, *content));
    }
    let mut jobs = Vec::new();
    let mut sizes: HashMap<ContentId, Sizes> = HashMap::with_capacity(distinct.len());
    for (path, content) in distinct.values() {
        let known = wanted.known.and_then(|known| known.get(&content.id));
        let mut own = Sizes::default().with(Compression::Raw, content.length);
        for compression in &wanted.compressions {
            match known.and_then(|known| known.get(*compression as usize).copied().flatten()) {
                _ if *compression == Compression::Raw => {}
                Some(bytes) => own = own.with(*compression, bytes),
                None => jobs.push((
                    cost(content.length, *compression),
                    *compression,
                    *path,
                    *content,
                )),
            }
        }
        sizes.insert(content.id, own);
    }
    jobs.sort_by_key(|(cost, compression, path, _)| (Reverse(*cost), *compression, *path));
    let results = jobs
        .into_par_iter()
        .with_max_len(1)
        .map(|(_, compression, path, content)| {
            compressed(path, content.length, compression)
                .map(|bytes| (content.id, compression, bytes))
                .map_err(|reason| Unreadable {
                    path: path.to_path_buf(),
                    reason,
                })
        })
        .collect::<Result<Vec<_>, _>>()?;
    for (id, compression, bytes) in results {
        sizes
            .entry(id)
            .and_modify(|sizes| *sizes = sizes.with(compression, bytes));
    }
    let ids = found.iter().map(|content| content.id);
    Ok(Measured {
        ids: files.iter().cloned().zip(ids).collect(),
        sizes,
    })
}

/// About how long a compression takes, to start with the longest: brotli 11 is a hundred times dearer than gzip.
const fn cost(length: u64, compression: Compression) -> u64 {
    length.saturating_mul(match compression {
        Compression::Raw | Compression::Zstd => 1,
        Compression::Gzip => 2,
        Compression::Brotli => 3,
        Compression::Brotli11 => 150,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashMap};

    use super::{KnownSizes, Wanted, measure};
    use crate::policy::Compression;

    #[test]
    fn the_same_content_is_measured_once_and_a_known_one_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        for (name, text) in [("a.js", "let a=1"), ("b.js", "let a=1"), ("c.js", "let c")] {
            std::fs::write(path(name), text).unwrap();
        }
        let files = vec![path("a.js"), path("b.js"), path("c.js")];
        let compressions = BTreeSet::from([Compression::Gzip]);
        let fresh = measure(
            files.clone(),
            &Wanted {
                compressions: compressions.clone(),
                known: None,
            },
        )
        .unwrap();
        assert_eq!(fresh.sizes.len(), 2);
        assert_eq!(fresh.of(&path("a.js")), fresh.of(&path("b.js")));
        // A size nobody could measure shows that the known one is taken.
        let mut sizes: KnownSizes = [None; 5];
        sizes[Compression::Gzip as usize] = Some(4_242);
        let known = HashMap::from([(fresh.id(&path("a.js")).unwrap(), sizes)]);
        let warm = measure(
            files,
            &Wanted {
                compressions,
                known: Some(&known),
            },
        )
        .unwrap();
        assert_eq!(warm.of(&path("b.js")).of(Compression::Gzip), 4_242);
        assert_eq!(warm.of(&path("b.js")).raw(), 7);
        assert_eq!(warm.of(&path("c.js")), fresh.of(&path("c.js")));
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = measure(vec!["nowhere/a.js".into()], &Wanted::default()).unwrap_err();
        assert!(error.to_string().contains("nowhere/a.js"), "{error}");
    }
}
