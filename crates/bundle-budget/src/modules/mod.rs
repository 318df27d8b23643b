//! Which modules are in which chunk: the proof behind `deny` and `lazy`.
//!
//! Two kinds of evidence are read. Source maps name every module of a chunk (`productionBrowserSourceMaps: true`).
//! Without them, long texts of the installed package are searched in the chunk, because minifiers keep texts. A chunk
//! that neither can judge is said to be unknown, and an unknown chunk never passes.

mod bytes;
mod fingerprint;
mod name;
mod source_map;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

pub(crate) use bytes::{Parts, label, mapped, sum};
pub(crate) use name::ModuleName;

use crate::facts::{Presence, Proof};
use crate::site::{Chunk, Folder};
use fingerprint::Fingerprint;
use source_map::Sources;

/// What is known about one module in one chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trace {
    /// It is in there.
    Yes(Proof),
    /// It is not.
    No(Proof),
    /// Nobody can tell, because.
    Unknown(String),
}

/// A file that cannot be read as evidence.
#[derive(Debug, thiserror::Error)]
#[error("read {path}: {reason}")]
pub(crate) struct Unreadable {
    /// The file.
    pub path: String,
    /// Why.
    pub reason: String,
}

/// Looks modules up in chunks; every chunk and every package is read once.
pub(crate) struct Finder<'a> {
    folder: &'a Folder,
    /// Chunk to what its source map says, `None` without one.
    maps: BTreeMap<Chunk, Option<Sources>>,
    texts: BTreeMap<Chunk, BTreeSet<String>>,
}

impl<'a> Finder<'a> {
    /// Over the chunks of a build.
    pub(crate) const fn new(folder: &'a Folder) -> Self {
        Self {
            folder,
            maps: BTreeMap::new(),
            texts: BTreeMap::new(),
        }
    }

    /// Traces one module through chunks. Chunks that are not there are left out; integrity names them.
    pub(crate) fn trace(
        &mut self,
        module: &ModuleName,
        chunks: &BTreeSet<Chunk>,
        app: &Path,
    ) -> Result<BTreeMap<Chunk, Trace>, Unreadable> {
        let fingerprint = module
            .package()
            .map(|package| Fingerprint::of(package, app))
            .transpose()?;
        let mut traces = BTreeMap::new();
        for chunk in chunks {
            if !self.load(chunk)? {
                continue;
            }
            let map = self.maps.get(chunk).and_then(Option::as_ref);
            let by_map = map.map(|sources| sources.contains(module));
            let by_text = || match (&fingerprint, self.texts.get(chunk)) {
                (Some(Some(fingerprint)), Some(texts)) => fingerprint.judge(texts),
                (Some(None), _) => Trace::Unknown(format!(
                    "{chunk} has no source map, and {module} is not installed"
                )),
                _ => Trace::Unknown(format!("{chunk} has no source map")),
            };
            let trace = match (by_map, map.is_some_and(Sources::is_complete)) {
                (Some(true), _) => Trace::Yes(Proof::SourceMap),
                (Some(false), true) => Trace::No(Proof::SourceMap),
                // A package that was bundled before it was published hides behind its own names in a source map.
                (Some(false), false) => match by_text() {
                    Trace::Yes(proof) => Trace::Yes(proof),
                    _ => Trace::No(Proof::SourceMap),
                },
                (None, _) => by_text(),
            };
            traces.insert(chunk.clone(), trace);
        }
        Ok(traces)
    }

    fn load(&mut self, chunk: &Chunk) -> Result<bool, Unreadable> {
        if self.maps.contains_key(chunk) {
            return Ok(true);
        }
        let unreadable = |error: crate::site::Error| Unreadable {
            path: chunk.to_string(),
            reason: error.to_string(),
        };
        let Some(script) = self.folder.text(chunk.as_str()).map_err(unreadable)? else {
            return Ok(false);
        };
        let map = match source_map::address(&script, chunk) {
            Some(file) => self.folder.text(&file).map_err(unreadable)?,
            None => None,
        };
        let sources = map
            .map(|map| Sources::parse(&map))
            .transpose()
            .map_err(|reason| Unreadable {
                path: format!("source map of {chunk}"),
                reason,
            })?
            .flatten();
        self.maps.insert(chunk.clone(), sources);
        self.texts
            .insert(chunk.clone(), fingerprint::texts(&script));
        Ok(true)
    }
}

/// What the traces of a module mean for a route: in its first load, elsewhere, nowhere, or not known.
pub(crate) fn presence(traces: &BTreeMap<Chunk, Trace>, first: &BTreeSet<Chunk>) -> Presence {
    let (mut unknown, mut proofs, mut elsewhere) = (None, BTreeSet::new(), None);
    for (chunk, trace) in traces {
        match (trace, first.contains(chunk)) {
            (Trace::Yes(proof), true) => {
                return Presence::FirstLoad {
                    chunk: chunk.to_string(),
                    proof: *proof,
                };
            }
            (Trace::Yes(proof), false) => {
                elsewhere = elsewhere.or(Some((chunk.to_string(), *proof)))
            }
            (Trace::No(proof), true) => {
                proofs.insert(*proof);
            }
            (Trace::Unknown(reason), true) => unknown = unknown.or(Some(reason.clone())),
            (Trace::No(_) | Trace::Unknown(_), false) => {}
        }
    }
    if let Some(reason) = unknown {
        return Presence::Unknown { reason };
    }
    let Some(proof) = proofs.last().copied() else {
        return Presence::Unknown {
            reason: "the route has no chunk that could be read".to_owned(),
        };
    };
    match elsewhere {
        Some((chunk, _)) => Presence::Later { chunk, proof },
        None => Presence::Absent { proof },
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::{Trace, presence};
    use crate::facts::{Presence, Proof};
    use crate::site::Chunk;

    fn chunk(name: &str) -> Chunk {
        Chunk::from_next(&format!("static/{name}.js")).unwrap()
    }

    fn judge(traces: &[(&str, Trace)]) -> Presence {
        let traces: BTreeMap<_, _> = traces
            .iter()
            .map(|(name, trace)| (chunk(name), trace.clone()))
            .collect();
        presence(&traces, &BTreeSet::from([chunk("a"), chunk("b")]))
    }

    #[test]
    fn one_chunk_of_the_first_load_that_nobody_can_judge_makes_the_route_unknown() {
        let no = || Trace::No(Proof::SourceMap);
        let yes = || Trace::Yes(Proof::Texts);
        let unknown = || Trace::Unknown("no evidence".to_owned());
        let in_first = Presence::FirstLoad {
            chunk: "static/b.js".to_owned(),
            proof: Proof::Texts,
        };
        assert_eq!(judge(&[("a", unknown()), ("b", yes())]), in_first);
        assert!(matches!(
            judge(&[("a", unknown()), ("b", no())]),
            Presence::Unknown { .. }
        ));
        assert!(
            matches!(judge(&[]), Presence::Unknown { .. }),
            "no chunk at all proves nothing"
        );
        assert!(matches!(judge(&[("z", yes())]), Presence::Unknown { .. }));
        assert_eq!(
            judge(&[("a", no()), ("b", no()), ("z", yes())]),
            Presence::Later {
                chunk: "static/z.js".to_owned(),
                proof: Proof::SourceMap
            }
        );
        assert_eq!(
            judge(&[("a", no()), ("b", no()), ("z", unknown())]),
            Presence::Absent {
                proof: Proof::SourceMap
            }
        );
        let mixed = judge(&[("a", no()), ("b", Trace::No(Proof::Texts))]);
        assert_eq!(
            mixed,
            Presence::Absent {
                proof: Proof::Texts
            },
            "the weaker proof is named"
        );
    }
}
