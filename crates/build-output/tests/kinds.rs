//! What else than a plain build output can be opened: static folders, files that functions map, sources.

#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

mod folders;

use std::path::Path;

use build_output::{BuildOutput, Content, Error};
use tempfile::TempDir;

use folders::{CONFIG, folder, write};

#[test]
fn a_plain_folder_is_the_build_output_it_stands_for() {
    let (plain, output) = (
        folder(&[("index.html", "<h1>hello</h1>"), ("a/x.js", "1")]),
        folder(&[
            ("config.json", CONFIG),
            ("static/index.html", "<h1>hello</h1>"),
            ("static/a/x.js", "1"),
        ]),
    );
    let opened = BuildOutput::open_static(plain.path(), None).unwrap();
    let written = BuildOutput::open(output.path()).unwrap();
    assert_eq!(opened.manifest(), written.manifest());
    let content = |path: &str| {
        let entry = opened.entries().iter().find(|entry| entry.path == path);
        opened.content(entry.unwrap())
    };
    assert_eq!(content("config.json"), Content::Bytes(CONFIG.into()));
    assert_eq!(
        content("static/a/x.js"),
        Content::File(plain.path().join("a/x.js"))
    );

    let given = br#"{"version":3,"cleanUrls":true}"#.to_vec();
    let config = Some((Path::new("site.json"), given.clone()));
    let own = BuildOutput::open_static(plain.path(), config).unwrap();
    assert_eq!(own.content(&own.entries()[0]), Content::Bytes(given));
    let wrong = Some((Path::new("site.json"), b"{\"version\":2}".to_vec()));
    let error = BuildOutput::open_static(plain.path(), wrong).unwrap_err();
    assert!(error.to_string().starts_with("site.json is version 2"));
    let empty = BuildOutput::open_static(folder(&[]).path(), None).unwrap_err();
    assert!(matches!(empty, Error::Empty(_)));
}

#[test]
fn functions_bring_the_files_they_map_and_nothing_from_elsewhere() {
    let map = |file: &str| format!(r#"{{"filePathMap":{{"x.js":{file:?}}}}}"#);
    let repository = |file: &str| {
        let config = map(file);
        folder(&[
            ("apps/web/.vercel/output/config.json", CONFIG),
            (
                "apps/web/.vercel/output/functions/a.func/.vc-config.json",
                &config,
            ),
            (".git/config", "[remote]"),
            ("node_modules/x.js", "exports"),
        ])
    };
    let open = |folder: &TempDir| BuildOutput::open(folder.path().join("apps/web/.vercel/output"));
    let sound = repository("node_modules/x.js");
    let output = open(&sound).unwrap();
    let paths: Vec<String> = output
        .entries()
        .iter()
        .map(|entry| entry.deployed_path(Some("apps/web")))
        .collect();
    assert_eq!(
        paths,
        [
            "node_modules/x.js",
            "apps/web/.vercel/output/config.json",
            "apps/web/.vercel/output/functions/a.func/.vc-config.json",
        ]
    );
    let before = output.digest();
    write(sound.path(), "node_modules/x.js", b"changed");
    assert_ne!(open(&sound).unwrap().digest(), before, "they are bound too");

    for (file, expected) in [
        ("node_modules/gone.js", "which is not there; keep it beside"),
        ("../x.js", "which is outside the repository"),
        ("/etc/passwd", "which is outside the repository"),
        (".git/config", "which is outside the repository"),
    ] {
        let error = open(&repository(file)).unwrap_err().to_string();
        assert!(
            error.starts_with("functions/a.func/.vc-config.json maps") && error.contains(expected),
            "{error}"
        );
    }
    write(sound.path(), ".vercelignore", b"node_modules/x.js\n");
    assert_eq!(
        open(&sound).unwrap().entries().len(),
        2,
        "the project's own rule"
    );
    #[cfg(unix)]
    {
        let folder = repository("link.js");
        std::os::unix::fs::symlink("/etc/hostname", folder.path().join("link.js")).unwrap();
        let error = open(&folder).unwrap_err();
        assert!(matches!(error, Error::MapsOutside { .. }), "{error}");
    }
}

#[test]
fn sources_are_sent_without_what_vercel_leaves_out() {
    let folder = folder(&[
        (".vercelignore", "./docs\n*.log\n!keep.log\n"),
        (".gitignore", "generated\n"),
        (".git/HEAD", "x"),
        (".vercel/output/config.json", CONFIG),
        (".env.local", "SECRET=1"),
        (".env", "PUBLIC=1"),
        ("node_modules/a/index.js", "x"),
        ("apps/web/node_modules/a/index.js", "x"),
        ("apps/web/page.tsx", "x"),
        ("docs/a.md", "x"),
        ("generated/client.ts", "x"),
        ("a.log", "x"),
        ("keep.log", "x"),
        ("target/debug/x", "x"),
    ]);
    let paths = || -> Vec<String> {
        let output = BuildOutput::open_source(folder.path()).unwrap();
        assert!(output.is_source());
        let entries = output.entries().iter();
        entries
            .map(|entry| entry.deployed_path(Some("apps/web")))
            .collect()
    };
    let sent = [
        ".env",
        ".vercelignore",
        "apps/web/page.tsx",
        "generated/client.ts",
        "keep.log",
    ];
    assert_eq!(paths(), [&sent[..], &["target/debug/x"]].concat());
    write(folder.path(), "Cargo.toml", b"");
    assert!(!paths().contains(&"target/debug/x".to_owned()));
    write(folder.path(), ".nowignore", b"a");
    let error = BuildOutput::open_source(folder.path()).unwrap_err();
    assert!(matches!(error, Error::TwoIgnoreFiles));
}
