//! One compressed archive in place of many files, for builds that would exhaust a plan's upload quota. The same files give
//! the same bytes: entries are sorted and carry neither times nor owners, so an unchanged build is not sent again.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use flate2::{Compression, GzBuilder};
use sha1::{Digest as _, Sha1};
use tempfile::TempDir;

use crate::{
    entry::{Entry, Kind},
    error::Error,
    layout::Content,
    output::BuildOutput,
};

/// Where Vercel's CLI cuts an archive, in bytes.
const PART: u64 = 100 << 20;

/// An archive on disk, removed with this value.
#[derive(Debug)]
pub struct Archive {
    folder: TempDir,
    parts: Vec<Part>,
}

/// A piece of an [`Archive`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The name under which Vercel gets it.
    pub name: String,
    /// Its SHA-1, 40 lower-case hex digits.
    pub sha1: String,
    /// Its length in bytes.
    pub bytes: u64,
}

impl Archive {
    /// Packs everything that a deployment of `output` consists of, named as [`Entry::deployed_path`] says.
    ///
    /// # Errors
    /// When a file cannot be read or is not what was hashed, or there is no room for temporary files.
    pub fn pack(output: &BuildOutput, root_directory: Option<&str>) -> Result<Self, Error> {
        Self::pack_in_parts(output, root_directory, PART)
    }

    fn pack_in_parts(
        output: &BuildOutput,
        root_directory: Option<&str>,
        part: u64,
    ) -> Result<Self, Error> {
        let folder = tempfile::tempdir().map_err(|cause| Error::Archive(cause.to_string()))?;
        let parts = Parts::new(folder.path(), part);
        // No name and no time in the header.
        let gzip = GzBuilder::new().write(BufWriter::new(parts), Compression::default());
        let mut tar = tar::Builder::new(gzip);
        let mut entries: Vec<(String, &Entry)> = output
            .entries()
            .iter()
            .map(|entry| (entry.deployed_path(root_directory), entry))
            .collect();
        entries.sort_unstable_by(|(one, _), (two, _)| one.cmp(two));
        for (name, entry) in entries {
            append(&mut tar, output, entry, &name)?;
        }
        let broken = |cause: io::Error| Error::Archive(cause.to_string());
        let buffered = tar
            .into_inner()
            .and_then(|gzip| gzip.finish())
            .map_err(broken)?;
        let parts = buffered
            .into_inner()
            .map_err(|cause| broken(cause.into_error()))?
            .finish();
        Ok(Self { folder, parts })
    }

    /// Its pieces, in order.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Where a piece lies.
    #[must_use]
    pub fn location(&self, part: &Part) -> PathBuf {
        self.folder.path().join(file_name(&part.name))
    }

    /// Its length in bytes, all pieces together.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.parts.iter().map(|part| part.bytes).sum()
    }
}

fn file_name(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

fn append<W: Write>(
    tar: &mut tar::Builder<W>,
    output: &BuildOutput,
    entry: &Entry,
    name: &str,
) -> Result<(), Error> {
    let mut header = tar::Header::new_gnu();
    header.set_mode(entry.mode() & 0o777);
    header.set_mtime(0);
    let broken = |cause: io::Error| Error::Archive(format!("{name}: {cause}"));
    if let Kind::Link(target) = &entry.kind {
        header.set_entry_type(tar::EntryType::Symlink);
        header.set_size(0);
        return tar.append_link(&mut header, name, target).map_err(broken);
    }
    header.set_entry_type(tar::EntryType::Regular);
    header.set_size(entry.bytes);
    match output.content(entry) {
        Content::Bytes(bytes) => tar
            .append_data(&mut header, name, bytes.as_slice())
            .map_err(broken),
        Content::File(path) => {
            let file = File::open(&path).map_err(|cause| Error::unreadable(&path, &cause))?;
            let mut hashed = Hashed {
                reader: file,
                sha1: Sha1::new(),
            };
            tar.append_data(&mut header, name, &mut hashed)
                .map_err(broken)?;
            let sha1: [u8; 20] = hashed.sha1.finalize().into();
            // The digest that was compared with the approved one is about other bytes than these.
            if sha1 == entry.sha1 {
                Ok(())
            } else {
                Err(Error::Changed(name.to_owned()))
            }
        }
    }
}

/// Hashes what is read.
struct Hashed<R> {
    reader: R,
    sha1: Sha1,
}

impl<R: io::Read> io::Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.reader.read(buffer)?;
        self.sha1.update(buffer.get(..size).unwrap_or_default());
        Ok(size)
    }
}

/// Writes pieces of one length and hashes each.
struct Parts {
    folder: PathBuf,
    limit: u64,
    open: Option<(File, Sha1, u64)>,
    done: Vec<Part>,
}

impl Parts {
    fn new(folder: &Path, limit: u64) -> Self {
        Self {
            folder: folder.to_owned(),
            limit,
            open: None,
            done: Vec::new(),
        }
    }

    fn name(&self) -> String {
        format!(".vercel/source.tgz.part{}", self.done.len() + 1)
    }

    fn close(&mut self) {
        if let Some((_, sha1, bytes)) = self.open.take() {
            let part = Part {
                name: self.name(),
                sha1: crate::entry::hex(&sha1.finalize()),
                bytes,
            };
            self.done.push(part);
        }
    }

    fn finish(mut self) -> Vec<Part> {
        self.close();
        self.done
    }
}

impl Write for Parts {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        if self
            .open
            .as_ref()
            .is_some_and(|(_, _, bytes)| *bytes >= self.limit)
        {
            self.close();
        }
        let (file, sha1, bytes) = match &mut self.open {
            Some(open) => open,
            None => {
                let path = self.folder.join(file_name(&self.name()));
                self.open.insert((File::create(path)?, Sha1::new(), 0))
            }
        };
        let room = usize::try_from(self.limit - *bytes).unwrap_or(usize::MAX);
        let part = buffer.get(..room.min(buffer.len())).unwrap_or_default();
        file.write_all(part)?;
        sha1.update(part);
        *bytes += part.len() as u64;
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Read as _};

    use super::*;

    fn site(folder: &Path) -> BuildOutput {
        let write = |path: &str, text: &[u8]| {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("config.json", br#"{"version":3}"#);
        write("static/index.html", b"<h1>hello</h1>");
        let noise: Vec<u8> = (0..5000_u32)
            .flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes())
            .collect();
        write("static/noise.bin", &noise);
        write(&format!("static/{}/deep.js", "long-name/".repeat(20)), b"1");
        BuildOutput::open(folder).unwrap()
    }

    fn bytes(archive: &Archive) -> Vec<u8> {
        archive
            .parts()
            .iter()
            .flat_map(|part| fs::read(archive.location(part)).unwrap())
            .collect()
    }

    #[test]
    fn the_same_files_give_the_same_bytes_whatever_their_times_and_place() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let first = Archive::pack(&site(one.path()), None).unwrap();
        let output = site(two.path());
        File::open(two.path().join("static/index.html"))
            .unwrap()
            .set_modified(std::time::UNIX_EPOCH)
            .unwrap();
        let second = Archive::pack(&output, None).unwrap();
        assert_eq!(first.parts(), second.parts());
        assert_eq!(bytes(&first), bytes(&second));
        assert_eq!(first.parts()[0].name, ".vercel/source.tgz.part1");
    }

    #[test]
    fn pieces_together_hold_every_file() {
        let folder = tempfile::tempdir().unwrap();
        let output = site(folder.path());
        let archive = Archive::pack_in_parts(&output, Some("apps/web"), 4096).unwrap();
        assert!(archive.parts().len() > 3, "{:?}", archive.parts());
        assert!(
            archive
                .parts()
                .iter()
                .rev()
                .skip(1)
                .all(|part| part.bytes == 4096)
        );
        for part in archive.parts() {
            let content = fs::read(archive.location(part)).unwrap();
            assert_eq!(part.sha1, crate::entry::hex(&Sha1::digest(&content)));
        }
        let whole = bytes(&archive);
        let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(whole.as_slice()));
        let mut seen = Vec::new();
        for entry in tar.entries().unwrap() {
            let mut entry = entry.unwrap();
            let name = entry.path().unwrap().to_str().unwrap().to_owned();
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            seen.push((name, content.len() as u64));
        }
        let expected: Vec<_> = output
            .entries()
            .iter()
            .map(|entry| (entry.deployed_path(Some("apps/web")), entry.bytes))
            .collect();
        assert_eq!(seen, expected);
    }

    #[test]
    fn a_file_that_changed_since_it_was_hashed_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let output = site(folder.path());
        fs::write(folder.path().join("static/index.html"), "<h1>hallo</h1>").unwrap();
        let error = Archive::pack(&output, None).unwrap_err().to_string();
        assert!(error.contains("static/index.html changed"), "{error}");
    }
}
