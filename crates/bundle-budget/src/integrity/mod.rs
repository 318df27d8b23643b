//! Whether the build is whole: every chunk that a manifest or a page names is there, is not empty and has the hash that is
//! given for it, and the Build Output carries the same bytes.

mod sri;

use std::collections::{BTreeMap, BTreeSet};

use build_output::BuildOutput;

use crate::facts::Broken;
use crate::site::{Build, Chunk, Folder, Page};
use crate::size::{ContentId, Measured};

/// So many files are named in one message; the rest is counted.
const NAMED: usize = 3;

const REBUILD: &str = "remove the build and the build output, and build again";
const SAME_BUILD: &str = "make the build output from this build: one build, both folders";

/// A file that is needed for the comparison and cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("read {path}: {reason}")]
pub(crate) struct Unreadable {
    /// The file.
    pub path: String,
    /// The system's words.
    pub reason: std::io::Error,
}

/// The chunks of a build that are not there or empty, each with the first file that names it.
pub(crate) fn missing(build: &Build) -> BTreeMap<Chunk, String> {
    let mut missing = BTreeMap::new();
    for reference in &build.references {
        let path = build.folder.path(reference.chunk.as_str());
        let whole = std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.len() > 0);
        if !whole {
            missing
                .entry(reference.chunk.clone())
                .or_insert_with(|| reference.named_by.clone());
        }
    }
    missing
}

/// One problem per missing chunk.
pub(crate) fn of_missing(missing: &BTreeMap<Chunk, String>, build: &Build) -> Vec<Broken> {
    let problem = |(chunk, named_by): (&Chunk, &String)| {
        let empty = build.folder.path(chunk.as_str()).exists();
        let how = if empty { "empty" } else { "missing" };
        Broken {
            message: format!("chunk {chunk} is {how}, and {named_by} names it"),
            fix: REBUILD,
        }
    };
    missing.iter().map(problem).collect()
}

/// Files whose content is not what a page or a manifest gives as its `integrity`: browsers refuse to run them.
pub(crate) fn of_hashes(
    build: &Build,
    missing: &BTreeMap<Chunk, String>,
) -> Result<Vec<Broken>, Unreadable> {
    let mut broken = Vec::new();
    for reference in &build.references {
        let Some(integrity) = reference
            .integrity
            .as_deref()
            .filter(|_| !missing.contains_key(&reference.chunk))
        else {
            continue;
        };
        let bytes = build.folder.bytes(reference.chunk.as_str());
        let bytes = bytes.map_err(|reason| Unreadable {
            path: reference.chunk.to_string(),
            reason,
        })?;
        if sri::allows(integrity, &bytes) == Some(false) {
            broken.push(Broken {
                message: format!(
                    "chunk {} is not what {} gives as its integrity",
                    reference.chunk, reference.named_by
                ),
                fix: REBUILD,
            });
        }
    }
    Ok(broken)
}

/// What the Build Output lacks: chunks that the routes load first, in these bytes, and files that its own pages name.
pub(crate) fn of_output(
    output: &BuildOutput,
    build: &Build,
    measured: &Measured,
) -> Result<Vec<Broken>, Unreadable> {
    let mut served: BTreeMap<Chunk, &str> = BTreeMap::new();
    let mut contents = BTreeMap::new();
    for entry in output.entries() {
        // A base path puts folders in front of `_next`.
        if let Some(chunk) = entry
            .path
            .strip_prefix("static")
            .and_then(Chunk::from_next_url)
        {
            contents.insert(chunk.clone(), ContentId::of_sha256(&entry.sha256));
            served.insert(chunk, entry.path.as_str());
        }
    }
    let (mut absent, mut different) = (BTreeSet::new(), BTreeSet::new());
    let loaded: BTreeSet<&Chunk> = build
        .routes
        .iter()
        .flat_map(|route| route.first.union(&route.later))
        .collect();
    for chunk in loaded {
        let Some(built) = measured.id(&build.folder.path(chunk.as_str())) else {
            // Said by `missing` already.
            continue;
        };
        match contents.get(chunk) {
            None => absent.insert(chunk.to_string()),
            Some(published) if *published != built => different.insert(chunk.to_string()),
            Some(_) => false,
        };
    }
    let mut broken = Vec::new();
    broken.extend(summary(&absent, "of the build is not in the build output"));
    broken.extend(summary(
        &different,
        "has other bytes in the build output than in the build",
    ));
    for entry in output.entries() {
        if !(entry.path.starts_with("static/") && entry.path.ends_with(".html")) {
            continue;
        }
        let html = output
            .content(entry)
            .text(Folder::LIMIT)
            .map_err(|reason| Unreadable {
                path: entry.path.clone(),
                reason,
            })?;
        let lacking: BTreeSet<String> = Page::parse(&html, Chunk::from_next_url)
            .references
            .iter()
            .filter(|chunk| !served.contains_key(*chunk))
            .map(ToString::to_string)
            .collect();
        broken.extend(summary(
            &lacking,
            &format!(
                "is not in the build output, and its {} names it",
                entry.path
            ),
        ));
    }
    Ok(broken)
}

fn summary(chunks: &BTreeSet<String>, what: &str) -> Option<Broken> {
    if chunks.is_empty() {
        return None;
    }
    let named: Vec<&str> = chunks.iter().take(NAMED).map(String::as_str).collect();
    let more = match chunks.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    Some(Broken {
        message: format!("chunk {}{more} {what}", named.join(", ")),
        fix: SAME_BUILD,
    })
}
