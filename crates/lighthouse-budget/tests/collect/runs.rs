//! How runs are made: how often, on which machine, and base and head in turn.

use super::support::{chromes_are_gone, with_tools};
use super::{lighthouse, page};

#[tokio::test]
async fn every_run_has_a_chrome_of_its_own_and_leaves_a_report() {
    let server = page(200).await;
    let repository = with_tools();
    let flags = [
        "--url",
        &server.uri(),
        "--runs=3",
        "--output-dir=out",
        "--chrome-flags=--some-flag",
    ];
    let run = repository.run(&flags);
    assert!(run.verdict.metrics.len() > 10, "{:?}", run.verdict.findings);
    let reports = "out/1-mobile-1.json\nout/1-mobile-2.json\nout/1-mobile-3.json";
    assert_eq!(run.output("reports"), reports);
    assert!(
        run.verdict
            .findings
            .iter()
            .any(|finding| finding.message.contains("(median of ")),
        "real runs, real limits"
    );
    assert!(run.stderr.contains("run 3 of 3: "), "{}", run.stderr);
    let chrome = repository.read("chrome.arguments");
    assert_eq!(chrome.lines().count(), 3);
    let mut profiles: Vec<_> = chrome
        .lines()
        .map(|line| {
            line.split_whitespace()
                .find(|argument| argument.starts_with("--user-data-dir"))
                .unwrap()
        })
        .collect();
    profiles.dedup();
    assert_eq!(profiles.len(), 3, "a fresh profile each");
    assert!(
        chrome.lines().all(
            |line| line.contains("--headless=new") && line.ends_with("--some-flag about:blank")
        )
    );
    let lighthouse = repository.read("lighthouse.arguments");
    assert!(
        lighthouse.lines().all(|line| line.contains("--port=1")),
        "{lighthouse}"
    );
    assert!(chromes_are_gone(&repository));
}

#[tokio::test]
async fn a_run_on_a_slow_machine_is_measured_again() {
    let server = page(200).await;
    let mut repository = with_tools();
    repository.write(
        "stagegate.yml",
        "lighthouse: {min-benchmark-index: 1000, max-redone: 1}\n",
    );
    // The first and the second run are slow.
    lighthouse(
        &mut repository,
        r#"if [ "$run" -le 2 ]; then index=300; else index=2000; fi
sed "s/\"benchmarkIndex\":[0-9.]*/\"benchmarkIndex\":$index/" "$FIXTURES/home-1.json" > "$report""#,
    );
    let run = repository.run(&["--url", &server.uri(), "--runs=2"]);
    assert_eq!(
        repository.read("lighthouse.arguments").lines().count(),
        3,
        "two, and one again"
    );
    let slow: Vec<_> = run
        .verdict
        .findings
        .iter()
        .filter(|finding| finding.rule == "slow-run")
        .collect();
    assert_eq!(slow.len(), 2, "{slow:?}");
    assert!(
        slow[0]
            .message
            .contains("benchmarkIndex 300 is under 1000: discarded and measured again")
    );
    assert!(
        slow[1]
            .message
            .contains("kept, since enough were measured again")
    );
    assert_eq!(run.output("reports").lines().count(), 2);
}

#[tokio::test]
async fn base_and_head_are_measured_in_turn_until_it_is_clear() {
    let (base, head) = (page(200).await, page(200).await);
    let mut repository = with_tools();
    lighthouse(
        &mut repository,
        r#"cp "$FIXTURES/home-$((run % 3 + 1)).json" "$report""#,
    );
    let flags = [
        "--url",
        &format!("{}/a?b=1", head.uri()),
        "--base-url",
        &base.uri(),
    ];
    let run = repository.run(&flags);
    assert!(run.code < 2, "{}", run.stderr);
    let asked = repository.read("lighthouse.arguments");
    let pages: Vec<_> = asked
        .lines()
        .map(|line| line.split(' ').next().unwrap().to_owned())
        .collect();
    let turn = [
        format!("{}/a?b=1", base.uri()),
        format!("{}/a?b=1", head.uri()),
    ];
    assert_eq!(pages[..6], [turn.clone(), turn.clone(), turn].concat());

    // A head that takes 3 s more to its LCP in every run.
    let port = head.address().port();
    repository.write("lighthouse.arguments", "");
    lighthouse(
        &mut repository,
        &format!(
            r#"case $1 in *:{port}/*) add=3 ;; *) add= ;; esac
sed "s/\"id\":\"largest-contentful-paint\",\(.*\)\"numericValue\":\([0-9]*\)/&/; s/\(\"largest-contentful-paint\":{{[^}}]*\"numericValue\":\)\([0-9]\)/\1$add\2/" "$FIXTURES/home-$((run % 3 + 1)).json" > "$report""#
        ),
    );
    let run = repository.run(&flags);
    assert_eq!(run.code, 1, "{}", run.stderr);
    let found = run
        .verdict
        .findings
        .iter()
        .find(|finding| finding.rule == "regression")
        .unwrap();
    assert!(
        found.message.contains("lcp regressed to 3"),
        "{}",
        found.message
    );
    let metric = run
        .verdict
        .metrics
        .iter()
        .find(|metric| metric.name.starts_with("lcp "))
        .unwrap();
    assert!(metric.baseline.unwrap() < 2000.0);
    assert!((10..=18).contains(&repository.read("lighthouse.arguments").lines().count()));
}

#[tokio::test]
async fn paths_of_the_section_are_pages_of_the_deployment() {
    let server = page(200).await;
    let repository = with_tools();
    repository.write(
        "stagegate.yml",
        "lighthouse:\n  runs: 1\n  profiles: [mobile, desktop]\n  urls: [/, /artists/a]\n",
    );
    let run = repository.run(&["--url", &format!("{}/old", server.uri())]);
    assert!(run.stderr.contains("run 4 of 4: "), "{}", run.stderr);
    let asked = repository.read("lighthouse.arguments");
    for (line, path) in asked.lines().zip(["/", "/", "/artists/a", "/artists/a"]) {
        assert!(line.contains(&format!("{}{path} ", server.uri())), "{line}");
    }
    assert_eq!(asked.matches("--preset=desktop").count(), 2);
    repository
        .run(&[])
        .assert(2, "urls are paths (/, /artists/a), and no url is given");
    repository.write("stagegate.yml", "lighthouse: {urls: [//b.example/]}\n");
    repository
        .run(&["--url", &server.uri()])
        .assert(2, "urls: `//b.example/` is no path");
    repository.write(
        "stagegate.yml",
        "lighthouse: {reports: [out/*.json], urls: ['https://a.example']}\n",
    );
    repository
        .run(&[])
        .assert(2, "the section has both urls and reports");
}

#[tokio::test]
async fn a_compatible_run_leaves_what_lighthouse_ci_leaves() {
    let server = page(200).await;
    let mut repository = with_tools();
    let rc = format!(
        r#"{{"ci": {{"collect": {{"url": ["{}/"], "numberOfRuns": 2}}, "assert": {{"assertions": {{"interactive": "warn"}}}}}}}}"#,
        server.uri()
    );
    repository.write(".lighthouserc.json", &rc);
    repository.set("VERCEL_AUTOMATION_BYPASS_SECRET", "s3cret-s3cret");
    // Of two outputs Lighthouse names each itself.
    lighthouse(
        &mut repository,
        r#"cp "$FIXTURES/home-$run.json" "${report%.json}.report.json"
echo "<p>run $run, s3cret-s3cret" > "${report%.json}.report.html""#,
    );
    let run = repository.run(&["--compat=lhci"]);
    assert!(run.code < 2, "{}", run.stderr);
    let asked = repository.read("lighthouse.arguments");
    assert!(
        asked
            .lines()
            .all(|line| line.contains("--output=json") && line.contains("--output=html"))
    );
    let manifest = repository.json(".lighthouseci/manifest.json");
    // The one that stands for the page comes last.
    for (entry, number) in manifest.as_array().unwrap().iter().zip([2, 1]) {
        let name = format!("/.lighthouseci/lhr-{number:013}");
        for (key, extension) in [("jsonPath", "json"), ("htmlPath", "html")] {
            let path = entry[key].as_str().unwrap();
            assert!(
                path.ends_with(&format!("{name}.{extension}")),
                "{manifest:#}"
            );
        }
        let html = repository.read(entry["htmlPath"].as_str().unwrap());
        assert_eq!(html, format!("<p>run {number}, ***\n"));
    }
    let left = std::fs::read_dir(repository.path(".lighthouseci")).unwrap();
    assert_eq!(left.count(), 6, "two reports twice, results and manifest");
}
