//! Code that one visit would load twice, in a real build to which a second copy of a script is added.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod support;

use std::fs;

use fake_runner::Runner;
use support::{edit, with_build};
use verdict::Conclusion;

const COPY: &str = "static/chunks/copy.js";

/// The largest script, which is in the first load of every route.
fn largest(repository: &Runner) -> String {
    let chunks = fs::read_dir(repository.path(".next/static/chunks")).unwrap();
    let (_, name) = chunks
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().extension().is_some_and(|kind| kind == "js"))
        .map(|entry| (entry.metadata().unwrap().len(), entry.file_name()))
        .max()
        .unwrap();
    format!("static/chunks/{}", name.to_str().unwrap())
}

/// A route loads a copy of the script too, which is changed a little as bundlers change names.
fn with_copy(change: impl Fn(&str) -> String) -> Runner {
    let repository = with_build("normal");
    let script = repository.read(&format!(".next/{}", largest(&repository)));
    repository.write(&format!(".next/{COPY}"), &change(&script));
    edit(
        &repository,
        ".next/diagnostics/route-bundle-stats.json",
        |json| {
            json.replacen(
                "\"firstLoadChunkPaths\": [",
                &format!("\"firstLoadChunkPaths\": [\".next/{COPY}\","),
                1,
            )
        },
    );
    repository
}

#[test]
fn a_second_copy_is_named_with_the_bytes_it_wastes() {
    let copies: [fn(&str) -> String; 2] = [
        // Other names, the same texts.
        |script| script.replace("function", "function  "),
        // A part of the larger one, with something of its own.
        |script| {
            let end = script.len() / 2;
            let end = (end..).find(|at| script.is_char_boundary(*at)).unwrap();
            format!("{}\nself.own=1", &script[..end])
        },
    ];
    for copy in copies {
        let repository = with_copy(copy);
        repository.write(
            "stagegate.yml",
            "bundle:\n  duplicates:\n    max: 10 kB\n    mode: fail\n  routes: [{route: /**, first-load-js: 1 MB}]\n",
        );
        let run = repository.run(&[]);
        let named = |text: &String| {
            text.starts_with("duplicate: ")
                && text.contains(COPY)
                && text.contains(&largest(&repository))
        };
        assert_eq!((run.code, run.findings().iter().any(named)), (1, true));
        let wasted = run.verdict.metrics.iter();
        let wasted = wasted
            .filter(|metric| metric.name == "duplicates-gzip")
            .map(|metric| (metric.value > 20_000.0, metric.conclusion))
            .collect::<Vec<_>>();
        assert_eq!(wasted, [(true, Conclusion::Fail)]);
        assert!(
            run.stdout.contains("file=stagegate.yml,line=3"),
            "{}",
            run.stdout
        );
    }
}

#[test]
fn a_copy_within_the_limit_is_said_and_one_of_other_code_is_none() {
    let repository = with_copy(str::to_owned);
    repository.write(
        "stagegate.yml",
        "bundle: {duplicates: {max: 1 MB, mode: fail}, routes: [{route: /**, first-load-js: 1 MB}]}\n",
    );
    repository.run(&[]).assert(0, "duplicate: ");

    let repository = with_copy(|script| {
        let words = (0..script.len() / 40).map(|word| format!("'text number {word:020}';"));
        words.collect()
    });
    repository.write(
        "stagegate.yml",
        "bundle: {duplicates: {max: 10 kB, mode: fail}, routes: [{route: /**, first-load-js: 1 MB}]}\n",
    );
    let run = repository.run(&[]);
    assert_eq!(run.code, 0, "{:#?}", run.findings());
    assert!(
        !run.findings()
            .iter()
            .any(|text| text.starts_with("duplicate") && text.contains(COPY)),
        "{:#?}",
        run.findings()
    );
}
