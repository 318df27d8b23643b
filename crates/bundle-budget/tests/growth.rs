//! The gate against a baseline: what grew, what was only renamed, and the run that has none.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod support;

use std::fs;

use fake_runner::Runner;
use support::{empty, move_build, with_build};
use verdict::{Conclusion, Figure, Table};

const BASELINE: &str = "baseline/bundle.json";

fn table<'a>(figures: &'a [Figure], title: &str) -> &'a Table {
    figures
        .iter()
        .find_map(|figure| match figure {
            Figure::Table(table) if table.title.starts_with(title) => Some(table),
            _ => None,
        })
        .unwrap_or_else(|| panic!("no table {title}"))
}

fn cell<'a>(table: &'a Table, row: &str, column: &str) -> &'a str {
    let at = table.columns.iter().position(|c| c.name == column).unwrap();
    let row = table.rows.iter().find(|cells| cells[0] == row).unwrap();
    &row[at]
}

fn with_baseline() -> Runner {
    let repository = with_build("normal");
    repository.write(
        "stagegate.yml",
        "bundle: {routes: [{route: /**, first-load-js: 1 MB}]}\n",
    );
    assert_eq!(repository.run(&["--write-baseline", BASELINE]).code, 0);
    repository
}

#[test]
fn a_heavy_import_grows_beyond_its_budget_and_its_module_is_named() {
    let repository = with_baseline();
    move_build(&repository, "heavy-import");
    repository.write(
        "stagegate.yml",
        "bundle:\n  routes:\n    - route: /artists/**\n      max-increase: { percent: 2 % }\n    - route: /**\n      max-increase: { bytes: 1 kB }\n      mode: warn\n",
    );
    let run = repository.run(&["--baseline", BASELINE]);
    run.assert(1, "growth: /artists/[slug] grew by 44.7 kB");
    let grown = run
        .findings()
        .into_iter()
        .find(|finding| finding.starts_with("growth"))
        .unwrap();
    assert!(grown.contains("added: chart.js +"), "{grown}");
    assert!(
        run.stdout.contains("file=stagegate.yml,line=4"),
        "{}",
        run.stdout
    );
    let routes = table(&run.verdict.figures, "First-load JavaScript by route");
    assert!(cell(routes, "/artists/[slug]", "change").starts_with("+44.7 kB"));
    assert_eq!(cell(routes, "/_not-found", "change"), "±0");
    assert_eq!(cell(routes, "/", "from"), "stats");
    let metric = &run.verdict.metrics[0];
    assert!(metric.baseline.unwrap() + 40_000.0 < metric.value);
}

#[test]
fn the_same_build_under_other_names_did_not_grow() {
    let repository = with_baseline();
    for folder in [
        ".next/static/chunks",
        ".next/server/app",
        ".next/diagnostics",
        ".next",
    ] {
        rename_chunks(&repository, folder);
    }
    repository.write(
        "stagegate.yml",
        "bundle:\n  noise: {bytes: 0 B, percent: 0 %}\n  routes: [{route: /**, max-increase: {bytes: 0 B}}]\n  files: [{path: '.next/static/**/*.js', max-increase: {bytes: 0 B}, each: true}]\n",
    );
    let run = repository.run(&["--baseline", BASELINE]);
    assert_eq!(run.code, 0, "{:#?}", run.findings());
    assert!(
        !run.verdict
            .figures
            .iter()
            .any(|figure| figure.title().starts_with("Scripts that changed")),
        "a chunk with another name and the same content is the same chunk"
    );
}

/// Gives every chunk another name, in its own name and wherever it is named.
fn rename_chunks(repository: &Runner, folder: &str) {
    for entry in fs::read_dir(repository.path(folder)).unwrap() {
        let path = entry.unwrap().path();
        if !path.is_file() {
            continue;
        }
        let name = path.file_name().unwrap().to_str().unwrap();
        if folder.ends_with("static/chunks") && !name.ends_with(".map") {
            fs::rename(&path, path.with_file_name(format!("r-{name}"))).unwrap();
        } else if let Ok(text) = fs::read_to_string(&path)
            && !folder.ends_with("static/chunks")
        {
            fs::write(
                &path,
                text.replace("static/chunks/", "static/chunks/r-")
                    .replace("r-r-", "r-"),
            )
            .unwrap();
        }
    }
    let inner: Vec<_> = fs::read_dir(repository.path(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    for path in inner {
        if folder.starts_with(".next/server") {
            let name = path
                .strip_prefix(repository.path(""))
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            rename_chunks(repository, &name);
        }
    }
}

#[test]
fn without_a_baseline_nothing_fails_and_the_way_to_one_is_said() {
    let repository = with_build("normal");
    repository.write(
        "stagegate.yml",
        "bundle: {routes: [{route: /**, max-increase: {bytes: 0 B}}]}\n",
    );
    let run = repository.run(&["--baseline", BASELINE]);
    run.assert(
        0,
        "no-baseline: no baseline in baseline/bundle.json: it does not exist",
    );
    let fix = run
        .verdict
        .findings
        .iter()
        .find(|finding| finding.rule == "no-baseline")
        .unwrap()
        .fix
        .clone();
    assert!(fix.unwrap().contains("write-baseline"));
    for broken in [
        "{",
        "{\"schema\":\"stagegate/bundle-baseline/v9\",\"compressors\":{},\"apps\":{},\"contents\":{}}",
        "[[[[",
    ] {
        repository.write(BASELINE, broken);
        repository.run(&["--baseline", BASELINE]).assert(
            0,
            "no-baseline: no baseline in baseline/bundle.json: it is ",
        );
    }
}

#[test]
fn a_hostile_baseline_cannot_make_a_route_pass_or_the_gate_fall() {
    let repository = with_baseline();
    let mut baseline = repository.json(BASELINE);
    for content in baseline["contents"].as_object_mut().unwrap().values_mut() {
        content["sizes"]["gzip"] = u64::MAX.into();
    }
    repository.write(BASELINE, &baseline.to_string());
    let run = repository.run(&["--baseline", BASELINE]);
    // Sizes that are known are taken: too large a number fails, it never passes.
    assert_eq!(run.code, 1, "{:#?}", run.findings());
}

#[test]
fn a_new_and_a_removed_route_are_no_growth() {
    let repository = with_baseline();
    let mut baseline = repository.json(BASELINE);
    let routes = baseline["apps"][""]["routes"].as_object_mut().unwrap();
    let home = routes.remove("/").unwrap();
    routes.insert("/gone".to_owned(), home);
    repository.write(BASELINE, &baseline.to_string());
    repository.write(
        "stagegate.yml",
        "bundle: {routes: [{route: /**, max-increase: {bytes: 0 B, percent: 0 %}}]}\n",
    );
    let run = repository.run(&["--baseline", BASELINE]);
    assert_eq!(run.code, 0, "{:#?}", run.findings());
    let routes = table(&run.verdict.figures, "First-load JavaScript by route");
    assert_eq!(cell(routes, "/", "change"), "new");
}

#[test]
fn apps_of_a_monorepo_have_budgets_and_baselines_of_their_own() {
    let repository = empty();
    for (app, text) in [("shop", "a".repeat(50)), ("blog", "b".repeat(90))] {
        repository.write(&format!("apps/{app}/dist/a.js"), &text);
    }
    let config = |limit: &str| {
        format!(
            "bundle:\n  gate: raw\n  noise: {{bytes: 0 B}}\n  files: [{{path: 'dist/*.js', max-increase: {{bytes: 10 B}}}}]\n  apps:\n    - {{name: shop, dir: apps/shop, files: [{{path: 'dist/*.js', limit: {limit}}}]}}\n    - {{name: blog, dir: apps/blog}}\n"
        )
    };
    repository.write("stagegate.yml", &config("60 B"));
    let run = repository.run(&["--write-baseline", BASELINE]);
    assert_eq!(
        run.verdict.conclusion,
        Conclusion::Pass,
        "{:#?}",
        run.findings()
    );
    repository.write("apps/blog/dist/a.js", &"b".repeat(101));
    repository.write("stagegate.yml", &config("49 B"));
    let run = repository.run(&["--baseline", BASELINE]);
    run.assert(
        1,
        "growth: blog: 1 file of `dist/*.js` grew by 11 B to 101 B (raw), and may grow by 10 B",
    );
    run.assert(
        1,
        "file-size: shop: 1 file of `dist/*.js`: 50 B (raw), 1 B over the limit of 49 B",
    );
    repository.write(
        "stagegate.yml",
        "bundle: {apps: [{name: a, dir: nowhere}, {name: a, dir: apps/shop}]}\n",
    );
    let run = repository.run(&[]);
    run.assert(2, "app nowhere does not exist");
    run.assert(2, "two apps are called `a`");
}
