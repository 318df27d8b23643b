//! Vite's manifest: every chunk with its imports.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::Load;
use crate::site::{Chunk, Error, Folder, Reference};

/// A manifest whose files all lie in the build.
#[derive(Debug)]
pub(super) struct Manifest(BTreeMap<String, Entry>);

/// A chunk.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) chunk: Chunk,
    pub(super) name: Option<String>,
    pub(super) src: Option<String>,
    is_entry: bool,
    is_dynamic_entry: bool,
    imports: Vec<String>,
    dynamic_imports: Vec<String>,
    css: Vec<Chunk>,
    assets: Vec<Chunk>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    file: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    src: Option<String>,
    #[serde(default)]
    is_entry: bool,
    #[serde(default)]
    is_dynamic_entry: bool,
    #[serde(default)]
    imports: Vec<String>,
    #[serde(default)]
    dynamic_imports: Vec<String>,
    #[serde(default)]
    css: Vec<String>,
    #[serde(default)]
    assets: Vec<String>,
}

impl Manifest {
    /// Reads it; a name that leaves the build, or an import that is not in the manifest, is refused.
    pub(super) fn read(folder: &Folder, name: &str) -> Result<Self, Error> {
        Self::read_below(folder, name, "")
    }

    /// The same, where the files it names lie below another folder, such as `_nuxt/`.
    pub(super) fn read_below(folder: &Folder, name: &str, below: &str) -> Result<Self, Error> {
        let written: BTreeMap<String, Written> = folder
            .json(name)?
            .ok_or_else(|| Error::Unfinished(folder.path(name)))?;
        let chunk = |file: &str| {
            Chunk::new(&format!("{below}{file}")).ok_or_else(|| {
                folder.malformed(
                    name,
                    &format!("it names `{file}`, which is no file of the build"),
                )
            })
        };
        let known: BTreeSet<&String> = written.keys().collect();
        for entry in written.values() {
            if let Some(lost) = entry
                .imports
                .iter()
                .chain(&entry.dynamic_imports)
                .find(|key| !known.contains(key))
            {
                return Err(folder.malformed(
                    name,
                    &format!("`{}` imports `{lost}`, which is not in it", entry.file),
                ));
            }
        }
        let mut entries = BTreeMap::new();
        for (key, entry) in &written {
            let files = |files: &[String]| {
                files
                    .iter()
                    .map(|file| chunk(file))
                    .collect::<Result<Vec<_>, _>>()
            };
            entries.insert(
                key.clone(),
                Entry {
                    chunk: chunk(&entry.file)?,
                    name: entry.name.clone(),
                    src: entry.src.clone(),
                    is_entry: entry.is_entry,
                    is_dynamic_entry: entry.is_dynamic_entry,
                    imports: entry.imports.clone(),
                    dynamic_imports: entry.dynamic_imports.clone(),
                    css: files(&entry.css)?,
                    assets: files(&entry.assets)?,
                },
            );
        }
        Ok(Self(entries))
    }

    /// The keys of the entries that nothing but a page loads.
    pub(super) fn entries(&self) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .filter(|(_, entry)| {
                entry.is_entry && !entry.is_dynamic_entry && entry.chunk.is_script()
            })
            .map(|(key, _)| key.as_str())
    }

    /// All chunks by key.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.0.iter().map(|(key, entry)| (key.as_str(), entry))
    }

    /// What these keys load together. A dynamic entry may import the page it was loaded from: every key is visited once.
    pub(super) fn load<'a>(&self, keys: impl IntoIterator<Item = &'a str>) -> Load {
        let now = self.follow(keys.into_iter().map(str::to_owned).collect());
        let asked = now
            .iter()
            .filter_map(|key| self.0.get(key))
            .flat_map(|entry| entry.dynamic_imports.clone())
            .collect();
        let chunks = |keys: &BTreeSet<String>| -> BTreeSet<Chunk> {
            let entries = keys.iter().filter_map(|key| self.0.get(key));
            entries
                .map(|entry| entry.chunk.clone())
                .filter(Chunk::is_script)
                .collect()
        };
        let first = chunks(&now);
        let later = chunks(&self.follow(asked))
            .difference(&first)
            .cloned()
            .collect();
        Load { first, later }
    }

    fn follow(&self, mut open: Vec<String>) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        while let Some(key) = open.pop() {
            if let Some(entry) = self.0.get(&key)
                && found.insert(key)
            {
                open.extend(entry.imports.iter().cloned());
            }
        }
        found
    }

    /// Every file it names.
    pub(super) fn references(&self, named_by: &str) -> BTreeSet<Reference> {
        let files = self.0.values().flat_map(|entry| {
            std::iter::once(&entry.chunk)
                .chain(&entry.css)
                .chain(&entry.assets)
        });
        files
            .map(|chunk| Reference {
                chunk: chunk.clone(),
                named_by: named_by.to_owned(),
                integrity: None,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Manifest;
    use crate::site::Folder;

    fn read(json: &str) -> Result<Manifest, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("manifest.json"), json).unwrap();
        let folder = Folder::open(folder.path().to_path_buf()).unwrap();
        Manifest::read(&folder, "manifest.json").map_err(|error| error.to_string())
    }

    #[test]
    fn a_circle_of_imports_ends() {
        let manifest = read(
            r#"{"index.html":{"file":"a.js","isEntry":true,"imports":["_b.js"],"dynamicImports":["c.js"]},
                "_b.js":{"file":"b.js","imports":["index.html"]},"c.js":{"file":"c.js","isDynamicEntry":true,"imports":["index.html"]}}"#,
        )
        .unwrap();
        let load = manifest.load(["index.html"]);
        let names = |set: &std::collections::BTreeSet<crate::site::Chunk>| {
            set.iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(
            (names(&load.first), names(&load.later)),
            ("a.js b.js".to_owned(), "c.js".to_owned())
        );
    }

    #[test]
    fn what_leads_nowhere_is_refused() {
        for (json, reason) in [
            (
                r#"{"a":{"file":"../../etc/passwd"}}"#,
                "no file of the build",
            ),
            (
                r#"{"a":{"file":"a.js","imports":["b"]}}"#,
                "imports `b`, which is not in it",
            ),
            ("{", "is not what the build writes"),
        ] {
            let error = read(json).unwrap_err();
            assert!(error.contains(reason), "{error}");
        }
    }
}
