//! SvelteKit: a page loads the two entries of the app, the nodes of its layouts and its own.

use std::path::Path;

use super::{MANIFEST, Manifest, SVELTEKIT, build};
use crate::site::{Build, Error, Folder, Router, named, pages, route_of, site_chunk};

const ROUTES: &str = "server/manifest-full.js";

/// Reads the build of an app.
pub(crate) fn open(app: &Path) -> Result<Build, Error> {
    let output = Folder::open(app.join(SVELTEKIT))?;
    let folder = Folder::open(output.path("client"))?;
    let manifest = Manifest::read(&folder, MANIFEST)?;
    let text = output
        .evidence_text(ROUTES)?
        .ok_or_else(|| Error::Unfinished(output.path(ROUTES)))?;
    let found = pages(&output.path("prerendered/pages"), |url, page| {
        site_chunk(&folder, url, page)
    })?;
    let mut references = manifest.references(MANIFEST);
    references.extend(found.iter().flat_map(named));
    let key = |name: &str| {
        manifest
            .all()
            .find(|(_, entry)| entry.name.as_deref() == Some(name))
            .map(|(key, _)| key)
    };
    let mut routes = Vec::new();
    for (name, nodes) in nodes(&text) {
        let names = ["entry/start".to_owned(), "entry/app".to_owned()];
        let names = names
            .into_iter()
            .chain(nodes.iter().map(|node| format!("nodes/{node}")));
        let keys: Vec<&str> = names.filter_map(|name| key(&name)).collect();
        let load = manifest.load(keys);
        // The app imports every node by `import()`: only those of a later visit are told apart by the route.
        let page = found.iter().find(|page| route_of(&page.name) == name);
        routes.push(load.route(name, Router::App, page));
    }
    routes.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(build("SvelteKit", folder, routes, references, found))
}

/// The routes of the server's manifest, which is JavaScript: `id: "/about", … page: { layouts: [0,], errors: [1,], leaf: 3 }`.
fn nodes(text: &str) -> Vec<(String, Vec<u32>)> {
    let mut found = Vec::new();
    for part in text.split("id: \"").skip(1) {
        let Some((id, rest)) = part.split_once('"') else {
            continue;
        };
        let Some((_, page)) = rest.split_once("page: {") else {
            continue;
        };
        let Some((page, _)) = page.split_once('}') else {
            continue;
        };
        let list = |key: &str| -> Vec<u32> {
            let numbers = page.split_once(key).map_or("", |(_, after)| after);
            let numbers = numbers.trim_start().trim_start_matches('[');
            let end = numbers.find([']', '}']).unwrap_or(numbers.len());
            let numbers = numbers.get(..end).unwrap_or_default();
            numbers
                .split(',')
                .filter_map(|number| number.trim().parse().ok())
                .collect()
        };
        let mut nodes = list("layouts:");
        nodes.extend(list("leaf:"));
        found.push((id.to_owned(), nodes));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::nodes;

    #[test]
    fn routes_are_read_from_the_script() {
        let text = r#"routes: [ { id: "/", pattern: /^\/$/, page: { layouts: [0,2,], errors: [1,,], leaf: 4 }, endpoint: null },
            { id: "/api", pattern: /x/, page: null, endpoint: x }, { id: "/a/[b]", params: [{"name":"b"}], page: { layouts: [0,], errors: [1,], leaf: 5 } } ]"#;
        assert_eq!(
            nodes(text),
            [
                ("/".to_owned(), vec![0, 2, 4]),
                ("/a/[b]".to_owned(), vec![0, 5])
            ]
        );
    }
}
