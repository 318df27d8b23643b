//! The prerendered pages of a build.

use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use super::{Chunk, Error, Folder, Page};

/// A prerendered page.
#[derive(Clone, Debug)]
pub(crate) struct PageFile {
    /// Where it is.
    pub path: PathBuf,
    /// Relative to the folder it was found in, with `/`.
    pub name: String,
    /// Its tags.
    pub page: Page,
}

/// Reads every HTML file below a folder, in the order of their names; none when there is no such folder. `resolve` gets
/// an address and the folder of the page.
pub(crate) fn pages(
    root: &Path,
    resolve: impl Fn(&str, &str) -> Option<Chunk>,
) -> Result<Vec<PageFile>, Error> {
    let mut found = Vec::new();
    if !root.is_dir() {
        return Ok(found);
    }
    let folder = Folder::open(root.to_path_buf())?;
    for entry in WalkBuilder::new(root).standard_filters(false).build() {
        let entry = entry.map_err(|error| Error::Unreadable {
            path: root.to_path_buf(),
            reason: std::io::Error::other(error),
        })?;
        let is_page = entry.file_type().is_some_and(|kind| kind.is_file())
            && entry
                .path()
                .extension()
                .is_some_and(|extension| extension == "html");
        let (true, Ok(relative)) = (is_page, entry.path().strip_prefix(root)) else {
            continue;
        };
        let name = relative.to_string_lossy().replace('\\', "/");
        let Some(html) = folder.text(&name)? else {
            continue;
        };
        let own = name.rsplit_once('/').map_or("", |(folder, _)| folder);
        found.push(PageFile {
            path: entry.path().to_path_buf(),
            page: Page::parse(&html, |url| resolve(url, own)),
            name,
        });
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// The route a page is served at: `about.html` and `about/index.html` are `/about`.
pub(crate) fn route_of(name: &str) -> String {
    let path = name.strip_suffix(".html").unwrap_or(name);
    let path = path.strip_suffix("/index").unwrap_or(path);
    if path == "index" {
        "/".to_owned()
    } else {
        format!("/{path}")
    }
}

#[cfg(test)]
mod tests {
    use super::route_of;

    #[test]
    fn pages_are_served_without_their_extension() {
        for (name, route) in [
            ("index.html", "/"),
            ("about.html", "/about"),
            ("about/index.html", "/about"),
            ("docs/a.html", "/docs/a"),
            ("myindex.html", "/myindex"),
        ] {
            assert_eq!(route_of(name), route);
        }
    }
}
