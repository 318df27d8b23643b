//! The module analysis of `next build --analyze`: which module put how many bytes into which file. It is internal to
//! Next.js and may change, so only the one version that is known is read, and anything else counts as not there.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::Path;

use serde::Deserialize;

use crate::facts::{Presence, Proof};
use crate::modules::{ModuleName, label};
use crate::site::Chunk;

/// The version of the format that is read.
const VERSION: u32 = 1;
/// No analysis of a route is larger.
const LIMIT: u64 = 64 << 20;

#[derive(Deserialize)]
struct Header {
    schema_version: u32,
    sources: Vec<Source>,
    chunk_parts: Vec<Part>,
    output_files: Vec<Output>,
    chunk_groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    kind: String,
    output_file_indices: Vec<usize>,
}

#[derive(Deserialize)]
struct Source {
    #[serde(default)]
    parent_source_index: Option<usize>,
    path: String,
}

#[derive(Deserialize)]
struct Part {
    source_index: usize,
    output_file_index: usize,
    size: u64,
}

#[derive(Deserialize)]
struct Output {
    filename: String,
}

/// What an analysis says about a route. It names its files by hashes of its own, so nothing is said about single files.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Analysis {
    /// Modules of the first load by path, in raw bytes; together within 0.2 % of what Next.js itself counts.
    first: BTreeMap<String, u64>,
    /// Paths of modules that `import()` brings later.
    later: BTreeSet<String>,
}

impl Analysis {
    /// Reads one; `None` for a file of another shape.
    pub(super) fn read(path: &Path) -> Option<Self> {
        let mut bytes = Vec::new();
        std::fs::File::open(path)
            .ok()?
            .take(LIMIT)
            .read_to_end(&mut bytes)
            .ok()?;
        // Four bytes of length, the header as JSON, then edges that nobody needs here.
        let (length, rest) = bytes.split_at_checked(4)?;
        let length = usize::try_from(u32::from_be_bytes(length.try_into().ok()?)).ok()?;
        let header: Header = serde_json::from_slice(rest.get(..length)?).ok()?;
        if header.schema_version != VERSION {
            return None;
        }
        // What is asked for by `import()` waits in groups of its own.
        let first: BTreeSet<usize> = header
            .chunk_groups
            .iter()
            .filter(|group| group.kind != "async")
            .flat_map(|group| group.output_file_indices.iter().copied())
            .collect();
        let mut found = Self::default();
        for part in &header.chunk_parts {
            let output = header.output_files.get(part.output_file_index)?;
            // Files of the server lie elsewhere.
            if Chunk::from_next_url(&output.filename).is_none_or(|chunk| !chunk.is_script()) {
                continue;
            }
            let module = name(&header.sources, part.source_index)?;
            if first.contains(&part.output_file_index) {
                let bytes = found.first.entry(module).or_default();
                *bytes = bytes.saturating_add(part.size);
            } else {
                found.later.insert(module);
            }
        }
        Some(found)
    }

    /// The modules of the first load as people call them, in raw bytes.
    pub(super) fn parts(&self) -> BTreeMap<String, u64> {
        let mut parts: BTreeMap<String, u64> = BTreeMap::new();
        for (path, bytes) in &self.first {
            let sum = parts.entry(label(path)).or_default();
            *sum = sum.saturating_add(*bytes);
        }
        parts
    }

    /// Where a module is, seen from the route; an analysis without any module says nothing.
    pub(super) fn presence(&self, module: &ModuleName) -> Option<Presence> {
        let proof = Proof::Analysis;
        if self.first.is_empty() {
            None
        } else if self.first.keys().any(|path| module.is(path)) {
            let chunk = "one of its chunks".to_owned();
            Some(Presence::FirstLoad { chunk, proof })
        } else if self.later.iter().any(|path| module.is(path)) {
            let chunk = "one of its async chunks".to_owned();
            Some(Presence::Later { chunk, proof })
        } else {
            Some(Presence::Absent { proof })
        }
    }
}

/// A path is written as a tree; the loop ends even where hostile parents run in a circle.
fn name(sources: &[Source], index: usize) -> Option<String> {
    let mut segments = Vec::new();
    let mut next = Some(index);
    while let Some(source) = next {
        let source = sources.get(source)?;
        segments.push(source.path.as_str());
        next = source.parent_source_index.filter(|_| segments.len() < 64);
    }
    segments.reverse();
    Some(segments.concat())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Analysis;
    use crate::facts::{Presence, Proof};
    use crate::modules::ModuleName;

    fn fixture(name: &str) -> Analysis {
        let fixtures = Path::new(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../tests/fixtures/next"
        ));
        let route = fixtures
            .join(name)
            .join(".next/diagnostics/analyze/data/artists/[slug]");
        Analysis::read(&route.join("analyze.data")).unwrap()
    }

    #[test]
    fn an_analysis_says_what_a_route_loads_first() {
        let (normal, heavy) = (fixture("normal").parts(), fixture("heavy-import").parts());
        assert!(
            !normal.contains_key("chart.js"),
            "it waits in an async group"
        );
        assert!(
            (100_000..250_000).contains(&heavy["chart.js"]),
            "{}",
            heavy["chart.js"]
        );
        // As Next.js counts in route-bundle-stats.json.
        let total: u64 = normal.values().sum();
        assert!(total.abs_diff(484_983) < 1500, "{total}");
    }

    #[test]
    fn an_analysis_says_where_a_module_is() {
        let proof = Proof::Analysis;
        let of = |build, module| {
            let found = fixture(build).presence(&ModuleName::new(module).unwrap());
            match found.unwrap() {
                Presence::FirstLoad { proof, .. } => ("first", proof),
                Presence::Later { proof, .. } => ("later", proof),
                Presence::Absent { proof } => ("absent", proof),
                Presence::Unknown { .. } => panic!("unknown"),
            }
        };
        let chart = "./src/components/play-count-chart.tsx";
        for (build, module, expected) in [
            ("normal", "chart.js", "later"),
            ("heavy-import", "chart.js", "first"),
            ("normal", chart, "later"),
            ("heavy-import", chart, "first"),
            ("normal", "chart", "absent"),
            ("normal", "moment", "absent"),
        ] {
            assert_eq!(of(build, module), (expected, proof), "{build} {module}");
        }
        let nothing = Analysis::default();
        assert_eq!(nothing.presence(&ModuleName::new("moment").unwrap()), None);
    }

    #[test]
    fn another_shape_counts_as_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("analyze.data");
        let header = |version: u32, source: usize, parent: usize| {
            format!(
                r#"{{"schema_version":{version},"sources":[{{"parent_source_index":{parent},"path":"a"}}],"chunk_parts":[{{"source_index":{source},"output_file_index":0,"size":1}}],"output_files":[{{"filename":"[client-fs]/_next/static/a.js"}}],"chunk_groups":[{{"kind":"bootstrap","output_file_indices":[0]}}]}}"#
            )
        };
        // Parents in a circle end as well.
        for (json, there) in [
            ("{}".to_owned(), false),
            (header(2, 0, 0), false),
            (header(1, 9, 0), false),
            (header(1, 0, 9), false),
            (header(1, 0, 0), true),
        ] {
            let mut bytes = u32::try_from(json.len()).unwrap().to_be_bytes().to_vec();
            bytes.extend(json.as_bytes());
            std::fs::write(&path, bytes).unwrap();
            assert_eq!(Analysis::read(&path).is_some(), there, "{json}");
        }
        std::fs::write(&path, [255; 9]).unwrap();
        assert!(Analysis::read(&path).is_none());
    }
}
