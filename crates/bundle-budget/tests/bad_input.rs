//! What the gate is given and should not be: broken, hostile, or far too large.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod support;

use std::fs;

use support::{edit, empty, with_build};

const FILES: &str =
    "bundle: {gate: raw, compressions: [raw], files: [{path: 'dist/**', limit: 3 GB}]}\n";

/// By hand, because a debug build takes minutes: `cargo test -p bundle-budget --test bad_input -- --ignored`.
#[test]
#[ignore = "minutes in a debug build; 64 MiB and 3,000 files are tried always"]
fn two_gigabytes_and_a_hundred_thousand_files_are_measured() {
    large_file(2 << 30);
    many_files(100);
}

#[test]
fn a_large_file_is_streamed_and_many_files_are_measured() {
    large_file(64 << 20);
    many_files(3);
}

fn large_file(bytes: u32) {
    let repository = empty();
    repository.write("dist/a.js", "x");
    // Sparse: it takes no room on the disk.
    let file = fs::File::create(repository.path("dist/large.bin")).unwrap();
    file.set_len(u64::from(bytes)).unwrap();
    repository.write("stagegate.yml", FILES);
    let run = repository.run(&[]);
    assert_eq!(run.code, 0, "{:#?}", run.findings());
    assert_eq!(run.verdict.metrics[0].value, f64::from(bytes) + 1.0);
}

/// So many thousand.
fn many_files(thousands: u32) {
    let repository = empty();
    for folder in 0..thousands {
        let folder = repository.path(&format!("dist/{folder}"));
        fs::create_dir_all(&folder).unwrap();
        for file in 0..1000 {
            fs::write(folder.join(format!("{file}.js")), "x").unwrap();
        }
    }
    repository.write("stagegate.yml", FILES);
    let run = repository.run(&[]);
    assert_eq!(run.code, 0, "{:#?}", run.findings());
    assert_eq!(run.verdict.metrics[0].value, f64::from(thousands) * 1000.0);
    // What is shown stays small, whatever was measured.
    assert!(serde_json::to_string(&run.verdict).unwrap().len() < 20_000);
}

#[cfg(unix)]
#[test]
fn links_in_a_circle_and_out_of_the_app_are_not_followed() {
    let repository = empty();
    repository.write("dist/a.js", "x");
    repository.write("secret.txt", "a long text outside");
    std::os::unix::fs::symlink(".", repository.path("dist/loop")).unwrap();
    std::os::unix::fs::symlink("../secret.txt", repository.path("dist/out.js")).unwrap();
    repository.write("stagegate.yml", FILES);
    let run = repository.run(&[]);
    assert_eq!((run.code, run.verdict.metrics[0].value), (0, 1.0));
}

#[test]
fn deep_json_and_broken_manifests_are_named() {
    let repository = with_build("normal");
    repository.write(
        "stagegate.yml",
        "bundle: {routes: [{route: /**, first-load-js: 1 MB}]}\n",
    );
    repository.write(".next/prerender-manifest.json", &"[".repeat(100_000));
    repository
        .run(&[])
        .assert(3, "prerender-manifest.json is not what the build writes");

    let stats = with_build("normal");
    stats.write(
        ".next/diagnostics/route-bundle-stats.json",
        r#"[{"route":"/","firstLoadChunkPaths":[".next/server/secret.js"]}]"#,
    );
    stats.run(&[]).assert(3, "which is no file below static/");

    let half = with_build("normal");
    fs::remove_file(half.path(".next/BUILD_ID")).unwrap();
    half.run(&[])
        .assert(3, "BUILD_ID does not exist: the build was cut short");

    let vite = empty();
    vite.write(
        "dist/.vite/manifest.json",
        r#"{"index.html":{"file":"../../x.js","isEntry":true}}"#,
    );
    vite.run(&[])
        .assert(3, "`../../x.js`, which is no file of the build");
}

#[test]
fn a_file_with_another_hash_than_its_tag_gives_is_named() {
    let repository = with_build("normal");
    repository.write(
        "stagegate.yml",
        "bundle: {routes: [{route: /**, first-load-js: 1 MB}]}\n",
    );
    edit(&repository, ".next/server/app/index.html", |html| {
        html.replacen(
            "<script src=",
            "<script integrity=\"sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=\" src=",
            1,
        )
    });
    repository.run(&[]).assert(
        1,
        "is not what server/app/index.html gives as its integrity",
    );
}
