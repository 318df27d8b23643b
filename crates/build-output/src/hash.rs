//! Both digests of a file in one read, in constant memory.

use std::{fs::File, io::Read as _, path::Path};

use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use crate::error::Error;

/// Read at once.
const CHUNK: usize = 128 << 10;

/// What identifies a content.
pub(crate) struct Content {
    pub(crate) bytes: u64,
    pub(crate) sha256: [u8; 32],
    pub(crate) sha1: [u8; 20],
    /// Whether a Linux kernel can start it.
    pub(crate) executable: bool,
}

/// Of a file. The length is what was read, so that a file that grows meanwhile does not get a length of another moment.
pub(crate) fn file(path: &Path) -> Result<Content, Error> {
    let mut file = File::open(path).map_err(|cause| Error::unreadable(path, &cause))?;
    let length = file
        .metadata()
        .map_or(CHUNK, |data| usize::try_from(data.len()).unwrap_or(CHUNK));
    // One byte more than a small file, so that its end shows in the same read.
    let mut chunk = vec![0; (length + 1).min(CHUNK)];
    let (mut sha256, mut sha1, mut bytes) = (Sha256::new(), Sha1::new(), 0);
    let mut executable = false;
    loop {
        let size = file
            .read(&mut chunk)
            .map_err(|cause| Error::unreadable(path, &cause))?;
        let Some(part) = chunk.get(..size).filter(|part| !part.is_empty()) else {
            break;
        };
        if bytes == 0 {
            executable = part.starts_with(b"\x7fELF") || part.starts_with(b"#!");
        }
        sha256.update(part);
        sha1.update(part);
        bytes += size as u64;
    }
    Ok(Content {
        bytes,
        sha256: sha256.finalize().into(),
        sha1: sha1.finalize().into(),
        executable,
    })
}

/// Of a content at hand: a link's text, or a generated file.
pub(crate) fn bytes(text: &[u8]) -> Content {
    Content {
        bytes: text.len() as u64,
        sha256: Sha256::digest(text).into(),
        sha1: Sha1::digest(text).into(),
        executable: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_digests_at_any_length() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7] {
            let bytes: Vec<u8> = (0..length).map(|index| (index % 251) as u8).collect();
            std::fs::write(&path, &bytes).unwrap();
            let content = file(&path).unwrap();
            assert_eq!(content.bytes, length as u64);
            assert_eq!(
                content.sha256,
                <[u8; 32]>::from(Sha256::digest(&bytes)),
                "{length}"
            );
            assert_eq!(
                content.sha1,
                <[u8; 20]>::from(Sha1::digest(&bytes)),
                "{length}"
            );
        }
    }
}
