//! The zip files of strangers, in memory. Nothing is written to disk and no name becomes a path; names that would be
//! dangerous as paths are refused all the same, because an honest upload has none.
//!
//! What is read is bounded before it is read: by the entry's own claim, by a limit per entry and by a budget that all
//! archives share. The central directory is believed only where the entry itself agrees.

use std::collections::BTreeMap;
use std::io::Read as _;

use flate2::bufread::DeflateDecoder;
use rawzip::{
    CompressionMethod, ZipArchive, ZipFileHeaderRecord, ZipSliceArchive, ZipVerification,
};

/// The most entries an archive may have.
const MAX_ENTRIES: usize = 100;

/// The longest name, in bytes.
const MAX_NAME: usize = 255;

/// The bits of a Unix mode that say what kind of file it is.
const KIND: u32 = 0o170_000;
const REGULAR: u32 = 0o100_000;
const FOLDER: u32 = 0o040_000;

type Archive<'a> = ZipSliceArchive<&'a [u8]>;

/// Hands every `*.json` of an archive to `found` and says what was refused. Other files are passed over unread.
/// `limit` is the most bytes of one entry, `budget` how many may still be unpacked.
pub fn unpack(
    zip: &[u8],
    limit: u64,
    budget: &mut u64,
    mut found: impl FnMut(&str, &[u8]),
) -> Vec<String> {
    let no_zip =
        |error: rawzip::Error| vec![format!("is no zip archive that can be read: {error}")];
    let archive = match ZipArchive::from_slice(zip) {
        Ok(archive) => archive,
        Err(error) => return no_zip(error),
    };
    let claimed = archive.entries_hint();
    if claimed > MAX_ENTRIES as u64 {
        return vec![format!(
            "has {claimed} entries, over the limit of {MAX_ENTRIES}"
        )];
    }
    let mut entries = Vec::new();
    for entry in archive.entries().take(MAX_ENTRIES + 1) {
        match entry {
            Ok(entry) => entries.push(entry),
            Err(error) => return no_zip(error),
        }
    }
    if entries.len() as u64 != claimed {
        return vec![format!("claims {claimed} entries and has others")];
    }
    let mut names: BTreeMap<&[u8], usize> = BTreeMap::new();
    for entry in &entries {
        *names.entry(entry.file_path().as_bytes()).or_default() += 1;
    }
    let mut refused = Vec::new();
    for entry in &entries {
        let raw = entry.file_path().as_bytes();
        // Of a name that was refused before there is nothing more to say.
        let once = names.get(raw) == Some(&1);
        let done = check(entry, once).and_then(|name| {
            if is_json(name) {
                let bytes = read(&archive, entry, limit, *budget)?;
                *budget = budget.saturating_sub(bytes.len() as u64);
                found(name, &bytes);
            }
            Ok(())
        });
        if let Err(why) = done
            && names.remove(raw).is_some()
        {
            let cut = raw.get(..MAX_NAME).unwrap_or(raw);
            refused.push(format!("`{}` {why}", String::from_utf8_lossy(cut)));
        }
    }
    refused
}

/// What can be told without touching the data; gives the name.
fn check<'a>(entry: &ZipFileHeaderRecord<'a>, once: bool) -> Result<&'a str, String> {
    let name = safe_name(entry.file_path().as_bytes())?;
    let is_folder = name.ends_with('/');
    // Whatever system an entry says it is from: the upper half is where a Unix mode would be.
    let kind = (entry.external_attributes() >> 16) & KIND;
    let flags = entry.flags();
    let refusal = if !once {
        "is there more than once"
    } else if kind != 0 && kind != if is_folder { FOLDER } else { REGULAR } {
        "is a link, a device or something else that is no plain file"
    } else if flags.is_encrypted() || flags.has_strong_encryption() || flags.is_masked() {
        "is encrypted"
    } else if is_folder && entry.uncompressed_size_hint() > 0 {
        "is a folder with content of its own"
    } else if name.to_ascii_lowercase().ends_with(".zip") {
        "is an archive within the archive"
    } else {
        return Ok(name);
    };
    Err(refusal.to_owned())
}

/// The name, unless it would be dangerous as a path on any system.
fn safe_name(raw: &[u8]) -> Result<&str, String> {
    let name = std::str::from_utf8(raw).map_err(|_| "has a name that is no UTF-8")?;
    let parts = name.strip_suffix('/').unwrap_or(name);
    let refusal = if name.len() > MAX_NAME {
        "has a name that is too long"
    } else if name.chars().any(char::is_control) {
        "has control characters in its name"
    } else if name.starts_with('/') || name.get(1..2) == Some(":") {
        "has an absolute name"
    } else if name.contains('\\') {
        "has a backslash in its name"
    } else if parts.split('/').any(|part| matches!(part, "" | "." | "..")) {
        "has a name that leads elsewhere"
    } else {
        return Ok(name);
    };
    Err(refusal.to_owned())
}

fn is_json(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with(".json")
}

/// The bytes of an entry: as many as it claims, no more than allowed, and with the checksum it claims.
fn read(
    archive: &Archive<'_>,
    entry: &ZipFileHeaderRecord<'_>,
    limit: u64,
    budget: u64,
) -> Result<Vec<u8>, String> {
    let claimed = entry.uncompressed_size_hint();
    if claimed > limit {
        return Err(format!("claims {claimed} bytes, over the limit of {limit}"));
    }
    if claimed > budget {
        return Err("would be more than is unpacked of one run".to_owned());
    }
    let broken = |error: rawzip::Error| format!("is broken: {error}");
    let stored = archive.get_entry(entry.wayfinder()).map_err(broken)?;
    let header = stored.local_header();
    if header.file_path().as_bytes() != entry.file_path().as_bytes()
        || header.compression_method() != entry.compression_method()
        || header.flags() != entry.flags()
    {
        return Err("is described in two ways that differ".to_owned());
    }
    // One byte more than claimed tells that there are more.
    let room = claimed + 1;
    let mut bytes = Vec::with_capacity(usize::try_from(room).unwrap_or_default());
    let done = match entry.compression_method() {
        CompressionMethod::STORE => stored.data().take(room).read_to_end(&mut bytes),
        CompressionMethod::DEFLATE => DeflateDecoder::new(stored.data())
            .take(room)
            .read_to_end(&mut bytes),
        other => return Err(format!("is compressed by method {}", other.as_u16())),
    };
    done.map_err(|error| format!("is broken: {error}"))?;
    if bytes.len() as u64 > claimed {
        return Err(format!("holds more than the {claimed} bytes it claims"));
    }
    let read = ZipVerification {
        crc: rawzip::crc32(&bytes),
        uncompressed_size: bytes.len() as u64,
    };
    stored.claim_verifier().valid(read).map_err(broken)?;
    Ok(bytes)
}

#[cfg(test)]
#[path = "unpack_tests.rs"]
mod tests;
