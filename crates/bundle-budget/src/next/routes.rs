//! Puts the routes of a build together out of its files.

use std::collections::{BTreeMap, BTreeSet};

use super::manifests::{
    AppPathRoutes, BuildManifest, Framework, Integrity, Loadable, PrerenderManifest, RouteStats,
};
use super::{client_reference, images, webpack};
use crate::site::{
    Build, Chunk, Error, Folder, PageFile, PageScripts, Reference, Route, Router, Source, pages,
};

const BUILD_MANIFEST: &str = "build-manifest.json";
const STATS: &str = "diagnostics/route-bundle-stats.json";
const INTEGRITY: &str = "server/subresource-integrity-manifest.json";

/// The first major version whose builds are read.
const OLDEST: u32 = 15;

/// Not routes of the app's own: wrappers, and the page that Next.js shows when the root layout itself fails.
const NOT_ROUTES: [&str; 4] = ["/_app", "/_document", "/_error", "/_global-error"];

/// Reads all routes.
pub(super) fn read(folder: Folder) -> Result<Build, Error> {
    let manifest: BuildManifest = folder
        .json(BUILD_MANIFEST)?
        .ok_or_else(|| Error::Unfinished(folder.path(BUILD_MANIFEST)))?;
    // Written last: without it, the build stopped half-way.
    let done = folder.path("BUILD_ID");
    if !done.is_file() {
        return Err(Error::Unfinished(done));
    }
    let framework: Option<Framework> = folder.json("diagnostics/framework.json")?;
    let version = framework.and_then(|framework| framework.version);
    if let Some(version) = &version
        && major(version).is_some_and(|major| major < OLDEST)
    {
        return Err(Error::Unsupported(format!("builds of Next.js {version}")));
    }
    let stats: Option<Vec<RouteStats>> = folder.json(STATS)?;
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
    reader.integrity()?;
    let mut routes = BTreeMap::new();
    for entry in stats.into_iter().flatten() {
        if !NOT_ROUTES.contains(&entry.route.as_str()) {
            let first = reader.named(STATS, &entry.first_load_chunk_paths)?;
            routes.insert(entry.route, (Source::Stats, first));
        }
    }
    reader.app_routes(&mut routes)?;
    reader.pages_routes(&mut routes)?;
    let shared = reader.loadable("react-loadable-manifest.json")?;
    let routes = routes
        .into_iter()
        .map(|(name, (source, first))| reader.route(name, source, first, &shared))
        .collect::<Result<Vec<_>, _>>()?;
    let turbopack = reader
        .manifest
        .root_main_files
        .iter()
        .any(|file| file.contains("turbopack-"));
    let analysis = routes
        .iter()
        .map(|route| (route.name.clone(), analysis(&reader.folder, &route.name)))
        .filter(|(_, path)| path.is_file())
        .collect();
    Ok(Build {
        images: images::service(&reader.folder)?,
        served: "static",
        made_by: made_by(version.as_deref(), turbopack),
        folder: reader.folder,
        routes,
        references: reader.references,
        pages: reader.pages.into_values().collect(),
        analysis,
    })
}

fn made_by(version: Option<&str>, turbopack: bool) -> String {
    let bundler = if turbopack { "Turbopack" } else { "webpack" };
    match version {
        Some(version) => format!("Next.js {version} ({bundler})"),
        None => format!("Next.js ({bundler})"),
    }
}

/// Where `next build --analyze` leaves what it knows about a route.
fn analysis(folder: &Folder, route: &str) -> std::path::PathBuf {
    let route = route.trim_start_matches('/');
    folder
        .path("diagnostics/analyze/data")
        .join(route)
        .join("analyze.data")
}

type Routes = BTreeMap<String, (Source, BTreeSet<Chunk>)>;

struct Reader {
    folder: Folder,
    manifest: BuildManifest,
    app_paths: AppPathRoutes,
    prerendered: PrerenderManifest,
    /// Every prerendered page by its file, relative to `.next`.
    pages: BTreeMap<String, PageFile>,
    low_priority: BTreeSet<Chunk>,
    references: BTreeSet<Reference>,
}

impl Reader {
    /// The chunks a manifest names, remembered as references.
    fn named(&mut self, manifest: &str, names: &[String]) -> Result<BTreeSet<Chunk>, Error> {
        let mut chunks = BTreeSet::new();
        for name in names {
            let chunk = Chunk::from_next(name).ok_or_else(|| {
                let reason = format!("it names `{name}`, which is no file below static/");
                self.folder.malformed(manifest, &reason)
            })?;
            self.references.insert(Reference {
                chunk: chunk.clone(),
                named_by: manifest.to_owned(),
                integrity: None,
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
            if !path.ends_with("/page") || routes.contains_key(&name) {
                continue;
            }
            let file = format!("server/app{path}_client-reference-manifest.js");
            let text = self
                .folder
                .evidence_text(&file)?
                .ok_or_else(|| Error::Unfinished(self.folder.path(&file)))?;
            let references = client_reference::parse(&text)
                .map_err(|reason| self.folder.malformed(&file, &reason))?;
            let names = match references.entry_js_files {
                Some(entries) => entries.into_values().flatten().collect(),
                None => webpack::chunks(&path, references.client_modules.values()),
            };
            let mut first = root.clone();
            first.extend(
                self.named(&file, &names)?
                    .into_iter()
                    .filter(Chunk::is_script),
            );
            // What no visitor goes to is read for the files it names.
            if !NOT_ROUTES.contains(&name.as_str()) {
                routes.insert(name, (Source::Manifest, first));
            }
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

    /// The chunks of a manifest of dynamic imports; none when the page has no such manifest.
    fn loadable(&mut self, file: &str) -> Result<BTreeSet<Chunk>, Error> {
        let modules: Loadable = self.folder.json(file)?.unwrap_or_default();
        let mut later = BTreeSet::new();
        for module in modules.values() {
            later.extend(self.named(file, &module.files)?);
        }
        Ok(later)
    }

    /// `shared` is what webpack lists for all pages together, so it says only what may load later.
    fn route(
        &mut self,
        name: String,
        source: Source,
        first: BTreeSet<Chunk>,
        shared: &BTreeSet<Chunk>,
    ) -> Result<Route, Error> {
        let path = self
            .app_paths
            .iter()
            .find(|(path, route)| **route == name && path.ends_with("/page"));
        let (loadable, router) = match path {
            Some((path, _)) => (
                format!("server/app{path}/react-loadable-manifest.json"),
                Router::App,
            ),
            None => {
                let page = if name == "/" { "/index" } else { &name };
                (
                    format!("server/pages{page}/react-loadable-manifest.json"),
                    Router::Pages,
                )
            }
        };
        let mut later = self.loadable(&loadable)?;
        later.extend(shared.iter().cloned());
        let page = self.page_of(&name).map(|page| PageScripts {
            scripts: page
                .page
                .scripts
                .difference(&self.low_priority)
                .cloned()
                .collect(),
            file: page.path.clone(),
        });
        Ok(Route {
            name,
            router,
            source,
            first,
            later: later.into_iter().filter(Chunk::is_script).collect(),
            page,
        })
    }

    /// A prerendered page of a route: its own, or the first child of a dynamic one.
    fn page_of(&self, route: &str) -> Option<&PageFile> {
        let children = self.prerendered.routes.iter();
        let children = children
            .filter(|(_, page)| page.src_route.as_deref() == Some(route))
            .map(|(path, _)| path.as_str());
        std::iter::once(route).chain(children).find_map(|path| {
            let path = if path == "/" { "/index" } else { path };
            ["app", "pages"]
                .into_iter()
                .find_map(|router| self.pages.get(&format!("server/{router}{path}.html")))
        })
    }

    /// Reads every prerendered page.
    fn read_pages(&mut self) -> Result<(), Error> {
        for router in ["server/app", "server/pages"] {
            for page in pages(&self.folder.path(router), |url, _| {
                Chunk::from_next_url(url)
            })? {
                let file = format!("{router}/{}", page.name);
                self.references
                    .extend(page.page.references.iter().map(|chunk| Reference {
                        chunk: chunk.clone(),
                        named_by: file.clone(),
                        integrity: page.page.integrity.get(chunk).cloned(),
                    }));
                self.pages.insert(file, page);
            }
        }
        Ok(())
    }

    /// The hashes of `experimental.sri`.
    fn integrity(&mut self) -> Result<(), Error> {
        let hashes: Integrity = self.folder.json(INTEGRITY)?.unwrap_or_default();
        for (file, integrity) in hashes {
            if let Some(chunk) = Chunk::from_next(&file) {
                self.references.insert(Reference {
                    chunk,
                    named_by: INTEGRITY.to_owned(),
                    integrity: Some(integrity),
                });
            }
        }
        Ok(())
    }
}

fn major(version: &str) -> Option<u32> {
    version.split('.').next()?.parse().ok()
}
