//! Lists a folder: every file and link that no rule leaves out, in the byte order of their paths, hidden ones too, as
//! Vercel's CLI does.

use std::{
    fs,
    path::{Component, Path, PathBuf},
};

use ignore::{WalkBuilder, gitignore::Gitignore};

use crate::error::Error;

/// A thing to hash.
pub(crate) struct Found {
    pub(crate) path: String,
    pub(crate) kind: FoundKind,
}

pub(crate) enum FoundKind {
    File,
    Link { target: String },
}

/// All files and links below `root` that `rules` do not leave out, sorted.
pub(crate) fn walk(root: &Path, rules: Option<Gitignore>) -> Result<Vec<Found>, Error> {
    let real_root = fs::canonicalize(root).map_err(|cause| Error::unreadable(root, &cause))?;
    let mut found = Vec::new();
    // From the real root, so that a folder that is itself a link is entered.
    let mut builder = WalkBuilder::new(&real_root);
    builder.standard_filters(false).follow_links(false);
    if let Some(rules) = rules {
        let base = real_root.clone();
        builder.filter_entry(move |entry| {
            let folder = entry.file_type().is_some_and(|kind| kind.is_dir());
            let relative = entry.path().strip_prefix(&base).unwrap_or(entry.path());
            relative.as_os_str().is_empty() || !rules.matched(relative, folder).is_ignore()
        });
    }
    for entry in builder.build() {
        let entry = entry.map_err(|cause| Error::unreadable(root, &cause))?;
        let Ok(relative) = entry.path().strip_prefix(&real_root) else {
            continue;
        };
        let kind = entry.file_type();
        if kind.is_none_or(|kind| kind.is_dir()) {
            continue;
        }
        let path = portable(relative)?;
        let kind = match kind {
            Some(kind) if kind.is_symlink() => link(&real_root, entry.path(), &path)?,
            Some(kind) if kind.is_file() => FoundKind::File,
            _ => return Err(Error::Special(path)),
        };
        found.push(Found { path, kind });
    }
    found.sort_unstable_by(|one, two| one.path.cmp(&two.path));
    Ok(found)
}

/// The path with `/`, if it can stand on one line of the manifest.
fn portable(relative: &Path) -> Result<String, Error> {
    let name = |reason| Error::Name {
        path: relative.into(),
        reason,
    };
    let mut parts = Vec::new();
    for component in relative.components() {
        let Component::Normal(part) = component else {
            return Err(name("it is no relative path"));
        };
        let part = part.to_str().ok_or_else(|| name("it is not UTF-8"))?;
        if part.chars().any(char::is_control) {
            return Err(name("it has a control character, such as a line break"));
        }
        if part.contains('\\') {
            return Err(name(
                "it has a backslash, which is a separator on other systems",
            ));
        }
        parts.push(part);
    }
    Ok(parts.join("/"))
}

fn link(root: &Path, full: &Path, path: &str) -> Result<FoundKind, Error> {
    let target = fs::read_link(full).map_err(|cause| Error::unreadable(full, &cause))?;
    let escapes = |target: PathBuf| Error::Escapes {
        path: path.to_owned(),
        target,
    };
    // An absolute link means another file on every machine, also where it happens to lead inside.
    if target.is_absolute() {
        return Err(escapes(target));
    }
    let Ok(real) = fs::canonicalize(full) else {
        return Err(Error::Dangling {
            path: path.to_owned(),
            target,
        });
    };
    if !real.starts_with(root) {
        return Err(escapes(target));
    }
    let text = target.to_str().ok_or_else(|| Error::Name {
        path: target.clone(),
        reason: "it is not UTF-8",
    })?;
    Ok(FoundKind::Link {
        target: text.replace('\\', "/"),
    })
}
