//! size-limit: the sum of all matches; brotli 11 unless `gzip` is true or `brotli` is false; kB is 1000.

use serde_json::Value;

use super::units::{Kilo, bytes};
use super::{File, Written, add};
use crate::policy::Compression;
use crate::terms::Peers;

/// Keys that change nothing about a measured size: names, and options of plugins that do not run here.
const KNOWN: [&str; 12] = [
    "name",
    "path",
    "limit",
    "maxSize",
    "gzip",
    "brotli",
    "ignore",
    "running",
    "webpack",
    "esbuild",
    "hidePassed",
    "highlightLess",
];
/// Packages with which size-limit measures a bundle it makes itself.
const BUNDLERS: [&str; 5] = [
    "@size-limit/preset-small-lib",
    "@size-limit/preset-big-lib",
    "@size-limit/webpack",
    "@size-limit/esbuild",
    "@size-limit/webpack-css",
];

/// Reads the list; `package` is the package.json that says which plugins there are.
pub(super) fn read(value: &Value, package: Option<&Value>, file: &mut File<'_>, peers: &mut Peers) {
    let Some(entries) = value.as_array() else {
        file.refuse(
            "the config of size-limit is no list of `{ path, limit }`",
            "",
        );
        return;
    };
    let installed = |name: &&str| {
        ["dependencies", "devDependencies"].iter().any(|kind| {
            package
                .and_then(|package| package.get(kind)?.get(name))
                .is_some()
        })
    };
    let bundler = BUNDLERS.into_iter().find(installed);
    for entry in entries {
        let Some(entry) = entry.as_object() else {
            file.refuse("an entry of size-limit is no `{ path, limit }`", "");
            continue;
        };
        file.only("size-limit", entry, &KNOWN);
        let paths: Vec<String> = match entry.get("path") {
            Some(Value::String(path)) => vec![path.clone()],
            Some(Value::Array(paths)) => paths
                .iter()
                .filter_map(|path| path.as_str().map(str::to_owned))
                .collect(),
            _ => Vec::new(),
        };
        let Some(first) = paths.first().cloned() else {
            file.refuse("an entry of size-limit has no `path`; measuring a package by itself is not supported", "");
            continue;
        };
        let own = |key: &str| entry.get(key).and_then(Value::as_bool);
        if let Some(bundler) = bundler
            && own("webpack") != Some(false)
            && own("esbuild") != Some(false)
        {
            file.refuse(
                format!("{bundler} bundles `{first}` before it measures, which is not supported: point at built files and write `\"webpack\": false`"),
                &first,
            );
        }
        let limit = match entry.get("limit").or_else(|| entry.get("maxSize")) {
            None => None,
            Some(written) => {
                let text = written
                    .as_str()
                    .map_or_else(|| written.to_string(), str::to_owned);
                let limit = bytes(&text, Kilo::Metric);
                if limit.is_none() {
                    file.refuse(
                        format!(
                            "limit `{text}` of size-limit is no size; time limits are not supported"
                        ),
                        &text,
                    );
                }
                limit
            }
        };
        let compression = match (own("gzip"), own("brotli")) {
            (Some(true), _) => Compression::Gzip,
            (_, Some(false)) => Compression::Raw,
            _ => Compression::Brotli11,
        };
        let label = entry
            .get("name")
            .and_then(Value::as_str)
            .unwrap_or(&first)
            .to_owned();
        add(
            Written {
                label,
                paths,
                limit,
                each: false,
                compression,
            },
            file,
            peers,
        );
    }
}
