//! Programs that die, hang or leave nothing behind.

use super::page;
use super::support::{chromes_are_gone, program, with_tools};

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
async fn a_chrome_that_never_opens_its_port_is_ended() {
    let server = page(200).await;
    let mut repository = with_tools();
    repository.write("stagegate.yml", "lighthouse: {deadline: 2 s}\n");
    program(
        &mut repository,
        "CHROME_PATH",
        "chrome",
        "#!/bin/sh\necho $$ >> chrome.pids\nsleep 120 &\necho $! >> chrome.pids\nwait\n",
    );
    let run = repository.run(&["--url", &server.uri()]);
    run.assert(3, "not done within 2 s; Chrome and Lighthouse were ended");
    assert_eq!(repository.read("chrome.pids").lines().count(), 2);
    assert!(chromes_are_gone(&repository));
}

#[tokio::test]
async fn a_chrome_that_dies_under_lighthouse_is_no_measurement() {
    let server = page(200).await;
    let mut repository = with_tools();
    // What Lighthouse says of it, with the report it leaves: one that carries a runtime error, or none.
    super::lighthouse(
        &mut repository,
        "kill -9 $(tail -n 1 chrome.pids)\ncp \"$FIXTURES/unreachable.json\" \"$report\"\nexit 1",
    );
    let run = repository.run(&["--url", &server.uri()]);
    run.assert(3, "Lighthouse could not load ");
    super::lighthouse(
        &mut repository,
        "kill -9 $(tail -n 1 chrome.pids)\necho 'Unable to connect to Chrome' >&2\nexit 1",
    );
    let run = repository.run(&["--url", &server.uri()]);
    run.assert(3, "wrote no report: Unable to connect to Chrome");
    // A report that is cut off.
    super::lighthouse(
        &mut repository,
        "head -c 50000 \"$FIXTURES/home-1.json\" > \"$report\"",
    );
    let run = repository.run(&["--url", &server.uri()]);
    run.assert(3, "run 1 of 5: ");
    run.assert(3, "no Lighthouse report: EOF");
}

#[tokio::test]
async fn a_page_that_refuses_or_leads_elsewhere_is_not_measured_as_the_app() {
    for status in [401, 403] {
        let server = page(status).await;
        let repository = with_tools();
        let run = repository.run(&["--url", &server.uri()]);
        run.assert(
            3,
            &format!("is protected: it answers {status} to a stranger"),
        );
        assert!(!repository.path("lighthouse.arguments").exists());
    }
    let server = page(200).await;
    let mut repository = with_tools();
    super::lighthouse(
        &mut repository,
        "sed 's#\"finalDisplayedUrl\":\"[^\"]*\"#\"finalDisplayedUrl\":\"https://login.example/\"#' \"$FIXTURES/home-1.json\" > \"$report\"",
    );
    repository
        .run(&["--url", &server.uri(), "--runs=1"])
        .assert(3, "led to another host, https://login.example");
}
