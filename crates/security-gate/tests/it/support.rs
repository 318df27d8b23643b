//! A repository with reports, and what the gate left there.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use tempfile::TempDir;
use verdict::Verdict;

pub(crate) struct Repository {
    folder: TempDir,
    pub(crate) root: PathBuf,
}

pub(crate) struct Answer {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) verdict: Verdict,
    pub(crate) sarif: Option<String>,
    outputs: String,
}

impl Repository {
    /// A repository with this section `security` and these fixtures, each as `from` and `to`.
    pub(crate) fn new(config: &str, fixtures: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap().join("repo");
        let repository = Self { folder, root };
        repository.write("stagegate.yml", &format!("security:\n{config}"));
        for (from, to) in fixtures {
            let fixtures = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures"));
            repository.write(to, &fs::read_to_string(fixtures.join(from)).unwrap());
        }
        repository
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn gate(&self, flags: &[&str]) -> Answer {
        let output = self.folder.path().join("output");
        let _ = fs::remove_file(&output);
        let run = Command::cargo_bin("security-gate")
            .unwrap()
            .args(flags)
            .env_clear()
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_WORKSPACE", &self.root)
            .env("GITHUB_OUTPUT", &output)
            .current_dir(&self.root)
            .output()
            .unwrap();
        let verdict = fs::read(self.root.join(".stagegate/verdicts/security-gate.json")).unwrap();
        Answer {
            code: run.status.code().unwrap(),
            stdout: String::from_utf8(run.stdout).unwrap(),
            verdict: Verdict::from_json(&verdict).unwrap(),
            sarif: fs::read_to_string(self.root.join(".stagegate/security.sarif")).ok(),
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

    /// Title, findings, metrics and evidence, as people would compare them.
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
