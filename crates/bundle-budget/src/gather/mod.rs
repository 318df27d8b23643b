//! Gathers facts: which files there are, what each route loads, and which modules are where.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use gate::{Context, Error, Problem};
use ignore::WalkBuilder;
use pipeline_config::Section;

use crate::facts::{FileFacts, HtmlCheck, ModuleFacts, RouteFacts};
use crate::modules::{Finder, ModuleName, presence};
use crate::next::{Build, Chunk, Route};
use crate::pattern::glob;
use crate::policy::Policy;
use crate::run::undecided;
use crate::size::Sizes;

/// All JavaScript of the build.
pub(crate) fn scripts(build: &Build, context: &Context) -> Result<BTreeSet<PathBuf>, Error> {
    let root = build.folder.path("static");
    if !root.is_dir() {
        // Every chunk of it is missing then, and integrity names each.
        return Ok(BTreeSet::new());
    }
    let files = walk(&root, context)?;
    Ok(files
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "js"))
        .collect())
}

/// The files of every file rule; a rule without any is an error, because it would guard nothing.
pub(crate) fn files(
    app: &Path,
    section: &Section<Policy>,
    context: &Context,
) -> Result<Vec<Vec<PathBuf>>, Error> {
    if section.values.files.is_empty() {
        return Ok(Vec::new());
    }
    let all = walk(app, context)?;
    let mut matched = Vec::new();
    let mut problems = Vec::new();
    for rule in &section.values.files {
        // Compiled before, by `check`.
        let Ok(glob) = glob(&rule.path.value) else {
            continue;
        };
        let files: Vec<_> = all
            .iter()
            .filter(|path| {
                path.strip_prefix(app)
                    .is_ok_and(|relative| glob.is_match(relative))
            })
            .cloned()
            .collect();
        if files.is_empty() {
            problems.push(
                Problem::new(format!(
                    "`{}` matches no file in {}",
                    rule.path.value,
                    context.display(app)
                ))
                .fix("build first, or correct the glob; globs are relative to the app")
                .at(section.place(&rule.path)),
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

/// The files below a folder, in the order of their names. Packages and git's own files are nobody's bundle.
fn walk(root: &Path, context: &Context) -> Result<Vec<PathBuf>, Error> {
    let skipped = |name: &std::ffi::OsStr| name == "node_modules" || name == ".git";
    let walk = WalkBuilder::new(root)
        .standard_filters(false)
        .filter_entry(move |entry| entry.depth() == 0 || !skipped(entry.file_name()))
        .build();
    let mut files = Vec::new();
    for entry in walk {
        let entry = entry.map_err(|error| {
            Error::undecided(format!("read {}: {error}", context.display(root)))
        })?;
        if entry.file_type().is_some_and(|kind| kind.is_file()) {
            files.push(entry.into_path());
        }
    }
    files.sort();
    Ok(files)
}

/// The routes of a build, measured; those with a missing chunk have no size.
pub(crate) fn routes(
    build: &Build,
    sizes: &HashMap<PathBuf, Sizes>,
    missing: &BTreeMap<Chunk, String>,
    mut modules: HashMap<String, Vec<ModuleFacts>>,
    context: &Context,
) -> Vec<RouteFacts> {
    let size = |chunk: &Chunk| size_of(sizes, &build.folder.path(chunk.as_str()));
    let facts = |route: &Route| RouteFacts {
        name: route.name.clone(),
        source: route.source,
        sizes: (!route.first.iter().any(|chunk| missing.contains_key(chunk)))
            .then(|| route.first.iter().map(size).sum()),
        html: route.page.as_ref().map(|page| HtmlCheck {
            page: context.display(&build.folder.path(&page.file)),
            difference: route
                .first
                .symmetric_difference(&page.scripts)
                .map(size)
                .sum(),
        }),
        modules: modules.remove(&route.name).unwrap_or_default(),
    };
    build.routes.iter().map(facts).collect()
}

/// The modules that rules ask about, by route.
pub(crate) fn modules(
    build: &Build,
    scripts: &BTreeSet<PathBuf>,
    section: &Section<Policy>,
    app: &Path,
    context: &Context,
) -> Result<HashMap<String, Vec<ModuleFacts>>, Error> {
    let mut names = BTreeSet::new();
    for rule in &section.values.routes {
        // Checked before, by `check`.
        names.extend(
            rule.deny
                .iter()
                .chain(&rule.lazy)
                .filter_map(|module| ModuleName::new(&module.value).ok()),
        );
    }
    let root = build.folder.path("");
    let chunks: BTreeSet<Chunk> = scripts
        .iter()
        .filter_map(|path| Chunk::from_path(path.strip_prefix(&root).ok()?))
        .collect();
    let mut finder = Finder::new(&build.folder);
    let mut found: HashMap<String, Vec<ModuleFacts>> = HashMap::new();
    for name in names {
        let traces = finder
            .trace(&name, &chunks, app)
            .map_err(|error| undecided(&error, context))?;
        for route in &build.routes {
            found
                .entry(route.name.clone())
                .or_default()
                .push(ModuleFacts {
                    name: name.to_string(),
                    presence: presence(&traces, &route.first),
                });
        }
    }
    Ok(found)
}

/// A measured file.
pub(crate) fn file(path: &Path, app: &Path, sizes: &HashMap<PathBuf, Sizes>) -> FileFacts {
    let relative = path.strip_prefix(app).unwrap_or(path);
    FileFacts {
        path: relative.to_string_lossy().replace('\\', "/"),
        sizes: size_of(sizes, path),
    }
}

/// The size of a file; nothing for one that is missing, which is said elsewhere.
pub(crate) fn size_of(sizes: &HashMap<PathBuf, Sizes>, path: &Path) -> Sizes {
    sizes.get(path).copied().unwrap_or_default()
}
