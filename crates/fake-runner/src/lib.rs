//! A runner folder for tests of gate binaries. A [`Runner`] is a workspace in a folder of its own, the variables
//! and files a GitHub runner gives a step, and nothing else of the environment the test runs in; an [`Ended`] is
//! what the step left there, read as the runner reads it. For tests only: whatever is off panics.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "called by tests, which stop where something fails"
)]

mod ended;
mod outputs;
mod sample;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

pub use ended::Ended;
pub use sample::{REPOSITORY, release_record, verdict};

/// A workspace and the step's environment. The files the runner keeps for itself lie beside the workspace.
#[derive(Debug)]
pub struct Runner {
    folder: TempDir,
    root: PathBuf,
    program: PathBuf,
    verdict: String,
    variables: BTreeMap<String, OsString>,
}

impl Runner {
    /// A GitHub runner whose step starts this program, which is `env!("CARGO_BIN_EXE_<gate>")` in a gate's own
    /// tests. The file's name is taken for the gate's.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        let mut runner = Self::laptop(program);
        let workspace = runner.root.clone();
        let (output, summary) = (runner.beside("output"), runner.beside("summary"));
        runner
            .set("PATH", "/usr/bin:/bin")
            .set("GITHUB_ACTIONS", "true")
            .set("GITHUB_WORKSPACE", workspace)
            .set("GITHUB_OUTPUT", output)
            .set("GITHUB_STEP_SUMMARY", summary);
        runner
    }

    /// Somebody's own machine: the workspace, and not one variable.
    pub fn laptop(program: impl Into<PathBuf>) -> Self {
        let program = program.into();
        let gate = program.file_stem().unwrap().to_str().unwrap().to_owned();
        let folder = tempfile::tempdir().unwrap();
        // Some systems reach their temporary folder through a link, which reports with absolute paths see through.
        let root = folder.path().canonicalize().unwrap().join("repo");
        fs::create_dir_all(root.join(".git")).unwrap();
        Self {
            folder,
            root,
            program,
            verdict: format!(".stagegate/verdicts/{gate}.json"),
            variables: BTreeMap::new(),
        }
    }

    /// Sets a variable of the step.
    pub fn set(&mut self, name: &str, value: impl Into<OsString>) -> &mut Self {
        self.variables.insert(name.to_owned(), value.into());
        self
    }

    /// Sets what started the workflow: the event's name and its payload.
    pub fn set_event(&mut self, name: &str, payload: &Value) -> &mut Self {
        let path = self.beside("event.json");
        fs::write(&path, payload.to_string()).unwrap();
        self.set("GITHUB_EVENT_NAME", name)
            .set("GITHUB_EVENT_PATH", path)
    }

    /// Reads the verdict from this file of the workspace, which the flag `--verdict` or `--instance` has to bring
    /// about, in place of `.stagegate/verdicts/<gate>.json`.
    pub fn verdict_at(&mut self, path: &str) -> &mut Self {
        self.verdict = path.to_owned();
        self
    }

    /// The workspace, absolute and without links.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The path of a file of the workspace.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// The text of a file of the workspace.
    #[must_use]
    #[track_caller]
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// A JSON file of the workspace.
    #[must_use]
    #[track_caller]
    pub fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.read(name)).unwrap()
    }

    /// Writes a file of the workspace, and the folders it is in.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Writes a program of the workspace.
    #[cfg(unix)]
    pub fn write_program(&self, name: &str, script: &str) {
        use std::os::unix::fs::PermissionsExt as _;
        self.write(name, script);
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Leaves a verdict where gates of earlier jobs have theirs.
    pub fn leave(&self, verdict: &verdict::Verdict) {
        let path = format!(".stagegate/verdicts/{}.json", verdict.gate);
        self.write(&path, &verdict.to_canonical_json().unwrap());
    }

    /// The step, not yet started; what an earlier step wrote for the runner is gone.
    #[must_use]
    pub fn command(&self, flags: &[&str]) -> Command {
        for name in ["output", "summary"] {
            fs::write(self.beside(name), "").unwrap();
        }
        let mut command = Command::new(&self.program);
        command
            .env_clear()
            .envs(&self.variables)
            .current_dir(&self.root)
            .stdin(Stdio::null())
            .args(flags);
        command
    }

    /// Runs the step to its end.
    #[must_use]
    pub fn run(&self, flags: &[&str]) -> Ended {
        self.ended(self.command(flags).output().unwrap())
    }

    /// Runs a step of [`Runner::command`] while servers in this test go on answering.
    pub async fn finish(&self, command: Command) -> Ended {
        let output = tokio::process::Command::from(command).output().await;
        self.ended(output.unwrap())
    }

    /// What a step left that ended with this.
    #[must_use]
    pub fn ended(&self, output: Output) -> Ended {
        let stderr = String::from_utf8(output.stderr).unwrap();
        let json = fs::read(self.path(&self.verdict))
            .unwrap_or_else(|error| panic!("{}: {error}\n{stderr}", self.verdict));
        Ended {
            code: output.status.code().unwrap(),
            verdict: verdict::Verdict::from_json(&json).unwrap(),
            outputs: self.outputs(),
            summary: fs::read_to_string(self.beside("summary")).unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr,
        }
    }

    /// The outputs, also of a step that left no verdict.
    #[must_use]
    pub fn outputs(&self) -> BTreeMap<String, String> {
        outputs::parse(&fs::read_to_string(self.beside("output")).unwrap())
    }

    fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}
