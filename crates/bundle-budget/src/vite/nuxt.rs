//! Nuxt: every page loads the entry of the app and its own component, as Nuxt's client manifest has them.

use std::path::Path;

use super::{Manifest, NUXT, build};
use crate::site::{Build, Error, Folder, Router, named, pages, route_of, site_chunk};

/// Vite's manifest as Nuxt keeps it, relative to the app.
const MANIFEST: &str = ".nuxt/dist/server/client.manifest.json";
/// Where the files it names are served from.
const ASSETS: &str = "_nuxt/";

/// Reads the build of an app.
pub(crate) fn open(app: &Path) -> Result<Build, Error> {
    let folder = Folder::open(app.join(NUXT))?;
    let manifest = Manifest::read_below(&Folder::open(app.to_path_buf())?, MANIFEST, ASSETS)?;
    let found = pages(folder.root(), |url, page| site_chunk(&folder, url, page))?;
    let mut references = manifest.references(MANIFEST);
    references.extend(found.iter().flat_map(named));
    let entries: Vec<&str> = manifest.entries().collect();
    let mut named_pages: Vec<(String, Option<&str>)> = manifest
        .all()
        .filter_map(|(key, entry)| Some((route(entry.src.as_deref()?)?, Some(key))))
        .collect();
    if named_pages.is_empty() {
        // An app without pages is one page.
        named_pages.push(("/".to_owned(), None));
    }
    let mut routes = Vec::new();
    for (name, key) in named_pages {
        let load = manifest.load(entries.iter().copied().chain(key));
        let page = found.iter().find(|page| route_of(&page.name) == name);
        routes.push(load.route(name, Router::App, page));
    }
    routes.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(build("Nuxt", folder, routes, references, found))
}

/// The route of a component below `pages/`: `pages/blog/[slug].vue` is `/blog/[slug]`.
fn route(source: &str) -> Option<String> {
    let (before, path) = source.split_once("pages/")?;
    if before.contains("node_modules") || !(before.is_empty() || before.ends_with('/')) {
        return None;
    }
    let path = path.split('?').next()?.strip_suffix(".vue")?;
    let kept: Vec<&str> = path
        .split('/')
        .filter(|segment| !segment.starts_with('('))
        .collect();
    Some(route_of(&kept.join("/")))
}

#[cfg(test)]
mod tests {
    use super::route;

    #[test]
    fn components_below_pages_are_routes() {
        for (source, expected) in [
            ("pages/index.vue", Some("/")),
            ("../app/pages/about.vue", Some("/about")),
            ("pages/blog/[slug].vue", Some("/blog/[slug]")),
            ("pages/blog/index.vue?macro=true", Some("/blog")),
            ("pages/(marketing)/prices.vue", Some("/prices")),
            ("components/pages.vue", None),
            ("node_modules/x/pages/a.vue", None),
            ("mypages/a.vue", None),
        ] {
            assert_eq!(route(source).as_deref(), expected, "{source}");
        }
    }
}
