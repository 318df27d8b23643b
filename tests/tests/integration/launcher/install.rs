//! Installing from a release: the binary of this runner, once and whole.

use std::fs;
use std::process::Stdio;

use super::kit::{Launcher, Outcome, STAND_IN, line};
use super::server::Server;

pub(super) const TARGET: &str = "x86_64-unknown-linux-musl";
pub(super) const ASSET: &str = "/stagegate-x86_64-unknown-linux-musl.tar.gz";
const KEPT: &str = "tool cache/stagegate/1.2.3";

/// A launcher whose lock names one asset, which the server has.
pub(super) fn installable() -> (Launcher, Server) {
    let mut launcher = Launcher::new();
    let server = Server::start();
    let archive = launcher.archive(TARGET, "stagegate", STAND_IN);
    server.serve(ASSET, &archive);
    launcher.lock(&format!(
        "base-url {}/\n{}",
        server.base(),
        line(TARGET, &archive)
    ));
    launcher.set("RUNNER_OS", "Linux").set("RUNNER_ARCH", "X64");
    (launcher, server)
}

#[test]
fn the_locked_binary_is_fetched_once() {
    let (launcher, server) = installable();
    let outcome = launcher.run(&["smoke-test"]);
    outcome.started("smoke-test");
    assert!(
        outcome.stderr.contains("fetched stagegate-"),
        "{outcome:#?}"
    );
    assert_eq!(server.paths(), [ASSET]);

    let outcome = launcher.run(&["quality-gate"]);
    outcome.started("quality-gate");
    assert_eq!(outcome.stderr, "");
    assert_eq!(server.paths(), [""; 0], "the second start asks nobody");
    assert_eq!(
        launcher.files(KEPT).len(),
        2,
        "the binary and its mark: {:?}",
        launcher.files(KEPT)
    );
    assert_eq!(launcher.files("temp").len(), 0);
}

#[test]
fn every_runner_gets_the_binary_of_its_target() {
    let cases = [
        ("Linux", "X64", "x86_64-unknown-linux-musl", "stagegate"),
        ("Linux", "ARM64", "aarch64-unknown-linux-musl", "stagegate"),
        ("macOS", "X64", "x86_64-apple-darwin", "stagegate"),
        ("macOS", "ARM64", "aarch64-apple-darwin", "stagegate"),
        ("Windows", "X64", "x86_64-pc-windows-msvc", "stagegate.exe"),
    ];
    let mut launcher = Launcher::new();
    let server = Server::start();
    let mut lines = format!("base-url {}\n", server.base());
    for (_, _, target, binary) in cases {
        let archive = launcher.archive(target, binary, STAND_IN);
        server.serve(&format!("/stagegate-{target}.tar.gz"), &archive);
        lines.push_str(&line(target, &archive));
    }
    launcher.lock(&lines);
    for (os, arch, target, _) in cases {
        launcher.set("RUNNER_OS", os).set("RUNNER_ARCH", arch);
        launcher.run(&["smoke-test"]).started("smoke-test");
        assert_eq!(server.paths(), [format!("/stagegate-{target}.tar.gz")]);
    }
}

#[test]
fn off_a_runner_the_machine_tells_its_target() {
    let (mut launcher, server) = installable();
    launcher.unset("RUNNER_OS").unset("RUNNER_ARCH");
    launcher.shadow(
        "uname",
        "#!/bin/sh\ncase $1 in -s) echo Linux ;; -m) echo x86_64 ;; esac\n",
    );
    launcher.run(&["smoke-test"]).started("smoke-test");
    assert_eq!(server.paths(), [ASSET]);
}

#[test]
fn windows_paths_reach_tar_in_its_own_form() {
    let (mut launcher, _server) = installable();
    let kept = launcher.path("drive");
    launcher.shadow(
        "cygpath",
        &format!(
            "#!/bin/sh\n[ \"$1 $2 $3\" = '-u -- C:\\cache' ] && echo '{}'\n",
            kept.display()
        ),
    );
    launcher.set("RUNNER_TOOL_CACHE", r"C:\cache");
    launcher.run(&["smoke-test"]).started("smoke-test");
    assert_eq!(launcher.files("drive").len(), 2);
}

#[test]
fn without_a_tool_cache_the_users_cache_is_taken() {
    let (mut launcher, _server) = installable();
    launcher.unset("RUNNER_TOOL_CACHE");
    launcher.run(&["smoke-test"]).started("smoke-test");
    assert_eq!(launcher.files("home/.cache/stagegate").len(), 2);
    launcher.unset("HOME");
    launcher
        .run(&["smoke-test"])
        .refused("set RUNNER_TOOL_CACHE");
}

#[test]
fn a_half_finished_install_is_done_again() {
    let (launcher, server) = installable();
    launcher.run(&["smoke-test"]).started("smoke-test");
    let files = launcher.files(KEPT);
    let mark = files
        .iter()
        .find(|file| file.extension().is_some_and(|end| end == "complete"))
        .unwrap();
    let binary = files
        .iter()
        .find(|file| file.ends_with("stagegate"))
        .unwrap();
    fs::remove_file(mark).unwrap();
    fs::write(binary, "#!/bin/sh\necho half\n").unwrap();
    server.requests();
    launcher.run(&["smoke-test"]).started("smoke-test");
    assert_eq!(server.paths(), [ASSET]);
    launcher.run(&["smoke-test"]).started("smoke-test");
    assert_eq!(server.paths(), [""; 0]);
}

#[test]
fn jobs_that_install_side_by_side_all_start() {
    let (launcher, _server) = installable();
    let children: Vec<_> = (0..4)
        .map(|_| {
            let mut command = launcher.command(&["smoke-test"]);
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
            command.spawn().unwrap()
        })
        .collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        Outcome::new(&output, &launcher.path("output")).started("smoke-test");
    }
    assert_eq!(launcher.files(KEPT).len(), 2);
}

#[test]
fn a_lock_that_cannot_serve_is_refused_by_name() {
    let cases = [
        (
            "",
            "install.lock has no binary for x86_64-unknown-linux-musl at version 1.2.3",
        ),
        (
            "x86_64-unknown-linux-musl stagegate.tar.gz\n",
            "install.lock has no binary",
        ),
        (
            "x86_64-unknown-linux-musl stagegate.tar.gz ABCDEF\n",
            "install.lock has no binary",
        ),
    ];
    for (lines, why) in cases {
        let (launcher, server) = installable();
        launcher.lock(&format!("base-url {}\n{lines}", server.base()));
        launcher.run(&["smoke-test"]).refused(why);
        assert_eq!(server.paths(), [""; 0], "nothing unverifiable is fetched");
    }
    let (launcher, _server) = installable();
    fs::remove_file(launcher.path("suite/launcher/install.lock")).unwrap();
    launcher
        .run(&["smoke-test"])
        .refused("install.lock is missing");
}

#[test]
fn a_lock_with_windows_line_ends_is_read() {
    let (launcher, _server) = installable();
    let lock = launcher.path("suite/launcher/install.lock");
    let text = fs::read_to_string(&lock).unwrap();
    fs::write(&lock, text.trim_end().replace('\n', "\r\n")).unwrap();
    launcher.run(&["smoke-test"]).started("smoke-test");
}

#[test]
fn an_asset_that_is_not_there_is_named() {
    let (mut launcher, server) = installable();
    let mirror = format!("{}/mirror", server.base());
    launcher.set("STAGEGATE_BASE_URL", &mirror);
    launcher
        .run(&["smoke-test"])
        .refused(&format!("download {mirror}{ASSET} failed"));
    assert_eq!(server.paths(), [format!("/mirror{ASSET}")]);
    assert_eq!(launcher.files("tool cache").len(), 0);
}

#[test]
fn an_asset_with_the_right_sum_and_the_wrong_content_is_named() {
    for (bytes, why) in [
        (b"no archive".to_vec(), "does not unpack"),
        (
            Launcher::new().archive(TARGET, "other", STAND_IN),
            "holds no stagegate-x86_64-unknown-linux-musl/stagegate",
        ),
    ] {
        let (launcher, server) = installable();
        server.serve(ASSET, &bytes);
        launcher.lock(&format!(
            "base-url {}\n{}",
            server.base(),
            line(TARGET, &bytes)
        ));
        launcher.run(&["smoke-test"]).refused(why);
        assert_eq!(launcher.files("tool cache").len(), 0);
    }
}

#[test]
fn a_missing_program_is_named() {
    let always = [
        "bash", "cat", "dirname", "env", "mkdir", "mktemp", "mv", "rm", "uname", "chmod",
    ];
    for (installed, missing) in [
        (&["tar", "gzip", "sha256sum"][..], "curl is not installed"),
        (&["curl", "sha256sum"][..], "tar is not installed"),
        (&["curl", "tar", "gzip"][..], "shasum is not installed"),
    ] {
        let (mut launcher, _server) = installable();
        launcher.only(&[&always[..], installed].concat());
        launcher.run(&["smoke-test"]).refused(missing);
    }
}
