//! Between two runs: what became of the files since the baseline, and what the next baseline keeps.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

use super::{App, shown, walk};
use crate::baseline::{
    Base, BaseFile, Now, Sketch, StoredApp, StoredContent, StoredRoute, changes,
};
use crate::facts::Facts;
use crate::size::{ContentId, Measured, Sizes};
use crate::terms::Terms;

/// So many modules of a route are kept in the baseline.
const KEPT_MODULES: usize = 100;

/// What scripts look like; those that the baseline knows keep their sketch.
pub(super) fn sketches(
    scripts: &BTreeSet<PathBuf>,
    measured: &Measured,
    base: Option<&Base>,
) -> BTreeMap<ContentId, Sketch> {
    let known: HashMap<ContentId, &Sketch> = base
        .into_iter()
        .flat_map(|base| base.files.values())
        .filter_map(|file: &BaseFile| Some((file.id, file.sketch.as_ref()?)))
        .collect();
    let mut found = BTreeMap::new();
    for path in scripts {
        let Some(id) = measured.id(path) else {
            continue;
        };
        if let Some(sketch) = known.get(&id) {
            found.insert(id, (*sketch).clone());
        } else if let Entry::Vacant(entry) = found.entry(id)
            // A script that cannot be read any more has been measured, and is only not recognised again.
            && let Some(sketch) = walk::head(path).ok().and_then(|bytes| Sketch::of(&bytes))
        {
            entry.insert(sketch);
        }
    }
    found
}

/// What became of the scripts, and what each measured file was before.
pub(super) fn compare(
    facts: &mut Facts,
    base: &Base,
    measured: &Measured,
    app: &App<'_>,
    scripts: &BTreeSet<PathBuf>,
    sketches: &BTreeMap<ContentId, Sketch>,
    terms: &Terms<'_>,
) {
    let mut today: Vec<(String, ContentId, Sizes, bool)> = measured
        .ids
        .iter()
        .map(|(path, id)| {
            (
                shown(path, app.folder),
                *id,
                measured.of(path),
                scripts.contains(path),
            )
        })
        .collect();
    today.sort_by(|a, b| a.0.cmp(&b.0));
    let files: Vec<_> = today
        .iter()
        .map(|(path, id, sizes, _)| Now {
            path,
            id: *id,
            sizes: *sizes,
            sketch: sketches.get(id).cloned(),
        })
        .collect();
    let changed = changes(&base.files, &files, &terms.names);
    let by_id: HashMap<ContentId, Sizes> = base
        .files
        .values()
        .map(|file| (file.id, file.sizes))
        .collect();
    let before: HashMap<&str, Option<Sizes>> = changed
        .iter()
        .filter(|change| change.now.is_some())
        .map(|change| (change.path.as_str(), change.before))
        .collect();
    for file in facts.files.iter_mut().flatten() {
        file.before = match before.get(file.path.as_str()) {
            Some(before) => *before,
            None => measured
                .id(&app.folder.join(&file.path))
                .and_then(|id| by_id.get(&id).copied()),
        };
    }
    facts.changes = changed
        .into_iter()
        .filter(|change| change.path.ends_with("js"))
        .collect();
}

/// What the next baseline keeps of an app.
pub(super) fn stored(app: &App<'_>, facts: &Facts, measured: &Measured) -> StoredApp {
    let routes = app.build.iter().flat_map(|build| {
        build
            .routes
            .iter()
            .zip(&facts.routes)
            .filter(|(_, facts)| facts.sizes.is_some())
            .map(|(route, facts)| {
                let mut modules: Vec<_> = facts
                    .parts
                    .iter()
                    .map(|(name, bytes)| (name.clone(), *bytes))
                    .collect();
                modules.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
                modules.truncate(KEPT_MODULES);
                let first = route
                    .first
                    .iter()
                    .map(|chunk| shown(&build.folder.path(chunk.as_str()), app.folder))
                    .collect();
                (
                    route.name.clone(),
                    StoredRoute {
                        first,
                        modules: modules.into_iter().collect(),
                    },
                )
            })
    });
    StoredApp {
        made_by: facts.made_by.clone(),
        routes: routes.collect(),
        files: measured
            .ids
            .iter()
            .map(|(path, id)| (shown(path, app.folder), id.to_string()))
            .collect(),
    }
}

pub(super) fn contents(
    measured: &Measured,
    facts: &Facts,
    sketches: &BTreeMap<ContentId, Sketch>,
) -> BTreeMap<String, StoredContent> {
    let content = |(id, sizes): (&ContentId, &Sizes)| {
        let sizes = facts
            .compressions
            .iter()
            .map(|compression| (compression.as_str().to_owned(), sizes.of(*compression)));
        let sketch = sketches.get(id).map(Sketch::text);
        (
            id.to_string(),
            StoredContent {
                sizes: sizes.collect(),
                sketch,
            },
        )
    };
    measured.sizes.iter().map(content).collect()
}
