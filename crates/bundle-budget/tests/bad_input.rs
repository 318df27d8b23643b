//! What the gate is given and should not be: broken, hostile, or far too large.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod support;

use std::fs;
use std::process::{Output, Stdio};

use fake_runner::{Ended, Runner};
use support::{edit, empty, with_build};
use wait4::Wait4 as _;

const FILES: &str =
    "bundle: {gate: raw, compressions: [raw], files: [{path: 'dist/**', limit: 3 GB}]}\n";

/// What the gate may take at its peak, in bytes: far less than the files it reads.
const MEMORY: u64 = 96 << 20;

/// By hand, because a debug build takes minutes: `cargo test -p bundle-budget --test bad_input -- --ignored`.
#[test]
#[ignore = "minutes in a debug build; 128 MiB and 3,000 files are tried always"]
fn two_gigabytes_and_a_hundred_thousand_files_are_measured() {
    large_file(2 << 30, "raw");
    large_file(2 << 30, "gzip");
    many_files(100);
}

#[test]
fn a_large_file_is_streamed_and_many_files_are_measured() {
    large_file(128 << 20, "raw");
    many_files(3);
}

fn large_file(bytes: u32, gate: &str) {
    let repository = empty();
    repository.write("dist/a.js", "x");
    // Sparse: it takes no room on the disk.
    let file = fs::File::create(repository.path("dist/large.bin")).unwrap();
    file.set_len(u64::from(bytes)).unwrap();
    repository.write("stagegate.yml", &FILES.replace("raw", gate));
    let run = bounded(&repository);
    assert_eq!(run.code, 0, "{:#?}", run.findings());
    if gate == "raw" {
        assert_eq!(run.verdict.metrics[0].value, f64::from(bytes) + 1.0);
    }
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
    let run = bounded(&repository);
    assert_eq!(run.code, 0, "{:#?}", run.findings());
    assert_eq!(run.verdict.metrics[0].value, f64::from(thousands) * 1000.0);
    // What is shown stays small, whatever was measured.
    assert!(serde_json::to_string(&run.verdict).unwrap().len() < 20_000);
}

/// Runs the gate and holds its peak memory to the bound, by the system's accounting.
fn bounded(repository: &Runner) -> Ended {
    let child = repository
        .command(&[])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let used = child.wait4().unwrap();
    let peak = used.rusage.maxrss;
    assert!(peak < MEMORY, "{peak} bytes at its peak");
    repository.ended(Output {
        status: used.status,
        stdout: Vec::new(),
        stderr: Vec::new(),
    })
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

    let no_chunks = with_build("normal");
    fs::remove_dir_all(no_chunks.path(".next/static/chunks")).unwrap();
    no_chunks
        .run(&[])
        .assert(1, " is missing, and build-manifest.json names it");

    let vite = empty();
    vite.write(
        "dist/.vite/manifest.json",
        r#"{"index.html":{"file":"../../x.js","isEntry":true}}"#,
    );
    vite.run(&[])
        .assert(3, "`../../x.js`, which is no file of the build");
}

/// Links in the place of files: a walk that follows them would not end, or would read what is no part of the app.
#[cfg(unix)]
#[test]
fn links_within_a_build_are_not_followed() {
    let repository = with_build("normal");
    repository.write(
        "stagegate.yml",
        "bundle: {images: {max-bytes: 1 B}, duplicates: {}, routes: [{route: /**, first-load-js: 1 MB}]}\n",
    );
    let link = |to: &str, at: &str| {
        std::os::unix::fs::symlink(to, repository.path(at)).unwrap();
    };
    link("..", ".next/static/up");
    link(".", ".next/static/chunks/self");
    link("../..", ".next/server/app/round");
    fs::create_dir_all(repository.path("public")).unwrap();
    link("..", "public/all");
    link("/dev/zero", "public/endless.png");
    link("/dev/zero", ".next/static/chunks/endless.js");
    assert_eq!(repository.run(&[]).code, 0);
}

/// Whoever may read everything finds nothing unreadable, so this is tried as another user would see it: a folder in the
/// place of the file.
#[test]
fn a_file_that_cannot_be_read_is_named() {
    let repository = with_build("normal");
    repository.write(
        "stagegate.yml",
        "bundle: {routes: [{route: /**, first-load-js: 1 MB}]}\n",
    );
    fs::remove_file(repository.path(".next/prerender-manifest.json")).unwrap();
    fs::create_dir(repository.path(".next/prerender-manifest.json")).unwrap();
    repository
        .run(&[])
        .assert(3, "read .next/prerender-manifest.json: ");
    let chunk = with_build("normal");
    let name = chunk.json(".next/diagnostics/route-bundle-stats.json")[0]["firstLoadChunkPaths"][0]
        .as_str()
        .unwrap()
        .to_owned();
    fs::remove_file(chunk.path(&name)).unwrap();
    fs::create_dir(chunk.path(&name)).unwrap();
    chunk.run(&[]).assert(1, "integrity: chunk ");
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
