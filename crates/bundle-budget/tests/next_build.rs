//! The gate over a build that Next.js makes now, by its default bundler; run by `cargo xtask conformance next`. What the
//! gate counts is held against the `<script>` tags of the prerendered pages, which are read here in another way.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use fake_runner::Runner;
use support::{copy, empty};

/// The fixture's app, whose builds by all versions and bundlers are under `tests/fixtures/builds`.
const APP: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../tests/fixtures/sources/builds/next"
);

/// Every route that is prerendered, and a page of it.
const PAGES: [(&str, &str); 9] = [
    ("/", "app/index.html"),
    ("/_not-found", "app/_not-found.html"),
    ("/about", "app/about.html"),
    ("/blog/[slug]", "app/blog/one.html"),
    ("/dash", "app/dash.html"),
    ("/dash/settings", "app/dash/settings.html"),
    ("/heavy", "app/heavy.html"),
    ("/lazy", "app/lazy.html"),
    ("/legacy", "pages/legacy.html"),
];

#[test]
#[ignore = "installs and runs Next.js: cargo xtask conformance next"]
fn conformance_first_loads_are_the_scripts_of_the_pages() {
    let built = build();
    let repository = empty();
    for folder in [".next", "public"] {
        copy(&built.join(folder), &repository.path(folder));
    }
    repository.write("stagegate.yml", "bundle:\n  compressions: [gzip]\n  routes:\n    - {route: /heavy, first-load-js: 400 kB}\n    - {route: /lazy, lazy: [chart.js]}\n    - {route: /**, first-load-js: 400 kB}\n");
    std::os::unix::fs::symlink(built.join("node_modules"), repository.path("node_modules"))
        .unwrap();
    let by_stats = first_loads(&repository);
    let expected: BTreeMap<String, u64> = PAGES
        .iter()
        .map(|(route, page)| ((*route).to_owned(), scripts_of(&repository, page)))
        .collect();
    assert_eq!(by_stats, expected, "by the stats of the build");
    // The same without the stats, as Next.js 15 and webpack have none.
    fs::remove_file(repository.path(".next/diagnostics/route-bundle-stats.json")).unwrap();
    assert_eq!(first_loads(&repository), expected, "by the manifests");
}

/// Builds in the folder where the packages are installed; the benchmark `bundle` uses what is left there.
fn build() -> PathBuf {
    let peers = std::env::var_os("STAGEGATE_PEERS").expect("run by cargo xtask conformance");
    let folder = Path::new(&peers).join("next-16");
    for old in [".next", "app", "pages", "parts", "public"] {
        let _ = fs::remove_dir_all(folder.join(old));
    }
    copy(Path::new(APP), &folder);
    let output = Command::new("node")
        .current_dir(&folder)
        .args(["node_modules/next/dist/bin/next", "build"])
        .env("NEXT_TELEMETRY_DISABLED", "1")
        .env("CI", "1")
        .output()
        .unwrap();
    let (out, words) = (output.stdout, output.stderr);
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&out),
        String::from_utf8_lossy(&words)
    );
    assert!(output.status.success(), "{said}");
    assert!(said.contains("(Turbopack)"), "the default bundler: {said}");
    folder
}

/// Raw bytes by route, as the gate counts them. A page that disagrees with the manifests would be a warning.
fn first_loads(repository: &Runner) -> BTreeMap<String, u64> {
    let run = repository.run(&[]);
    assert_eq!(run.code, 0, "{:#?}", run.findings());
    assert!(
        !run.findings().iter().any(|text| text.contains("disagrees")),
        "{:#?}",
        run.findings()
    );
    let metrics = run.verdict.metrics.iter();
    metrics
        .filter_map(|metric| {
            let route = metric.name.strip_prefix("first-load-raw ")?;
            // Nobody sees the page of the route that catches all errors as a first load of its own.
            (route != "/_global-error").then(|| (route.to_owned(), bytes(metric.value)))
        })
        .collect()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "sizes are whole numbers below 2^53"
)]
fn bytes(value: f64) -> u64 {
    value as u64
}

/// Raw bytes of the scripts that a browser of today runs at once.
fn scripts_of(repository: &Runner, page: &str) -> u64 {
    let html = repository.read(&format!(".next/server/{page}"));
    let manifest = repository.json(".next/build-manifest.json");
    let idle: Vec<&str> = manifest["lowPriorityFiles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file.as_str().unwrap())
        .collect();
    let mut sources = BTreeSet::new();
    for tag in html.split("<script").skip(1) {
        let tag = tag.split('>').next().unwrap();
        if tag.to_lowercase().contains("nomodule") {
            continue;
        }
        if let Some(source) = tag.split("src=\"/_next/").nth(1) {
            let source = source.split(['"', '?']).next().unwrap();
            if !idle.contains(&source) {
                sources.insert(source.to_owned());
            }
        }
    }
    assert!(!sources.is_empty(), "{page} has scripts");
    sources
        .iter()
        .map(|source| {
            let path = repository.path(&format!(".next/{source}"));
            fs::metadata(path).unwrap().len()
        })
        .sum()
}
