//! A release's downloads on loopback: answers from a table and remembers what was asked.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// Answers until the test process ends.
pub(super) struct Server {
    base: String,
    files: Arc<Mutex<HashMap<String, Answer>>>,
    requests: Arc<Mutex<Vec<String>>>,
}

enum Answer {
    Bytes(Vec<u8>),
    MovedTo(String),
}

impl Server {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            base: format!("http://{}", listener.local_addr().unwrap()),
            files: Arc::default(),
            requests: Arc::default(),
        };
        let (files, requests) = (Arc::clone(&server.files), Arc::clone(&server.requests));
        thread::spawn(move || {
            for stream in listener.incoming() {
                // A client that went away is that client's business.
                let _ = answer(&stream.unwrap(), &files, &requests);
            }
        });
        server
    }

    pub(super) fn base(&self) -> &str {
        &self.base
    }

    pub(super) fn serve(&self, path: &str, bytes: &[u8]) {
        self.put(path, Answer::Bytes(bytes.to_owned()));
    }

    pub(super) fn redirect(&self, path: &str, to: &str) {
        self.put(path, Answer::MovedTo(to.to_owned()));
    }

    fn put(&self, path: &str, answer: Answer) {
        self.files.lock().unwrap().insert(path.to_owned(), answer);
    }

    /// The heads of all requests since the last call.
    pub(super) fn requests(&self) -> Vec<String> {
        std::mem::take(&mut self.requests.lock().unwrap())
    }

    /// The paths of all requests since the last call.
    pub(super) fn paths(&self) -> Vec<String> {
        let path = |head: String| head.split(' ').nth(1).unwrap().to_owned();
        self.requests().into_iter().map(path).collect()
    }
}

fn answer(
    stream: &TcpStream,
    files: &Mutex<HashMap<String, Answer>>,
    requests: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut head = String::new();
    let mut reader = BufReader::new(stream);
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Ok(());
        }
    }
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    requests.lock().unwrap().push(head);
    let (status, header, body) = match files.lock().unwrap().get(&path) {
        Some(Answer::Bytes(bytes)) => ("200 OK", String::new(), bytes.clone()),
        Some(Answer::MovedTo(to)) => ("302 Found", format!("location: {to}\r\n"), Vec::new()),
        None => ("404 Not Found", String::new(), Vec::new()),
    };
    let mut stream = stream;
    write!(
        stream,
        "HTTP/1.1 {status}\r\n{header}content-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(&body)
}
