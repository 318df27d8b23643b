//! Functions: each `.func` folder needs its .vc-config.json, which may name files outside the build output (`filePathMap`).
//! Those are sent too, under their place in the repository, as Vercel's CLI does.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Component, Path, PathBuf},
};

use serde_json::Value;

use crate::{config, error::Error, source, walk::Found};

/// The name of a function's config file.
const CONFIG: &str = ".vc-config.json";

/// The folders that may be the root of the repository, nearest first: from the one that holds `.vercel/output` up to the one
/// that holds `.git`.
fn repositories(output: &Path) -> Vec<PathBuf> {
    let real = std::fs::canonicalize(output).unwrap_or_else(|_| output.to_owned());
    let mut folders = Vec::new();
    for folder in real.ancestors().skip(2) {
        folders.push(folder.to_owned());
        if folder.join(".git").exists() {
            return folders;
        }
    }
    // Without a repository only the place that the format itself names counts: nothing of a whole disk is taken by accident.
    folders.truncate(1);
    folders
}

/// The functions below `functions/`: the outermost `.func` folders.
fn folders(found: &[Found]) -> BTreeSet<&str> {
    found
        .iter()
        .filter(|found| found.path.starts_with("functions/"))
        .filter_map(|found| {
            let end = found.path.find(".func/")?;
            found.path.get(..end + ".func".len())
        })
        .collect()
}

/// Reads every function's config. Gives the files they map, relative to the repository, and the repository they lie in.
pub(crate) fn mapped(
    root: &Path,
    found: &[Found],
) -> Result<(Option<PathBuf>, BTreeSet<String>), Error> {
    // The file, and the first config that names it.
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for folder in folders(found) {
        let path = format!("{folder}/{CONFIG}");
        let Some(config) = config::read(&root.join(&path))? else {
            return Err(Error::NoFunctionConfig(folder.to_owned()));
        };
        let map = config.get("filePathMap").and_then(Value::as_object);
        for value in map.into_iter().flat_map(serde_json::Map::values) {
            let file = inside(value).ok_or_else(|| Error::MapsOutside {
                path: path.clone(),
                file: value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned),
            })?;
            files.entry(file).or_insert_with(|| path.clone());
        }
    }
    if files.is_empty() {
        return Ok((None, BTreeSet::new()));
    }
    let candidates = repositories(root);
    let holds = |repository: &&PathBuf| files.keys().all(|file| repository.join(file).is_file());
    let Some(repository) = candidates.iter().find(holds).cloned() else {
        let nearest = candidates.first().map_or(root, PathBuf::as_path);
        let missing = files
            .iter()
            .find(|(file, _)| !nearest.join(file).is_file())
            .or_else(|| files.iter().next());
        let (file, path) = missing.map_or(("", ""), |(file, path)| (file.as_str(), path.as_str()));
        return Err(Error::MappedMissing {
            path: path.to_owned(),
            file: file.to_owned(),
        });
    };
    // The project's own rules hold against a build that came from a job of lower trust.
    let rules = source::own_rules(&repository)?;
    files.retain(|file, _| !rules.matched_path_or_any_parents(file, false).is_ignore());
    for (file, path) in &files {
        // A link could lead anywhere, so that a build of lower trust names a file of this machine.
        let real = std::fs::canonicalize(repository.join(file));
        if !real.is_ok_and(|real| real.starts_with(&repository)) {
            return Err(Error::MapsOutside {
                path: path.clone(),
                file: file.clone(),
            });
        }
    }
    Ok((Some(repository), files.into_keys().collect()))
}

/// The path as it is sent, if it is one inside the repository and not Git's own, which holds credentials.
fn inside(value: &Value) -> Option<String> {
    let text = value.as_str()?.replace('\\', "/");
    let mut parts = Vec::new();
    for component in Path::new(&text).components() {
        match component {
            Component::Normal(part) => parts.push(part.to_str()?),
            Component::CurDir => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    if parts.is_empty() || parts.contains(&".git") || text.chars().any(char::is_control) {
        return None;
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_inside_the_repository_are_taken() {
        for (given, expected) in [
            ("node_modules/a.js", Some("node_modules/a.js")),
            ("./node_modules//a.js", Some("node_modules/a.js")),
            ("a/../b", None),
            ("../a", None),
            ("/etc/passwd", None),
            ("..\\a", None),
            (".git/config", None),
            ("apps/web/.git/config", None),
            (".env", Some(".env")),
            ("a\nb", None),
            ("", None),
        ] {
            let value = Value::from(given);
            assert_eq!(inside(&value).as_deref(), expected, "{given:?}");
        }
        assert_eq!(inside(&Value::from(1)), None);
    }
}
