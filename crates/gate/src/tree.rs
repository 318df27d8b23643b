//! Foreign paths, brought back to the repository.
//!
//! Tools write paths as they see them: relative to the folder they ran in, absolute on another machine,
//! or above the repository. Annotations and fingerprints need one form: relative to the repository's
//! root, with `/`.

use std::path::{Path, PathBuf};

use crate::Context;

/// The repository and the folder in it that relative paths start from.
#[derive(Clone, Debug)]
pub struct Tree {
    repository: PathBuf,
    base: PathBuf,
}

impl Tree {
    /// The repository of a gate's run: the runner's workspace, else the nearest folder with a `.git`, else
    /// the working directory itself.
    pub fn of(context: &Context) -> Self {
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let base = real(&context.working_directory);
        let workspace = context.runner.workspace.as_deref().map(real);
        let repository = workspace
            .filter(|workspace| base.starts_with(workspace))
            .or_else(|| {
                let mut folders = base.ancestors();
                let found = folders.find(|folder| folder.join(".git").exists());
                found.map(Path::to_owned)
            })
            .unwrap_or_else(|| base.clone());
        Self { repository, base }
    }

    /// A tree with these folders; both absolute, `base` in or at `repository`.
    pub fn new(repository: impl Into<PathBuf>, base: impl Into<PathBuf>) -> Self {
        Self {
            repository: repository.into(),
            base: base.into(),
        }
    }

    /// The repository's root.
    pub fn repository(&self) -> &Path {
        &self.repository
    }

    /// A foreign path relative to the repository, with `/`; `None` when it lies outside. An absolute path
    /// of another machine is recognised by its longest end that is a file here.
    pub fn locate(&self, foreign: &str) -> Option<String> {
        let windows = is_windows_absolute(foreign);
        let path = if windows || cfg!(windows) {
            foreign.replace('\\', "/")
        } else {
            foreign.to_owned()
        };
        if !windows && !path.starts_with('/') {
            return self.relative(&path);
        }
        let inside = Path::new(&path).strip_prefix(&self.repository).ok();
        if let Some(inside) = inside.and_then(Path::to_str) {
            return normal(inside.split('/'));
        }
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        (1..parts.len())
            .filter_map(|start| normal(parts[start..].iter().copied()))
            .find(|end| self.repository.join(end).is_file())
    }

    /// Relative to the base, unless only the repository's root has such a file.
    fn relative(&self, path: &str) -> Option<String> {
        let prefix = self.base.strip_prefix(&self.repository).ok()?.to_str()?;
        let of_base = normal(prefix.split(['/', '\\']).chain(path.split('/')));
        let of_root = normal(path.split('/'));
        let exists = |path: &Option<String>| {
            path.as_ref()
                .is_some_and(|p| self.repository.join(p).is_file())
        };
        if !exists(&of_base) && exists(&of_root) {
            of_root
        } else {
            of_base
        }
    }
}

fn is_windows_absolute(path: &str) -> bool {
    matches!(path.as_bytes(), [drive, b':', b'/' | b'\\', ..] if drive.is_ascii_alphabetic())
}

/// Without `.`, `..` and empty parts; `None` when it climbs out or names nothing.
fn normal<'a>(parts: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut kept = Vec::new();
    for part in parts {
        match part {
            "" | "." => {}
            ".." => {
                kept.pop()?;
            }
            part => kept.push(part),
        }
    }
    (!kept.is_empty()).then(|| kept.join("/"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Tree;

    #[test]
    fn paths_come_back_to_the_repository() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir_all(root.join("apps/web/src")).unwrap();
        for file in ["apps/web/src/a.ts", "apps/web/src/(group)", "README.md"] {
            std::fs::write(root.join(file), "").unwrap();
        }
        let tree = Tree::new(root, root.join("apps/web"));
        let absolute = root.join("apps/web/src/new.ts");
        let cases = [
            ("src/a.ts", Some("apps/web/src/a.ts")),
            ("./src//new.ts", Some("apps/web/src/new.ts")),
            ("../api/x.ts", Some("apps/api/x.ts")),
            ("../../../etc/passwd", None),
            ("README.md", Some("README.md")),
            ("apps/web/src/a.ts", Some("apps/web/src/a.ts")),
            (absolute.to_str().unwrap(), Some("apps/web/src/new.ts")),
            (
                "/elsewhere/repo/apps/web/src/a.ts",
                Some("apps/web/src/a.ts"),
            ),
            (r"D:\a\repo\apps\web\src\a.ts", Some("apps/web/src/a.ts")),
            ("/usr/lib/node.js", None),
            ("/", None),
            ("", Some("apps/web")),
            (".", Some("apps/web")),
        ];
        for (foreign, expected) in cases {
            assert_eq!(tree.locate(foreign).as_deref(), expected, "{foreign:?}");
        }
    }

    proptest! {
        #[test]
        fn no_path_leads_out(foreign in "[a./\\\\C:]{0,12}") {
            let tree = Tree::new("/nowhere/repository", "/nowhere/repository/apps/web");
            if let Some(path) = tree.locate(&foreign) {
                prop_assert!(!path.split('/').any(|part| part.is_empty() || part == ".."));
                prop_assert!(!path.starts_with('/'));
            }
        }
    }
}
