//! The gate over real builds of the sample app, whole and broken.

#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

mod support;

use std::fs;

use fake_runner::{Ended, Runner};
use support::{edit, empty, publish, with_build};
use verdict::{Conclusion, Verdict};

const BUDGET: &str = "bundle:
  routes:
    - route: /artists/[slug]
      lazy: [chart.js]
    - route: /**
      first-load-js: 170 kB
      deny: [chart.js]
";

/// The chunk that holds chart.js in the build `normal`.
fn chart(repository: &Runner) -> String {
    let manifest =
        repository.json(".next/server/app/artists/[slug]/page/react-loadable-manifest.json");
    let module = manifest.as_object().unwrap().values().next().unwrap();
    format!(".next/{}", module["files"][0].as_str().unwrap())
}

fn first_chunk(repository: &Runner) -> String {
    let stats = repository.json(".next/diagnostics/route-bundle-stats.json");
    stats[0]["firstLoadChunkPaths"][0]
        .as_str()
        .unwrap()
        .to_owned()
}

fn sizes(verdict: &Verdict) -> Vec<(String, f64)> {
    let metrics = verdict.metrics.iter();
    metrics
        .map(|metric| (metric.name.clone(), metric.value))
        .collect()
}

#[test]
fn a_healthy_build_passes_with_its_numbers_and_its_digest() {
    let repository = with_build("normal");
    repository.write("stagegate.yml", BUDGET);
    publish(&repository);
    let run = repository.run(&[]);
    assert_eq!(run.code, 0, "{:#?}", run.findings());
    assert_eq!(run.verdict.conclusion, Conclusion::Pass);
    let digest = build_output::BuildOutput::open(repository.path(".vercel/output"))
        .unwrap()
        .digest();
    assert_eq!(run.verdict.subject.digest.as_ref(), Some(&digest));
    assert_eq!(run.output("digest"), digest.as_str());
    assert_eq!(run.output("routes"), "3");
    let largest = &run.verdict.metrics[0];
    assert_eq!(largest.name, "first-load-gzip /artists/[slug]");
    assert_eq!(run.output("first-load-max"), largest.value.to_string());
    assert!(
        run.findings()[0].contains("loaded later (by source map)"),
        "{:#?}",
        run.findings()
    );
    assert!(
        run.verdict
            .evidence
            .iter()
            .any(|evidence| evidence.sha256.is_some())
    );
}

#[test]
fn stats_manifests_and_pages_give_the_same_numbers() {
    let repository = with_build("normal");
    repository.write("stagegate.yml", BUDGET);
    let by_stats = repository.run(&[]);
    fs::remove_file(repository.path(".next/diagnostics/route-bundle-stats.json")).unwrap();
    let by_manifests = repository.run(&[]);
    assert_eq!(sizes(&by_stats.verdict), sizes(&by_manifests.verdict));
    // A page that disagrees would be a warning.
    assert_eq!(by_manifests.verdict.conclusion, Conclusion::Pass);
    let raw = |run: &Ended| {
        run.verdict
            .metrics
            .iter()
            .find(|m| m.name == "first-load-raw /")
            .map(|m| m.value)
    };
    let stats = with_build("normal").json(".next/diagnostics/route-bundle-stats.json");
    let home = stats
        .as_array()
        .unwrap()
        .iter()
        .find(|entry| entry["route"] == "/")
        .unwrap();
    assert_eq!(
        raw(&by_stats),
        home["firstLoadUncompressedJsBytes"].as_f64(),
        "as Next.js itself counts"
    );
}

#[test]
fn a_heavy_import_fails_at_the_line_of_its_budget_with_module_and_route() {
    let repository = with_build("heavy-import");
    repository.write("stagegate.yml", BUDGET);
    let run = repository.run(&[]);
    run.assert(1, "first-load-js: /artists/[slug] loads 190.4 kB");
    run.assert(
        1,
        "deny: chart.js is in the first load of /artists/[slug], in static/chunks/",
    );
    assert!(
        run.stdout.contains("::error") && run.stdout.contains("file=stagegate.yml,line=6"),
        "{}",
        run.stdout
    );
}

/// As a build without `productionBrowserSourceMaps`.
fn without_maps(repository: &Runner) {
    for entry in fs::read_dir(repository.path(".next/static/chunks")).unwrap() {
        let path = entry.unwrap().path();
        match path.extension().unwrap().to_str() {
            Some("map") => fs::remove_file(path).unwrap(),
            Some("js") => {
                let script = fs::read_to_string(&path).unwrap();
                fs::write(path, script.split("//# sourceMappingURL").next().unwrap()).unwrap();
            }
            _ => {}
        }
    }
}

#[test]
fn every_source_of_modules_says_where_chart_js_is() {
    for list in ["deny", "lazy"] {
        for (build, code, expected) in [
            ("normal", 0, "loaded later (by source map)"),
            ("heavy-import", 1, "in static/chunks/"),
        ] {
            let repository = with_build(build);
            repository.write(
                "stagegate.yml",
                &format!(
                    "bundle: {{routes: [{{route: '/artists/[slug]', {list}: [chart.js]}}]}}\n"
                ),
            );
            repository.run(&[]).assert(code, expected);
            without_maps(&repository);
            let expected = match code {
                0 => "loaded later (by the analysis of the build)",
                _ => "in one of its chunks (by the analysis of the build)",
            };
            repository.run(&[]).assert(code, expected);
        }
    }
}

#[test]
fn without_source_maps_and_analysis_the_installed_package_is_the_evidence() {
    for (build, code, expected) in [
        (
            "normal",
            0,
            "loaded later (by texts of the installed package)",
        ),
        (
            "heavy-import",
            1,
            "chart.js is in the first load of /artists/[slug]",
        ),
    ] {
        let repository = with_build(build);
        repository.write(
            "stagegate.yml",
            "bundle: {routes: [{route: /**, deny: [chart.js]}]}\n",
        );
        let carrier = with_build("normal");
        let script = carrier.read(&chart(&carrier));
        without_maps(&repository);
        fs::remove_dir_all(repository.path(".next/diagnostics/analyze")).unwrap();
        repository.run(&[]).assert(
            3,
            "cannot tell whether chart.js is in the first load of / and 2 other routes",
        );
        repository.write("node_modules/chart.js/package.json", "{}");
        repository.write("node_modules/chart.js/dist/chart.js", &script);
        repository.run(&[]).assert(code, expected);
    }
}

#[test]
fn a_chunk_that_is_missing_or_empty_is_named() {
    let repository = with_build("normal");
    repository.write("stagegate.yml", BUDGET);
    let chart = chart(&repository);
    fs::remove_file(repository.path(&chart)).unwrap();
    let name = chart.strip_prefix(".next/").unwrap();
    repository.run(&[]).assert(
        1,
        &format!("integrity: chunk {name} is missing, and server/app/artists/[slug]"),
    );
    let first = first_chunk(&repository);
    repository.write(&chart, "x");
    repository.write(&first, "");
    let run = repository.run(&[]);
    run.assert(
        1,
        &format!(
            "integrity: chunk {} is empty",
            first.strip_prefix(".next/").unwrap()
        ),
    );
}

#[test]
fn a_build_output_of_another_build_is_caught() {
    let repository = with_build("normal");
    repository.write("stagegate.yml", BUDGET);
    publish(&repository);
    let served = first_chunk(&repository).replace(".next/", ".vercel/output/static/_next/");
    edit(&repository, &served, |script| format!("{script} "));
    repository
        .run(&[])
        .assert(1, "has other bytes in the build output than in the build");
    fs::remove_file(repository.path(&served)).unwrap();
    let run = repository.run(&[]);
    run.assert(1, "of the build is not in the build output");
    run.assert(
        1,
        "is not in the build output, and its static/index.html names it",
    );
}

#[test]
fn a_page_that_loads_more_than_the_manifests_say_is_a_warning() {
    let repository = with_build("normal");
    repository.write("stagegate.yml", BUDGET);
    let script = chart(&repository).replace(".next/", "/_next/");
    edit(&repository, ".next/server/app/index.html", |html| {
        html.replace(
            "</head>",
            &format!("<script src=\"{script}\" async=\"\"></script></head>"),
        )
    });
    let run = repository.run(&[]);
    run.assert(0, "html-disagrees: /: ");
    assert_eq!(run.verdict.conclusion, Conclusion::Warn);
}

#[test]
fn what_cannot_be_measured_is_refused_by_name() {
    let nothing = empty();
    let run = nothing.run(&[]);
    run.assert(3, "undecided: no build in .: there is none of .next, ");
    assert!(
        run.verdict.findings[0]
            .fix
            .as_ref()
            .unwrap()
            .contains("build before this gate")
    );
    assert_eq!(run.output("conclusion"), "error");
    nothing
        .run(&["--app", "nowhere"])
        .assert(2, "usage: app nowhere does not exist");
    nothing.write(
        "stagegate.yml",
        "bundle: {files: [{path: 'dist/*.js', limit: 1 kB}]}\n",
    );
    nothing.run(&[]).assert(3, "`dist/*.js` matches no file");
    nothing.write("dist/a.js", "let a");
    assert_eq!(nothing.run(&[]).code, 0);
    nothing.run(&["--build-output", "dist"]).assert(3, "dist");

    let old = with_build("normal");
    fs::remove_file(old.path(".next/diagnostics/route-bundle-stats.json")).unwrap();
    old.write(
        ".next/diagnostics/framework.json",
        r#"{"name":"Next.js","version":"14.2.1"}"#,
    );
    old.run(&[])
        .assert(3, "not supported: builds of Next.js 14.2.1");

    let hostile = with_build("normal");
    edit(&hostile, ".next/build-manifest.json", |json| {
        json.replace("static/chunks/turbopack", "static/../../turbopack")
    });
    hostile.run(&[]).assert(3, "is no file below static/");
    hostile.write(".next/build-manifest.json", "{\"pages\":");
    hostile.run(&[]).assert(3, "is not what the build writes");
    fs::remove_file(hostile.path(".next/build-manifest.json")).unwrap();
    hostile.run(&[]).assert(3, "the build was cut short");

    let empty = empty();
    empty.write(".next/build-manifest.json", "{}");
    empty
        .run(&[])
        .assert(3, "BUILD_ID does not exist: the build was cut short");
    empty.write(".next/BUILD_ID", "1");
    empty.run(&[]).assert(3, "nothing to measure");
}

#[test]
fn every_mistake_of_the_config_is_listed() {
    let repository = with_build("normal");
    repository.write(
        "stagegate.yml",
        "bundle:\n  routes:\n    - {route: artists, deny: ['@scope', ../x]}\n  files: [{path: 'a[', limit: 1 kB}]\n",
    );
    let run = repository.run(&[]);
    assert_eq!(run.code, 2);
    insta::assert_snapshot!(run.findings().join("\n"), @r"
    usage: route `artists` does not start with `/`
    usage: module `@scope` is a scope without a package: write a package (`chart.js`, `@scope/name`) or a file of the app (`./src/heavy.ts`)
    usage: module `../x` is no name: write a package (`chart.js`, `@scope/name`) or a file of the app (`./src/heavy.ts`)
    usage: glob `a[`: unclosed character class; missing ']'
    ");
}
