//! What goes over the wire: headers, addresses, refusals, broken connections.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests, which clippy does not count as tests"
)]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use github_client::{Client, Error, Options};
use http_client::Secret;
use serde_json::json;
use support::{TOKEN, client};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

fn commit() -> ResponseTemplate {
    ResponseTemplate::new(200)
        .set_body_json(json!({"sha": "a", "commit": {"message": "m", "author": null}}))
}

#[tokio::test]
async fn requests_say_who_we_are_and_keep_the_bases_path() {
    let server = MockServer::start().await;
    Mock::given(method("GET"))
        .and(path("/api/v3/repos/acme/web/commits/feature%2Fa%20b"))
        .and(header("authorization", format!("Bearer {TOKEN}")))
        .and(header(
            "user-agent",
            concat!("stagegate/", env!("CARGO_PKG_VERSION")),
        ))
        .and(header("x-github-api-version", "2022-11-28"))
        .and(header("accept", "application/vnd.github+json"))
        .respond_with(commit())
        .expect(1)
        .mount(&server)
        .await;
    let client = client(&format!("{}/api/v3", server.uri()));
    client.commit("feature/a b").await.unwrap();
    let request = &server.received_requests().await.unwrap()[0];
    for name in ["user-agent", "authorization"] {
        assert_eq!(request.headers.get_all(name).iter().count(), 1, "{name}");
    }
}

#[tokio::test]
async fn a_renamed_repository_is_followed_and_a_foreign_server_is_not() {
    let (server, foreign) = (MockServer::start().await, MockServer::start().await);
    let moved = |to: String| ResponseTemplate::new(301).insert_header("location", to);
    let on = |route: &'static str| Mock::given(method("GET")).and(path(route));
    on("/repos/acme/web/commits/old")
        .respond_with(moved(format!(
            "{}/repositories/1/commits/old",
            server.uri()
        )))
        .mount(&server)
        .await;
    on("/repositories/1/commits/old")
        .respond_with(commit())
        .mount(&server)
        .await;
    on("/repos/acme/web/commits/away")
        .respond_with(moved(format!("{}/x", foreign.uri())))
        .mount(&server)
        .await;
    on("/repos/acme/web/commits/round")
        .respond_with(moved("/repos/acme/web/commits/round".to_owned()))
        .mount(&server)
        .await;
    let client = client(&server.uri());
    client.commit("old").await.unwrap();
    assert!(client.commit("away").await.is_err());
    assert!(client.commit("round").await.is_err());
    assert!(foreign.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn refusals_are_told_apart_and_hold_no_token() {
    let server = MockServer::start().await;
    let refuse = |status: u16, text: &str| {
        ResponseTemplate::new(status).set_body_json(json!({ "message": text }))
    };
    let integration = refuse(403, "Resource not accessible by integration")
        .insert_header("x-accepted-github-permissions", "contents=read");
    for (name, answer) in [
        ("forbidden", integration),
        ("unknown", refuse(404, "Not Found")),
        ("expired", refuse(401, "Bad credentials")),
        ("invalid", refuse(422, "Validation Failed")),
        (
            "limited",
            refuse(429, "slow down").insert_header("retry-after", "9999"),
        ),
        ("odd", ResponseTemplate::new(200).set_body_string("<html>")),
    ] {
        Mock::given(path(format!("/repos/acme/web/commits/{name}")))
            .respond_with(answer)
            .expect(1)
            .mount(&server)
            .await;
    }
    let client = client(&server.uri());
    let mut errors = Vec::new();
    for name in [
        "forbidden",
        "unknown",
        "expired",
        "invalid",
        "limited",
        "odd",
    ] {
        errors.push(client.commit(name).await.unwrap_err());
    }
    assert!(
        matches!(&errors[0], Error::Forbidden { needs: Some(needs), .. } if needs == "contents: read")
    );
    assert!(matches!(errors[1], Error::NotFound { .. }));
    assert!(matches!(errors[2], Error::Unauthorized { .. }));
    assert!(matches!(errors[3], Error::Status { status, .. } if status == 422));
    assert!(matches!(errors[4], Error::RateLimited { .. }));
    assert!(matches!(errors[5], Error::Unreadable { .. }));
    let shown = format!("{errors:?} {client:?}")
        + &errors.iter().map(ToString::to_string).collect::<String>();
    assert!(!shown.contains("SECRET"), "{shown}");
}

#[tokio::test]
async fn tokens_that_no_header_takes_are_refused_unseen() {
    for bad in ["", "  ", "ghs_SECRET\nx-evil: 1"] {
        let options = Options::new("https://api.github.com", "acme/web", Secret::new(bad));
        let error = Client::new(&options).unwrap_err();
        assert!(matches!(error, Error::Token));
        assert!(!error.to_string().contains("SECRET"));
    }
    // A pasted token often ends with a line break, which `Secret` drops.
    let pasted = Options::new("https://api.github.com", "acme/web", Secret::new("ghs_x\n"));
    assert!(Client::new(&pasted).is_ok());
}

/// A server that hangs up on the first `drops` requests, after reading them.
async fn hanging_up(drops: usize, answer: &'static str) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let seen = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut buffer = [0; 4096];
            let read = socket.read(&mut buffer).await.unwrap_or(0);
            if read > 0 && counted.fetch_add(1, Ordering::SeqCst) >= drops {
                let head = format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
                    answer.len()
                );
                let _ = socket.write_all(head.as_bytes()).await;
                let _ = socket.write_all(answer.as_bytes()).await;
            }
        }
    });
    (address, seen)
}

#[tokio::test]
async fn a_read_survives_dropped_connections() {
    let (address, seen) =
        hanging_up(2, r#"{"sha":"a","commit":{"message":"m","author":null}}"#).await;
    client(&address).commit("a").await.unwrap();
    assert_eq!(seen.load(Ordering::SeqCst), 3);

    let (address, seen) = hanging_up(usize::MAX, "").await;
    let error = client(&address).commit("a").await.unwrap_err();
    assert!(matches!(error, Error::NoAnswer { .. }), "{error}");
    assert_eq!(seen.load(Ordering::SeqCst), 4, "all tries are used");
}

#[tokio::test]
async fn nobody_there_is_said_so() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = client(&address).commit("a").await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("refused") && text.contains("4 tries"),
        "{text}"
    );
}
