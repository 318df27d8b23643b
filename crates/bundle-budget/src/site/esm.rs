//! What a module imports, read from its text: bundlers write every import as a string with a relative address.

use std::collections::{BTreeMap, BTreeSet};

use super::{Chunk, Error, Folder};

/// The imports of a module, as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Imports {
    /// Loaded with it.
    pub now: BTreeSet<String>,
    /// Loaded when asked for.
    pub later: BTreeSet<String>,
}

/// The modules of a site; each is read once.
#[derive(Debug, Default)]
pub(crate) struct Modules {
    read: BTreeMap<Chunk, (BTreeSet<Chunk>, BTreeSet<Chunk>)>,
}

impl Modules {
    /// What starts with these modules loads at once, and what it may load later. Modules that are not there stay in the
    /// set: integrity names them.
    pub(crate) fn closure(
        &mut self,
        folder: &Folder,
        start: &BTreeSet<Chunk>,
    ) -> Result<(BTreeSet<Chunk>, BTreeSet<Chunk>), Error> {
        let first = self.follow(folder, start)?;
        let mut asked = BTreeSet::new();
        for chunk in &first {
            if let Some((_, later)) = self.read.get(chunk) {
                asked.extend(later.difference(&first).cloned());
            }
        }
        let later = self
            .follow(folder, &asked)?
            .difference(&first)
            .cloned()
            .collect();
        Ok((first, later))
    }

    fn follow(
        &mut self,
        folder: &Folder,
        start: &BTreeSet<Chunk>,
    ) -> Result<BTreeSet<Chunk>, Error> {
        let mut found = BTreeSet::new();
        let mut open: Vec<Chunk> = start.iter().cloned().collect();
        while let Some(chunk) = open.pop() {
            if !found.insert(chunk.clone()) {
                continue;
            }
            self.load(folder, &chunk)?;
            if let Some((now, _)) = self.read.get(&chunk) {
                open.extend(now.difference(&found).cloned());
            }
        }
        Ok(found)
    }

    fn load(&mut self, folder: &Folder, chunk: &Chunk) -> Result<(), Error> {
        if self.read.contains_key(chunk) || !chunk.is_script() {
            return Ok(());
        }
        let imports = folder
            .text(chunk.as_str())?
            .map(|text| imports(&text))
            .unwrap_or_default();
        // A text that only looks like an import leads nowhere.
        let there = |urls: &BTreeSet<String>| -> BTreeSet<Chunk> {
            urls.iter()
                .filter_map(|url| Chunk::from_site_url(url, chunk.folder()))
                .filter(|chunk| folder.path(chunk.as_str()).is_file())
                .collect()
        };
        self.read
            .insert(chunk.clone(), (there(&imports.now), there(&imports.later)));
        Ok(())
    }
}

/// Reads `import "…"`, `from "…"` and `import("…")`, minified or not; only relative and absolute addresses count.
pub(super) fn imports(text: &str) -> Imports {
    let mut found = Imports::default();
    for (word, dynamic_too) in [("import", true), ("from", false)] {
        for (at, _) in text.match_indices(word) {
            let before = text.get(..at).and_then(|before| before.chars().next_back());
            if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '.')) {
                continue;
            }
            let after = text.get(at + word.len()..).unwrap_or_default().trim_start();
            let (after, dynamic) = match after.strip_prefix('(') {
                Some(inner) if dynamic_too => (inner.trim_start(), true),
                _ => (after, false),
            };
            let Some(quote) = after
                .chars()
                .next()
                .filter(|c| matches!(c, '"' | '\'' | '`'))
            else {
                continue;
            };
            let inner = after.get(1..).unwrap_or_default();
            let Some((url, _)) = inner.split_once(quote) else {
                continue;
            };
            if url.starts_with(['.', '/']) && url.len() < 1024 {
                let set = if dynamic {
                    &mut found.later
                } else {
                    &mut found.now
                };
                set.insert(url.to_owned());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::imports;

    #[test]
    fn imports_are_read_as_bundlers_write_them() {
        let text = r#"import{a as b}from"./chunks/a.js";import"./side.js";import c from './c.js';
export{d}from"../d.js";const e=()=>import("./later.js"),f=()=>import(`./also.js`);
import g from "react";x.import("./method.js");const from="./no.js";transform"./no2.js""#;
        let found = imports(text);
        let list = |set: &std::collections::BTreeSet<String>| {
            set.iter().cloned().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(list(&found.now), "../d.js ./c.js ./chunks/a.js ./side.js");
        assert_eq!(list(&found.later), "./also.js ./later.js");
    }

    proptest! {
        #[test]
        fn any_text_is_scanned(text in "[importfé\"'`(./a {};]{0,200}") {
            imports(&text);
        }
    }
}
