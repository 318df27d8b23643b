//! Two runs with one sticky comment, in every order their requests can take: one comment is left.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use github_client::{ACTIONS_BOT, Client, Options as ClientOptions, Sticky};
use http_client::Secret;
use sandbox::github::{GitHub, Identity, NewPull};
use sandbox::{Options, Sandbox};
use tokio::sync::Notify;

/// The most turns that are dealt out; later requests pass as they come.
const TURNS: u32 = 7;

/// Lets one request through at a time, by whose turn it is.
#[derive(Clone)]
struct Turnstile(Arc<Inner>);

struct Inner {
    turns: Mutex<VecDeque<char>>,
    moved: Notify,
    upstream: String,
    http: reqwest::Client,
}

impl Turnstile {
    /// Stands in front of `upstream`; whoever asks below `/a` is `a`.
    async fn start(upstream: String) -> (Self, String) {
        let turnstile = Self(Arc::new(Inner {
            turns: Mutex::default(),
            moved: Notify::new(),
            upstream,
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
        }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(pass).with_state(turnstile.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        (turnstile, address)
    }

    fn deal(&self, schedule: u32) {
        let turn = |at| if schedule >> at & 1 == 0 { 'a' } else { 'b' };
        *self.0.turns.lock().unwrap() = (0..TURNS).map(turn).collect();
    }

    async fn wait(&self, who: char) {
        loop {
            let moved = self.0.moved.notified();
            let turn = self.0.turns.lock().unwrap().front().copied();
            if turn.is_none_or(|turn| turn == who) {
                return;
            }
            moved.await;
        }
    }

    fn next(&self) {
        self.0.turns.lock().unwrap().pop_front();
        self.0.moved.notify_waiters();
    }

    /// Whoever is done takes no more turns.
    fn leave(&self, who: char) {
        self.0.turns.lock().unwrap().retain(|turn| *turn != who);
        self.0.moved.notify_waiters();
    }
}

async fn pass(State(turnstile): State<Turnstile>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let address = parts.uri.path_and_query().unwrap().as_str();
    let (who, rest) = (address.chars().nth(1).unwrap(), &address[2..]);
    turnstile.wait(who).await;
    let inner = &turnstile.0;
    let mut forwarded = inner
        .http
        .request(parts.method, format!("{}{rest}", inner.upstream))
        .body(to_bytes(body, usize::MAX).await.unwrap());
    for name in ["authorization", "user-agent", "if-none-match"] {
        if let Some(value) = parts.headers.get(name) {
            forwarded = forwarded.header(name, value);
        }
    }
    let answer = forwarded.send().await.unwrap();
    let mut response = Response::builder().status(answer.status());
    if let Some(etag) = answer.headers().get("etag") {
        response = response.header("etag", etag);
    }
    let response = response
        .body(Body::from(answer.bytes().await.unwrap()))
        .unwrap();
    turnstile.next();
    response
}

/// Runs both to their ends and counts what is left.
async fn race(
    turnstile: &Turnstile,
    github: &GitHub,
    clients: [&Client; 2],
    pull: u64,
) -> Vec<String> {
    let run = async |who: char, client: &Client, body: &str| {
        let sticky = Sticky {
            key: "stagegate",
            author: ACTIONS_BOT,
            body,
            create: true,
        };
        let outcome = client.sticky_comment(pull, &sticky).await;
        turnstile.leave(who);
        outcome.unwrap().comment.unwrap()
    };
    let [a, b] = clients;
    tokio::join!(run('a', a, "from a"), run('b', b, "from b"));
    let comments = github.snapshot().comments;
    comments
        .into_iter()
        .filter(|comment| comment.issue == pull && comment.user == ACTIONS_BOT)
        .map(|comment| comment.body)
        .collect()
}

#[tokio::test]
async fn every_order_of_two_runs_leaves_one_comment() {
    http_client::ensure_crypto();
    let sandbox = Sandbox::start(Options::default()).await.unwrap();
    let github = &sandbox.github;
    github.set_hourly_limit(&Identity::Actions, u64::MAX);
    let (turnstile, address) = Turnstile::start(github.api_url()).await;
    let client = |who: char| {
        let token = Secret::new(Identity::Actions.token());
        let api = format!("{address}/{who}");
        Client::new(&ClientOptions::new(&api, "stagegate/setlist", token)).unwrap()
    };
    let (a, b) = (client('a'), client('b'));
    // What earlier runs left: nothing, a comment, two of a lost race.
    for (start, left) in [&[][..], &["old"], &["old", "older"]].iter().enumerate() {
        for schedule in 0..1 << TURNS {
            let pull = u64::from(schedule) + 1 + (start as u64) * 1_000;
            github.open_pull_request(NewPull {
                base_sha: "a".repeat(40),
                ..NewPull::new(pull, "b".repeat(40))
            });
            github
                .add_comment(pull, "author", "<!-- stagegate -->\npasted")
                .unwrap();
            for text in *left {
                let text = format!("<!-- stagegate -->\n{text}");
                github.add_comment(pull, ACTIONS_BOT, &text).unwrap();
            }
            turnstile.deal(schedule);
            let bodies = race(&turnstile, github, [&a, &b], pull).await;
            assert_eq!(bodies.len(), 1, "{left:?} {schedule:08b}: {bodies:?}");
            assert!(
                bodies[0].contains("from "),
                "{left:?} {schedule:08b}: {bodies:?}"
            );
        }
    }
}
