//! A copy of the launcher in a folder of its own, an emptied environment, and stand-ins for programs.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;
use verdict::Digest;

use crate::repository::root;

/// Stands for the binary: prints what it was started with.
pub(super) const STAND_IN: &str = "#!/bin/sh\nprintf 'arguments: %s\\n' \"$*\"\nenv\n";

/// The launcher as an action finds it, with the variables of a step.
pub(super) struct Launcher {
    folder: TempDir,
    variables: BTreeMap<String, OsString>,
}

impl Launcher {
    /// On a runner, with an empty lock and no binary anywhere.
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("suite/launcher")).unwrap();
        fs::create_dir_all(folder.path().join("home")).unwrap();
        fs::copy(
            root().join("launcher/run.sh"),
            folder.path().join("suite/launcher/run.sh"),
        )
        .unwrap();
        let mut launcher = Self {
            folder,
            variables: BTreeMap::new(),
        };
        let path = std::env::var_os("PATH").unwrap();
        launcher.variables.insert("PATH".to_owned(), path);
        launcher.lock("");
        launcher.set("GITHUB_ACTIONS", "true");
        for (name, file) in [
            ("GITHUB_OUTPUT", "output"),
            ("HOME", "home"),
            ("RUNNER_TEMP", "temp"),
            ("RUNNER_TOOL_CACHE", "tool cache"),
        ] {
            let path = launcher.path(file);
            launcher.variables.insert(name.to_owned(), path.into());
        }
        fs::create_dir(launcher.path("temp")).unwrap();
        launcher
    }

    pub(super) fn set(&mut self, name: &str, value: &str) -> &mut Self {
        self.variables.insert(name.to_owned(), value.into());
        self
    }

    pub(super) fn unset(&mut self, name: &str) -> &mut Self {
        self.variables.remove(name);
        self
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes install.lock: version and repository stand first.
    pub(super) fn lock(&self, lines: &str) {
        fs::write(
            self.path("suite/launcher/install.lock"),
            format!("# comment\nversion 1.2.3\nrepository acme/stagegate\n{lines}"),
        )
        .unwrap();
    }

    /// Writes an executable file.
    pub(super) fn program(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// A program that is found before any other of its name.
    pub(super) fn shadow(&mut self, name: &str, text: &str) {
        self.program(&format!("shadow/{name}"), text);
        let mut path = self.path("shadow").into_os_string();
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap());
        self.variables.insert("PATH".to_owned(), path);
    }

    /// Only these programs are installed.
    pub(super) fn only(&mut self, programs: &[&str]) {
        let folder = self.path("only");
        fs::create_dir(&folder).unwrap();
        for program in programs {
            std::os::unix::fs::symlink(which(program), folder.join(program)).unwrap();
        }
        self.variables.insert("PATH".to_owned(), folder.into());
    }

    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.path("suite/launcher/run.sh"));
        command
            .args(arguments)
            .env_clear()
            .envs(&self.variables)
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        command
    }

    pub(super) fn run(&self, arguments: &[&str]) -> Outcome {
        let _ = fs::remove_file(self.path("output"));
        let output = self.command(arguments).output().unwrap();
        Outcome::new(&output, &self.path("output"))
    }

    /// All files below a folder, hidden ones included.
    pub(super) fn files(&self, name: &str) -> Vec<PathBuf> {
        fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
            for entry in fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(&path, files);
                } else {
                    files.push(path);
                }
            }
        }
        let mut files = Vec::new();
        walk(&self.path(name), &mut files);
        files
    }

    /// An archive as releases have it: everything lies in one folder named after the target.
    pub(super) fn archive(&self, target: &str, binary: &str, text: &str) -> Vec<u8> {
        let name = format!("stagegate-{target}");
        self.program(&format!("pack/{name}/{binary}"), text);
        let archive = self.path("pack.tar.gz");
        let status = Command::new("tar")
            .arg("-czf")
            .arg(&archive)
            .arg("-C")
            .arg(self.path("pack"))
            .arg(&name)
            .status()
            .expect("tar packs what the launcher unpacks");
        assert!(status.success());
        fs::remove_dir_all(self.path("pack")).unwrap();
        fs::read(archive).unwrap()
    }
}

/// How a start ended.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) code: Option<i32>,
    pub(super) stdout: String,
    pub(super) stderr: String,
    /// What later steps read.
    pub(super) outputs: String,
}

impl Outcome {
    pub(super) fn new(output: &Output, outputs: &Path) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout.clone()).unwrap(),
            stderr: String::from_utf8(output.stderr.clone()).unwrap(),
            outputs: fs::read_to_string(outputs).unwrap_or_default(),
        }
    }

    /// The binary ran for this gate, and the launcher itself said nothing to later steps.
    #[track_caller]
    pub(super) fn started(&self, gate: &str) {
        assert_eq!(self.code, Some(0), "{self:#?}");
        let arguments = format!("arguments: {gate}\n");
        assert!(self.stdout.starts_with(&arguments), "{self:#?}");
        assert_eq!(self.outputs, "", "{self:#?}");
    }

    /// It was refused: once, by name, to people, to the runner and to later steps.
    #[track_caller]
    pub(super) fn refused(&self, why: &str) {
        assert_eq!(self.code, Some(3), "{self:#?}");
        assert_eq!(
            self.stderr.matches("stagegate launcher:").count(),
            1,
            "{self:#?}"
        );
        assert!(self.stderr.contains(why), "{why}: {self:#?}");
        assert_eq!(self.stdout.lines().count(), 1, "{self:#?}");
        let annotation = "::error title=stagegate launcher::";
        assert!(self.stdout.starts_with(annotation), "{self:#?}");
        assert_eq!(
            self.outputs, "conclusion=error\ntitle=stagegate launcher failed\nverdict-path=\n",
            "{self:#?}"
        );
    }
}

/// The line of install.lock for an asset with these bytes.
pub(super) fn line(target: &str, bytes: &[u8]) -> String {
    format!(
        "{target} stagegate-{target}.tar.gz {}\n",
        Digest::of(bytes).hex()
    )
}

fn which(program: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap();
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
        .unwrap_or_else(|| panic!("{program} is needed for this test and is not installed"))
}
