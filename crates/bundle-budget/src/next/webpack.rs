//! The first load of an app route that webpack built. Its manifest lists every client module that any page may meet, so
//! only the modules count whose chunks belong to the page itself or to what wraps it.

use super::client_reference::{ClientModule, IdOrFile};

/// Files of the app router that wrap the pages below their folder.
const WRAPPERS: [&str; 6] = [
    "layout",
    "template",
    "error",
    "loading",
    "not-found",
    "default",
];

/// The chunks a page loads, as the manifest writes them: `path` is the page's own, such as `/(group)/about/page`.
pub(super) fn chunks<'a>(
    path: &str,
    modules: impl Iterator<Item = &'a ClientModule>,
) -> Vec<String> {
    let folder = path.strip_suffix("/page").unwrap_or(path);
    let mut found = Vec::new();
    for module in modules {
        // A flat list: id, file, id, file …
        let files: Vec<&String> = module
            .chunks
            .iter()
            .skip(1)
            .step_by(2)
            .filter_map(|file| match file {
                IdOrFile::Text(text) => Some(text),
                IdOrFile::Number => None,
            })
            .collect();
        if files.iter().any(|file| belongs(file, folder)) {
            found.extend(files.into_iter().cloned());
        }
    }
    found
}

/// Whether `static/chunks/app/<folder>/<name>-<hash>.js` is the page of this folder or wraps it. Slots (`@side`) load
/// with the folder they are in.
fn belongs(file: &str, page: &str) -> bool {
    let file = file
        .replace("%5B", "[")
        .replace("%5D", "]")
        .replace("%40", "@")
        .replace("%5b", "[")
        .replace("%5d", "]");
    let Some((folder, name)) = file
        .strip_prefix("static/chunks/app")
        .and_then(|path| path.rsplit_once('/'))
    else {
        return false;
    };
    let kind = name.rsplit_once('-').map_or(name, |(kind, _)| kind);
    let folder = without_slots(folder);
    let page = without_slots(page);
    let wraps = page
        .strip_prefix(&folder)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    (kind == "page" && folder == page) || (WRAPPERS.contains(&kind) && wraps)
}

fn without_slots(folder: &str) -> String {
    let kept = folder
        .split('/')
        .filter(|segment| !segment.starts_with('@'));
    kept.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::belongs;

    #[test]
    fn a_page_loads_itself_its_wrappers_and_its_slots() {
        let cases = [
            ("app/page-1.js", "", true),
            ("app/page-1.js", "/lazy", false),
            ("app/layout-1.js", "/lazy", true),
            ("app/dash/layout-1.js", "/dash/settings", true),
            ("app/dash/error-1.js", "/dash/settings", true),
            ("app/dash/@side/default-1.js", "/dash/settings", true),
            ("app/dash/@side/page-1.js", "/dash", true),
            ("app/dash/@side/page-1.js", "/dash/settings", false),
            ("app/dashboard/layout-1.js", "/dash", false),
            ("app/dash/layout-1.js", "/dashboard", false),
            ("app/blog/%5Bslug%5D/page-1.js", "/blog/[slug]", true),
            ("app/(grp)/about/page-1.js", "/(grp)/about", true),
            ("app/dash/not-found-1.js", "/dash", true),
            ("app/dash/(.)photo/page-1.js", "/dash", false),
            ("794-1.js", "", false),
        ];
        for (file, page, expected) in cases {
            assert_eq!(
                belongs(&format!("static/chunks/{file}"), page),
                expected,
                "{file} for {page}"
            );
        }
    }
}
