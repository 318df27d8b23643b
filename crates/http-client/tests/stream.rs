//! Answers that come piece by piece: given on at once, and ended by an error where the connection, the time or the size is.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a helper of a test may end it too"
)]

use std::{io, time::Duration};

use http_client::{Client, Deadline, Error, Failure, Options, Request};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// Takes one connection, reads the request's head and answers with the head of a chunked answer and one piece.
async fn answers(piece: &'static str) -> (Request, JoinHandle<io::Result<TcpStream>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/log", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await?;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await?);
        }
        let text = format!(
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{piece}\r\n",
            piece.len()
        );
        stream.write_all(text.as_bytes()).await?;
        Ok(stream)
    });
    (Request::get(url.parse().unwrap()), server)
}

fn client() -> Client {
    Client::new(Options::default()).unwrap()
}

#[tokio::test]
async fn pieces_are_given_on_before_the_end() {
    let (request, server) = answers("one").await;
    let mut log = client().open(request).await.unwrap();
    assert_eq!(log.status.as_u16(), 200);
    assert_eq!(log.chunk().await.unwrap().unwrap(), b"one");
    let mut stream = server.await.unwrap().unwrap();
    stream.write_all(b"3\r\ntwo\r\n0\r\n\r\n").await.unwrap();
    assert_eq!(log.chunk().await.unwrap().unwrap(), b"two");
    assert_eq!(log.chunk().await.unwrap(), None);
}

#[tokio::test]
async fn a_cut_is_an_error_and_no_end() {
    let (request, server) = answers("one").await;
    let mut log = client().open(request).await.unwrap();
    log.chunk().await.unwrap();
    drop(server.await.unwrap().unwrap());
    let error = log.chunk().await.unwrap_err();
    assert!(
        matches!(
            error,
            Error::Transport {
                failure: Failure::Reset,
                ..
            }
        ),
        "{error}"
    );
}

#[tokio::test]
async fn silence_and_the_deadline_end_the_wait() {
    let limit = Duration::from_millis(300);
    for shorten in [
        |request: Request, limit| request.timeout(limit),
        |request: Request, limit| request.deadline(Deadline::after(limit)),
    ] {
        let (request, _server) = answers("one").await;
        let error = match client().open(shorten(request, limit)).await {
            // On a busy machine the limit may pass before the first piece.
            Err(error) => error,
            Ok(mut log) => loop {
                match log.chunk().await {
                    Ok(piece) => assert!(piece.is_some(), "silence is no end"),
                    Err(error) => break error,
                }
            },
        };
        assert!(error.to_string().contains("nothing came for"), "{error}");
    }
}

#[tokio::test]
async fn too_much_is_refused() {
    let (request, _server) = answers("0123456789").await;
    let mut log = client().open(request.body_limit(9)).await.unwrap();
    let error = log.chunk().await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { limit: 9, .. }), "{error}");
}
