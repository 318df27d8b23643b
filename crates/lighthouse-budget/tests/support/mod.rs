//! A repository on a runner, with stand-ins for Chrome and Lighthouse.

use std::fs;

use fake_runner::Runner;

const FIXTURES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../tests/fixtures/lighthouse"
);

/// Announces a port (one where nobody listens), as Chrome does, and stays until it is ended.
pub(crate) const CHROME: &str = r#"#!/bin/sh
for argument; do
  case $argument in --user-data-dir=*) profile=${argument#*=} ;; esac
done
echo "$$" >> chrome.pids
env >> chrome.environment
echo "$*" >> chrome.arguments
printf '1\n/devtools/browser/1\n' > "$profile/DevToolsActivePort"
exec sleep 120
"#;

/// Writes the next of three real reports.
const LIGHTHOUSE: &str = r#"#!/bin/sh
for argument; do
  case $argument in --output-path=*) report=${argument#*=} ;; esac
done
echo "$*" >> lighthouse.arguments
env >> lighthouse.environment
run=$(wc -l < lighthouse.arguments)
cp "$FIXTURES/home-$((run)).json" "$report"
"#;

pub(crate) fn without_tools() -> Runner {
    let mut repository = Runner::new(env!("CARGO_BIN_EXE_lighthouse-budget"));
    repository.set("FIXTURES", FIXTURES);
    repository
}

/// With stand-ins for both programs.
pub(crate) fn with_tools() -> Runner {
    let mut repository = without_tools();
    program(&mut repository, "CHROME_PATH", "chrome", CHROME);
    program(
        &mut repository,
        "STAGEGATE_LIGHTHOUSE",
        "lighthouse",
        LIGHTHOUSE,
    );
    repository
}

pub(crate) fn program(repository: &mut Runner, variable: &str, name: &str, script: &str) {
    repository.write_program(name, script);
    repository.set(variable, repository.path(name));
}

/// With real reports in `reports/`.
pub(crate) fn with_reports(names: &[&str]) -> Runner {
    let repository = without_tools();
    for name in names {
        let report = fs::read_to_string(format!("{FIXTURES}/{name}.json")).unwrap();
        repository.write(&format!("reports/{name}.json"), &report);
    }
    repository
}

/// Whether every stand-in of Chrome is gone. One that waits for its parent to notice its end counts as gone; the
/// kernel may need a moment to deliver a signal.
pub(crate) fn chromes_are_gone(repository: &Runner) -> bool {
    let pids = repository.read("chrome.pids");
    let gone = |pid: &str| {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        status.is_empty() || status.contains("State:\tZ")
    };
    let start = std::time::Instant::now();
    while start.elapsed().as_secs() < 10 {
        if pids.lines().all(gone) {
            return true;
        }
        std::thread::yield_now();
    }
    false
}
