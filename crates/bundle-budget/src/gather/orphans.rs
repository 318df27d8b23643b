//! Files of a build that nobody names: left over from an earlier build, or from a cache that mixed two.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use aho_corasick::AhoCorasick;

use super::shown;
use crate::facts::FileFacts;
use crate::site::{Build, Chunk};
use crate::size::Measured;

/// A shorter piece of a name may stand in any script.
const SHORTEST: usize = 6;
/// A larger text is not searched.
const MOST: u64 = 16 << 20;

/// Scripts and styles that no manifest, no page and no other script names. Where a text cannot be searched, nothing is
/// called lost.
pub(super) fn find(build: &Build, served: &[PathBuf], measured: &Measured) -> Vec<FileFacts> {
    let named: std::collections::BTreeSet<&Chunk> = build
        .references
        .iter()
        .map(|reference| &reference.chunk)
        .chain(
            build
                .routes
                .iter()
                .flat_map(|route| route.first.union(&route.later)),
        )
        .collect();
    let code = |chunk: &Chunk| chunk.is_script() || chunk.as_str().ends_with(".css");
    let mut open: Vec<(Chunk, &PathBuf)> = served
        .iter()
        .filter_map(|path| {
            Some((
                Chunk::from_path(path.strip_prefix(build.folder.root()).ok()?)?,
                path,
            ))
        })
        .filter(|(chunk, _)| code(chunk) && !named.contains(chunk))
        .collect();
    if open.is_empty() {
        return Vec::new();
    }
    // Runtimes put names together from their pieces, so the longest piece counts: the hash, most often.
    open.retain(|(chunk, _)| piece(chunk).len() >= SHORTEST);
    let pieces: Vec<String> = open
        .iter()
        .map(|(chunk, _)| piece(chunk).to_owned())
        .collect();
    let Ok(finder) = AhoCorasick::new(&pieces) else {
        return Vec::new();
    };
    let mut seen = vec![false; pieces.len()];
    for path in served.iter().filter(|path| is_text(path)) {
        let Ok(Some(text)) = whole(path) else {
            return Vec::new();
        };
        for found in finder.find_overlapping_iter(&text) {
            let at = found.pattern().as_usize();
            // A file that names itself, as for its source map, is named by nobody.
            if let (Some(seen), Some((_, own))) = (seen.get_mut(at), open.get(at)) {
                *seen |= *own != path;
            }
        }
    }
    let lost = open.into_iter().zip(seen).filter(|(_, seen)| !seen);
    lost.map(|((_, path), _)| FileFacts {
        path: shown(path, build.folder.root()),
        sizes: measured.of(path),
        before: None,
    })
    .collect()
}

fn is_text(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| ["js", "mjs", "css", "html", "json"].contains(&extension))
}

/// A file, `None` for one that is too large to be searched.
fn whole(path: &Path) -> std::io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?
        .take(MOST + 1)
        .read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= MOST).then_some(bytes))
}

/// The longest run of letters and digits in the name of a file.
fn piece(chunk: &Chunk) -> &str {
    let file = chunk.as_str().rsplit('/').next().unwrap_or_default();
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    stem.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '~')))
        .flat_map(|part| part.split('-').chain([part]))
        .filter(|part| part.chars().any(|c| c.is_ascii_digit()) || !part.contains('-'))
        .max_by_key(|part| part.len())
        .unwrap_or_default()
}
