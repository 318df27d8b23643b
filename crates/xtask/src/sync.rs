//! One place for the repository's name and version: `repository` and `version` in Cargo.toml. They are
//! stamped into every reference to our actions and workflows, so that a fork changes one line; and the
//! callable twins of `workflows/` are written, which run our actions at their own commit.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Error;
use crate::files::{Derived, read};
use crate::twin::twin;

/// The workflows we ship.
pub const WORKFLOWS: [&str; 4] = ["pull-request", "release", "rollback", "publish"];

/// Who and what we are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// `owner/name`.
    pub slug: String,
    /// Without `v`.
    pub version: String,
}

/// Reads the identity from the workspace manifest.
///
/// # Errors
/// When Cargo.toml has no `repository` on github.com or no `version`.
pub fn identity(root: &Path) -> Result<Identity, Error> {
    let path = Path::new("Cargo.toml");
    let text = read(root, path)?;
    let field = |name: &str| {
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(name)?.trim_start().strip_prefix('='));
        line.map(|value| value.trim().trim_matches('"').to_owned())
            .ok_or_else(|| Error::Form {
                path: path.to_owned(),
                message: format!("no `{name}` under [workspace.package]"),
            })
    };
    let repository = field("repository")?;
    let slug = repository
        .strip_prefix("https://github.com/")
        .ok_or_else(|| Error::Form {
            path: path.to_owned(),
            message: format!(
                "`repository` is {repository}: https://github.com/owner/name is needed"
            ),
        })?;
    Ok(Identity {
        slug: slug.trim_end_matches('/').to_owned(),
        version: field("version")?,
    })
}

/// Everything `sync` writes.
///
/// # Errors
/// When a source file cannot be read or has not the form it needs.
pub fn derive(root: &Path) -> Result<Derived, Error> {
    let identity = identity(root)?;
    let mut derived = Derived::new();
    for path in stamped_files(root)? {
        let text = read(root, &path)?;
        derived.insert(path, stamp(&text, &identity));
    }
    let policy = PathBuf::from(".github/zizmor.yml");
    let text = read(root, &policy)?;
    derived.insert(policy, stamp_policy(&text, &identity));
    for name in WORKFLOWS {
        let source = PathBuf::from(format!("workflows/{name}.yml"));
        let text = match derived.get(&source) {
            Some(text) => text.clone(),
            None => read(root, &source)?,
        };
        let twin = twin(&text, &identity).map_err(|message| Error::Form {
            path: source,
            message,
        })?;
        derived.insert(PathBuf::from(format!(".github/workflows/{name}.yml")), twin);
    }
    Ok(derived)
}

/// Files in which people find references to copy.
fn stamped_files(root: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut files: Vec<PathBuf> = WORKFLOWS
        .iter()
        .map(|name| format!("workflows/{name}.yml").into())
        .collect();
    files.push("README.md".into());
    let actions = root.join("actions");
    for entry in fs::read_dir(&actions).map_err(Error::read(&actions))? {
        let entry = entry.map_err(Error::read(&actions))?;
        let readme = Path::new("actions")
            .join(entry.file_name())
            .join("README.md");
        if root.join(&readme).is_file() {
            files.push(readme);
        }
    }
    files.retain(|file| root.join(file).is_file());
    files.sort();
    Ok(files)
}

/// Replaces `<owner>/<name>/actions/…@<ref>`, `<owner>/<name>/.github/workflows/…@<ref>` and
/// `uses: <owner>/<name>@<ref>` by the identity.
pub fn stamp(text: &str, identity: &Identity) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        out.push_str(&stamp_line(line, identity));
    }
    out
}

fn stamp_line(line: &str, identity: &Identity) -> String {
    let Some((before, reference)) = line.split_once("uses: ") else {
        return line.to_owned();
    };
    let end = reference
        .find(|c: char| c.is_whitespace() || c == '`')
        .unwrap_or(reference.len());
    let (reference, after) = reference.split_at(end);
    let Some((path, _)) = reference.split_once('@') else {
        return line.to_owned();
    };
    let mut parts = path.splitn(3, '/');
    let (Some(_owner), Some(name), inner) = (parts.next(), parts.next(), parts.next()) else {
        return line.to_owned();
    };
    let ours = match inner {
        Some(inner) => inner.starts_with("actions/") || inner.starts_with(".github/workflows/"),
        None => identity.slug.ends_with(&format!("/{name}")),
    };
    if !ours {
        return line.to_owned();
    }
    let inner = inner.map_or(String::new(), |inner| format!("/{inner}"));
    format!(
        "{before}uses: {}{inner}@v{}{after}",
        identity.slug, identity.version
    )
}

/// Replaces the repository for which the lint policy asks for a release tag: ours.
fn stamp_policy(text: &str, identity: &Identity) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let rule = line.trim();
        if rule.ends_with("/*: ref-pin") && !rule.starts_with('#') {
            let indent = &line[..line.len() - line.trim_start().len()];
            out.push_str(&format!("{indent}{}/*: ref-pin\n", identity.slug));
        } else {
            out.push_str(line);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Identity, stamp, stamp_policy};

    fn fork() -> Identity {
        Identity {
            slug: "acme/stagegate".to_owned(),
            version: "2.0.0".to_owned(),
        }
    }

    #[test]
    fn our_references_follow_the_manifest_and_others_stay() {
        let cases = [
            (
                "uses: old/stagegate/actions/smoke-test@v0.1.0\n",
                "uses: acme/stagegate/actions/smoke-test@v2.0.0\n",
            ),
            (
                "#  uses: a/b/.github/workflows/release.yml@main",
                "#  uses: acme/stagegate/.github/workflows/release.yml@v2.0.0",
            ),
            (
                "- uses: old/stagegate@v1\n",
                "- uses: acme/stagegate@v2.0.0\n",
            ),
            (
                "uses: actions/checkout@abc # v5.0.0\n",
                "uses: actions/checkout@abc # v5.0.0\n",
            ),
            ("uses: ./local\n", "uses: ./local\n"),
        ];
        for (text, expected) in cases {
            assert_eq!(stamp(text, &fork()), expected);
            assert_eq!(
                stamp(expected, &fork()),
                expected,
                "stamping twice changes nothing"
            );
        }
    }

    #[test]
    fn the_lint_policy_of_our_own_references_follows_the_manifest() {
        let policy = "  # old/stagegate/*\n  old/stagegate/*: ref-pin\n  \"*\": hash-pin\n";
        assert_eq!(
            stamp_policy(policy, &fork()),
            "  # old/stagegate/*\n  acme/stagegate/*: ref-pin\n  \"*\": hash-pin\n"
        );
    }
}
