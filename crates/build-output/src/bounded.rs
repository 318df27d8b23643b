//! Reading a file that may be of any size, into memory that is not.

use std::fs::File;
use std::io::{Error, ErrorKind, Read as _, Result};
use std::path::Path;

/// The bytes of a file.
///
/// # Errors
/// [`ErrorKind::FileTooLarge`] when it has more than `limit` bytes, of which no more are read; else why it cannot be read.
pub fn read_at_most(path: &Path, limit: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        let reason = format!("over {} MiB", limit >> 20);
        return Err(Error::new(ErrorKind::FileTooLarge, reason));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use super::read_at_most;

    #[test]
    fn the_limit_itself_is_read_and_a_byte_more_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let mebibyte = vec![b'x'; 1 << 20];
        std::fs::write(&path, &mebibyte).unwrap();
        assert_eq!(read_at_most(&path, 1 << 20).unwrap(), mebibyte);
        std::fs::write(&path, [&mebibyte[..], b"x"].concat()).unwrap();
        let refused = read_at_most(&path, 1 << 20).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::FileTooLarge);
        assert_eq!(refused.to_string(), "over 1 MiB");
    }
}
