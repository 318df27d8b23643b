//! bundlewatch and bundlesize: each file against `maxSize`; gzip unless said otherwise, brotli is 11; kB is 1024.

use serde_json::Value;

use super::units::{Kilo, bytes};
use super::{File, Written, add};
use crate::policy::Compression;
use crate::terms::Peers;

/// `ci` and the host say where those tools report; this gate reports by itself.
const KNOWN: [&str; 5] = [
    "files",
    "defaultCompression",
    "normalizeFilenames",
    "ci",
    "bundlewatchServiceHost",
];

/// Reads the section; bundlesize writes the list alone, too.
pub(super) fn read(tool: &str, value: &Value, file: &mut File<'_>, peers: &mut Peers) {
    let mut default = Compression::Gzip;
    let files = match value {
        Value::Array(files) => Some(files),
        Value::Object(section) => {
            file.only(tool, section, &KNOWN);
            if let Some(written) = section.get("defaultCompression") {
                default = compression(written, file).unwrap_or(default);
            }
            if let Some(Value::String(expression)) = section.get("normalizeFilenames") {
                peers.strip_hash = Some(expression.clone());
            }
            section.get("files").and_then(Value::as_array)
        }
        _ => None,
    };
    let Some(files) = files else {
        file.refuse(format!("the config of {tool} has no list of files"), tool);
        return;
    };
    for entry in files {
        let Some(path) = entry.get("path").and_then(Value::as_str) else {
            file.refuse(format!("an entry of {tool} has no `path`"), tool);
            continue;
        };
        if let Some(entry) = entry.as_object() {
            file.only(tool, entry, &["path", "maxSize", "compression", "name"]);
        }
        let limit = entry.get("maxSize").and_then(|written| {
            let text = written
                .as_str()
                .map_or_else(|| written.to_string(), str::to_owned);
            let limit = bytes(&text, Kilo::Binary);
            if limit.is_none() {
                file.refuse(format!("maxSize `{text}` of {tool} is no size"), &text);
            }
            limit
        });
        let compression = entry
            .get("compression")
            .and_then(|written| compression(written, file))
            .unwrap_or(default);
        add(
            Written {
                label: path.to_owned(),
                paths: vec![path.to_owned()],
                limit,
                each: true,
                compression,
            },
            file,
            peers,
        );
    }
}

fn compression(written: &Value, file: &mut File<'_>) -> Option<Compression> {
    match written.as_str() {
        Some("gzip") => Some(Compression::Gzip),
        Some("brotli") => Some(Compression::Brotli11),
        Some("none") => Some(Compression::Raw),
        _ => {
            let text = written.to_string();
            let text = text.trim_matches('"');
            file.refuse(
                format!("compression `{text}` is not known: it is `gzip`, `brotli` or `none`"),
                text,
            );
            None
        }
    }
}
