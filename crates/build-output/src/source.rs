//! What is left out of sources: Vercel's own list, then the project's `.vercelignore`. A project's .gitignore does not
//! count, as it does not for Vercel's CLI: what Git ignores, such as a generated client, may be needed to build.

use std::path::Path;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::error::Error;

/// Never sent, unless the project's own rules say so.
const DEFAULTS: [&str; 26] = [
    ".hg",
    ".git",
    ".gitmodules",
    ".svn",
    ".cache",
    ".next",
    ".now",
    ".vercel",
    ".npmignore",
    ".dockerignore",
    ".gitignore",
    ".*.swp",
    ".DS_Store",
    ".wafpicke-*",
    ".lock-wscript",
    ".env.local",
    ".env.*.local",
    ".venv",
    ".yarn/cache",
    ".pnp*",
    "npm-debug.log",
    "config.gypi",
    "node_modules",
    "__pycache__",
    "venv",
    "CVS",
];

/// The rules for sources at `root`.
pub(crate) fn rules(root: &Path) -> Result<Gitignore, Error> {
    let target = root.join("Cargo.toml").exists().then_some("/target");
    let defaults = DEFAULTS.into_iter().chain(target);
    build(root, defaults.map(str::to_owned).chain(own(root)?))
}

/// Only the project's own rules.
pub(crate) fn own_rules(root: &Path) -> Result<Gitignore, Error> {
    build(root, own(root)?.into_iter())
}

fn own(root: &Path) -> Result<Vec<String>, Error> {
    let texts = [".vercelignore", ".nowignore"]
        .map(|name| root.join(name))
        .iter()
        .filter(|path| path.exists())
        .map(|path| std::fs::read_to_string(path).map_err(|cause| Error::unreadable(path, &cause)))
        .collect::<Result<Vec<_>, _>>()?;
    if texts.len() > 1 {
        return Err(Error::TwoIgnoreFiles);
    }
    let lines = texts.iter().flat_map(|text| text.lines());
    Ok(lines
        .map(|line| line.strip_prefix("./").unwrap_or(line).to_owned())
        .collect())
}

fn build(root: &Path, lines: impl Iterator<Item = String>) -> Result<Gitignore, Error> {
    let wrong = |line: &str, cause: ignore::Error| Error::Rule {
        line: line.to_owned(),
        cause: cause.to_string(),
    };
    let mut builder = GitignoreBuilder::new(root);
    for line in lines {
        builder
            .add_line(None, &line)
            .map_err(|cause| wrong(&line, cause))?;
    }
    builder.build().map_err(|cause| wrong("", cause))
}
