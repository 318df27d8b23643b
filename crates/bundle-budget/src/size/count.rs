//! The compressors, writing into a counter: nobody needs the bytes.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use brotli::CompressorWriter;
use flate2::Compression as Level;
use flate2::write::GzEncoder;
use ruzstd::encoding::{CompressionLevel, compress};

use crate::policy::Compression;

/// How much is read at once.
const BUFFER: usize = 64 * 1024;
/// The largest window browsers accept, and Node's default.
const BROTLI_WINDOW: u32 = 22;

/// The size of a file in one compression, streamed.
pub(super) fn compressed(path: &Path, length: u64, compression: Compression) -> io::Result<u64> {
    let mut file = File::open(path)?;
    match compression {
        Compression::Raw => Ok(length),
        Compression::Gzip => {
            let mut encoder = GzEncoder::new(Count(0), Level::best());
            io::copy(&mut file, &mut encoder)?;
            Ok(encoder.finish()?.0)
        }
        Compression::Brotli => brotli(file, 5),
        Compression::Brotli11 => brotli(file, 11),
        Compression::Zstd => {
            let (mut source, mut count) = (Source { file, failed: None }, Count(0));
            compress(&mut source, &mut count, CompressionLevel::Fastest);
            source.failed.map_or(Ok(count.0), Err)
        }
    }
}

fn brotli(mut file: File, quality: u32) -> io::Result<u64> {
    let mut encoder = CompressorWriter::new(Count(0), BUFFER, quality, BROTLI_WINDOW);
    io::copy(&mut file, &mut encoder)?;
    Ok(encoder.into_inner().0)
}

/// A file whose errors are kept: the encoder of zstd knows none, and would stop the program.
struct Source {
    file: File,
    failed: Option<io::Error>,
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(self.file.read(buffer).unwrap_or_else(|error| {
            self.failed = Some(error);
            0
        }))
    }
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
    use super::compressed;
    use crate::policy::Compression;

    #[test]
    fn sizes_are_those_of_the_tools() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.js");
        std::fs::write(&path, "a".repeat(1000)).unwrap();
        let size = |compression| compressed(&path, 1000, compression).unwrap();
        // `printf 'a%.0s' {1..1000} | gzip -9n | wc -c`, and the same by `brotli -q 5 -w 22` and `-q 11 -w 22`.
        assert_eq!(size(Compression::Gzip), 29);
        assert_eq!(size(Compression::Raw), 1000);
        assert!(
            size(Compression::Brotli) < 20,
            "{}",
            size(Compression::Brotli)
        );
        assert!(
            size(Compression::Brotli11) < 20,
            "{}",
            size(Compression::Brotli11)
        );
        assert!(size(Compression::Zstd) < 40, "{}", size(Compression::Zstd));
    }

    #[test]
    fn an_empty_file_has_the_size_of_its_frame() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.js");
        std::fs::write(&path, "").unwrap();
        // `printf '' | gzip -9n | wc -c`
        assert_eq!(compressed(&path, 0, Compression::Gzip).unwrap(), 20);
        assert_eq!(compressed(&path, 0, Compression::Raw).unwrap(), 0);
    }
}
