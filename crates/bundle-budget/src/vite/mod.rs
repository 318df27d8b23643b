//! Reads builds of Vite and of the frameworks made of it, through Vite's own manifest: an entry loads its file and
//! everything that imports at once; what it imports by `import()` loads later.

mod manifest;
mod nuxt;
mod sveltekit;

use std::collections::BTreeSet;
use std::path::Path;

pub(crate) use nuxt::open as open_nuxt;
pub(crate) use sveltekit::open as open_sveltekit;

use crate::site::{
    Build, Chunk, Error, Folder, ImageService, PageFile, PageScripts, Reference, Route, Router,
    Source, named, pages, route_of, site_chunk,
};
use manifest::Manifest;

/// Where Vite leaves a build, relative to the app.
pub(crate) const DIST: &str = "dist";
/// Its manifest, relative to the build.
pub(crate) const MANIFEST: &str = ".vite/manifest.json";
/// SvelteKit's builds.
pub(crate) const SVELTEKIT: &str = ".svelte-kit/output";
/// Nuxt's public files.
pub(crate) const NUXT: &str = ".output/public";

/// Reads the build of an app: every entry is a route. `index.html` is `/`, `admin.html` is `/admin`, and an entry that is
/// a script is called by its file: `/src/main.js`.
pub(crate) fn open(app: &Path) -> Result<Build, Error> {
    let folder = Folder::open(app.join(DIST))?;
    let manifest = Manifest::read(&folder, MANIFEST)?;
    let found = pages(folder.root(), |url, page| site_chunk(&folder, url, page))?;
    let mut references = manifest.references(MANIFEST);
    references.extend(found.iter().flat_map(named));
    let mut routes = Vec::new();
    for key in manifest.entries() {
        let load = manifest.load([key]);
        let page = found.iter().find(|page| page.name == key);
        routes.push(load.route(route_of(key), Router::Documents, page));
    }
    Ok(build("Vite", folder, routes, references, found))
}

/// What an entry loads.
#[derive(Debug, Default)]
struct Load {
    first: BTreeSet<Chunk>,
    later: BTreeSet<Chunk>,
}

impl Load {
    /// The route that loads it, beside what its prerendered page loads: scripts, and the modules it preloads.
    fn route(self, name: String, router: Router, page: Option<&PageFile>) -> Route {
        let loaded = |page: &PageFile| PageScripts {
            file: page.path.clone(),
            scripts: page
                .page
                .scripts
                .union(&page.page.preloads)
                .cloned()
                .collect(),
        };
        Route {
            name,
            router,
            source: Source::Manifest,
            first: self.first,
            later: self.later,
            page: page.map(loaded),
        }
    }
}

/// A build that Vite made and whose files are all served as they are.
fn build(
    made_by: &str,
    folder: Folder,
    routes: Vec<Route>,
    references: BTreeSet<Reference>,
    pages: Vec<PageFile>,
) -> Build {
    Build {
        folder,
        served: "",
        made_by: made_by.to_owned(),
        routes,
        references,
        pages,
        analysis: Vec::new(),
        images: ImageService::AsTheyAre,
    }
}
