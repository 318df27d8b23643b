//! Our own runs, with stand-ins for Chrome and Lighthouse that behave and misbehave.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

#[allow(dead_code, reason = "each test file uses its part")]
#[path = "../support/mod.rs"]
mod support;

mod broken;
mod programs;
mod runs;
mod secrets;

use support::program;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

async fn page(status: u16) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(status))
        .mount(&server)
        .await;
    server
}

/// Writes a report of the fixtures by a script of its own, which sees the page as `$1` and the report as `$report`.
fn lighthouse(repository: &mut fake_runner::Runner, script: &str) {
    let whole = format!(
        "#!/bin/sh\nfor argument; do\n  case $argument in --output-path=*) report=${{argument#*=}} ;; --cli-flags-path=*) flags=${{argument#*=}} ;; esac\ndone\necho \"$*\" >> lighthouse.arguments\nrun=$(wc -l < lighthouse.arguments)\n{script}\n"
    );
    program(repository, "STAGEGATE_LIGHTHOUSE", "lighthouse", &whole);
}
