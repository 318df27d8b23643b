//! Servers that break HTTP in every way we have a name for: each is named, inside the deadline, with bounded memory.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod support;

use std::{io::Write as _, net::TcpListener, thread::sleep, time::Duration};

use support::{Server, http, read_head, smoke};
use verdict::Conclusion;

/// The finding's rule and message of a home page check against this address.
fn trouble(url: &str) -> (String, String) {
    let ran = smoke(
        "checks: [{name: home, path: /}]",
        &["--url", url, "--deadline", "1 s"],
    );
    assert_eq!(
        (ran.code, ran.verdict.conclusion),
        (1, Conclusion::Fail),
        "{}",
        ran.stderr
    );
    let [finding] = ran.verdict.findings.as_slice() else {
        panic!("one finding: {:?}", ran.verdict.findings);
    };
    assert_eq!(
        finding.place.as_ref().unwrap().to_string(),
        "stagegate.yml:2:19"
    );
    (finding.rule.clone(), finding.message.clone())
}

#[test]
fn connection_refused() {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let (rule, message) = trouble(&format!("127.0.0.1:{port}"));
    assert_eq!(rule, "connection-refused", "{message}");
    assert!(
        message.starts_with("home: the connection is refused ("),
        "{message}"
    );
}

#[test]
fn unresolvable_host() {
    let (rule, message) = trouble("https://nowhere.invalid");
    assert_eq!(rule, "unresolvable-host", "{message}");
}

#[test]
fn connection_reset() {
    // Closing while the request lies unread resets the connection.
    let server = Server::raw(|stream| {
        let _ = stream.peek(&mut [0]);
    });
    let (rule, message) = trouble(&server.url());
    assert_eq!(rule, "connection-reset", "{message}");
}

#[test]
fn closed_without_an_answer() {
    let server = Server::raw(|stream| drop(read_head(stream)));
    let (rule, message) = trouble(&server.url());
    assert_eq!(rule, "connection-reset", "{message}");
}

#[test]
fn endless_body() {
    let server = Server::raw(|stream| {
        read_head(stream);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        while stream.write_all(&[b'a'; 4096]).is_ok() {}
    });
    let (rule, message) = trouble(&server.url());
    assert_eq!(rule, "endless-body", "{message}");
    assert!(message.contains("larger than 1024 KiB"), "{message}");
}

#[test]
fn endless_headers() {
    let server = Server::raw(|stream| {
        read_head(stream);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        while stream.write_all(b"x-more: and more\r\n").is_ok() {}
    });
    let (rule, message) = trouble(&server.url());
    assert_eq!(rule, "endless-headers", "{message}");
}

#[test]
fn one_endless_header() {
    let server = Server::raw(|stream| {
        read_head(stream);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nx-long: ");
        while stream.write_all(&[b'a'; 4096]).is_ok() {}
    });
    let (rule, message) = trouble(&server.url());
    assert_eq!(rule, "endless-headers", "{message}");
}

#[test]
fn shorter_than_announced() {
    let server = Server::raw(|stream| {
        read_head(stream);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort");
    });
    let (rule, message) = trouble(&server.url());
    assert_eq!(rule, "cut-short", "{message}");
}

#[test]
fn chunks_that_end_early() {
    let server = Server::raw(|stream| {
        read_head(stream);
        let _ = stream
            .write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nshort\r\n9\r\n");
    });
    let (rule, message) = trouble(&server.url());
    assert_eq!(rule, "cut-short", "{message}");
}

#[test]
fn reset_in_the_middle_of_the_body() {
    // Closing while the request lies unread resets the connection.
    let server = Server::raw(|stream| {
        let _ = stream.peek(&mut [0]);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\nbegin");
    });
    let (rule, message) = trouble(&server.url());
    assert_eq!(rule, "connection-reset", "{message}");
}

#[test]
fn a_length_that_is_none() {
    let server = Server::raw(|stream| {
        read_head(stream);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\nbody");
    });
    let (rule, message) = trouble(&server.url());
    assert_eq!(rule, "not-http", "{message}");
}

/// Answers with these bytes as a body of this encoding.
fn encoded(encoding: &'static str, body: Vec<u8>) -> Server {
    Server::raw(move |stream| {
        read_head(stream);
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-encoding: {encoding}\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        let _ = stream.write_all(head.as_bytes());
        let _ = stream.write_all(&body);
    })
}

#[test]
fn a_gzip_bomb() {
    // 64 MiB of zeros in about 64 KiB.
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..1024 {
        bomb.write_all(&[0; 65_536]).unwrap();
    }
    let server = encoded("gzip", bomb.finish().unwrap());
    let (rule, message) = trouble(&server.url());
    assert_eq!(rule, "endless-body", "{message}");
    assert!(
        message.contains("larger than 1024 KiB once it is decoded"),
        "{message}"
    );
}

#[test]
fn a_body_that_is_not_encoded_as_announced() {
    for encoding in ["gzip", "br", "zstd"] {
        let server = encoded(encoding, b"\xff plain".to_vec());
        let (rule, message) = trouble(&server.url());
        assert_eq!(rule, "undecodable-body", "{message}");
    }
}

#[test]
fn bytes_that_are_no_text() {
    let server = encoded("identity", b"{\"a\": \"\xff\xfe\"}".to_vec());
    let section = "checks: [{path: /, expect: {json: {$.a: b}}}]";
    let ran = smoke(section, &["--url", &server.url(), "--deadline", "1 s"]);
    assert_eq!((ran.code, ran.rules()), (1, vec!["json"]), "{}", ran.stderr);
    assert!(
        ran.verdict.findings[0]
            .message
            .contains("the body is no JSON")
    );
}

#[test]
fn plain_text_where_tls_is_expected() {
    let server = Server::raw(|stream| {
        let _ = stream.write_all(http("400 Bad Request", &[], "no TLS here").as_bytes());
    });
    let (rule, message) = trouble(&format!("https://127.0.0.1:{}", server.port));
    assert_eq!(rule, "invalid-tls", "{message}");
}

#[test]
fn a_tls_alert() {
    let server = Server::raw(|stream| {
        let _ = stream.peek(&mut [0]);
        // A fatal alert: handshake failure (RFC 8446, 6).
        let _ = stream.write_all(&[0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28]);
        sleep(Duration::from_millis(100));
    });
    let (rule, message) = trouble(&format!("https://127.0.0.1:{}", server.port));
    assert_eq!(rule, "invalid-tls", "{message}");
}

#[test]
fn another_protocol() {
    let talks_first = Server::raw(|stream| {
        let _ = stream.write_all(b"SSH-2.0-OpenSSH_9.2\r\n");
        read_head(stream);
    });
    let talks_second = Server::raw(|stream| {
        read_head(stream);
        let _ = stream.write_all(b"-ERR unknown command 'GET'\r\n");
    });
    for server in [talks_first, talks_second] {
        let (rule, message) = trouble(&server.url());
        assert_eq!(rule, "not-http", "{message}");
    }
}

#[test]
fn an_answer_that_drips() {
    let server = Server::raw(|stream| {
        read_head(stream);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n");
        while stream.write_all(b"a").is_ok() {
            sleep(Duration::from_millis(50));
        }
    });
    let (rule, message) = trouble(&server.url());
    assert_eq!(rule, "slow-answer", "{message}");
    assert!(message.contains("deadline of 1 s"), "{message}");
}

#[test]
fn no_answer_at_all() {
    let server = Server::raw(|stream| {
        read_head(stream);
        sleep(Duration::from_secs(20));
    });
    let (rule, message) = trouble(&server.url());
    assert_eq!(rule, "slow-answer", "{message}");
}
