//! The program against `emulate` (npm), somebody else's idea of Vercel's API: a second opinion on what we send and read.
//!
//! It knows no promotes and no aliases, so this proves deploying alone, and that what cannot be proved is not called done.
//! `cargo xtask conformance emulate` installs it and runs this test.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

use std::{
    io::{BufRead as _, BufReader},
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use fake_runner::{Ended, Runner};
use http_client::{Client, Options, Request};
use serde_json::Value;

/// Below the installed peers.
const PROGRAM: &str = "emulate/node_modules/emulate/dist/index.js";
const TOKEN: &str = "a_token";
const SEED: &str = r#"
tokens: { a_token: { login: developer, scopes: [] } }
vercel:
  users: [{ username: developer, name: Developer, email: developer@example.com }]
  teams: [{ slug: setlist-team, name: Setlist }]
  projects: [{ name: setlist, team: setlist-team }]
"#;

/// The service, its team, and a build to deploy.
struct Play {
    service: Child,
    url: String,
    team: String,
    runner: Runner,
    http: Client,
}

impl Drop for Play {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone afterwards.
        let _ = self.service.kill();
        let _ = self.service.wait();
    }
}

impl Play {
    async fn start() -> Self {
        let peers = std::env::var_os("STAGEGATE_PEERS").expect("run by `cargo xtask conformance`");
        let mut runner = Runner::new(env!("CARGO_BIN_EXE_vercel-deploy"));
        runner.write("seed.yaml", SEED);
        let free = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let port = free.port().to_string();
        let mut service = Command::new("node")
            .arg(PathBuf::from(peers).join(PROGRAM))
            .args([
                "start",
                "--service",
                "vercel",
                "--port",
                &port,
                "--seed",
                "seed.yaml",
            ])
            .current_dir(runner.path("."))
            .stdout(Stdio::piped())
            .spawn()
            .expect("node runs");
        let out = BufReader::new(service.stdout.take().unwrap());
        // It says where it listens, and then its tokens.
        let ready = out
            .lines()
            .map_while(Result::ok)
            .any(|line| line.contains(TOKEN));
        assert!(ready, "emulate did not start");
        let url = format!("http://127.0.0.1:{port}");
        let http = Client::new(Options::default()).unwrap();
        runner
            .set("VERCEL_API_URL", &url)
            .set("VERCEL_TOKEN", TOKEN);
        runner.set("VERCEL_PROJECT_ID", "setlist");
        runner.write(".vercel/output/config.json", r#"{"version":3}"#);
        runner.write(".vercel/output/static/index.html", "<h1>hello</h1>");
        let mut play = Self {
            service,
            url,
            team: String::new(),
            runner,
            http,
        };
        let team = play.ask("/v2/teams").await["teams"][0]["id"].clone();
        play.team = team.as_str().expect("a team").to_owned();
        play.runner.set("VERCEL_ORG_ID", &play.team);
        play
    }

    async fn ask(&self, path: &str) -> Value {
        let url = format!("{}{path}?teamId={}", self.url, self.team)
            .parse()
            .unwrap();
        let request = Request::get(url).header(
            http_client::header::AUTHORIZATION,
            format!("Bearer {TOKEN}").parse().unwrap(),
        );
        self.http.send(request).await.unwrap().json().unwrap()
    }

    async fn run(&self, arguments: &[&str]) -> Ended {
        self.runner.finish(self.runner.command(arguments)).await
    }
}

#[tokio::test]
#[ignore = "run by `cargo xtask conformance emulate`"]
async fn deploys_are_taken_and_what_cannot_be_proved_is_not_called_done() {
    let play = Play::start().await;
    let preview = play.run(&["--environment", "preview"]).await;
    assert_eq!(preview.code, 0, "{preview:?}");
    let id = preview.output("deployment-id").to_owned();
    let shown = play.ask(&format!("/v13/deployments/{id}")).await;
    assert_eq!(shown["readyState"], "READY");
    assert_eq!(shown["target"], "preview");
    // Its hosts have capitals; an address has none.
    let url = format!("https://{}", shown["url"].as_str().unwrap());
    assert_eq!(preview.output("url"), url.to_lowercase());
    assert_eq!(shown["meta"]["stagegateDigest"], preview.output("digest"));
    let files = play.ask(&format!("/v6/deployments/{id}/files")).await;
    assert!(files.to_string().contains("index.html"), "{files}");

    // It ignores that the domains were to stay where they are, and says nothing about what a deployment has seen.
    let staged = play.run(&["--environment", "production", "--staged"]).await;
    assert_eq!(
        (staged.code, staged.rules()),
        (1, vec!["not-staged"]),
        "{staged:?}"
    );
    let id = staged.output("deployment-id").to_owned();
    let shown = play.ask(&format!("/v13/deployments/{id}")).await;
    assert_eq!(shown["target"], "production");

    // It moves no aliases and has none to look up: whatever should move a domain is red and says so.
    let proof = ["--domains", "www.example.com", "--timeout", "3 s"];
    let live = play
        .run(&[&["--environment", "production"], &proof[..]].concat())
        .await;
    assert_eq!(live.code, 1, "{live:?}");
    let promote = ["--mode", "promote", "--deployment", &id];
    let promoted = play.run(&[&promote[..], &proof[..]].concat()).await;
    assert_eq!(promoted.code, 3, "{promoted:?}");
    assert!(promoted.words().contains("404"), "{promoted:?}");
}
