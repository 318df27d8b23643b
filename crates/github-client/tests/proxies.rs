//! Proxies from the environment. It belongs to the process, so each case is a child of this test binary.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod support;

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::process::Command;
use std::sync::{Arc, Mutex};

use support::{TOKEN, client};

const API: &str = "STAGEGATE_TEST_API";
const COMMIT: &str = r#"{"sha":"a","commit":{"message":"m","author":null}}"#;

#[tokio::test]
#[ignore = "a child of the tests below"]
async fn asks_once() {
    let api = std::env::var(API).expect("started by a test below");
    match client(&api).commit("a").await {
        Ok(commit) => println!("\ncommit {}", commit.sha),
        Err(error) => println!("\nerror {error}"),
    }
}

/// A proxy that refuses tunnels, answers everything else, and remembers the heads of requests.
fn proxy() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let heads = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&heads);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let lines = BufReader::new(&stream).lines().map_while(Result::ok);
            let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
            let answer = if head.first().is_some_and(|line| line.starts_with("CONNECT")) {
                "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                    .to_owned()
            } else {
                let length = COMMIT.len();
                format!(
                    "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{COMMIT}"
                )
            };
            seen.lock().unwrap().push(head.join("\n"));
            // The child may be gone already.
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    (address, heads)
}

/// What a child says that asks `api` in this environment.
fn child(api: &str, environment: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "asks_once", "--nocapture"]);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    let output = command
        .env(API, api)
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let line = text
        .lines()
        .find(|line| line.starts_with("commit ") || line.starts_with("error "));
    line.unwrap_or_else(|| panic!("{text}")).to_owned()
}

#[test]
fn https_goes_through_a_tunnel_that_never_sees_the_token() {
    let (address, heads) = proxy();
    let said = child(
        "https://github.example/api/v3",
        &[("HTTPS_PROXY", &address)],
    );
    assert!(
        said.starts_with("error GET /api/v3/repos/acme/web/commits/a: no answer"),
        "{said}"
    );
    let heads = heads.lock().unwrap();
    assert!(!heads.is_empty());
    for head in heads.iter() {
        assert!(head.starts_with("CONNECT github.example:443 "), "{head}");
        assert!(!head.to_lowercase().contains("authorization"), "{head}");
        assert!(!head.contains(TOKEN), "{head}");
    }
}

#[test]
fn http_is_asked_of_the_proxy_and_keeps_the_path() {
    let (address, heads) = proxy();
    let said = child("http://github.example/api/v3", &[("http_proxy", &address)]);
    assert_eq!(said, "commit a");
    let heads = heads.lock().unwrap();
    let asked = "GET http://github.example/api/v3/repos/acme/web/commits/a ";
    assert_eq!(heads.len(), 1);
    assert!(heads[0].starts_with(asked), "{heads:?}");
}

#[test]
fn exceptions_and_this_machine_are_asked_directly() {
    let (address, heads) = proxy();
    let both = [("HTTPS_PROXY", address.as_str()), ("http_proxy", &address)];
    let except = [&both[..], &[("NO_PROXY", ".example,other.invalid")]].concat();
    let said = child("https://github.example/api/v3", &except);
    assert!(said.starts_with("error "), "{said}");
    // Itself an HTTP server, asked as one: the request line has a path and no address.
    let (direct, asked) = proxy();
    assert_eq!(child(&direct, &both), "commit a");
    assert!(asked.lock().unwrap()[0].starts_with("GET /repos/acme/web/commits/a "));
    assert_eq!(*heads.lock().unwrap(), Vec::<String>::new());
}
