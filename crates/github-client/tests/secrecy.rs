//! The token is in no log, no error and no debug output, whatever comes back.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod support;

use std::io;
use std::sync::{Arc, LazyLock, Mutex};

use support::{TOKEN, client};
use tracing_subscriber::fmt::MakeWriter;
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

/// Everything that was logged, by us and by the crates below.
static LOGGED: LazyLock<Arc<Mutex<Vec<u8>>>> = LazyLock::new(Arc::default);

struct Sink;

impl io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOGGED.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Sink {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        Self
    }
}

/// For crates that speak through `log`.
impl log::Log for Sink {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        // The test's own server tells what it received.
        if record.target().starts_with("wiremock") {
            return;
        }
        let line = format!("{} {}\n", record.target(), record.args());
        LOGGED.lock().unwrap().extend_from_slice(line.as_bytes());
    }

    fn flush(&self) {}
}

/// A proxy's error page that repeats the request's headers.
fn echo(status: u16) -> impl Fn(&Request) -> ResponseTemplate {
    move |request: &Request| {
        let text = format!("{:?}", request.headers.get("authorization").unwrap());
        let sent = request.headers["authorization"].to_str().unwrap();
        ResponseTemplate::new(status).set_body_string(format!("<html>{text} {sent}</html>"))
    }
}

#[tokio::test]
async fn the_token_is_never_shown() {
    log::set_logger(&Sink).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(Sink)
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let server = MockServer::start().await;
    let statuses = [200_u16, 302, 400, 401, 403, 404, 422, 429, 500, 502];
    for status in statuses {
        Mock::given(path(format!("/repos/acme/web/commits/{status}")))
            .respond_with(echo(status))
            .mount(&server)
            .await;
    }
    let client = client(&server.uri());
    let mut shown = format!("{client:?}");
    for status in statuses {
        let error = client.commit(&status.to_string()).await.unwrap_err();
        shown += &format!("{error} {error:?}\n");
    }
    // A request that never leaves, one that is cut, one to a port where nobody listens.
    drop(server);
    let error = client.commit("nobody").await.unwrap_err();
    shown += &format!("{error} {error:?}\n");
    drop(guard);
    let logged = String::from_utf8(LOGGED.lock().unwrap().clone()).unwrap();
    for sign in ["asked GitHub", "hyper", "127.0.0.1"] {
        assert!(logged.contains(sign), "the log was not taken: no {sign}");
    }
    assert!(shown.contains("***"), "{shown}");
    for (place, text) in [("log", &logged), ("errors", &shown)] {
        for secret in [TOKEN, &TOKEN[4..20], "SECRET"] {
            let line = text.lines().find(|line| line.contains(secret));
            assert_eq!(line, None, "{place}");
        }
    }
}
