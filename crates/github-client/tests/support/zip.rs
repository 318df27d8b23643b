//! Writes zip files, honest or not: every field that a reader might believe can be set to something else.
#![allow(dead_code, reason = "every test binary uses a part of it")]

use std::io::Write as _;

use flate2::Compression;
use flate2::write::DeflateEncoder;

/// An entry; what is `None` is told as it is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entry {
    pub(crate) name: Vec<u8>,
    /// Already compressed when `method` says so.
    pub(crate) data: Vec<u8>,
    pub(crate) method: u16,
    pub(crate) flags: u16,
    /// The Unix mode; 0 for none.
    pub(crate) mode: u32,
    pub(crate) size: u32,
    pub(crate) crc: u32,
    pub(crate) local_name: Option<Vec<u8>>,
    pub(crate) local_method: Option<u16>,
}

impl Entry {
    /// An ordinary file, stored.
    pub(crate) fn stored(name: &str, data: &[u8]) -> Self {
        Self {
            name: name.into(),
            data: data.to_vec(),
            mode: 0o100_644,
            size: u32::try_from(data.len()).unwrap(),
            crc: rawzip::crc32(data),
            ..Self::default()
        }
    }

    /// An ordinary file, deflated.
    pub(crate) fn deflated(name: &str, data: &[u8]) -> Self {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(data).unwrap();
        Self {
            data: encoder.finish().unwrap(),
            method: 8,
            ..Self::stored(name, data)
        }
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }
}

/// The archive, with `claimed` in place of the number of entries.
pub(crate) fn claiming(claimed: usize, entries: &[Entry]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut directory = Vec::new();
    for entry in entries {
        let offset = out.len();
        let local_name = entry.local_name.as_ref().unwrap_or(&entry.name);
        let local_method = entry.local_method.unwrap_or(entry.method);
        out.extend(0x0403_4b50_u32.to_le_bytes());
        shared(&mut out, entry, local_method, local_name.len());
        out.extend(local_name);
        out.extend(&entry.data);
        directory.extend(0x0201_4b50_u32.to_le_bytes());
        // Made by version 2.0 on Unix.
        directory.extend([20, 3]);
        shared(&mut directory, entry, entry.method, entry.name.len());
        directory.extend([0; 6]);
        directory.extend((entry.mode << 16).to_le_bytes());
        directory.extend(u32::try_from(offset).unwrap().to_le_bytes());
        directory.extend(&entry.name);
    }
    let (start, length) = (out.len(), directory.len());
    out.extend(directory);
    out.extend(0x0605_4b50_u32.to_le_bytes());
    out.extend([0; 4]);
    for _ in 0..2 {
        out.extend(u16::try_from(claimed).unwrap().to_le_bytes());
    }
    for number in [length, start] {
        out.extend(u32::try_from(number).unwrap().to_le_bytes());
    }
    out.extend([0; 2]);
    out
}

/// An archive of these entries.
pub(crate) fn zip(entries: &[Entry]) -> Vec<u8> {
    claiming(entries.len(), entries)
}

/// From "version needed" to the length of the extra field, the same in both headers.
fn shared(out: &mut Vec<u8>, entry: &Entry, method: u16, name: usize) {
    out.extend(20_u16.to_le_bytes());
    out.extend(entry.flags.to_le_bytes());
    out.extend(method.to_le_bytes());
    out.extend([0, 0, 0x21, 0]);
    out.extend(entry.crc.to_le_bytes());
    out.extend(u32::try_from(entry.data.len()).unwrap().to_le_bytes());
    out.extend(entry.size.to_le_bytes());
    out.extend(u16::try_from(name).unwrap().to_le_bytes());
    out.extend([0; 2]);
}
