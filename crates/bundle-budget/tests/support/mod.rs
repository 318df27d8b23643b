//! A copy of a real build in a folder of its own, and the gate run over it as on a runner.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use verdict::Verdict;

/// A repository with an app in it.
pub(crate) struct Repository {
    folder: tempfile::TempDir,
}

/// What a run left behind.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) verdict: Verdict,
    pub(crate) outputs: String,
    pub(crate) stdout: String,
}

impl Repository {
    pub(crate) fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(".git")).unwrap();
        Self { folder }
    }

    /// With a fixture of `tests/fixtures/next`.
    pub(crate) fn with_build(name: &str) -> Self {
        let repository = Self::empty();
        let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/next");
        copy(
            &Path::new(fixtures).join(name).join(".next"),
            &repository.path(".next"),
        );
        // The fixtures leave out the files that a page loads when it is idle.
        let manifest = repository.read(".next/build-manifest.json");
        let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
        for file in manifest["lowPriorityFiles"].as_array().unwrap() {
            let path = format!(".next/{}", file.as_str().unwrap());
            if !repository.path(&path).exists() {
                repository.write(&path, "self.__IDLE=1\n");
            }
        }
        repository
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn edit(&self, name: &str, change: impl Fn(&str) -> String) {
        let before = self.read(name);
        let after = change(&before);
        assert_ne!(before, after, "the edit of {name} changes nothing");
        self.write(name, &after);
    }

    /// Makes `.vercel/output` out of the build, as an app's own script does.
    pub(crate) fn publish(&self) {
        self.write(".vercel/output/config.json", r#"{"version":3}"#);
        copy(
            &self.path(".next/static"),
            &self.path(".vercel/output/static/_next/static"),
        );
        fs::copy(
            self.path(".next/server/app/index.html"),
            self.path(".vercel/output/static/index.html"),
        )
        .unwrap();
    }

    pub(crate) fn gate(&self, flags: &[&str]) -> Run {
        let output = Command::cargo_bin("bundle-budget")
            .unwrap()
            .env_clear()
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_REPOSITORY", "acme/web")
            .env("GITHUB_OUTPUT", self.path("outputs.txt"))
            .env("GITHUB_STEP_SUMMARY", self.path("summary.md"))
            .current_dir(self.folder.path())
            .args(flags)
            .output()
            .unwrap();
        let verdict = self.read(".stagegate/verdicts/bundle-budget.json");
        Run {
            code: output.status.code().unwrap(),
            verdict: Verdict::from_json(verdict.as_bytes()).unwrap(),
            outputs: self.read("outputs.txt"),
            stdout: String::from_utf8(output.stdout).unwrap(),
        }
    }
}

impl Run {
    /// `rule: message` of every finding.
    pub(crate) fn findings(&self) -> Vec<String> {
        let findings = self.verdict.findings.iter();
        findings
            .map(|finding| format!("{}: {}", finding.rule, finding.message))
            .collect()
    }

    #[track_caller]
    pub(crate) fn assert(&self, code: i32, finding: &str) {
        let findings = self.findings();
        assert_eq!(self.code, code, "{findings:#?}");
        assert!(
            findings.iter().any(|found| found.contains(finding)),
            "{finding} is not in {findings:#?}"
        );
    }

    /// The value of an output.
    pub(crate) fn output(&self, name: &str) -> &str {
        let mut lines = self.outputs.lines();
        let prefix = format!("{name}<<");
        lines.find(|line| line.starts_with(&prefix)).unwrap();
        lines.next().unwrap()
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
