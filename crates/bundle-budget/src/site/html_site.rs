//! A site of prerendered pages, whoever made it: what a page loads first are its scripts, what it preloads, and what those
//! import.

use std::collections::BTreeSet;
use std::path::Path;

use super::{
    Build, Chunk, Error, Folder, ImageService, Modules, PageFile, Reference, Route, Router, Source,
    pages, route_of,
};

/// Reads a folder of pages.
pub(super) fn open(root: &Path, made_by: &str) -> Result<Build, Error> {
    let folder = Folder::open(root.to_path_buf())?;
    let found = pages(root, |url, page| site_chunk(&folder, url, page))?;
    let mut modules = Modules::default();
    let (mut routes, mut references) = (Vec::new(), BTreeSet::new());
    for file in &found {
        let scripts: BTreeSet<Chunk> = file
            .page
            .scripts
            .union(&file.page.preloads)
            .cloned()
            .collect();
        let (first, mut later) = modules.closure(&folder, &scripts)?;
        let islands = file
            .page
            .references
            .difference(&first)
            .filter(|chunk| chunk.is_script())
            .cloned()
            .collect();
        let (waiting, further) = modules.closure(&folder, &islands)?;
        later.extend(
            waiting
                .union(&further)
                .filter(|chunk| !first.contains(chunk))
                .cloned(),
        );
        references.extend(named(file));
        routes.push(Route {
            name: route_of(&file.name),
            router: Router::Documents,
            source: Source::Html,
            first: first.into_iter().filter(Chunk::is_script).collect(),
            later,
            page: None,
        });
    }
    Ok(Build {
        folder,
        served: "",
        made_by: made_by.to_owned(),
        routes,
        references,
        pages: found,
        analysis: Vec::new(),
        images: ImageService::AsTheyAre,
    })
}

/// What a page names.
pub(crate) fn named(file: &PageFile) -> impl Iterator<Item = Reference> + '_ {
    file.page.references.iter().map(|chunk| Reference {
        chunk: chunk.clone(),
        named_by: file.name.clone(),
        integrity: file.page.integrity.get(chunk).cloned(),
    })
}

/// The file an address of a page leads to. A base path stands in front of the names of files, so leading folders are
/// dropped as long as nothing is found. Only files of code, style and media count: links to other pages are no files.
pub(crate) fn site_chunk(folder: &Folder, url: &str, page: &str) -> Option<Chunk> {
    let chunk = Chunk::from_site_url(url, page)?;
    let (_, extension) = chunk.as_str().rsplit_once('.')?;
    let known = [
        "js",
        "mjs",
        "css",
        "png",
        "jpg",
        "jpeg",
        "gif",
        "webp",
        "avif",
        "svg",
        "ico",
        "woff",
        "woff2",
        "json",
        "webmanifest",
    ];
    if !known.contains(&extension.to_ascii_lowercase().as_str()) {
        return None;
    }
    let mut candidate = Some(chunk.clone());
    while let Some(name) = candidate {
        if folder.path(name.as_str()).is_file() {
            return Some(name);
        }
        candidate = url
            .starts_with('/')
            .then(|| name.without_first_folder())
            .flatten();
    }
    Some(chunk)
}
