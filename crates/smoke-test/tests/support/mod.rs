//! Runs the binary as a runner would, and servers that misbehave on purpose.

#![allow(dead_code, reason = "each test binary uses a part")]

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use fake_runner::{Ended, Runner};

/// The secret that tests send along.
pub(crate) const SECRET: &str = "s3cr3t-bypass-value";

/// A runner whose repository has this `smoke` section.
pub(crate) fn with_section(section: &str) -> Runner {
    let runner = Runner::new(env!("CARGO_BIN_EXE_smoke-test"));
    let body: String = section.lines().map(|line| format!("  {line}\n")).collect();
    runner.write("stagegate.yml", &format!("smoke:\n{body}"));
    runner
}

/// Runs `smoke-test` with this `smoke` section.
pub(crate) fn smoke(section: &str, arguments: &[&str]) -> Ended {
    with_section(section).run(arguments)
}

/// The same with the secret.
pub(crate) fn smoke_with_secret(section: &str, arguments: &[&str], secret: &str) -> Ended {
    let mut runner = with_section(section);
    runner.set("VERCEL_AUTOMATION_BYPASS_SECRET", secret);
    runner.run(arguments)
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
