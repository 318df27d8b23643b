//! The readers over real builds of every framework: what a route loads first is what its prerendered page loads.

use std::collections::BTreeSet;
use std::fs;

use super::{Build, Chunk, FrameworkName, Source, open};

#[path = "../../tests/support/build.rs"]
#[allow(dead_code, reason = "shared with the tests of the gate")]
mod fixtures;

fn read(name: &str) -> (Build, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    fixtures::lay_out(name, folder.path());
    let build = open(folder.path(), FrameworkName::Auto).unwrap().unwrap();
    (build, folder)
}

fn names(build: &Build) -> Vec<&str> {
    build
        .routes
        .iter()
        .map(|route| route.name.as_str())
        .collect()
}

fn raw(build: &Build, chunks: &BTreeSet<Chunk>) -> u64 {
    let bytes = |chunk: &Chunk| {
        fs::metadata(build.folder.path(chunk.as_str()))
            .unwrap()
            .len()
    };
    chunks.iter().map(bytes).sum()
}

/// What the list has and the page does not, and the other way round.
fn differences(build: &Build) -> Vec<String> {
    let mut found = Vec::new();
    for route in &build.routes {
        let Some(page) = &route.page else { continue };
        for (who, chunks) in [
            ("list", route.first.difference(&page.scripts)),
            ("page", page.scripts.difference(&route.first)),
        ] {
            found.extend(chunks.map(|chunk| format!("{} only in the {who}: {chunk}", route.name)));
        }
    }
    found
}

const NEXT: [&str; 4] = [
    "next-15-turbopack",
    "next-15-webpack",
    "next-16-turbopack",
    "next-16-webpack",
];

#[test]
fn every_route_of_next_loads_what_its_prerendered_page_loads() {
    for name in NEXT {
        let (build, _folder) = read(name);
        assert_eq!(
            names(&build),
            [
                "/",
                "/_not-found",
                "/about",
                "/blog/[slug]",
                "/dash",
                "/dash/settings",
                "/heavy",
                "/lazy",
                "/legacy"
            ],
            "{name}"
        );
        assert!(
            build.routes.iter().all(|route| route.page.is_some()),
            "{name}: every route has a page to compare with"
        );
        assert_eq!(differences(&build), [""; 0], "{name}");
    }
}

#[test]
fn the_manifests_say_what_the_stats_say() {
    let (build, folder) = read("next-16-turbopack");
    assert!(
        build
            .routes
            .iter()
            .all(|route| route.source == Source::Stats)
    );
    let stats = folder
        .path()
        .join(".next/diagnostics/route-bundle-stats.json");
    let counted: Vec<serde_json::Value> =
        serde_json::from_slice(&fs::read(&stats).unwrap()).unwrap();
    for route in &build.routes {
        let theirs = counted
            .iter()
            .find(|entry| entry["route"] == route.name.as_str())
            .unwrap();
        assert_eq!(
            Some(raw(&build, &route.first)),
            theirs["firstLoadUncompressedJsBytes"].as_u64(),
            "{}",
            route.name
        );
    }
    fs::remove_file(stats).unwrap();
    let by_manifests = open(folder.path(), FrameworkName::Next).unwrap().unwrap();
    for (ours, theirs) in by_manifests.routes.iter().zip(&build.routes) {
        assert_eq!(
            (ours.source, &ours.first),
            (Source::Manifest, &theirs.first),
            "{}",
            ours.name
        );
    }
}

#[test]
fn what_is_imported_by_dynamic_loads_later() {
    for name in NEXT {
        let (build, _folder) = read(name);
        let route = |name: &str| {
            build
                .routes
                .iter()
                .find(|route| route.name == name)
                .unwrap()
        };
        let (heavy, lazy) = (
            raw(&build, &route("/heavy").first),
            raw(&build, &route("/lazy").first),
        );
        assert!(heavy > lazy + 150_000, "{name}: {heavy} {lazy}");
        let later: BTreeSet<Chunk> = route("/lazy")
            .later
            .difference(&route("/lazy").first)
            .cloned()
            .collect();
        assert!(raw(&build, &later) > 150_000, "{name}");
    }
}

#[test]
fn entries_of_vite_load_what_they_import_at_once() {
    let (build, _folder) = read("vite");
    assert_eq!(names(&build), ["/admin", "/"]);
    assert_eq!(differences(&build), [""; 0]);
    let home = &build.routes[1];
    assert_eq!((home.first.len(), home.later.len()), (2, 1));
    assert!(raw(&build, &home.later) > 200_000, "chart.js waits");
}

#[test]
fn pages_of_sveltekit_load_their_nodes() {
    let (build, _folder) = read("sveltekit");
    assert_eq!(names(&build), ["/", "/about"]);
    assert!(build.routes.iter().all(|route| route.page.is_some()));
    assert_eq!(differences(&build), [""; 0]);
}

#[test]
fn pages_of_astro_load_their_islands() {
    let (build, _folder) = read("astro");
    assert_eq!(names(&build), ["/", "/plain"]);
    assert_eq!(
        (build.routes[0].first.len(), build.routes[1].first.len()),
        (4, 0)
    );
    assert_eq!(build.routes[0].later.len(), 1, "signals wait");
}

#[test]
fn pages_of_nuxt_load_the_entry_and_their_component() {
    let (build, _folder) = read("nuxt");
    assert_eq!(names(&build), ["/", "/about"]);
    assert_eq!(differences(&build), [""; 0]);
    assert!(build.routes[1].page.is_some());
}
