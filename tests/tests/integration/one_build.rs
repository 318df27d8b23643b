//! Chores and rehearsals use the build that `cargo test --workspace` made.

use std::collections::BTreeSet;
use std::process::Command;

/// Every dependency with its features, as far as these kinds of edges lead.
fn features(edges: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .args(["tree", "--workspace", "--locked", "--prefix=none"])
        .args(["--no-dedupe", "--format={p} {f}", "--edges", edges])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn tests_ask_for_no_features_that_chores_do_not_ask_for() {
    let tests = features("normal,build,dev");
    let others: Vec<_> = features("normal,build")
        .difference(&tests)
        .cloned()
        .collect();
    assert_eq!(
        others,
        Vec::<String>::new(),
        "tests build these with more features: name them in tests/Cargo.toml"
    );
}
