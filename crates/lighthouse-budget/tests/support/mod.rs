//! A repository in a folder of its own with stand-ins for Chrome and Lighthouse, and the gate run in it as on a runner.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use assert_cmd::Command;
use verdict::Verdict;

const FIXTURES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../tests/fixtures/lighthouse"
);

/// Announces a port (one where nobody listens), as Chrome does, and stays until it is ended.
const CHROME: &str = r#"#!/bin/sh
for argument; do
  case $argument in --user-data-dir=*) profile=${argument#*=} ;; esac
done
echo "$$" >> chrome.pids
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
run=$(wc -l < lighthouse.arguments)
cp "$FIXTURES/home-$((run)).json" "$report"
"#;

pub(crate) struct Repository {
    folder: tempfile::TempDir,
    pub(crate) variables: BTreeMap<&'static str, String>,
}

pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) verdict: Verdict,
    pub(crate) outputs: String,
    pub(crate) stderr: String,
}

impl Repository {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(".git")).unwrap();
        let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
        let variables = BTreeMap::from([
            ("GITHUB_ACTIONS", "true".to_owned()),
            ("GITHUB_OUTPUT", path("outputs.txt")),
            ("PATH", "/usr/bin:/bin".to_owned()),
            ("FIXTURES", FIXTURES.to_owned()),
        ]);
        Self { folder, variables }
    }

    /// With stand-ins for both programs.
    pub(crate) fn with_tools() -> Self {
        let mut repository = Self::new();
        repository.program("CHROME_PATH", "chrome", CHROME);
        repository.program("STAGEGATE_LIGHTHOUSE", "lighthouse", LIGHTHOUSE);
        repository
    }

    pub(crate) fn program(&mut self, variable: &'static str, name: &str, script: &str) {
        use std::os::unix::fs::PermissionsExt as _;
        self.write(name, script);
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(0o755)).unwrap();
        let path = self.path(name).to_string_lossy().into_owned();
        self.variables.insert(variable, path);
    }

    /// With real reports in `reports/`.
    pub(crate) fn with_reports(names: &[&str]) -> Self {
        let repository = Self::new();
        for name in names {
            let report = fs::read_to_string(format!("{FIXTURES}/{name}.json")).unwrap();
            repository.write(&format!("reports/{name}.json"), &report);
        }
        repository
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn json(&self, name: &str) -> serde_json::Value {
        serde_json::from_str(&self.read(name)).unwrap()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn gate(&self, flags: &[&str]) -> Run {
        let output = Command::cargo_bin("lighthouse-budget")
            .unwrap()
            .env_clear()
            .envs(&self.variables)
            .current_dir(self.folder.path())
            .args(flags)
            .output()
            .unwrap();
        let verdict = self.read(".stagegate/verdicts/lighthouse-budget.json");
        Run {
            code: output.status.code().unwrap(),
            verdict: Verdict::from_json(verdict.as_bytes()).unwrap(),
            outputs: self.read("outputs.txt"),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Whether every stand-in of Chrome is gone. One that waits for its parent to notice its end counts as gone; the
    /// kernel may need a moment to deliver a signal.
    pub(crate) fn chromes_are_gone(&self) -> bool {
        let pids = self.read("chrome.pids");
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
}

impl Run {
    #[track_caller]
    pub(crate) fn assert(&self, code: i32, finding: &str) {
        let findings: Vec<&str> = self
            .verdict
            .findings
            .iter()
            .map(|f| f.message.as_str())
            .collect();
        assert_eq!(self.code, code, "{findings:#?}");
        assert!(
            findings.iter().any(|found| found.contains(finding)),
            "{finding} is not in {findings:#?}"
        );
    }

    pub(crate) fn output(&self, name: &str) -> &str {
        let mut lines = self.outputs.lines();
        let prefix = format!("{name}<<");
        lines.find(|line| line.starts_with(&prefix)).unwrap();
        lines.next().unwrap()
    }

    pub(crate) fn metric(&self, name: &str) -> f64 {
        let mut metrics = self.verdict.metrics.iter();
        metrics.find(|metric| metric.name == name).unwrap().value
    }
}
