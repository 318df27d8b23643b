//! What makes two files the same: the hash of their content.

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use super::Unreadable;

/// The first 128 bits of the SHA-256 of a content: enough that no two files of a build share one, and half as long in the
/// baseline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ContentId([u8; 16]);

/// The length and the content of a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Content {
    /// In bytes.
    pub length: u64,
    /// Of all of them.
    pub id: ContentId,
}

impl ContentId {
    /// Of a content whose hash is known.
    pub(crate) fn of_sha256(sha256: &[u8]) -> Self {
        let mut id = [0; 16];
        for (to, from) in id.iter_mut().zip(sha256) {
            *to = *from;
        }
        Self(id)
    }

    /// From 32 hex digits, as [`fmt::Display`] writes them.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.len() != 32 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        u128::from_str_radix(text, 16)
            .ok()
            .map(|value| Self(value.to_be_bytes()))
    }
}

impl fmt::Display for ContentId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:032x}", u128::from_be_bytes(self.0))
    }
}

/// Hashes files on all cores, in the order given.
pub(crate) fn contents(files: &[PathBuf]) -> Result<Vec<Content>, Unreadable> {
    files
        .par_iter()
        .map_init(
            || vec![0; 64 * 1024],
            |buffer, path| {
                hash(path, buffer).map_err(|reason| Unreadable {
                    path: path.clone(),
                    reason,
                })
            },
        )
        .collect()
}

fn hash(path: &Path, buffer: &mut [u8]) -> io::Result<Content> {
    let mut file = File::open(path)?;
    let (mut length, mut hash) = (0, Sha256::new());
    loop {
        let read = file.read(buffer)?;
        let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else {
            break;
        };
        length += bytes.len() as u64;
        hash.update(bytes);
    }
    Ok(Content {
        length,
        id: ContentId::of_sha256(&hash.finalize()),
    })
}

#[cfg(test)]
mod tests {
    use super::{ContentId, contents};

    #[test]
    fn an_id_is_the_head_of_the_sha256() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.js");
        std::fs::write(&path, "abc").unwrap();
        let content = contents(&[path]).unwrap()[0];
        // printf abc | sha256sum
        assert_eq!(content.id.to_string(), "ba7816bf8f01cfea414140de5dae2223");
        assert_eq!(
            ContentId::parse("ba7816bf8f01cfea414140de5dae2223"),
            Some(content.id)
        );
        for bad in [
            "",
            "ba78",
            "+a7816bf8f01cfea414140de5dae2223",
            "za7816bf8f01cfea414140de5dae2223",
        ] {
            assert_eq!(ContentId::parse(bad), None, "{bad}");
        }
    }
}
