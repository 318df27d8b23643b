//! Recognises a package by its texts: minifiers rename everything but keep string literals, so a chunk that carries
//! several long texts of an installed package carries code of it.
//!
//! Measured on real chunks: the one with chart.js shares 150 of its texts, every other chunk at most two. What lies
//! between is not decided. The method cannot see a function that carries no text, which is why source maps come first.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;

use ignore::WalkBuilder;

use super::{Trace, Unreadable};
use crate::facts::Proof;

/// Shorter texts are event names and property names that anybody uses.
const SHORTEST: usize = 12;
/// Longer literals are data.
const LONGEST: usize = 160;
/// So many shared texts are no accident.
const PRESENT: usize = 5;
/// So few are.
const ABSENT: usize = 2;
/// A package with fewer texts cannot be recognised.
const ENOUGH: usize = 20;
/// What is read of a package at most, in bytes: enough for the largest, and an end for the wrong folder.
const MOST: u64 = 64 << 20;

/// The texts of an installed package.
#[derive(Clone, Debug)]
pub(crate) struct Fingerprint {
    package: String,
    texts: BTreeSet<String>,
}

impl Fingerprint {
    /// Of a package as an app sees it: in the nearest `node_modules` upwards. `None` when it is not installed.
    pub(crate) fn of(package: &str, app: &Path) -> Result<Option<Self>, Unreadable> {
        let installed = app
            .ancestors()
            .map(|folder| folder.join("node_modules").join(package))
            .find(|folder| folder.join("package.json").is_file());
        let Some(folder) = installed else {
            return Ok(None);
        };
        let unreadable = |reason: &dyn std::fmt::Display| Unreadable {
            path: folder.display().to_string(),
            reason: reason.to_string(),
        };
        // Package managers install links; the walk itself follows none.
        let root = folder.canonicalize().map_err(|error| unreadable(&error))?;
        let (mut found, mut read) = (BTreeSet::new(), 0);
        let walk = WalkBuilder::new(root)
            .standard_filters(false)
            .filter_entry(|entry| entry.depth() == 0 || entry.file_name() != "node_modules")
            .build();
        for entry in walk {
            let entry = entry.map_err(|error| unreadable(&error))?;
            let extension = entry
                .path()
                .extension()
                .and_then(|extension| extension.to_str());
            let script = matches!(extension, Some("js" | "mjs" | "cjs"));
            if !script || !entry.file_type().is_some_and(|kind| kind.is_file()) || read > MOST {
                continue;
            }
            let mut bytes = Vec::new();
            std::fs::File::open(entry.path())
                .and_then(|file| file.take(MOST).read_to_end(&mut bytes))
                .map_err(|error| unreadable(&error))?;
            read += bytes.len() as u64;
            found.append(&mut texts(&String::from_utf8_lossy(&bytes)));
        }
        Ok(Some(Self {
            package: package.to_owned(),
            texts: found,
        }))
    }

    /// Whether a chunk with these texts carries the package.
    pub(crate) fn judge(&self, chunk: &BTreeSet<String>) -> Trace {
        let shared = self.texts.intersection(chunk).count();
        let package = &self.package;
        if shared >= PRESENT {
            Trace::Yes(Proof::Texts)
        } else if self.texts.len() < ENOUGH {
            Trace::Unknown(format!(
                "{package} has too few texts to be recognised by them"
            ))
        } else if shared <= ABSENT {
            Trace::No(Proof::Texts)
        } else {
            Trace::Unknown(format!(
                "{shared} texts of {package} are in the chunk, too few to say and too many to ignore"
            ))
        }
    }
}

/// The string literals that identify a script: long, and free of characters that say the scan lost its way in a
/// regular expression or a template.
pub(crate) fn texts(script: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let bytes = script.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if !matches!(byte, b'"' | b'\'') {
            at += 1;
            continue;
        }
        let rest = bytes.get(at + 1..).unwrap_or_default();
        let end = rest
            .iter()
            .take(LONGEST + 1)
            .position(|&c| c == byte || matches!(c, b'\n' | b'\\'));
        match end {
            Some(length) if rest.get(length) == Some(&byte) => {
                if length >= SHORTEST
                    && let Some(text) = script.get(at + 1..at + 1 + length)
                    && !text.contains(['{', '}', ';', '=', '&', '|'])
                {
                    found.insert(text.to_owned());
                }
                at += length + 2;
            }
            _ => at += 1,
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use proptest::prelude::*;

    use super::{Fingerprint, Trace, texts};
    use crate::facts::Proof;

    fn package(count: usize) -> tempfile::TempDir {
        let app = tempfile::tempdir().unwrap();
        let folder = app.path().join("node_modules/heavy/dist");
        fs::create_dir_all(&folder).unwrap();
        fs::write(app.path().join("node_modules/heavy/package.json"), "{}").unwrap();
        let literals: Vec<_> = (0..count)
            .map(|i| format!("'heavy complains for the {i}. time'"))
            .collect();
        fs::write(
            folder.join("heavy.mjs"),
            format!("const a=[{}]", literals.join(",")),
        )
        .unwrap();
        fs::write(
            folder.join("heavy.d.ts"),
            "'a text that is only in the types'",
        )
        .unwrap();
        app
    }

    fn judge(installed: usize, shared: usize) -> Trace {
        let app = package(installed);
        let literals: Vec<_> = (0..shared)
            .map(|i| format!("\"heavy complains for the {i}. time\""))
            .collect();
        let chunk = texts(&format!(
            "f([{}],'use strict','unrelated text here')",
            literals.join(",")
        ));
        let inner = app.path().join("apps/web");
        Fingerprint::of("heavy", &inner)
            .unwrap()
            .unwrap()
            .judge(&chunk)
    }

    #[test]
    fn many_shared_texts_prove_presence_and_few_prove_absence() {
        assert_eq!(judge(40, 5), Trace::Yes(Proof::Texts));
        assert_eq!(judge(40, 2), Trace::No(Proof::Texts));
        assert!(matches!(judge(40, 3), Trace::Unknown(_)));
        assert!(
            matches!(judge(10, 0), Trace::Unknown(_)),
            "too few texts to prove anything"
        );
        assert_eq!(judge(10, 8), Trace::Yes(Proof::Texts));
    }

    #[test]
    fn a_package_that_is_not_installed_has_no_fingerprint() {
        assert!(
            Fingerprint::of("absent", package(1).path())
                .unwrap()
                .is_none()
        );
    }

    #[test]
    fn texts_are_whole_string_literals() {
        let script = r#"a("a long enough text",'another long text',"short",'has "quotes" inside',/it's/,"with \n escape sequence",x?"yes":"no")"#;
        let expected = [
            "a long enough text",
            "another long text",
            "has \"quotes\" inside",
        ];
        assert_eq!(texts(script), BTreeSet::from(expected.map(str::to_owned)));
    }

    proptest! {
        #[test]
        fn any_script_is_scanned(script in "[\"'\\\\\na-zé;={} ]{0,300}") {
            for text in texts(&script) {
                prop_assert!(script.contains(&text));
            }
        }
    }
}
