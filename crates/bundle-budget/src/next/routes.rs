//! Puts the routes of a build together out of its files.

use std::collections::{BTreeMap, BTreeSet};

use ignore::WalkBuilder;

use super::manifests::{
    AppPathRoutes, BuildManifest, Framework, Loadable, PrerenderManifest, RouteStats,
};
use super::{
    Build, Chunk, Error, Folder, Page, PageScripts, Reference, Route, Source, client_reference,
};

const BUILD_MANIFEST: &str = "build-manifest.json";
const STATS: &str = "diagnostics/route-bundle-stats.json";

/// The first major version whose builds are read.
const OLDEST: u32 = 16;

/// Not routes of the app's own: wrappers, and the page that Next.js shows when the root layout itself fails.
const NOT_ROUTES: [&str; 4] = ["/_app", "/_document", "/_error", "/_global-error"];

/// Reads all routes.
pub(super) fn read(folder: Folder) -> Result<Build, Error> {
    let manifest: BuildManifest = folder
        .json(BUILD_MANIFEST)?
        .ok_or_else(|| Error::Unfinished(folder.path(BUILD_MANIFEST)))?;
    let version = folder
        .json::<Framework>("diagnostics/framework.json")?
        .and_then(|framework| framework.version);
    let stats: Option<Vec<RouteStats>> = folder.json(STATS)?;
    if stats.is_none()
        && let Some(version) = &version
        && major(version).is_some_and(|major| major < OLDEST)
    {
        return Err(Error::Unsupported(format!("builds of Next.js {version}")));
    }
    let mut reader = Reader {
        app_paths: folder
            .json("app-path-routes-manifest.json")?
            .unwrap_or_default(),
        prerendered: folder.json("prerender-manifest.json")?.unwrap_or_default(),
        references: BTreeSet::new(),
        pages: BTreeMap::new(),
        low_priority: BTreeSet::new(),
        manifest,
        folder,
    };
    reader.low_priority =
        reader.named(BUILD_MANIFEST, &reader.manifest.low_priority_files.clone())?;
    reader.named(BUILD_MANIFEST, &reader.manifest.polyfill_files.clone())?;
    reader.read_pages()?;
    let mut routes = BTreeMap::new();
    for entry in stats.into_iter().flatten() {
        if !NOT_ROUTES.contains(&entry.route.as_str()) {
            let first = reader.named(STATS, &entry.first_load_chunk_paths)?;
            routes.insert(entry.route, (Source::Stats, first));
        }
    }
    reader.app_routes(&mut routes)?;
    reader.pages_routes(&mut routes)?;
    let routes = routes
        .into_iter()
        .map(|(name, (source, first))| reader.route(name, source, first))
        .collect::<Result<_, _>>()?;
    Ok(Build {
        folder: reader.folder,
        version,
        routes,
        references: reader.references,
    })
}

type Routes = BTreeMap<String, (Source, BTreeSet<Chunk>)>;

struct Reader {
    folder: Folder,
    manifest: BuildManifest,
    app_paths: AppPathRoutes,
    prerendered: PrerenderManifest,
    /// Every prerendered page by its file, relative to `.next`.
    pages: BTreeMap<String, Page>,
    low_priority: BTreeSet<Chunk>,
    references: BTreeSet<Reference>,
}

impl Reader {
    /// The chunks a manifest names, remembered as references.
    fn named(&mut self, manifest: &str, names: &[String]) -> Result<BTreeSet<Chunk>, Error> {
        let mut chunks = BTreeSet::new();
        for name in names {
            let chunk = Chunk::from_manifest(name).ok_or_else(|| {
                let reason = format!("it names `{name}`, which is no file below static/");
                self.folder.malformed(manifest, &reason)
            })?;
            self.references.insert(Reference {
                chunk: chunk.clone(),
                named_by: manifest.to_owned(),
            });
            chunks.insert(chunk);
        }
        Ok(chunks)
    }

    /// App router: what every page loads, and what the server render of this page adds. Fills in the routes the stats do
    /// not have.
    fn app_routes(&mut self, routes: &mut Routes) -> Result<(), Error> {
        let root = self.named(BUILD_MANIFEST, &self.manifest.root_main_files.clone())?;
        for (path, name) in self.app_paths.clone() {
            // Route handlers and metadata files end in `/route`; they load no JavaScript.
            if !path.ends_with("/page")
                || NOT_ROUTES.contains(&name.as_str())
                || routes.contains_key(&name)
            {
                continue;
            }
            let file = format!("server/app{path}_client-reference-manifest.js");
            let text = self
                .folder
                .evidence_text(&file)?
                .ok_or_else(|| Error::Unfinished(self.folder.path(&file)))?;
            let references = client_reference::parse(&text)
                .map_err(|reason| self.folder.malformed(&file, &reason))?;
            let Some(entries) = references.entry_js_files else {
                return Err(Error::Unsupported(format!(
                    "webpack builds of the app router (the manifest of {name} has no entryJSFiles)"
                )));
            };
            let mut first = root.clone();
            for names in entries.values() {
                first.extend(
                    self.named(&file, names)?
                        .into_iter()
                        .filter(Chunk::is_script),
                );
            }
            routes.insert(name, (Source::Manifest, first));
        }
        Ok(())
    }

    /// Pages router: what `_app` loads, and the page itself.
    fn pages_routes(&mut self, routes: &mut Routes) -> Result<(), Error> {
        let mut pages = BTreeMap::new();
        for (page, names) in std::mem::take(&mut self.manifest.pages) {
            let chunks = self.named(BUILD_MANIFEST, &names)?;
            pages.insert(
                page,
                chunks
                    .into_iter()
                    .filter(Chunk::is_script)
                    .collect::<BTreeSet<_>>(),
            );
        }
        let app = pages.get("/_app").cloned().unwrap_or_default();
        for (name, own) in pages {
            if !NOT_ROUTES.contains(&name.as_str()) && !routes.contains_key(&name) {
                routes.insert(name, (Source::Manifest, app.union(&own).cloned().collect()));
            }
        }
        Ok(())
    }

    fn route(
        &mut self,
        name: String,
        source: Source,
        first: BTreeSet<Chunk>,
    ) -> Result<Route, Error> {
        let mut later = BTreeSet::new();
        let path = self
            .app_paths
            .iter()
            .find(|(path, route)| **route == name && path.ends_with("/page"));
        let loadable = path.map_or_else(
            || {
                format!(
                    "server/pages{}/react-loadable-manifest.json",
                    if name == "/" { "/index" } else { &name }
                )
            },
            |(path, _)| format!("server/app{path}/react-loadable-manifest.json"),
        );
        if let Some(modules) = self.folder.json::<Loadable>(&loadable)? {
            for module in modules.values() {
                later.extend(self.named(&loadable, &module.files)?);
            }
        }
        let page = self.page_of(&name).map(|(file, page)| PageScripts {
            scripts: page
                .scripts
                .difference(&self.low_priority)
                .cloned()
                .collect(),
            file: file.clone(),
        });
        Ok(Route {
            name,
            source,
            first,
            later,
            page,
        })
    }

    /// A prerendered page of a route: its own, or the first child of a dynamic one.
    fn page_of(&self, route: &str) -> Option<(&String, &Page)> {
        let children = self.prerendered.routes.iter();
        let children = children
            .filter(|(_, page)| page.src_route.as_deref() == Some(route))
            .map(|(path, _)| path.as_str());
        std::iter::once(route).chain(children).find_map(|path| {
            let path = if path == "/" { "/index" } else { path };
            ["app", "pages"].into_iter().find_map(|router| {
                self.pages
                    .get_key_value(&format!("server/{router}{path}.html"))
            })
        })
    }

    /// Reads every prerendered page.
    fn read_pages(&mut self) -> Result<(), Error> {
        for router in ["server/app", "server/pages"] {
            let root = self.folder.path(router);
            if !root.is_dir() {
                continue;
            }
            for entry in WalkBuilder::new(&root).standard_filters(false).build() {
                let entry = entry.map_err(|error| Error::Unreadable {
                    path: root.clone(),
                    reason: std::io::Error::other(error),
                })?;
                let path = entry.path();
                let is_page = path
                    .extension()
                    .is_some_and(|extension| extension == "html");
                let (true, Ok(relative)) = (is_page, path.strip_prefix(&root)) else {
                    continue;
                };
                let file = format!("{router}/{}", relative.to_string_lossy().replace('\\', "/"));
                let Some(html) = self.folder.text(&file)? else {
                    continue;
                };
                let page = Page::parse(&html);
                self.references
                    .extend(page.references.iter().map(|chunk| Reference {
                        chunk: chunk.clone(),
                        named_by: file.clone(),
                    }));
                self.pages.insert(file, page);
            }
        }
        Ok(())
    }
}

fn major(version: &str) -> Option<u32> {
    version.split('.').next()?.parse().ok()
}
