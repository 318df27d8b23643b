//! Gathers the facts about one app: which files there are, how large they are, what each route loads, and what is where.

mod analysis;
mod compare;
mod duplicates;
mod images;
mod modules;
mod orphans;
mod walk;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use gate::{Context, Error, Problem};

pub(crate) use walk::walk;

use crate::baseline::{Base, StoredApp, StoredContent};
use crate::facts::{ChunkFacts, Facts, FileFacts, HtmlCheck, RouteFacts};
use crate::run::undecided;
use crate::site::{Build, Chunk, Route};
use crate::size::{ContentId, KnownSizes, Measured, Wanted, measure};
use crate::terms::Terms;
use crate::{integrity, modules as traces};

/// So many scripts are in the chart.
const CHARTED: usize = 60;

/// An app that is looked at.
pub(crate) struct App<'a> {
    /// Its folder, absolute.
    pub folder: &'a Path,
    /// Its build; `None` for files alone.
    pub build: Option<&'a Build>,
    /// Its Build Output, to compare with.
    pub output: Option<&'a build_output::BuildOutput>,
}

/// What is known from the baseline.
pub(crate) struct Earlier<'a> {
    /// Sizes by content.
    pub known: &'a HashMap<ContentId, KnownSizes>,
    /// What it says about this app.
    pub base: Option<Base>,
    /// Whether a baseline will be written.
    pub write: bool,
}

/// The facts, and what the next baseline keeps of them.
pub(crate) struct Gathered {
    pub facts: Facts,
    pub stored: StoredApp,
    pub contents: BTreeMap<String, StoredContent>,
}

/// Gathers everything.
pub(crate) fn gather(
    app: &App<'_>,
    terms: &Terms<'_>,
    earlier: Earlier<'_>,
    context: &Context,
) -> Result<Gathered, Error> {
    let matched = files(app.folder, terms, context)?;
    let served = app
        .build
        .map(|build| walk::served(build, context))
        .transpose()?
        .unwrap_or_default();
    let missing = app.build.map(integrity::missing).unwrap_or_default();
    let scripts: BTreeSet<PathBuf> = served
        .iter()
        .filter(|path| walk::is_script(path))
        .cloned()
        .collect();
    let mut wanted: BTreeSet<PathBuf> = matched.iter().flatten().cloned().collect();
    wanted.extend(scripts.iter().cloned());
    if let Some(build) = app.build {
        let named = build.routes.iter().flat_map(|route| {
            route
                .first
                .iter()
                .chain(&route.later)
                .chain(route.page.iter().flat_map(|page| &page.scripts))
        });
        let present = named
            .filter(|chunk| !missing.contains_key(*chunk))
            .map(|chunk| build.folder.path(chunk.as_str()));
        wanted.extend(present.filter(|path| path.is_file()));
    }
    let compressions = terms.compressions();
    let wanted_sizes = Wanted {
        compressions: compressions.clone(),
        known: Some(earlier.known),
    };
    let measured = measure(wanted.into_iter().collect(), &wanted_sizes)
        .map_err(|error| undecided(&error, context))?;

    let mut facts = Facts {
        compressions: compressions.into_iter().collect(),
        total_js: scripts.iter().map(|path| measured.of(path)).sum(),
        files: matched
            .iter()
            .map(|paths| {
                paths
                    .iter()
                    .map(|path| file(path, app.folder, &measured))
                    .collect()
            })
            .collect(),
        ..Facts::default()
    };
    let mut sketches = BTreeMap::new();
    if let Some(build) = app.build {
        facts.made_by.clone_from(&build.made_by);
        facts.broken = integrity::of_missing(&missing, build);
        facts.broken.extend(
            integrity::of_hashes(build, &missing).map_err(|error| undecided(&error, context))?,
        );
        if let Some(output) = app.output {
            let lacking = integrity::of_output(output, build, &measured);
            facts
                .broken
                .extend(lacking.map_err(|error| undecided(&error, context))?);
        }
        let parts = modules::parts_of(build, &scripts);
        let found = modules::rules(build, &scripts, terms, app.folder, context)?;
        facts.routes = routes(build, &measured, &missing, found, &parts, context);
        facts.orphans = orphans::find(build, &served, &measured);
        if terms.duplicates.is_some() {
            facts.duplicates = duplicates::find(build, &measured, &parts, terms.gate)
                .map_err(|error| undecided(&error, context))?;
        }
        if terms.images.is_some() {
            facts.images = Some(images::find(build, app.folder, context)?);
        }
        facts.chunks = chart(build, &scripts, &measured, &parts);
        if earlier.write || earlier.base.is_some() {
            sketches = compare::sketches(&scripts, &measured, earlier.base.as_ref());
        }
    }
    let stored = compare::stored(app, &facts, &measured);
    if let Some(base) = &earlier.base {
        compare::compare(&mut facts, base, &measured, app, &scripts, &sketches, terms);
    }
    facts.base = earlier.base;
    let contents = if earlier.write {
        compare::contents(&measured, &facts, &sketches)
    } else {
        BTreeMap::new()
    };
    Ok(Gathered {
        facts,
        stored,
        contents,
    })
}

/// The files of every budget; a budget without any is an error, because it would guard nothing.
fn files(app: &Path, terms: &Terms<'_>, context: &Context) -> Result<Vec<Vec<PathBuf>>, Error> {
    if terms.files.is_empty() {
        return Ok(Vec::new());
    }
    let all = walk(app, context)?;
    let relative: Vec<(String, &PathBuf)> =
        all.iter().map(|path| (shown(path, app), path)).collect();
    let mut matched = Vec::new();
    let mut problems = Vec::new();
    for budget in &terms.files {
        let files: Vec<_> = relative
            .iter()
            .filter(|(name, _)| budget.covers(name))
            .map(|(_, path)| (*path).clone())
            .collect();
        if files.is_empty() {
            problems.push(
                Problem::new(format!(
                    "`{}` matches no file in {}",
                    budget.label,
                    context.display(app)
                ))
                .fix("build first, or correct the glob; globs are relative to the app")
                .at(budget.place.clone()),
            );
        }
        matched.push(files);
    }
    if problems.is_empty() {
        Ok(matched)
    } else {
        Err(Error::Undecided(problems))
    }
}

/// The routes of a build, measured; those with a missing chunk have no size.
fn routes(
    build: &Build,
    measured: &Measured,
    missing: &BTreeMap<Chunk, String>,
    mut found: HashMap<String, Vec<crate::facts::ModuleFacts>>,
    parts: &traces::Parts,
    context: &Context,
) -> Vec<RouteFacts> {
    let size = |chunk: &Chunk| measured.of(&build.folder.path(chunk.as_str()));
    let facts = |route: &Route| RouteFacts {
        name: route.name.clone(),
        source: route.source,
        sizes: (!route.first.iter().any(|chunk| missing.contains_key(chunk)))
            .then(|| route.first.iter().map(size).sum()),
        later: route.later.difference(&route.first).map(size).sum(),
        html: route.page.as_ref().map(|page| HtmlCheck {
            page: context.display(&page.file),
            difference: route
                .first
                .symmetric_difference(&page.scripts)
                .map(size)
                .sum(),
        }),
        modules: found.remove(&route.name).unwrap_or_default(),
        parts: modules::of_route(build, route, parts),
    };
    build.routes.iter().map(facts).collect()
}

fn chart(
    build: &Build,
    scripts: &BTreeSet<PathBuf>,
    measured: &Measured,
    parts: &traces::Parts,
) -> Vec<ChunkFacts> {
    let mut chunks: Vec<ChunkFacts> = scripts
        .iter()
        .filter_map(|path| {
            let chunk = Chunk::from_path(path.strip_prefix(build.folder.root()).ok()?)?;
            Some(ChunkFacts {
                sizes: measured.of(path),
                parts: parts.get(&chunk).cloned().unwrap_or_default(),
                name: chunk.to_string(),
            })
        })
        .collect();
    chunks.sort_by(|a, b| {
        b.sizes
            .raw()
            .cmp(&a.sizes.raw())
            .then_with(|| a.name.cmp(&b.name))
    });
    chunks.truncate(CHARTED);
    chunks
}

/// A measured file.
fn file(path: &Path, app: &Path, measured: &Measured) -> FileFacts {
    FileFacts {
        path: shown(path, app),
        sizes: measured.of(path),
        before: None,
    }
}

/// Relative to the app, with `/`.
pub(crate) fn shown(path: &Path, app: &Path) -> String {
    path.strip_prefix(app)
        .unwrap_or(path)
        .to_string_lossy()
        .replace('\\', "/")
}
