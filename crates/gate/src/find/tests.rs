//! Trees with reports in plain sight, behind links and out of reach.

use std::path::Path;

use super::{FindError, MAX_DEPTH};
use crate::{Context, Progress};

fn context(folder: &Path) -> Context {
    Context {
        runner: runner_protocol::Runner::default(),
        subject: verdict::Subject::default(),
        working_directory: folder.to_owned(),
        html: false,
        started_at: jiff::Timestamp::UNIX_EPOCH,
        progress: Progress::new("test"),
    }
}

#[test]
fn globs_name_files() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for file in [
        "reports/b/2.json",
        "reports/a.json",
        "reports/a[1].json",
        "node_modules/x/reports/a.json",
        "x.xml",
    ] {
        let path = root.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "").unwrap();
    }
    let context = context(root);
    let absolute = root.join("reports/*.json");
    let cases = [
        ("reports/a.json", vec!["reports/a.json"]),
        ("reports/a[1].json", vec!["reports/a[1].json"]),
        (
            "./reports/*.json",
            vec!["reports/a.json", "reports/a[1].json"],
        ),
        ("reports/**/2.json", vec!["reports/b/2.json"]),
        ("**/a.json", vec!["reports/a.json"]),
        (
            "node_modules/*/reports/*",
            vec!["node_modules/x/reports/a.json"],
        ),
        ("reports", vec![]),
        ("*/b/{2,3}.json", vec!["reports/b/2.json"]),
        ("{reports/b,x}/*.json", vec!["reports/b/2.json"]),
        ("*/x/reports/*", vec![]),
        ("./*/node_modules/*", vec![]),
        ("nowhere/*.json", vec![]),
        (
            absolute.to_str().unwrap(),
            vec!["reports/a.json", "reports/a[1].json"],
        ),
    ];
    for (glob, expected) in cases {
        let found = context.find_files(glob).unwrap();
        let found: Vec<_> = found.iter().map(|path| context.display(path)).collect();
        assert_eq!(found, expected, "{glob}");
    }
    let error = context.find_files("reports/[").unwrap_err();
    assert!(matches!(error, FindError::Glob { .. }), "{error}");
}

/// What a glob finds, or what it says is hidden from it.
fn found(context: &Context, glob: &str) -> Result<Vec<String>, String> {
    match context.find_files(glob) {
        Ok(files) => Ok(files.iter().map(|file| context.display(file)).collect()),
        Err(FindError::Hidden { path, reason, .. }) => Err(format!("{path} {reason}")),
        Err(error) => panic!("{error}"),
    }
}

#[cfg(unix)]
#[test]
fn a_link_is_an_error_where_it_may_hide_a_report() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for file in ["reports/a.json", "reports/b/a.json", "x.xml", "pkg/c.txt"] {
        let path = root.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "").unwrap();
    }
    let away = tempfile::tempdir().unwrap();
    let link = |to: &Path, from: &str| std::os::unix::fs::symlink(to, root.join(from)).unwrap();
    link(&root.join("x.xml"), "reports/link.json");
    link(&root.join("reports"), "linked");
    link(&root.join("nowhere"), "pkg/lost.sarif");
    link(away.path(), "pkg/node_modules");
    link(away.path(), "pkg/away");
    let context = context(root);
    let files = |files: &[&str]| Ok(files.iter().map(ToString::to_string).collect());
    let refused = |path: &str| Err(format!("{path} is a symbolic link"));
    for (glob, expected) in [
        // The link itself is named, with and without a wildcard, also when it leads nowhere.
        ("reports/link.json", refused("reports/link.json")),
        ("reports/*.json", refused("reports/link.json")),
        ("pkg/*.sarif", refused("pkg/lost.sarif")),
        // It stands on the way to what is named.
        ("linked/a.json", refused("linked")),
        ("linked/*.json", refused("linked")),
        ("*/b/a.json", refused("linked")),
        ("pkg/**/*.json", refused("pkg/away")),
        // It cannot hide anything.
        ("reports/a.*", files(&["reports/a.json"])),
        ("reports/*/a.json", files(&["reports/b/a.json"])),
        ("r*/b/a.json", files(&["reports/b/a.json"])),
        ("pkg/*.txt", files(&["pkg/c.txt"])),
    ] {
        assert_eq!(found(&context, glob), expected, "{glob}");
    }
    // Below a `**` a link to what is searched anyway hides nothing.
    std::fs::remove_file(root.join("pkg/away")).unwrap();
    let both = files(&["reports/a.json", "reports/b/a.json"]);
    assert_eq!(found(&context, "**/a.json"), both);
    assert_eq!(found(&context, "**/b/a.json"), refused("linked"));
}

#[test]
fn a_folder_too_deep_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let deep = folder.path().join("d/".repeat(MAX_DEPTH));
    std::fs::create_dir_all(&deep).unwrap();
    std::fs::write(folder.path().join("a.json"), "").unwrap();
    let context = context(folder.path());
    assert_eq!(found(&context, "**/a.json"), Ok(vec!["a.json".to_owned()]));
    std::fs::create_dir(deep.join("e")).unwrap();
    let hidden = found(&context, "**/a.json").unwrap_err();
    assert!(hidden.ends_with("d/e lies too deep"), "{hidden}");
    assert_eq!(found(&context, "*.json"), Ok(vec!["a.json".to_owned()]));
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_read_is_an_error() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let shut = folder.path().join("reports/shut");
    std::fs::create_dir_all(&shut).unwrap();
    std::fs::write(folder.path().join("reports/a.json"), "").unwrap();
    let mode = |mode| std::fs::set_permissions(&shut, std::fs::Permissions::from_mode(mode));
    mode(0).unwrap();
    let as_root = std::fs::read_dir(&shut).is_ok();
    let context = context(folder.path());
    let (deep, flat) = (
        found(&context, "reports/**/a.json"),
        found(&context, "reports/*.json"),
    );
    mode(0o700).unwrap();
    assert_eq!(flat, Ok(vec!["reports/a.json".to_owned()]));
    // Root reads everything.
    if !as_root {
        let hidden = deep.unwrap_err();
        assert!(
            hidden.starts_with("reports/shut cannot be read: "),
            "{hidden}"
        );
    }
}
