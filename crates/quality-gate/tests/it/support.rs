//! A repository on a runner, with reports and checkers of the fixtures.

use std::fs;
use std::path::{Path, PathBuf};

use fake_runner::Runner;

pub(crate) fn fixture(path: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures")).join(path)
}

/// The fixtures call the repository `/repo`; an absolute path elsewhere is recognised by its end, which the runner's
/// workspace shares.
pub(crate) fn with_files(files: &[(&str, &str)]) -> Runner {
    let mut repository = Runner::new(env!("CARGO_BIN_EXE_quality-gate"));
    repository.set("GITHUB_TOKEN", "ghs_not_for_checkers");
    for (path, text) in files {
        repository.write(path, text);
    }
    repository
}

pub(crate) fn copy(repository: &Runner, from: &str, to: &str) {
    let text = fs::read_to_string(fixture(from)).unwrap();
    repository.write(to, &text);
}

/// Installs a checker that says what the fixture says.
#[cfg(unix)]
pub(crate) fn install(repository: &Runner, tool: &str, run: &str) {
    let base = fixture(&format!("{tool}/{run}"));
    let base = base.display();
    let script = format!("cat '{base}.stdout'; cat '{base}.stderr' >&2; exit $(cat '{base}.rc')");
    install_script(repository, tool, &script);
}

#[cfg(unix)]
pub(crate) fn install_script(repository: &Runner, tool: &str, script: &str) {
    let path = format!("node_modules/.bin/{tool}");
    repository.write_program(&path, &format!("#!/bin/sh\n{script}\n"));
}
