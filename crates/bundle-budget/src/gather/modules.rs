//! Which modules are where: for the rules, and for the charts.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use gate::{Context, Error};

use super::analysis::Analysis;
use crate::facts::{ModuleFacts, Presence};
use crate::modules::{Finder, ModuleName, Parts, mapped, presence, sum};
use crate::run::undecided;
use crate::site::{Build, Chunk, Route};
use crate::terms::Terms;

/// The modules that rules ask about, by route.
pub(super) fn rules(
    build: &Build,
    scripts: &BTreeSet<PathBuf>,
    terms: &Terms<'_>,
    app: &Path,
    context: &Context,
) -> Result<HashMap<String, Vec<ModuleFacts>>, Error> {
    let mut names = BTreeSet::new();
    for rule in &terms.rules {
        // Checked before, by `Terms::new`.
        names.extend(
            rule.deny
                .iter()
                .chain(&rule.lazy)
                .filter_map(|module| ModuleName::new(&module.value).ok()),
        );
    }
    let chunks: BTreeSet<Chunk> = chunks(build, scripts).collect();
    let mut finder = Finder::new(&build.folder);
    let mut analyses = Analyses::default();
    let mut found: HashMap<String, Vec<ModuleFacts>> = HashMap::new();
    for name in names {
        let traces = finder
            .trace(&name, &chunks, app)
            .map_err(|error| undecided(&error, context))?;
        for route in &build.routes {
            let by_chunks = presence(&traces, &route.first);
            // An analysis names no chunk, so it speaks where the chunks themselves do not say.
            let presence = match by_chunks {
                Presence::Unknown { .. } => analyses
                    .of(build, route)
                    .and_then(|analysis| analysis.presence(&name))
                    .unwrap_or(by_chunks),
                known => known,
            };
            let name = name.to_string();
            let facts = found.entry(route.name.clone()).or_default();
            facts.push(ModuleFacts { name, presence });
        }
    }
    Ok(found)
}

/// The modules of every script with their bytes, by its source map. They explain and decide nothing, so what cannot be
/// read is left out.
pub(super) fn parts_of(build: &Build, scripts: &BTreeSet<PathBuf>) -> Parts {
    chunks(build, scripts)
        .filter_map(|chunk| {
            let modules = mapped(&build.folder, &chunk)?;
            Some((chunk, modules))
        })
        .collect()
}

/// The modules of a route's first load: by the analysis of the build where there is one, else by source maps.
pub(super) fn of_route(build: &Build, route: &Route, parts: &Parts) -> BTreeMap<String, u64> {
    Analyses::default()
        .of(build, route)
        .map_or_else(|| sum(parts, &route.first), Analysis::parts)
}

/// The analyses of a build by route, each read once. One of another version is no evidence, and no mistake.
#[derive(Default)]
struct Analyses(HashMap<String, Option<Analysis>>);

impl Analyses {
    fn of(&mut self, build: &Build, route: &Route) -> Option<&Analysis> {
        let read = || {
            let mut all = build.analysis.iter();
            let (_, path) = all.find(|(name, _)| *name == route.name)?;
            Analysis::read(path)
        };
        let known = self.0.entry(route.name.clone());
        known.or_insert_with(read).as_ref()
    }
}

fn chunks(build: &Build, scripts: &BTreeSet<PathBuf>) -> impl Iterator<Item = Chunk> {
    let root = build.folder.root().to_path_buf();
    scripts
        .iter()
        .filter_map(move |path| Chunk::from_path(path.strip_prefix(&root).ok()?))
}
