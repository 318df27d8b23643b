//! The stand-ins for `actions/*` are Node programs with tests of their own, which run here.

use std::process::Command;

use crate::repository::root;

#[test]
fn the_stand_in_actions_pass_their_own_tests() {
    let temporary = tempfile::tempdir().unwrap();
    // A file and no folder: what Node takes a folder for depends on its version.
    let output = Command::new("node")
        .args(["--test", "tests/stand-ins/stand-ins.test.mjs"])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", temporary.path())
        .env("TMPDIR", temporary.path())
        .current_dir(root())
        .output()
        .unwrap_or_else(|error| {
            panic!("node: {error}; the tests need Node.js 20.19 or newer (see README.md)")
        });
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
