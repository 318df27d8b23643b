//! Which Lighthouse is started, and what is said when there is none that can be.

use std::fs;

use fake_runner::Runner;

use super::page;
use super::support::{CHROME, program, with_tools, without_tools};

/// Without Lighthouse, in a path where `node` answers a version and runs any script as the stand-in of Lighthouse, and
/// `npm` puts a script where `npm ci` does.
fn with_node(version: &str, npm: &str) -> Runner {
    let mut repository = without_tools();
    program(&mut repository, "CHROME_PATH", "chrome", CHROME);
    let node = format!(
        r#"#!/bin/sh
if [ "$1" = --version ]; then echo {version}; exit; fi
for argument; do
  case $argument in --output-path=*) report=${{argument#*=}} ;; esac
done
echo "$*" >> lighthouse.arguments
cp "$FIXTURES/home-1.json" "$report"
"#
    );
    repository.write_program("bin/node", &node);
    repository.write_program("bin/npm", npm);
    let path = format!("{}:/usr/bin:/bin", repository.path("bin").display());
    // Programs of the machine, and none called node, npm or lighthouse before ours.
    repository.set("PATH", path);
    repository
}

const NPM: &str = r#"#!/bin/sh
echo "$*" >> ../npm.arguments
grep -c integrity package-lock.json >> ../npm.arguments
mkdir -p node_modules/lighthouse/cli
touch node_modules/lighthouse/cli/index.js
"#;

#[tokio::test]
async fn the_lighthouse_that_node_can_run_is_installed_once_from_its_lockfile() {
    for (node, version) in [("v20.20.2", "12.8.2"), ("v22.19.0", "13.5.0")] {
        let server = page(200).await;
        let repository = with_node(node, NPM);
        for _ in 0..2 {
            let run = repository.run(&["--url", &server.uri(), "--runs=1"]);
            assert!(!run.verdict.metrics.is_empty(), "{}", run.stderr);
        }
        let script =
            format!(".stagegate/tools/lighthouse-{version}/node_modules/lighthouse/cli/index.js");
        let started = repository.read("lighthouse.arguments");
        assert!(
            started.lines().all(|line| line.contains(&script)),
            "{started}"
        );
        let npm = repository.read(".stagegate/tools/npm.arguments");
        let lines: Vec<&str> = npm.lines().collect();
        assert_eq!(lines[0], "ci --ignore-scripts --no-audit --no-fund");
        assert!(
            lines[1].parse::<u32>().unwrap() > 80,
            "everything is locked"
        );
        assert_eq!(lines.len(), 2, "installed once");

        // Half an installation is none.
        let stamp = format!(".stagegate/tools/lighthouse-{version}/installed.json");
        fs::remove_file(repository.path(&stamp)).unwrap();
        let run = repository.run(&["--url", &server.uri(), "--runs=1"]);
        assert!(!run.verdict.metrics.is_empty(), "{}", run.stderr);
        assert_eq!(
            repository
                .read(".stagegate/tools/npm.arguments")
                .lines()
                .count(),
            4
        );
    }
}

#[tokio::test]
async fn what_cannot_be_installed_is_named() {
    let server = page(200).await;
    let failing = "#!/bin/sh\necho 'npm error code E401' >&2\nexit 1\n";
    with_node("v20.20.2", failing)
        .run(&["--url", &server.uri()])
        .assert(
            3,
            "install Lighthouse 12.8.2: exit status: 1: npm error code E401",
        );
    with_node("v16.20.0", NPM)
        .run(&["--url", &server.uri()])
        .assert(3, "Node.js 16.20 runs no Lighthouse that is pinned here");
    with_node("deno", NPM)
        .run(&["--url", &server.uri()])
        .assert(3, "node --version answers `deno`, which is no version");
}

#[tokio::test]
async fn a_lighthouse_that_is_there_must_go_with_node() {
    let server = page(200).await;
    let install = |repository: &Runner, version: &str, engines: &str| {
        let package = format!(
            r#"{{"name": "lighthouse", "version": "{version}", "engines": {{"node": "{engines}"}}}}"#
        );
        repository.write("node_modules/lighthouse/package.json", &package);
        let script = "#!/bin/sh\nexec node lighthouse \"$@\"\n";
        repository.write_program("node_modules/lighthouse/cli/index.js", script);
        fs::create_dir_all(repository.path("node_modules/.bin")).unwrap();
        let link = repository.path("node_modules/.bin/lighthouse");
        let _ = fs::remove_file(&link);
        std::os::unix::fs::symlink("../lighthouse/cli/index.js", link).unwrap();
    };
    let repository = with_node("v20.20.2", NPM);
    install(&repository, "13.5.0", ">=22.19");
    repository.run(&["--url", &server.uri()]).assert(
        3,
        "Lighthouse 13.5.0 is installed and needs Node.js 22.19 or newer; this is 20.20.2",
    );
    install(&repository, "14.1.0", ">=20");
    repository.run(&["--url", &server.uri()]).assert(
        3,
        "Lighthouse 14.1.0 is installed; the reports of 10 to 13 can be read",
    );
    install(&repository, "12.6.0", ">=18.16");
    let run = repository.run(&["--url", &server.uri(), "--runs=1"]);
    assert!(!run.verdict.metrics.is_empty(), "{}", run.stderr);
    assert!(
        !repository.path(".stagegate/tools").exists(),
        "nothing is installed"
    );
}

#[test]
fn all_programs_that_are_missing_are_named() {
    let mut repository = without_tools();
    repository
        .set("PATH", repository.path(""))
        .set("CHROME_PATH", "nowhere/chrome");
    let run = repository.run(&["--url=https://a.example/"]);
    run.assert(3, "node is not installed, which Lighthouse needs");
    run.assert(3, "CHROME_PATH names ");
    let mut repository = with_tools();
    repository.set("STAGEGATE_LIGHTHOUSE", "nowhere/lighthouse");
    repository
        .run(&["--url=https://a.example/"])
        .assert(3, "STAGEGATE_LIGHTHOUSE names ");
}
