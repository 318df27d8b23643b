//! The gate in a fake runner folder, against the sandbox's GitHub.
#![allow(dead_code, reason = "every test binary uses a part of it")]

use std::fs;
use std::path::PathBuf;

use assert_cmd::Command;
pub(crate) use sandbox::github::{Identity, NewPull};
use sandbox::github::{RunSpec, State};
use sandbox::{Options, Sandbox};
use serde_json::Value;
pub(crate) use serde_json::json;
use tempfile::TempDir;
pub(crate) use verdict::Conclusion;
use verdict::{Run, Subject, Tool, VERDICT_SCHEMA, Verdict};

pub(crate) const RUN: u64 = 99;

pub(crate) fn sha(digit: char) -> String {
    digit.to_string().repeat(40)
}

pub(crate) struct Play {
    pub(crate) sandbox: Sandbox,
    pub(crate) folder: TempDir,
    pub(crate) token: String,
    pub(crate) event: (&'static str, Value),
}

pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) outputs: String,
    pub(crate) verdict: Verdict,
}

impl Play {
    /// A pull request whose run is at its end.
    pub(crate) async fn start(fork: bool) -> Self {
        let sandbox = Sandbox::start(Options::default()).await.unwrap();
        sandbox.github.open_pull_request(NewPull {
            number: 7,
            title: "A change".to_owned(),
            author: "author".to_owned(),
            head_ref: "change".to_owned(),
            head_sha: sha('a'),
            base_sha: sha('0'),
            fork,
            ..NewPull::default()
        });
        let pull = json!({"pull_request": {"number": 7, "head": {"sha": sha('a')}}});
        let play = Self {
            sandbox,
            folder: tempfile::tempdir().unwrap(),
            token: Identity::Actions.token(),
            event: ("pull_request", pull),
        };
        play.run_of(RUN, "pull_request");
        play
    }

    pub(crate) fn run_of(&self, id: u64, event: &str) {
        self.sandbox.github.start_run(RunSpec {
            id,
            path: ".github/workflows/pull-request.yml".to_owned(),
            name: "Pull request".to_owned(),
            event: event.to_owned(),
            head_sha: sha('a'),
            head_branch: Some("change".to_owned()),
            actor: "author".to_owned(),
            attempt: 1,
        });
    }

    pub(crate) fn verdict(
        &self,
        gate: &str,
        conclusion: Conclusion,
        change: impl FnOnce(&mut Verdict),
    ) {
        let mut verdict = Verdict {
            schema: VERDICT_SCHEMA.to_owned(),
            gate: gate.to_owned(),
            instance: None,
            conclusion,
            title: format!("{gate} spoke"),
            subject: Subject {
                repository: Some("stagegate/setlist".to_owned()),
                sha: Some(sha('a').parse().unwrap()),
                ..Subject::default()
            },
            findings: Vec::new(),
            metrics: Vec::new(),
            evidence: Vec::new(),
            run: Some(Run {
                id: RUN,
                attempt: 1,
                job: gate.to_owned(),
                url: String::new(),
            }),
            tool: Tool {
                name: "stagegate".to_owned(),
                version: "0.1.0".to_owned(),
            },
            started_at: "2026-01-01T00:00:00Z".to_owned(),
            finished_at: "2026-01-01T00:00:00Z".to_owned(),
        };
        change(&mut verdict);
        let path = self.path(&format!(".stagegate/verdicts/{gate}.json"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, verdict.to_canonical_json().unwrap()).unwrap();
    }

    pub(crate) async fn run(&self, flags: &[&str]) -> Ended {
        let _ = fs::remove_file(self.path("output"));
        fs::write(self.path("event.json"), self.event.1.to_string()).unwrap();
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("publish-report"));
        command
            .env_clear()
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_REPOSITORY", "stagegate/setlist")
            .env("GITHUB_SHA", sha('f'))
            .env("GITHUB_RUN_ID", RUN.to_string())
            .env("GITHUB_EVENT_NAME", self.event.0)
            .env("GITHUB_EVENT_PATH", self.path("event.json"))
            .env("GITHUB_API_URL", self.sandbox.github.api_url())
            .env("GITHUB_TOKEN", &self.token)
            .env("GITHUB_OUTPUT", self.path("output"))
            .current_dir(self.folder.path())
            .args(["--verdict", "own.json"])
            .args(flags);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap())
            .await
            .unwrap();
        let json = fs::read(self.path("own.json")).unwrap();
        Ended {
            code: output.status.code(),
            outputs: fs::read_to_string(self.path("output")).unwrap_or_default(),
            verdict: Verdict::from_json(&json).unwrap(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn state(&self) -> State {
        self.sandbox.github.snapshot()
    }

    pub(crate) fn comments(&self) -> Vec<String> {
        self.state()
            .comments
            .iter()
            .map(|comment| comment.body.clone())
            .collect()
    }
}

impl Ended {
    pub(crate) fn output(&self, name: &str) -> &str {
        let (_, rest) = self.outputs.split_once(&format!("{name}<<")).expect(name);
        let (delimiter, rest) = rest.split_once('\n').unwrap();
        rest.split_once(delimiter).unwrap().0.trim_end()
    }

    pub(crate) fn rules(&self) -> Vec<&str> {
        self.verdict
            .findings
            .iter()
            .map(|finding| finding.rule.as_str())
            .collect()
    }
}
