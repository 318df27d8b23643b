//! Secrets go to their hosts and to no other, whatever an answer says.

use std::{
    io::{Read as _, Write as _},
    net::TcpListener,
    thread::{self, JoinHandle},
};

use sandbox::faults::{Action, Fault, Side};

use crate::support::Play;

const BYPASS: &str = "bypass-secret-0123456789";

/// Somebody else's host.
struct Stranger(TcpListener);

impl Stranger {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        Self(listener)
    }

    fn url(&self) -> String {
        format!("http://{}/", self.0.local_addr().unwrap())
    }

    fn was_never_visited(&self) -> bool {
        matches!(self.0.accept(), Err(error) if error.kind() == std::io::ErrorKind::WouldBlock)
    }
}

/// Answers one request with a redirect, and gives its head.
fn redirecting(to: &str) -> (String, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answer = format!(
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    );
    let served = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        stream.write_all(answer.as_bytes()).unwrap();
        String::from_utf8(head).unwrap()
    });
    (url, served)
}

#[tokio::test]
async fn the_token_is_not_carried_to_where_the_api_points() {
    let play = Play::start().await;
    let stranger = Stranger::new();
    let (api, served) = redirecting(&stranger.url());
    let mut command = play.command(&["--mode", "status"]);
    command
        .env("VERCEL_API_URL", api)
        .env("VERCEL_AUTOMATION_BYPASS_SECRET", BYPASS)
        .env("GITHUB_TOKEN", "ghs_0123456789abcdefghij");
    let outcome = play.finish(command).await;
    assert_eq!(outcome.code, 3, "{outcome:?}");
    assert!(stranger.was_never_visited());
    let head = served.join().unwrap().to_lowercase();
    let token = play.sandbox.vercel.token();
    assert!(
        head.contains(&format!("authorization: bearer {token}")),
        "{head}"
    );
    assert!(!head.contains("bypass") && !head.contains("ghs_"), "{head}");
}

#[tokio::test]
async fn the_bypass_secret_is_not_carried_to_where_a_domain_points() {
    let mut play = Play::start().await;
    play.runner.set("VERCEL_AUTOMATION_BYPASS_SECRET", BYPASS);
    let stranger = Stranger::new();
    let staged = play.stage().await;
    let elsewhere = Action::Status {
        code: 302,
        headers: vec![("location".to_owned(), stranger.url())],
        body: String::new(),
    };
    let fault = Fault::on(Side::Edge, "*", "/**").times(u32::MAX);
    play.sandbox.vercel.add_fault(fault.action(elsewhere));
    let promoted = play.promote(&staged).await;
    // Where the domain points is proven; that its front page is elsewhere is an answer like another.
    assert_eq!(promoted.code, 0, "{promoted:?}");
    let warm = play.run(&["--mode", "warm"]).await;
    assert_ne!(warm.code, 2, "{warm:?}");
    assert!(stranger.was_never_visited());
    for outcome in [promoted, warm] {
        let mask = format!("::add-mask::{BYPASS}");
        let shown = outcome.everything().replace(&mask, "");
        assert!(!shown.contains(BYPASS), "{shown}");
    }
}
