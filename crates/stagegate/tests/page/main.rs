//! The HTML report in a real browser, from verdicts that the shipped binary gave over real reports: it complains
//! about nothing, asks nobody for anything, and filters without a script, in light and in dark. Needs Chromium,
//! by `CHROME_PATH` or on the path.
//!
//! `STAGEGATE_SCREENSHOT=FILE.png` keeps a picture; `STAGEGATE_VERDICTS=FOLDER` takes the verdicts of that
//! folder, such as a rehearsal's artifacts, in place of the fixtures'.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod fixtures;

use std::fs;
use std::path::Path;

use headless::{Tab, find};
use verdict::Verdict;

#[test]
fn every_gate_writes_its_page_and_they_fit_on_one() {
    let verdicts = fixtures::verdicts();
    let page = report_render::html(&verdicts.iter().collect::<Vec<_>>());
    for verdict in &verdicts {
        assert!(
            page.contains(&format!(">{}</a>", verdict.gate)),
            "{}",
            verdict.gate
        );
    }
    let failing = verdicts
        .iter()
        .filter(|verdict| !verdict.conclusion.allows());
    assert!(failing.count() >= 2, "the fixtures have problems to show");
}

#[tokio::test]
async fn the_page_asks_for_nothing_and_complains_about_nothing() {
    let Some(chrome) = find() else {
        println!("no Chromium: set CHROME_PATH to test the page in a browser");
        return;
    };
    let verdicts = match std::env::var_os("STAGEGATE_VERDICTS") {
        Some(folder) => read(Path::new(&folder)),
        None => fixtures::verdicts(),
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.html");
    fs::write(
        &path,
        report_render::html(&verdicts.iter().collect::<Vec<_>>()),
    )
    .unwrap();
    let address = format!("file://{}", path.display());

    let mut tab = Tab::open(chrome).await;
    tab.resize(1180, 1500).await;
    let mut backgrounds = Vec::new();
    for scheme in ["light", "dark"] {
        tab.scheme(scheme).await;
        tab.visit(&address).await;
        backgrounds.push(
            tab.evaluate("getComputedStyle(document.body).backgroundColor")
                .await,
        );
        let wide = "document.documentElement.scrollWidth <= innerWidth";
        assert_eq!(
            tab.evaluate(wide).await,
            true,
            "{scheme}: nothing sticks out"
        );
        assert!(
            tab.complaints().is_empty(),
            "{scheme}: {:?}",
            tab.complaints()
        );
        let requests = tab.requests();
        let foreign = |url: &&&str| **url != address && !url.starts_with("data:");
        assert_eq!(requests.iter().find(foreign), None, "{scheme}");
    }
    assert_ne!(backgrounds[0], backgrounds[1], "dark is dark");

    let unnamed = "[...document.querySelectorAll('svg[role=img]')].filter(svg => \
                   !svg.getAttribute('aria-label') && !svg.querySelector('title')?.textContent).length";
    assert_eq!(tab.evaluate(unnamed).await, 0, "every image has a name");
    let filter = "const errors = document.getElementById('show-errors'); errors?.click(); \
                  errors === null ? 0 : [...document.querySelectorAll('.findings:not(.error)')].filter(e => e.checkVisibility()).length";
    assert_eq!(
        tab.evaluate(filter).await,
        0,
        "the filter works by style alone"
    );
    assert!(tab.complaints().is_empty(), "{:?}", tab.complaints());

    if let Some(path) = std::env::var_os("STAGEGATE_SCREENSHOT") {
        let scheme = std::env::var("STAGEGATE_SCHEME").unwrap_or_else(|_| "light".to_owned());
        tab.scheme(&scheme).await;
        tab.visit(&address).await;
        fs::write(path, tab.screenshot().await).unwrap();
    }
}

/// All verdicts below a folder.
fn read(folder: &Path) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                verdicts.extend(Verdict::from_json(&fs::read(path).unwrap()));
            }
        }
    }
    verdicts
}
