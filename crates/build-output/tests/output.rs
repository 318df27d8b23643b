//! Opens real folders: what is refused, what the digest depends on, and what it does not.

#![allow(clippy::unwrap_used, reason = "a helper of a test may end it too")]

mod folders;

use std::fs;

use build_output::{BuildOutput, Error, Kind};
use proptest::prelude::*;
use tempfile::TempDir;

use folders::{CONFIG, folder, write};

fn site() -> TempDir {
    folder(&[
        ("config.json", CONFIG),
        ("static/index.html", "<h1>hello</h1>"),
        ("static/a-b/x.js", "1"),
        ("static/a/x.js", ""),
    ])
}

fn refusal(folder: &TempDir) -> String {
    let error = BuildOutput::open(folder.path()).unwrap_err().to_string();
    error.replace(folder.path().to_str().unwrap(), "OUT")
}

#[test]
fn the_manifest_is_what_the_digest_is_made_of() {
    let folder = site();
    let output = BuildOutput::open(folder.path()).unwrap();
    // By sha256sum. Byte order: `-` comes before `/`.
    let manifest = "\
100644 9af23cea10a478f3bb916ff35c07a36debe444adf9b56814ab63861ec674ab8b 13 config.json
100644 6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b 1 static/a-b/x.js
100644 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 0 static/a/x.js
100644 4db7ef630005c462450ea587722b1a7cff53dfdcd35d7dd40bcf8e97e50826ee 14 static/index.html
";
    assert_eq!(output.manifest(), manifest);
    assert_eq!(output.digest(), verdict::Digest::of(manifest.as_bytes()));
    assert_eq!(output.bytes(), 13 + 14 + 1);
    // `printf 1 | sha1sum`
    assert_eq!(
        output.entries()[1].sha1_hex(),
        "356a192b7913b04c54574d18c28d46e6395428ab"
    );
}

#[test]
fn what_is_no_build_output_is_refused_with_a_way_out() {
    let static_file = ("static/index.html", "x");
    for (files, expected) in [
        (vec![], "OUT has no config.json"),
        (
            vec![static_file],
            "OUT has no config.json: the build did not finish",
        ),
        (
            vec![("index.html", "x")],
            "OUT is a plain static folder; name it by the input `static-dir`",
        ),
        (
            vec![("config.json", ""), static_file],
            "OUT/config.json is not what the Build Output API says (EOF",
        ),
        (
            vec![("config.json", "{\"version\":"), static_file],
            "the build was cut short",
        ),
        (
            vec![("config.json", "[3]"), static_file],
            "it is no JSON object",
        ),
        (
            vec![("config.json", "{}"), static_file],
            "`version` is missing",
        ),
        (
            vec![("config.json", "{\"version\":2}"), static_file],
            "version 2 of the Build Output API; version 3 is needed",
        ),
        (
            vec![("config.json", "{\"version\":\"3\"}"), static_file],
            "version \"3\" of",
        ),
        (
            vec![("config.json", CONFIG)],
            "neither static files nor functions",
        ),
        (
            vec![("config.json", CONFIG), ("builds.json", "{\"builds\":[]}")],
            "neither static files nor functions",
        ),
        (
            vec![
                ("config.json", CONFIG),
                static_file,
                ("builds.json", r#"{"error":{"message":"boom"}}"#),
            ],
            "failed (boom)",
        ),
        (
            vec![
                ("config.json", CONFIG),
                static_file,
                ("builds.json", r#"{"builds":[{"error":{"code":"X"}}]}"#),
            ],
            "failed ({\"code\":\"X\"})",
        ),
        (
            vec![("config.json", CONFIG), ("functions/a.func/index.js", "x")],
            "functions/a.func has no .vc-config.json: the build did not finish",
        ),
        (
            vec![
                ("config.json", CONFIG),
                ("functions/a.func/.vc-config.json", "{"),
            ],
            "functions/a.func/.vc-config.json is not what",
        ),
    ] {
        let folder = folder(&files);
        let error = refusal(&folder);
        assert!(error.contains(expected), "{files:?}: {error}");
    }
    let empty = tempfile::tempdir().unwrap();
    assert!(matches!(
        BuildOutput::open(empty.path().join("nothing")),
        Err(Error::Missing(_))
    ));
    fs::write(empty.path().join("file"), "").unwrap();
    assert!(matches!(
        BuildOutput::open(empty.path().join("file")),
        Err(Error::NotAFolder(_))
    ));
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::{fs::PermissionsExt as _, fs::symlink, net::UnixListener};

    fn mode(folder: &TempDir, path: &str, mode: u32) {
        fs::set_permissions(folder.path().join(path), fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn modes_do_not_count_since_artifacts_lose_them() {
        let folder = site();
        write(folder.path(), "functions/a.func/.vc-config.json", b"{}");
        write(folder.path(), "functions/a.func/bootstrap", b"\x7fELF\x02");
        write(folder.path(), "functions/a.func/start", b"#!/bin/sh\n");
        let open = || BuildOutput::open(folder.path()).unwrap();
        let modes = |output: &BuildOutput| -> Vec<(String, u32)> {
            let entries = output.entries().iter();
            entries
                .map(|entry| (entry.path.clone(), entry.mode()))
                .filter(|(path, _)| path.contains("a.func"))
                .collect()
        };
        let before = open();
        for path in ["functions/a.func/bootstrap", "static/index.html"] {
            mode(&folder, path, 0o755);
        }
        let after = open();
        assert_eq!(before.digest(), after.digest());
        let expected = [
            (".vc-config.json", 0o100_644),
            ("bootstrap", 0o100_755),
            ("start", 0o100_755),
        ];
        let expected = expected.map(|(name, mode)| (format!("functions/a.func/{name}"), mode));
        assert_eq!(modes(&after), expected, "what a kernel can start");
    }

    #[test]
    fn links_are_text_and_must_stay_inside() {
        let folder = site();
        let functions = folder.path().join("functions");
        write(folder.path(), "functions/a.func/.vc-config.json", b"{}");
        symlink("./a.func", functions.join("b.func")).unwrap();
        let output = BuildOutput::open(folder.path()).unwrap();
        let link = output
            .entries()
            .iter()
            .find(|entry| entry.path == "functions/b.func")
            .unwrap();
        assert_eq!(
            (&link.kind, link.mode(), link.bytes),
            (&Kind::Link("./a.func".to_owned()), 0o120_777, 8)
        );
        assert!(
            !output.manifest().contains("b.func/.vc-config.json"),
            "a link is not followed"
        );
        let before = output.digest();
        fs::remove_file(functions.join("b.func")).unwrap();
        symlink("a.func", functions.join("b.func")).unwrap();
        assert_ne!(
            BuildOutput::open(folder.path()).unwrap().digest(),
            before,
            "its text is its content"
        );

        let absolute = folder.path().join("static/index.html");
        for (target, expected) in [
            ("../../../etc", "outside the folder"),
            ("/etc/passwd", "outside the folder"),
            (absolute.to_str().unwrap(), "outside the folder"),
            ("gone", "leads nowhere"),
            ("loop", "leads nowhere"),
        ] {
            let folder = site();
            symlink(target, folder.path().join("static/loop")).unwrap();
            let error = refusal(&folder);
            assert!(
                error.starts_with("static/loop links to ") && error.contains(expected),
                "{target}: {error}"
            );
        }
    }

    #[test]
    fn an_output_folder_that_is_a_link_is_entered() {
        let folder = site();
        let beside = tempfile::tempdir().unwrap();
        symlink(folder.path(), beside.path().join("output")).unwrap();
        let through = BuildOutput::open(beside.path().join("output")).unwrap();
        assert_eq!(
            through.digest(),
            BuildOutput::open(folder.path()).unwrap().digest()
        );
    }

    #[test]
    fn names_that_break_a_manifest_and_special_files_are_refused() {
        for name in ["a\nb", "a\\b", "a\u{7f}"] {
            let folder = site();
            write(folder.path(), &format!("static/{name}"), b"");
            assert!(refusal(&folder).contains("cannot be deployed"), "{name:?}");
        }
        let folder = site();
        let _socket = UnixListener::bind(folder.path().join("static/socket")).unwrap();
        assert_eq!(
            refusal(&folder),
            "static/socket is neither file, folder nor link; remove it from the output"
        );
    }
}

/// Paths that cannot collide with a folder of one another.
fn files() -> impl Strategy<Value = Vec<(String, Vec<u8>)>> {
    let content = proptest::collection::vec(any::<u8>(), 0..40);
    proptest::collection::btree_map("[a-c]{1,2}(/[.a-cA-C-]{3,4}){0,2}", content, 1..8).prop_map(
        |files| {
            files
                .into_iter()
                .enumerate()
                .map(|(index, (path, content))| (format!("static/{path}.{index}"), content))
                .collect()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_digest_depends_on_content_and_path_only((files, shuffled) in files().prop_flat_map(|files| (Just(files.clone()), Just(files).prop_shuffle())), pick in any::<prop::sample::Index>()) {
        let (one, two) = (folder(&[("config.json", CONFIG)]), folder(&[]));
        for (path, content) in &files {
            write(one.path(), path, content);
        }
        for (path, content) in &shuffled {
            write(two.path(), path, content);
        }
        write(two.path(), "config.json", CONFIG.as_bytes());
        fs::File::open(two.path().join(&files[0].0)).unwrap().set_modified(std::time::UNIX_EPOCH).unwrap();
        let digest = BuildOutput::open(one.path()).unwrap().digest();
        prop_assert_eq!(&digest, &BuildOutput::open(two.path()).unwrap().digest());

        let (path, content) = &files[pick.index(files.len())];
        let mut changed = content.clone();
        match changed.first_mut() {
            Some(byte) => *byte ^= 1,
            None => changed.push(0),
        }
        write(one.path(), path, &changed);
        prop_assert_ne!(&digest, &BuildOutput::open(one.path()).unwrap().digest(), "a byte of {}", path);
        fs::rename(two.path().join(path), two.path().join(format!("{path}~"))).unwrap();
        prop_assert_ne!(&digest, &BuildOutput::open(two.path()).unwrap().digest(), "the name of {}", path);
    }
}
