//! A copy of a real build in a repository on a runner.

#![allow(dead_code, reason = "every test file uses some of it")]

mod build;

use std::fs;
use std::path::Path;

pub(crate) use build::copy;

use fake_runner::Runner;

/// A repository without a build.
pub(crate) fn empty() -> Runner {
    let mut repository = Runner::new(env!("CARGO_BIN_EXE_bundle-budget"));
    repository.set("GITHUB_REPOSITORY", "acme/web");
    repository
}

/// With a fixture of `tests/fixtures/builds`.
pub(crate) fn with_fixture(name: &str) -> Runner {
    let repository = empty();
    build::lay_out(name, repository.root());
    repository
}

/// With a fixture of `tests/fixtures/next`.
pub(crate) fn with_build(name: &str) -> Runner {
    let repository = empty();
    move_build(&repository, name);
    repository
}

/// Another fixture in the place of the build.
pub(crate) fn move_build(repository: &Runner, name: &str) {
    let _ = fs::remove_dir_all(repository.path(".next"));
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/next");
    copy(
        &Path::new(fixtures).join(name).join(".next"),
        &repository.path(".next"),
    );
    // The fixtures leave out the files that a page loads when it is idle.
    let manifest = repository.json(".next/build-manifest.json");
    for file in manifest["lowPriorityFiles"].as_array().unwrap() {
        let path = format!(".next/{}", file.as_str().unwrap());
        if !repository.path(&path).exists() {
            repository.write(&path, "self.__IDLE=1\n");
        }
    }
}

pub(crate) fn edit(repository: &Runner, name: &str, change: impl Fn(&str) -> String) {
    let before = repository.read(name);
    let after = change(&before);
    assert_ne!(before, after, "the edit of {name} changes nothing");
    repository.write(name, &after);
}

/// Makes `.vercel/output` out of the build, as an app's own script does.
pub(crate) fn publish(repository: &Runner) {
    repository.write(".vercel/output/config.json", r#"{"version":3}"#);
    copy(
        &repository.path(".next/static"),
        &repository.path(".vercel/output/static/_next/static"),
    );
    fs::copy(
        repository.path(".next/server/app/index.html"),
        repository.path(".vercel/output/static/index.html"),
    )
    .unwrap();
}
