//! Finds out which checkers an app has a configuration of, and where their programs are.

use std::path::{Path, PathBuf};

use crate::checkers::Checker;

/// The checkers that the app in this folder is configured for.
pub(crate) fn configured(folder: &Path) -> Vec<Checker> {
    let names: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    let manifest = std::fs::read_to_string(folder.join("package.json")).unwrap_or_default();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap_or_default();
    let mut found = Checker::ALL.to_vec();
    found.retain(|checker| is_configured(*checker, &names, &manifest));
    found
}

fn is_configured(checker: Checker, names: &[String], manifest: &serde_json::Value) -> bool {
    let any = |prefixes: &[&str]| {
        let starts = |name: &String| prefixes.iter().any(|prefix| name.starts_with(prefix));
        names.iter().any(starts)
    };
    match checker {
        Checker::Tsc => names.iter().any(|name| name == "tsconfig.json"),
        Checker::Eslint => {
            any(&["eslint.config.", ".eslintrc"]) || manifest.get("eslintConfig").is_some()
        }
        // Prettier needs no configuration file: to depend on it is to want it.
        Checker::Prettier => {
            any(&[".prettierrc", "prettier.config."])
                || manifest.get("prettier").is_some()
                || ["dependencies", "devDependencies"]
                    .iter()
                    .any(|list| manifest[list].get("prettier").is_some())
        }
    }
}

/// The program in the nearest `node_modules/.bin`, from the folder up to the repository's root, where
/// workspaces keep it.
pub(crate) fn local_program(name: &str, folder: &Path, repository: &Path) -> Option<PathBuf> {
    let file = if cfg!(windows) {
        format!("{name}.cmd")
    } else {
        name.to_owned()
    };
    up_to(folder, repository)
        .map(|folder| folder.join("node_modules/.bin").join(&file))
        .find(|path| path.is_file())
}

/// The command that installs what the repository's lockfile says.
pub(crate) fn install_command(folder: &Path, repository: &Path) -> &'static str {
    const LOCKFILES: [(&str, &str); 5] = [
        ("pnpm-lock.yaml", "pnpm install --frozen-lockfile"),
        ("yarn.lock", "yarn install --immutable"),
        ("bun.lock", "bun install --frozen-lockfile"),
        ("bun.lockb", "bun install --frozen-lockfile"),
        ("package-lock.json", "npm ci"),
    ];
    up_to(folder, repository)
        .find_map(|folder| {
            let locked = |(file, _): &&(&str, &str)| folder.join(file).is_file();
            LOCKFILES.iter().find(locked).map(|(_, command)| *command)
        })
        .unwrap_or("npm ci")
}

/// Whether a tsconfig refers to other projects, which `tsc -p` passes over in silence.
pub(crate) fn has_project_references(folder: &Path) -> bool {
    let text = std::fs::read_to_string(folder.join("tsconfig.json")).unwrap_or_default();
    without_comments(&text)
        .split("\"references\"")
        .skip(1)
        .any(|rest| rest.trim_start().starts_with(':'))
}

/// The JSON of a tsconfig without its comments; texts are kept whole.
fn without_comments(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['"', '/']) {
        let (before, found) = rest.split_at(at);
        kept.push_str(before);
        let end = if found.starts_with("//") {
            found.find('\n').unwrap_or(found.len())
        } else if let Some(comment) = found.strip_prefix("/*") {
            comment.find("*/").map_or(found.len(), |end| end + 4)
        } else if found.starts_with('"') {
            let end = end_of_text(found);
            kept.push_str(&found[..end]);
            end
        } else {
            kept.push('/');
            1
        };
        rest = &found[end..];
    }
    kept + rest
}

/// Where a quoted text ends, its closing quote included.
fn end_of_text(quoted: &str) -> usize {
    let mut escaped = false;
    for (at, character) in quoted.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    quoted.len()
}

fn up_to<'a>(folder: &'a Path, repository: &'a Path) -> impl Iterator<Item = &'a Path> {
    folder
        .ancestors()
        .take_while(move |ancestor| ancestor.starts_with(repository))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{
        Checker, configured, has_project_references, install_command, local_program,
        without_comments,
    };

    fn app(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    #[test]
    fn a_checker_is_wanted_when_it_is_configured() {
        type Case<'a> = (&'a [(&'a str, &'a str)], &'a [Checker]);
        let cases: [Case<'_>; 6] = [
            (&[], &[]),
            (
                &[("tsconfig.json", "{}"), ("tsconfig.base.json", "{}")],
                &[Checker::Tsc],
            ),
            (&[("tsconfig.base.json", "{}")], &[]),
            (&[("eslint.config.mts", "")], &[Checker::Eslint]),
            (
                &[("package.json", r#"{"devDependencies":{"prettier":"3"}}"#)],
                &[Checker::Prettier],
            ),
            (
                &[("package.json", "not json"), (".prettierrc.json", "{}")],
                &[Checker::Prettier],
            ),
        ];
        for (files, expected) in cases {
            assert_eq!(configured(app(files).path()), expected, "{files:?}");
        }
    }

    #[test]
    fn programs_and_lockfiles_are_looked_for_up_to_the_repository() {
        let root = app(&[
            ("node_modules/.bin/tsc", ""),
            ("apps/web/node_modules/.bin/eslint", ""),
            ("pnpm-lock.yaml", ""),
        ]);
        let (root, web) = (root.path(), root.path().join("apps/web"));
        let found = |name| local_program(name, &web, root);
        assert_eq!(found("tsc"), Some(root.join("node_modules/.bin/tsc")));
        assert_eq!(found("eslint"), Some(web.join("node_modules/.bin/eslint")));
        assert_eq!(found("prettier"), None);
        assert_eq!(
            local_program("tsc", &web, &web),
            None,
            "not above the repository"
        );
        assert_eq!(
            install_command(&web, root),
            "pnpm install --frozen-lockfile"
        );
        assert_eq!(install_command(Path::new("/"), Path::new("/")), "npm ci");
    }

    #[test]
    fn references_are_seen_behind_comments_only_when_they_are_there() {
        let cases = [
            (r#"{"references" : []}"#, true),
            ("{/* \"references\": [] */ \"files\": []}", false),
            ("{// \"references\": []\n\"files\": []}", false),
            (r#"{"paths": {"a/*": ["x"]}, "references": []}"#, true),
            (r#"{"x": "say \"references\": no"}"#, false),
        ];
        for (text, expected) in cases {
            let folder = app(&[("tsconfig.json", text)]);
            assert_eq!(has_project_references(folder.path()), expected, "{text}");
        }
        assert_eq!(without_comments("/* open"), "");
        assert_eq!(without_comments("\"open \\"), "\"open \\");
    }
}
