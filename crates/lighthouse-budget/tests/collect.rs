//! Our own runs, with stand-ins for Chrome and Lighthouse that behave and misbehave.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

#[allow(dead_code, reason = "each test file uses its part")]
mod support;

use support::{chromes_are_gone, program, with_tools, without_tools};
use wiremock::matchers::{any, header_exists};
use wiremock::{Mock, MockServer, ResponseTemplate};

async fn page(status: u16) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(status))
        .mount(&server)
        .await;
    server
}

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
async fn a_run_that_fails_is_named_with_its_last_words() {
    let server = page(200).await;
    let mut repository = with_tools();
    // A report of yesterday must not be judged in its place.
    repository.write("out/1-mobile-1.json", "{}");
    program(
        &mut repository,
        "STAGEGATE_LIGHTHOUSE",
        "lighthouse",
        "#!/bin/sh\necho 'Unsupported engine' >&2\nexit 4\n",
    );
    let run = repository.run(&["--url", &server.uri(), "--runs=2", "--output-dir=out"]);
    run.assert(3, "run 1 of 2: ");
    run.assert(3, "wrote no report: Unsupported engine");
    assert!(chromes_are_gone(&repository));

    program(
        &mut repository,
        "CHROME_PATH",
        "chrome",
        "#!/bin/sh\necho 'no usable sandbox' >&2\nexit 1\n",
    );
    let run = repository.run(&["--url", &server.uri(), "--output-dir=out"]);
    run.assert(3, "Chrome ended at once: no usable sandbox");
}

#[tokio::test]
async fn a_run_that_hangs_is_ended_with_all_it_started() {
    let server = page(200).await;
    let mut repository = with_tools();
    repository.write("stagegate.yml", "lighthouse: {deadline: 3 s}\n");
    program(
        &mut repository,
        "STAGEGATE_LIGHTHOUSE",
        "lighthouse",
        "#!/bin/sh\nsleep 120 &\necho $! >> chrome.pids\nwait\n",
    );
    let run = repository.run(&["--url", &server.uri()]);
    run.assert(3, "not done within 3 s");
    assert_eq!(repository.read("chrome.pids").lines().count(), 2);
    assert!(chromes_are_gone(&repository));
}

#[tokio::test]
async fn a_protected_page_is_refused_by_name_and_the_secret_stays_home() {
    let mut repository = with_tools();
    let wall = page(401).await;
    repository
        .run(&["--url", &wall.uri()])
        .assert(3, "is protected: it answers 401 to a stranger");
    repository.set("VERCEL_AUTOMATION_BYPASS_SECRET", "s3cret-s3cret");
    let run = repository.run(&["--url", &wall.uri()]);
    run.assert(
        3,
        "is protected and does not accept VERCEL_AUTOMATION_BYPASS_SECRET",
    );
    assert!(
        !repository.path("lighthouse.arguments").exists(),
        "nothing is measured"
    );

    let open = page(200).await;
    let run = repository.run(&["--url", &open.uri(), "--runs=1"]);
    assert!(!run.verdict.metrics.is_empty());
    let asked = open.received_requests().await.unwrap();
    assert!(
        asked
            .iter()
            .all(|request| !request.headers.contains_key("x-vercel-protection-bypass"))
    );
    for text in [
        repository.read("chrome.arguments"),
        repository.read("lighthouse.arguments"),
        run.stderr,
    ] {
        assert!(!text.contains("s3cret"), "{text}");
    }
}

#[tokio::test]
async fn neither_program_inherits_a_secret_or_the_runners_files() {
    let server = page(200).await;
    let mut repository = with_tools();
    for name in gate::WITHHELD {
        // Those the fake runner sets itself keep their values.
        if !["STAGEGATE_INPUTS", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"].contains(&name) {
            repository.set(name, "s3cret-s3cret");
        }
    }
    repository.set("STAGEGATE_INPUTS", r#"{"runs":"1"}"#);
    let run = repository.run(&["--url", &server.uri()]);
    assert!(!run.verdict.metrics.is_empty(), "{}", run.stderr);
    for program in ["chrome", "lighthouse"] {
        let environment = repository.read(&format!("{program}.environment"));
        assert!(environment.contains("FIXTURES="), "{environment}");
        for name in gate::WITHHELD {
            let inherited = environment.contains(&format!("{name}="));
            assert!(!inherited, "{program} inherits {name}");
        }
    }
}

#[tokio::test]
async fn a_cookie_that_chrome_does_not_take_ends_the_run() {
    let server = MockServer::start().await;
    let cookie = ResponseTemplate::new(307)
        .insert_header("location", "/")
        .insert_header("set-cookie", "_vercel_jwt=opens-it; Path=/; HttpOnly");
    Mock::given(header_exists("x-vercel-protection-bypass"))
        .respond_with(cookie)
        .with_priority(1)
        .mount(&server)
        .await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(401))
        .mount(&server)
        .await;
    let mut repository = with_tools();
    repository.set("VERCEL_AUTOMATION_BYPASS_SECRET", "s3cret-s3cret");
    // Nobody listens where the stand-in says Chrome does.
    let run = repository.run(&["--url", &server.uri(), "--runs=1"]);
    run.assert(3, "give Chrome the bypass cookie: ");
    assert!(!run.stderr.contains("opens-it"), "{}", run.stderr);
    assert!(chromes_are_gone(&repository));
}

#[test]
fn all_programs_that_are_missing_are_named() {
    let mut repository = without_tools();
    repository
        .set("PATH", repository.path(""))
        .set("CHROME_PATH", "nowhere/chrome");
    let run = repository.run(&["--url=https://a.example/"]);
    run.assert(3, "lighthouse is not installed");
    run.assert(3, "CHROME_PATH names ");
}

/// Writes a report of the fixtures by a script of its own, which sees the page as `$1` and the report as `$report`.
fn lighthouse(repository: &mut fake_runner::Runner, script: &str) {
    let whole = format!(
        "#!/bin/sh\nfor argument; do\n  case $argument in --output-path=*) report=${{argument#*=}} ;; --cli-flags-path=*) flags=${{argument#*=}} ;; esac\ndone\necho \"$*\" >> lighthouse.arguments\nrun=$(wc -l < lighthouse.arguments)\n{script}\n"
    );
    program(repository, "STAGEGATE_LIGHTHOUSE", "lighthouse", &whole);
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
async fn settings_of_a_lighthouserc_reach_lighthouse_and_no_report_shows_their_secrets() {
    let server = page(200).await;
    let mut repository = with_tools();
    let rc = format!(
        r#"{{"ci": {{"collect": {{"url": ["{}/"], "numberOfRuns": 2, "settings": {{"preset": "desktop", "chromeFlags": "--some-flag", "extraHeaders": {{"x-key": "s3cret-s3cret"}}}}}}, "assert": {{"assertions": {{"interactive": "warn"}}}}}}}}"#,
        server.uri()
    );
    repository.write(".lighthouserc.json", &rc);
    lighthouse(
        &mut repository,
        r#"cat "$flags" >> flags.json
sed "s/\"extraHeaders\":null/\"extraHeaders\":{\"x-key\":\"s3cret-s3cret\"}/" "$FIXTURES/home-$run.json" > "$report""#,
    );
    let run = repository.run(&[]);
    assert!(run.code < 2, "{}", run.stderr);
    assert!(
        repository
            .read("flags.json")
            .starts_with(r#"{"extraHeaders":{"x-key":"s3cret-s3cret"}}"#)
    );
    assert!(
        repository
            .read("lighthouse.arguments")
            .lines()
            .all(|line| line.contains("--preset=desktop") && !line.contains("s3cret"))
    );
    assert!(repository.read("chrome.arguments").contains("--some-flag"));
    let reports = run.output("reports");
    assert_eq!(reports.lines().count(), 2);
    for report in reports.lines() {
        let text = repository.read(report);
        assert!(
            text.contains(r#"{"x-key":"***"}"#) && !text.contains("s3cret"),
            "{report}"
        );
    }
    let rc = rc.replace(
        "\"numberOfRuns\": 2",
        "\"startServerCommand\": \"npm start\"",
    );
    repository.write(".lighthouserc.json", &rc);
    repository
        .run(&[])
        .assert(2, "ci.collect.startServerCommand is not done here");
}
