//! Deployments sent as one compressed tar in parts (`--archive=tgz`), unpacked as strictly as a builder must.
//!
//! Anybody may write a tar that leaves its folder, names a file twice or grows a million times when unpacked. None of that is a
//! build: the deployment ends in ERROR and its log names the entry.

use std::{
    collections::BTreeSet,
    fs,
    io::{self, Read},
    path::PathBuf,
};

use flate2::bufread::GzDecoder;
use tar::{Archive, EntryType};

use super::{blobs::Blobs, deployment::File};

/// How the parts are called; numbers follow, from 1.
const PART: &str = ".vercel/source.tgz.part";
/// Unpacked bytes of one archive.
const MOST_BYTES: u64 = 1 << 30;
/// Entries of one archive. More than files may be listed, which is what archives are for.
const MOST_ENTRIES: usize = 200_000;
/// `S_IFREG` and `S_IFLNK`.
const REGULAR: u32 = 0o100_000;
const LINK: u32 = 0o120_000;

/// The number of an archive's part; `None` for any other file.
pub(super) fn part(path: &str) -> Option<&str> {
    path.strip_prefix(PART)
}

/// The blobs of all parts in order, if there are any; an error when a part is missing or is called otherwise.
pub(super) fn parts(files: &[File]) -> Result<Vec<String>, String> {
    let mut parts = Vec::new();
    for file in files {
        if let Some(number) = part(&file.path) {
            let plain =
                number.bytes().all(|byte| byte.is_ascii_digit()) && !number.starts_with('0');
            let number: usize = number
                .parse()
                .ok()
                .filter(|_| plain)
                .ok_or_else(|| format!("{}: parts are numbered from 1", file.path))?;
            parts.push((number, file.sha.clone()));
        }
    }
    parts.sort();
    for (index, (number, _)) in parts.iter().enumerate() {
        if *number != index + 1 {
            return Err(format!("{PART}{} is missing", index + 1));
        }
    }
    Ok(parts.into_iter().map(|(_, sha)| sha).collect())
}

/// Unpacks; gives the files in the archive's order. Blocks: not for the server's own thread.
pub(super) fn unpack(blobs: &Blobs, parts: &[String]) -> Result<Vec<File>, String> {
    let parts = Parts {
        left: parts.iter().rev().map(|sha| blobs.path(sha)).collect(),
        open: None,
    };
    let mut zip = GzDecoder::new(io::BufReader::new(parts));
    let mut seen = BTreeSet::new();
    let mut files = Vec::new();
    let mut bytes = 0_u64;
    let broken = |error: io::Error| format!("the archive cannot be unpacked: {error}");
    for entry in Archive::new(&mut zip).entries().map_err(broken)? {
        let mut entry = entry.map_err(broken)?;
        let path = String::from_utf8(entry.path_bytes().into_owned())
            .map_err(|_| "the archive has a name that is not UTF-8".to_owned())?;
        let mode = entry.header().mode().map_err(broken)? & 0o777;
        let kind = entry.header().entry_type();
        if kind == EntryType::Directory {
            inside(path.trim_end_matches('/'))?;
            continue;
        }
        inside(&path)?;
        if !seen.insert(path.clone()) {
            return Err(format!("{path}: the archive has it twice"));
        }
        if seen.len() > MOST_ENTRIES {
            return Err(format!("the archive has more than {MOST_ENTRIES} entries"));
        }
        let (sha, size, mode) = match kind {
            EntryType::Regular | EntryType::Continuous => {
                bytes = bytes.saturating_add(entry.size());
                if bytes > MOST_BYTES {
                    return Err(format!(
                        "the archive unpacks to more than {MOST_BYTES} bytes"
                    ));
                }
                let (sha, size) = blobs.unpack(&mut entry).map_err(broken)?;
                (sha, size, REGULAR | mode)
            }
            EntryType::Symlink => {
                let target = entry
                    .link_name_bytes()
                    .ok_or_else(|| format!("{path}: a link that leads nowhere"))?;
                let (sha, size) = blobs.unpack(&mut target.as_ref()).map_err(broken)?;
                (sha, size, LINK | 0o777)
            }
            other => return Err(format!("{path}: neither file nor link, but {other:?}")),
        };
        files.push(File {
            path,
            sha,
            size,
            mode,
        });
    }
    // What follows the tar's end is padding, and nothing follows the compressed stream.
    let padding = io::copy(&mut zip, &mut io::sink()).map_err(broken)?;
    let mut rest = zip.into_inner();
    let trailing = rest.read(&mut [0; 1]).map_err(broken)?;
    if padding > MOST_BYTES || trailing > 0 {
        return Err("the archive goes on after its end".to_owned());
    }
    if files.is_empty() {
        return Err("the archive is empty".to_owned());
    }
    Ok(files)
}

/// Refuses names that leave the folder.
fn inside(path: &str) -> Result<(), String> {
    let unsafe_part = |part: &str| part.is_empty() || part == "." || part == "..";
    if path.contains(['\\', '\0']) || path.split('/').any(unsafe_part) {
        return Err(format!("{path:?}: not a path inside the project"));
    }
    Ok(())
}

/// All parts as one stream.
struct Parts {
    /// Last one first.
    left: Vec<PathBuf>,
    open: Option<fs::File>,
}

impl Read for Parts {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(file) = &mut self.open {
                let read = file.read(buffer)?;
                if read > 0 || buffer.is_empty() {
                    return Ok(read);
                }
            }
            match self.left.pop() {
                Some(path) => self.open = Some(fs::File::open(path)?),
                None => return Ok(0),
            }
        }
    }
}
