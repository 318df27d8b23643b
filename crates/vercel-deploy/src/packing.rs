//! One archive or many files: the decision, and what to say about a plan's quotas before anything is sent. Pure.

use std::{cmp::Reverse, collections::BTreeMap};

use build_output::BuildOutput;
use verdict::{Figure, Finding, Table};

use crate::inputs::Archive;

/// More files than this are refused by Vercel.
pub(crate) const MOST_FILES: usize = 15_000;

/// Uploads in 24 hours on the Hobby plan; one more locks uploads for a day. Pro has 40,000.
const HOBBY_UPLOADS: usize = 5_000;

/// Half of a Hobby day: two such deploys still fit. From here on an archive is sent in place of the files.
const MOST_UPLOADS: usize = HOBBY_UPLOADS / 2;

/// The largest file of the Hobby plan, in bytes; Pro takes 1 GB.
const HOBBY_FILE: u64 = 100_000_000;

/// The largest files, and as many kinds, that a table shows.
const SHOWN: usize = 15;

/// Whether the archive is to be packed before anything is asked.
pub(crate) fn at_once(archive: Archive, files: usize) -> bool {
    archive == Archive::Always || (archive == Archive::Auto && files > MOST_FILES)
}

/// The most uploads that are begun file by file; `None` is any number.
pub(crate) const fn most_uploads(archive: Archive) -> Option<usize> {
    match archive {
        Archive::Auto => Some(MOST_UPLOADS),
        Archive::Always | Archive::Never => None,
    }
}

/// What is worth saying before anything is sent.
pub(crate) fn warnings(archive: Archive, output: &BuildOutput, contents: usize) -> Vec<Finding> {
    let files = output.entries().len();
    let mut findings = Vec::new();
    let single = archive == Archive::Never;
    if single && files > MOST_FILES {
        let text = format!("{files} files are more than Vercel takes one by one ({MOST_FILES})");
        findings.push(Finding::error("too-many-files", text).fix("leave `archive` at auto"));
    } else if single && contents > HOBBY_UPLOADS {
        let text = format!(
            "up to {contents} uploads: the Hobby plan allows {HOBBY_UPLOADS} in 24 hours and then locks, Pro 40,000"
        );
        findings.push(Finding::warning("upload-quota", text).fix("leave `archive` at auto"));
    }
    if let Some(largest) = output.entries().iter().max_by_key(|entry| entry.bytes)
        && largest.bytes > HOBBY_FILE
        && !at_once(archive, files)
    {
        let text = format!(
            "{} has {}: the Hobby plan takes files up to 100 MB, Pro up to 1 GB",
            largest.path,
            size(largest.bytes)
        );
        findings
            .push(Finding::warning("large-file", text).fix("`archive: always` sends it in pieces"));
    }
    findings
}

/// What is deployed, by top folder, and its largest files.
pub(crate) fn figures(output: &BuildOutput) -> Vec<Figure> {
    let mut folders: BTreeMap<&str, (usize, u64)> = BTreeMap::new();
    for entry in output.entries() {
        let folder = match entry.path.trim_start_matches('/').split_once('/') {
            Some((folder, _)) => folder,
            None => ".",
        };
        let (files, bytes) = folders.entry(folder).or_default();
        *files += 1;
        *bytes += entry.bytes;
    }
    let mut folders: Vec<_> = folders.into_iter().collect();
    folders.sort_by_key(|(_, (_, bytes))| Reverse(*bytes));
    let mut parts = Table::new("Files", ["folder", "#files", "#size"]);
    let shown = folders.iter().take(SHOWN);
    parts.rows = shown
        .map(|(folder, (files, bytes))| vec![(*folder).to_owned(), files.to_string(), size(*bytes)])
        .collect();
    let mut entries: Vec<_> = output.entries().iter().collect();
    entries.sort_by_key(|entry| Reverse(entry.bytes));
    let mut largest = Table::new("Largest files", ["file", "#size"]);
    let shown = entries.iter().take(SHOWN);
    largest.rows = shown
        .map(|entry| vec![entry.path.clone(), size(entry.bytes)])
        .collect();
    vec![Figure::Table(parts), Figure::Table(largest)]
}

/// Bytes for people.
pub(crate) fn size(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a number for people")]
    let bytes = bytes as f64;
    match bytes {
        mega if mega >= 1e6 => format!("{:.1} MB", mega / 1e6),
        kilo if kilo >= 1e3 => format!("{:.1} kB", kilo / 1e3),
        plain => format!("{plain} B"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_is_packed_when_files_would_be_refused_or_lock_the_account() {
        for (archive, files, first, limit) in [
            (Archive::Auto, 10, false, Some(2500)),
            (Archive::Auto, 15_000, false, Some(2500)),
            (Archive::Auto, 15_001, true, Some(2500)),
            (Archive::Always, 1, true, None),
            (Archive::Never, 15_001, false, None),
        ] {
            assert_eq!(at_once(archive, files), first, "{archive:?} {files}");
            assert_eq!(most_uploads(archive), limit, "{archive:?}");
        }
    }
}
