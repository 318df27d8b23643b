//! Runs the binary as a runner would, and servers that misbehave on purpose.

#![allow(dead_code, reason = "each test binary uses a part")]

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    sync::{Arc, Mutex},
    thread,
};

use assert_cmd::cargo::cargo_bin_cmd;
use verdict::Verdict;

/// The secret that tests send along.
pub(crate) const SECRET: &str = "s3cr3t-bypass-value";

/// What a run of the binary left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) verdict: Verdict,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) outputs: String,
}

impl Ran {
    /// The rules of the findings, in order.
    pub(crate) fn rules(&self) -> Vec<&str> {
        self.verdict
            .findings
            .iter()
            .map(|finding| finding.rule.as_str())
            .collect()
    }

    /// Everything that was written.
    pub(crate) fn everything(&self) -> String {
        let verdict = serde_json::to_string(&self.verdict).unwrap();
        [&verdict, &self.stdout, &self.stderr, &self.outputs]
            .map(String::as_str)
            .join("\n")
    }

    /// An output of the action.
    pub(crate) fn output(&self, name: &str) -> &str {
        let mut lines = self
            .outputs
            .lines()
            .skip_while(|line| !line.starts_with(&format!("{name}<<")));
        lines
            .nth(1)
            .unwrap_or_else(|| panic!("no output {name} in {}", self.outputs))
    }
}

/// Runs `smoke-test` with this `smoke` section on a runner.
pub(crate) fn smoke(section: &str, arguments: &[&str]) -> Ran {
    smoke_with(section, arguments, &[])
}

/// The same with more variables.
pub(crate) fn smoke_with(section: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let body: String = section.lines().map(|line| format!("  {line}\n")).collect();
    std::fs::write(
        folder.path().join("stagegate.yml"),
        format!("smoke:\n{body}"),
    )
    .unwrap();
    smoke_in(folder.path(), arguments, variables)
}

/// The same in a folder that has its files.
pub(crate) fn smoke_in(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
    std::fs::create_dir_all(folder.join(".git")).unwrap();
    let (outputs, summary) = (folder.join("outputs"), folder.join("summary"));
    std::fs::write(&outputs, "").unwrap();
    std::fs::write(&summary, "").unwrap();
    let output = cargo_bin_cmd!("smoke-test")
        .env_clear()
        .current_dir(folder)
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_OUTPUT", &outputs)
        .env("GITHUB_STEP_SUMMARY", &summary)
        .env("GITHUB_WORKSPACE", folder)
        .envs(variables.iter().copied())
        .args(arguments)
        .output()
        .unwrap();
    let verdict = std::fs::read_to_string(folder.join(".stagegate/verdicts/smoke-test.json"))
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    Ran {
        code: output.status.code().unwrap(),
        verdict: Verdict::from_json(verdict.as_bytes()).unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap()
            + &std::fs::read_to_string(summary).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        outputs: std::fs::read_to_string(outputs).unwrap(),
    }
}

/// A server on loopback. It lives until the test's process ends.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) port: u16,
    /// The heads of the requests so far.
    pub(crate) requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Serves each connection by this; it gets the stream before anything is read.
    pub(crate) fn raw(serve: impl Fn(&mut TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let serve = Arc::new(serve);
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let serve = Arc::clone(&serve);
                thread::spawn(move || serve(&mut stream));
            }
        });
        Self {
            port,
            requests: Arc::default(),
        }
    }

    /// Answers each request, given its number (from 0) and its head, and closes.
    pub(crate) fn answering(
        answer: impl Fn(usize, &str) -> String + Send + Sync + 'static,
    ) -> Self {
        let requests: Arc<Mutex<Vec<String>>> = Arc::default();
        let seen = Arc::clone(&requests);
        let server = Self::raw(move |stream| {
            let head = read_head(stream);
            let number = {
                let mut seen = seen.lock().unwrap();
                seen.push(head.clone());
                seen.len() - 1
            };
            let _ = stream.write_all(answer(number, &head).as_bytes());
        });
        Self { requests, ..server }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The request lines so far, without the protocol.
    pub(crate) fn asked(&self) -> Vec<String> {
        let requests = self.requests.lock().unwrap();
        let line = |head: &String| {
            head.lines()
                .next()
                .unwrap_or_default()
                .trim_end_matches(" HTTP/1.1")
                .to_owned()
        };
        requests.iter().map(line).collect()
    }
}

/// Reads up to the empty line.
pub(crate) fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
        head.push(byte[0]);
    }
    String::from_utf8_lossy(&head).into_owned()
}

/// A whole answer.
pub(crate) fn http(status: &str, headers: &[(&str, &str)], body: &str) -> String {
    let headers: String = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    format!(
        "HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}
