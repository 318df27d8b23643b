//! The edge of a real server: nginx with its own TLS, Brotli, cache and rate limit, and openssl as a second opinion.
//! `cargo xtask conformance edge`.

#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

mod support;

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use fake_runner::Ended;
use support::with_section;
use tempfile::TempDir;
use verdict::Conclusion;

const CONFIG: &str = include_str!("fixtures/edge-nginx.conf");

/// An nginx with certificates of an authority of its own.
struct Nginx {
    folder: TempDir,
    good: u16,
    old: u16,
    wrong: u16,
}

impl Nginx {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        openssl(
            root,
            &[
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "400",
                "-subj",
                "/CN=Test Authority",
                "-keyout",
                "ca.key",
                "-out",
                "ca.pem",
            ],
        );
        for (name, host, days) in [
            ("good", "localhost", "90"),
            ("short", "localhost", "5"),
            ("wrong", "other.example", "90"),
        ] {
            let file = |ending: &str| format!("{name}.{ending}");
            openssl(
                root,
                &[
                    "req",
                    "-newkey",
                    "rsa:2048",
                    "-nodes",
                    "-subj",
                    &format!("/CN={host}"),
                    "-addext",
                    &format!("subjectAltName=DNS:{host}"),
                    "-keyout",
                    &file("key"),
                    "-out",
                    &file("csr"),
                ],
            );
            openssl(
                root,
                &[
                    "x509",
                    "-req",
                    "-in",
                    &file("csr"),
                    "-CA",
                    "ca.pem",
                    "-CAkey",
                    "ca.key",
                    "-CAcreateserial",
                    "-days",
                    days,
                    "-copy_extensions",
                    "copy",
                    "-out",
                    &file("pem"),
                ],
            );
        }
        let [good, old, wrong, upstream] = free_ports();
        let mut config = CONFIG.replace("ROOT", root.to_str().unwrap());
        for (word, port) in [
            ("GOOD", good),
            ("OLD", old),
            ("WRONG", wrong),
            ("UPSTREAM", upstream),
        ] {
            config = config.replace(word, &port.to_string());
        }
        // Its workers leave root behind, and must still reach the cache.
        for folder in ["cache", "temp"] {
            let folder = root.join(folder);
            fs::create_dir(&folder).unwrap();
            open_to_all(&folder);
        }
        open_to_all(root);
        fs::write(root.join("nginx.conf"), config).unwrap();
        let nginx = Self {
            folder,
            good,
            old,
            wrong,
        };
        // It goes into the background once it listens.
        assert!(
            nginx.control(&[]),
            "{}",
            fs::read_to_string(nginx.path("error.log")).unwrap_or_default()
        );
        nginx
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn control(&self, arguments: &[&str]) -> bool {
        Command::new("nginx")
            .arg("-c")
            .arg(self.path("nginx.conf"))
            .args(arguments)
            .stderr(Stdio::null())
            .status()
            .unwrap()
            .success()
    }

    /// Runs the gate against a port, with the test's authority trusted.
    fn smoke(&self, port: u16, edge: &str) -> Ended {
        let edge: String = edge.lines().map(|line| format!("  {line}\n")).collect();
        let mut runner = with_section(&format!("checks: [{{path: /}}]\nedge:\n{edge}"));
        runner.set("SSL_CERT_FILE", self.path("ca.pem"));
        runner.run(&[
            "--url",
            &format!("https://localhost:{port}"),
            "--deadline",
            "5 s",
        ])
    }

    /// Whether openssl gets a handshake of this version.
    fn openssl_accepts(&self, port: u16, version: &str) -> bool {
        Command::new("openssl")
            .args([
                "s_client",
                "-connect",
                &format!("127.0.0.1:{port}"),
                version,
                "-cipher",
                "ALL:@SECLEVEL=0",
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap()
            .success()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        self.control(&["-s", "stop"]);
    }
}

fn openssl(folder: &Path, arguments: &[&str]) {
    let output = Command::new("openssl")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Ports nobody listens on; all held at once, so that they differ.
fn free_ports<const N: usize>() -> [u16; N] {
    let held: Vec<_> = (0..N)
        .map(|_| TcpListener::bind("127.0.0.1:0").unwrap())
        .collect();
    std::array::from_fn(|index| held[index].local_addr().unwrap().port())
}

fn open_to_all(folder: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o777)).unwrap();
}

#[test]
#[ignore = "run by `cargo xtask conformance edge`"]
fn a_real_server_keeps_or_breaks_its_promises() {
    let nginx = Nginx::start();

    let kept = nginx.smoke(
        nginx.good,
        "min-grade: A+\nhsts: {max-age: 31536000, include-subdomains: true}\ntls: {certificate-days: 80}\n\
         cache:\n  - {path: /static/*.js, directives: [public, immutable], max-age: 31536000}\n  - {path: /cached, cdn: true}\n\
         compression: [/]\nrate-limit: {path: /api, requests: 50}",
    );
    assert_eq!(kept.verdict.conclusion, Conclusion::Pass, "{}", kept.stderr);
    assert_eq!(kept.verdict.findings, []);
    assert!((88.0..=90.0).contains(&kept.metric("certificate days left")));

    let broken = nginx.smoke(
        nginx.old,
        "cache: [{path: /, cdn: true}]\ncompression: [/]\nrate-limit: {path: /, requests: 20}",
    );
    assert_eq!(broken.code, 1, "{}", broken.stderr);
    let text = broken.findings().join("\n");
    for part in [
        "TLS 1.0 is accepted",
        "TLS 1.1 is accepted",
        "TLS 1.3 is not accepted",
        "days, less than 14",
        "score 30 points, grade D, below B",
        "never came from the CDN's cache",
        "is sent plain",
        "26 requests in a row to / passed; the limit is 20",
    ] {
        assert!(text.contains(part), "`{part}` is missing in:\n{text}");
    }

    // A certificate of another host ends it at the first check, by name.
    let wrong = nginx.smoke(nginx.wrong, "profile: standard");
    assert_eq!(wrong.code, 1, "{}", wrong.stderr);
    assert!(
        wrong.findings().join("\n").contains("certificate"),
        "{:?}",
        wrong.findings()
    );

    for (port, accepted) in [
        (nginx.good, [false, false, true, true]),
        (nginx.old, [true, true, true, false]),
    ] {
        let versions = ["-tls1", "-tls1_1", "-tls1_2", "-tls1_3"];
        assert_eq!(
            versions.map(|version| nginx.openssl_accepts(port, version)),
            accepted,
            "port {port}"
        );
    }
    let days = |file: &str, seconds: u32| {
        let path = nginx.path(file);
        Command::new("openssl")
            .arg("x509")
            .arg("-in")
            .arg(path)
            .args(["-noout", "-checkend", &seconds.to_string()])
            .stdout(Stdio::null())
            .status()
            .unwrap()
            .success()
    };
    assert!(days("short.pem", 4 * 86_400) && !days("short.pem", 5 * 86_400));
    assert!(days("good.pem", 80 * 86_400));
}
