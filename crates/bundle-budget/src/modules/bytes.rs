//! How many bytes of a script come from which module, by its source map: a mapping stands for the text up to the next one.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::source_map::address;
use crate::site::{Chunk, Folder};

/// Chunk to module to raw bytes.
pub(crate) type Parts = BTreeMap<Chunk, BTreeMap<String, u64>>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Map {
    #[serde(default)]
    source_root: Option<String>,
    #[serde(default)]
    sources: Vec<Option<String>>,
    #[serde(default)]
    mappings: String,
    #[serde(default)]
    sections: Vec<Section>,
}

#[derive(Deserialize)]
struct Section {
    offset: Offset,
    map: Map,
}

#[derive(Clone, Copy, Deserialize)]
struct Offset {
    line: usize,
    column: usize,
}

/// The modules of a chunk; `None` without a source map that says so.
pub(crate) fn mapped(folder: &Folder, chunk: &Chunk) -> Option<BTreeMap<String, u64>> {
    let script = folder.text(chunk.as_str()).ok()??;
    let json = folder.text(&address(&script, chunk)?).ok()??;
    let map: Map = serde_json::from_str(&json).ok()?;
    let lines: Vec<usize> = script.lines().map(str::len).collect();
    let mut found = BTreeMap::new();
    count(&map, Offset { line: 0, column: 0 }, &lines, &mut found);
    (!found.is_empty()).then_some(found)
}

fn count(map: &Map, offset: Offset, lines: &[usize], found: &mut BTreeMap<String, u64>) {
    for (at, section) in map.sections.iter().enumerate() {
        // A section ends where the next begins: lines behind it are not its own.
        let end = map
            .sections
            .get(at + 1)
            .map_or(lines.len(), |next| next.offset.line + 1);
        count(
            &section.map,
            section.offset,
            lines.get(..end.min(lines.len())).unwrap_or(lines),
            found,
        );
    }
    let root = map.source_root.as_deref().unwrap_or_default();
    let mut source = 0_i64;
    for (at, line) in map.mappings.split(';').enumerate() {
        let Some(length) = lines.get(offset.line + at).copied() else {
            return;
        };
        let base = if at == 0 { offset.column } else { 0 };
        let (mut column, mut open) = (0_i64, None::<(usize, i64)>);
        for segment in line.split(',').filter(|segment| !segment.is_empty()) {
            let numbers = numbers(segment);
            column = column.saturating_add(numbers.first().copied().unwrap_or_default());
            let here = usize::try_from(column)
                .unwrap_or_default()
                .saturating_add(base)
                .min(length);
            if let Some((start, source)) = open {
                add(map, root, source, here.saturating_sub(start), found);
            }
            open = numbers.get(1).map(|step| {
                source = source.saturating_add(*step);
                (here, source)
            });
        }
        if let Some((start, source)) = open {
            add(map, root, source, length.saturating_sub(start), found);
        }
    }
}

fn add(map: &Map, root: &str, source: i64, bytes: usize, found: &mut BTreeMap<String, u64>) {
    let name = usize::try_from(source)
        .ok()
        .and_then(|at| map.sources.get(at))
        .and_then(Option::as_ref);
    if let Some(name) = name {
        *found.entry(format!("{root}{name}")).or_default() += bytes as u64;
    }
}

/// The numbers of a segment, base 64 VLQ; it ends at what is none.
fn numbers(segment: &str) -> Vec<i64> {
    let (mut numbers, mut value, mut shift) = (Vec::new(), 0_i64, 0_u32);
    for byte in segment.bytes() {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => break,
        };
        if shift > 55 {
            break;
        }
        value |= i64::from(digit & 31) << shift;
        if digit & 32 == 0 {
            numbers.push(if value & 1 == 1 {
                -(value >> 1)
            } else {
                value >> 1
            });
            (value, shift) = (0, 0);
        } else {
            shift += 5;
        }
    }
    numbers
}

/// The modules of several chunks together, packages as one.
pub(crate) fn sum<'a>(
    parts: &Parts,
    chunks: impl IntoIterator<Item = &'a Chunk>,
) -> BTreeMap<String, u64> {
    let mut total = BTreeMap::new();
    for (module, bytes) in chunks
        .into_iter()
        .filter_map(|chunk| parts.get(chunk))
        .flatten()
    {
        let sum: &mut u64 = total.entry(label(module)).or_default();
        *sum = sum.saturating_add(*bytes);
    }
    total
}

/// What people call a module: its package, or the file of the app.
pub(crate) fn label(source: &str) -> String {
    if let Some((_, path)) = source.rsplit_once("node_modules/") {
        let segments = if path.starts_with('@') { 2 } else { 1 };
        return path.split('/').take(segments).collect::<Vec<_>>().join("/");
    }
    let path = source
        .strip_prefix("turbopack:///")
        .or_else(|| source.strip_prefix("webpack://_N_E/"))
        .unwrap_or(source);
    let path = path.strip_prefix("[project]/").unwrap_or(path);
    let path = path.trim_start_matches("../").trim_start_matches("./");
    path.split('?').next().unwrap_or(path).to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::{Map, Offset, count, label, numbers};

    fn read(json: &str, lines: &[usize]) -> BTreeMap<String, u64> {
        let map: Map = serde_json::from_str(json).unwrap();
        let mut found = BTreeMap::new();
        count(&map, Offset { line: 0, column: 0 }, lines, &mut found);
        found
    }

    #[test]
    fn a_mapping_stands_for_the_text_up_to_the_next() {
        // Column 0 of a, column 10 of b, column 16 of nothing.
        let json = r#"{"sources":["a.js","b.js"],"mappings":"AAAA,UCAA,M;ADAA"}"#;
        assert_eq!(
            read(json, &[20, 5]),
            [("a.js".to_owned(), 15), ("b.js".to_owned(), 6)].into()
        );
        let sections =
            format!(r#"{{"sections":[{{"offset":{{"line":1,"column":2}},"map":{json}}}]}}"#);
        assert_eq!(read(&sections, &[9, 22, 5])["b.js"], 6);
    }

    #[test]
    fn numbers_are_base_64_vlq() {
        assert_eq!(numbers("AAAA"), [0, 0, 0, 0]);
        assert_eq!(numbers("gB"), [16]);
        assert_eq!(numbers("D"), [-1]);
    }

    #[test]
    fn a_module_is_called_by_its_package_or_its_file() {
        for (source, expected) in [
            (
                "turbopack:///[project]/node_modules/chart.js/dist/chart.js",
                "chart.js",
            ),
            (
                "../../node_modules/@kurkle/color/dist/color.js",
                "@kurkle/color",
            ),
            ("webpack://_N_E/./parts/chart.js?a1b2", "parts/chart.js"),
            ("[project]/app/page.js", "app/page.js"),
            ("../../src/lazy.js", "src/lazy.js"),
        ] {
            assert_eq!(label(source), expected);
        }
    }

    proptest! {
        #[test]
        fn any_mappings_are_read(mappings in "[A-Za-z0-9+/,;é ]{0,80}", length in 0_usize..40) {
            let json = serde_json::json!({"sources": ["a"], "mappings": mappings}).to_string();
            let total: u64 = read(&json, &[length, length]).values().sum();
            prop_assert!(total <= 40 * 80, "{total}");
        }
    }
}
