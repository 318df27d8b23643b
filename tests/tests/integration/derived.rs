//! Derived files are what they derive from says, and a fork changes one line.

use std::fs;
use std::path::Path;

use xtask::files::settle;
use xtask::{docs, lock, sync};

use crate::repository::{root, text};

#[test]
fn action_files_tables_and_schemas_are_up_to_date() {
    let derived = docs::derive(&root()).unwrap();
    settle(&root(), &derived, "docs", true).unwrap();
}

#[test]
fn references_and_twins_are_up_to_date() {
    let derived = sync::derive(&root()).unwrap();
    settle(&root(), &derived, "sync", true).unwrap();
}

#[test]
fn a_fork_changes_one_line() {
    let fork = tempfile::tempdir().unwrap();
    let sources = sync::derive(&root()).unwrap();
    for path in sources.keys() {
        put(fork.path(), path, &text(path.to_str().unwrap()));
    }
    let ours = sync::identity(&root()).unwrap().slug;
    let manifest =
        text("Cargo.toml").replace(&format!("github.com/{ours}"), "github.com/acme/gates");
    put(fork.path(), Path::new("Cargo.toml"), &manifest);

    let derived = sync::derive(fork.path()).unwrap();
    settle(fork.path(), &derived, "sync", false).unwrap();
    settle(
        fork.path(),
        &sync::derive(fork.path()).unwrap(),
        "sync",
        true,
    )
    .unwrap();
    for path in derived.keys() {
        let text = fs::read_to_string(fork.path().join(path)).unwrap();
        for (number, line) in text.lines().enumerate() {
            assert!(
                !line.contains(&format!("uses: {ours}")) && !line.contains(&format!("{ours}/*")),
                "{}:{}: {line}",
                path.display(),
                number + 1
            );
        }
    }
    let release = fs::read_to_string(fork.path().join("workflows/release.yml")).unwrap();
    assert!(release.contains("uses: acme/gates/actions/vercel-deploy@v"));
}

/// Until binaries are published the lock names none; then it names all, of this very version.
#[test]
fn the_lock_is_of_this_version() {
    let identity = sync::identity(&root()).unwrap();
    let text = text("launcher/install.lock");
    let field = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_else(|| panic!("no `{name}`"))
            .trim()
            .to_owned()
    };
    assert_eq!(field("version "), identity.version);
    assert_eq!(field("repository "), identity.slug);
    let targets = text
        .lines()
        .filter(|line| line.contains(".tar.gz "))
        .count();
    assert!([0, lock::TARGETS.len()].contains(&targets), "{text}");
}

fn put(root: &Path, path: &Path, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A release is built for exactly the targets that the lock asks for.
#[test]
fn releases_are_built_for_every_locked_target() {
    let text = text("dist-workspace.toml");
    let (_, list) = text.split_once("\ntargets = [").unwrap();
    let (list, _) = list.split_once(']').unwrap();
    let targets: Vec<_> = list.split('"').skip(1).step_by(2).collect();
    assert_eq!(targets, lock::TARGETS);
}
