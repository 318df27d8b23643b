//! What opens a preview stays where it belongs.

use wiremock::matchers::{any, header_exists};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::support::{chromes_are_gone, with_tools};
use super::{lighthouse, page};

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
