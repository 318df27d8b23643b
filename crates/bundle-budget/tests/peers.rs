//! The gate beside size-limit on the same files; run by `cargo xtask conformance size-limit`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod support;

use std::path::Path;
use std::process::Command;

use support::with_build;

#[test]
#[ignore = "needs size-limit: cargo xtask conformance size-limit"]
fn conformance_totals_are_within_half_a_percent_of_size_limit() {
    let peers = std::env::var_os("STAGEGATE_PEERS").expect("run by cargo xtask conformance");
    let peer = Path::new(&peers).join("size-limit");
    for (name, flags) in [
        ("gzip", r#""gzip":true"#),
        ("brotli-11", r#""brotli":true"#),
        ("raw", r#""brotli":false"#),
    ] {
        let repository = with_build("normal");
        let config =
            format!(r#"[{{"name":"all","path":".next/static/**/*.js","limit":"10 MB",{flags}}}]"#);
        repository.write(".size-limit.json", &config);
        repository.write("package.json", r#"{"name":"app","devDependencies":{"size-limit":"12.1.0","@size-limit/file":"12.1.0"}}"#);
        std::os::unix::fs::symlink(peer.join("node_modules"), repository.path("node_modules"))
            .unwrap();
        let output = Command::new("node")
            .current_dir(repository.path(""))
            .arg(peer.join("node_modules/.bin/size-limit"))
            .arg("--json")
            .output()
            .unwrap();
        let report: serde_json::Value =
            serde_json::from_slice(&output.stdout).unwrap_or_else(|_| {
                panic!(
                    "{}{}",
                    String::from_utf8_lossy(&output.stdout),
                    String::from_utf8_lossy(&output.stderr)
                )
            });
        let theirs = report[0]["size"].as_f64().unwrap();
        let run = repository.run(&["--peer-config", ".size-limit.json"]);
        let metric = run
            .verdict
            .metrics
            .iter()
            .find(|metric| metric.name == format!("files-{name} all"))
            .unwrap();
        let off = (metric.value - theirs).abs() / theirs;
        assert!(
            off <= 0.005,
            "{name}: ours {}, theirs {theirs}",
            metric.value
        );
        assert_eq!(metric.limit, Some(10_000_000.0));
    }
}
