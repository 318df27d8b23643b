//! A repository on disk, and what the gate left there.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use tempfile::TempDir;
use verdict::Verdict;

/// A repository with a fake runner around it.
pub(crate) struct Repository {
    folder: TempDir,
    pub(crate) root: PathBuf,
}

/// What a run of the gate left.
pub(crate) struct Answer {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) verdict: Verdict,
    outputs: String,
}

pub(crate) fn fixture(path: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures")).join(path)
}

impl Repository {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        // The fixtures call the repository `/repo`; an absolute path elsewhere is recognised by its end.
        let root = folder.path().canonicalize().unwrap().join("repo");
        let repository = Self { folder, root };
        for (path, text) in files {
            repository.write(path, text);
        }
        repository
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn copy(&self, from: &str, to: &str) {
        let text = fs::read_to_string(fixture(from)).unwrap();
        self.write(to, &text);
    }

    /// Installs a checker that says what the fixture says.
    #[cfg(unix)]
    pub(crate) fn install(&self, tool: &str, run: &str) {
        let base = fixture(&format!("{tool}/{run}"));
        let base = base.display();
        let script =
            format!("cat '{base}.stdout'; cat '{base}.stderr' >&2; exit $(cat '{base}.rc')");
        self.install_script(tool, &script);
    }

    #[cfg(unix)]
    pub(crate) fn install_script(&self, tool: &str, script: &str) {
        use std::os::unix::fs::PermissionsExt as _;
        let path = format!("node_modules/.bin/{tool}");
        self.write(&path, &format!("#!/bin/sh\n{script}\n"));
        let executable = fs::Permissions::from_mode(0o755);
        fs::set_permissions(self.root.join(path), executable).unwrap();
    }

    pub(crate) fn gate(&self, flags: &[&str]) -> Answer {
        let output = self.folder.path().join("output");
        let _ = fs::remove_file(&output);
        let run = Command::cargo_bin("quality-gate")
            .unwrap()
            .args(flags)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_WORKSPACE", &self.root)
            .env("GITHUB_OUTPUT", &output)
            .env("GITHUB_TOKEN", "ghs_not_for_checkers")
            .current_dir(&self.root)
            .output()
            .unwrap();
        let verdict = fs::read(self.root.join(".stagegate/verdicts/quality-gate.json")).unwrap();
        Answer {
            code: run.status.code().unwrap(),
            stdout: String::from_utf8(run.stdout).unwrap(),
            verdict: Verdict::from_json(&verdict).unwrap(),
            outputs: fs::read_to_string(output).unwrap(),
        }
    }
}

impl Answer {
    pub(crate) fn output(&self, name: &str) -> &str {
        let mut lines = self.outputs.lines();
        lines
            .find(|line| line.split("<<").next() == Some(name))
            .unwrap_or_else(|| panic!("no output {name}"));
        lines.next().unwrap()
    }

    /// Title, findings and metrics, as people would compare them.
    pub(crate) fn rows(&self) -> String {
        let verdict = &self.verdict;
        let mut text = format!(
            "exit {} {}: {}\n",
            self.code, verdict.conclusion, verdict.title
        );
        for finding in &verdict.findings {
            let place = finding.place.as_ref().map(ToString::to_string);
            let place = place.unwrap_or_else(|| "-".to_owned());
            let level = finding.level.as_str();
            text += &format!("{level} {place} [{}] {}\n", finding.rule, finding.message);
            if let Some(fix) = &finding.fix {
                text += &format!("    fix: {fix}\n");
            }
        }
        for metric in &verdict.metrics {
            text += &format!("{} = {}\n", metric.name, metric.value);
        }
        for evidence in &verdict.evidence {
            let source = serde_json::to_string(&evidence.source).unwrap();
            let note = evidence.note.as_deref().unwrap_or_default();
            text += &format!("{source} {:?} {note}\n", evidence.state);
        }
        text
    }
}
