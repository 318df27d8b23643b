//! How large files are: raw and gzip 9, each file compressed once, the largest first.
//!
//! gzip is zlib-rs at level 9: on the chunks of real builds within 0.5 % of Node's zlib, which size-limit uses (measured
//! +0.3 %), and never byte-equal to it.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Write};
use std::iter::Sum;
use std::path::{Path, PathBuf};

use flate2::Compression as Level;
use flate2::write::GzEncoder;
use rayon::prelude::*;

use crate::policy::Compression;

/// The sizes of a file, or of several together, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sizes {
    /// As it lies on disk.
    pub raw: u64,
    /// Compressed on its own by gzip 9.
    pub gzip: u64,
}

impl Sizes {
    /// The size in one compression.
    pub(crate) const fn of(self, compression: Compression) -> u64 {
        match compression {
            Compression::Gzip => self.gzip,
            Compression::Raw => self.raw,
        }
    }
}

impl Sum for Sizes {
    fn sum<I: Iterator<Item = Self>>(sizes: I) -> Self {
        sizes.fold(Self::default(), |a, b| Self {
            raw: a.raw + b.raw,
            gzip: a.gzip + b.gzip,
        })
    }
}

/// A file that cannot be measured.
#[derive(Debug, thiserror::Error)]
#[error("measure {}: {reason}", .path.display())]
pub(crate) struct Unreadable {
    /// The file.
    pub path: PathBuf,
    /// The system's words.
    pub reason: io::Error,
}

/// Measures files on all cores. Files are streamed, so that memory does not grow with them, and the largest start
/// first, so that no core ends on a large one alone.
pub(crate) fn measure(files: Vec<PathBuf>) -> Result<HashMap<PathBuf, Sizes>, Unreadable> {
    let mut sized = files
        .into_iter()
        .map(|path| match std::fs::metadata(&path) {
            Ok(metadata) => Ok((metadata.len(), path)),
            Err(reason) => Err(Unreadable { path, reason }),
        })
        .collect::<Result<Vec<_>, _>>()?;
    sized.sort_by_key(|(bytes, _)| Reverse(*bytes));
    sized
        .into_par_iter()
        .with_max_len(1)
        .map(|(_, path)| match file(&path) {
            Ok(sizes) => Ok((path, sizes)),
            Err(reason) => Err(Unreadable { path, reason }),
        })
        .collect()
}

fn file(path: &Path) -> io::Result<Sizes> {
    let mut file = File::open(path)?;
    let mut encoder = GzEncoder::new(Count(0), Level::best());
    let mut buffer = vec![0; 64 * 1024];
    let mut raw = 0;
    loop {
        let read = file.read(&mut buffer)?;
        let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else {
            break;
        };
        raw += bytes.len() as u64;
        encoder.write_all(bytes)?;
    }
    let Count(gzip) = encoder.finish()?;
    Ok(Sizes { raw, gzip })
}

/// Counts what is written to it.
struct Count(u64);

impl Write for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Sizes, measure};

    #[test]
    fn sizes_are_those_of_gzip_9() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.js");
        std::fs::write(&path, "a".repeat(1000)).unwrap();
        let empty = folder.path().join("empty.js");
        std::fs::write(&empty, "").unwrap();
        let sizes = measure(vec![path.clone(), empty.clone()]).unwrap();
        // `printf 'a%.0s' {1..1000} | gzip -9n | wc -c` and `printf '' | gzip -9n | wc -c`
        assert_eq!(
            sizes[&path],
            Sizes {
                raw: 1000,
                gzip: 29
            }
        );
        assert_eq!(sizes[&empty], Sizes { raw: 0, gzip: 20 });
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = measure(vec!["nowhere/a.js".into()]).unwrap_err();
        assert!(error.to_string().contains("nowhere/a.js"), "{error}");
    }
}
