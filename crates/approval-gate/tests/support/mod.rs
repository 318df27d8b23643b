//! A release in a fake runner folder, against the sandbox's GitHub.

use std::fs;
use std::path::PathBuf;

use assert_cmd::Command;
use github_client::{
    Client, DeploymentState, NewDeployment, NewDeploymentStatus, Options as ClientOptions,
};
use http_client::Secret;
use sandbox::github::{Decision, Identity, NewPull, Reviewer, RunSpec};
use sandbox::{Options, Sandbox};
use serde_json::json;
use tempfile::TempDir;
use verdict::{Conclusion, Digest, Run, Subject, Tool, VERDICT_SCHEMA, Verdict};

pub(crate) const SHA: &str = "1111111111111111111111111111111111111111";
pub(crate) const RUN: u64 = 4711;

/// A release on its way: merged, on staging, waiting for the release manager.
pub(crate) struct Play {
    pub(crate) sandbox: Sandbox,
    pub(crate) folder: TempDir,
}

pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) outputs: String,
    pub(crate) verdict: Verdict,
    pub(crate) stderr: String,
}

impl Play {
    pub(crate) async fn start() -> Self {
        let sandbox = Sandbox::start(Options::default()).await.unwrap();
        let github = &sandbox.github;
        github.open_pull_request(NewPull {
            number: 7,
            title: "A change".to_owned(),
            author: "author".to_owned(),
            head_ref: "change".to_owned(),
            head_sha: SHA.to_owned(),
            base_sha: "0".repeat(40),
            ..NewPull::default()
        });
        github.start_run(RunSpec {
            id: RUN,
            path: ".github/workflows/release.yml".to_owned(),
            name: "Release".to_owned(),
            event: "push".to_owned(),
            head_sha: SHA.to_owned(),
            head_branch: Some("main".to_owned()),
            actor: "author".to_owned(),
            attempt: 1,
        });
        let reviewers = ["release-manager", "author"].map(|login| Reviewer::User(login.to_owned()));
        github.add_environment("production", reviewers, false);
        github.request_deployment_review(RUN, "production").unwrap();
        let play = Self {
            sandbox,
            folder: tempfile::tempdir().unwrap(),
        };
        play.deploy_to_staging(&Digest::of(b"build")).await;
        play.verdict("quality-gate", |_| {});
        play.verdict("smoke-test", |_| {});
        fs::write(
            play.folder.path().join("stagegate.yml"),
            "approval:\n  require: [quality-gate, smoke-test]\n  approvers: [release-manager]\n",
        )
        .unwrap();
        play
    }

    pub(crate) async fn deploy_to_staging(&self, digest: &Digest) {
        let options = ClientOptions::new(
            &self.sandbox.github.api_url(),
            "stagegate/setlist",
            Secret::new(Identity::Actions.token()),
        );
        let client = Client::new(&options).unwrap();
        let deployment = NewDeployment {
            sha: SHA.to_owned(),
            environment: "staging".to_owned(),
            description: String::new(),
            payload: json!({"digest": digest.as_str(), "run": RUN}),
            production_environment: false,
            transient_environment: false,
        };
        let id = client.create_deployment(&deployment).await.unwrap().id;
        let status = NewDeploymentStatus {
            state: DeploymentState::Success,
            environment_url: Some("http://127.0.0.1:1/".to_owned()),
            log_url: None,
            description: "serves".to_owned(),
        };
        client.create_deployment_status(id, &status).await.unwrap();
    }

    pub(crate) fn verdict(&self, gate: &str, change: impl FnOnce(&mut Verdict)) {
        let mut verdict = Verdict {
            schema: VERDICT_SCHEMA.to_owned(),
            gate: gate.to_owned(),
            instance: None,
            conclusion: Conclusion::Pass,
            title: "fine".to_owned(),
            subject: Subject {
                repository: Some("stagegate/setlist".to_owned()),
                sha: Some(SHA.parse().unwrap()),
                digest: Some(Digest::of(b"build")),
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
        let folder = self.folder.path().join(".stagegate/verdicts");
        fs::create_dir_all(&folder).unwrap();
        let json = verdict.to_canonical_json().unwrap();
        fs::write(folder.join(format!("{gate}.json")), json).unwrap();
    }

    pub(crate) fn review(&self, login: &str, decision: Decision) {
        let github = &self.sandbox.github;
        github
            .review(RUN, "production", login, decision, "seen")
            .unwrap();
    }

    pub(crate) async fn run(&self, flags: &[&str]) -> Ended {
        self.run_with(&[], flags).await
    }

    pub(crate) async fn run_with(&self, variables: &[(&str, &str)], flags: &[&str]) -> Ended {
        let _ = fs::remove_file(self.path("output"));
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("approval-gate"));
        command
            .env_clear()
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_REPOSITORY", "stagegate/setlist")
            .env("GITHUB_SHA", SHA)
            .env("GITHUB_RUN_ID", RUN.to_string())
            .env("GITHUB_JOB", "approval")
            .env("GITHUB_ACTOR", "author")
            .env("GITHUB_API_URL", self.sandbox.github.api_url())
            .env("GITHUB_TOKEN", Identity::Actions.token())
            .env("GITHUB_OUTPUT", self.path("output"))
            // No proxy reaches this machine's own ports, so none may be asked for them.
            .env("HTTP_PROXY", "http://127.0.0.1:9")
            .envs(variables.iter().copied())
            .current_dir(self.folder.path())
            .args(["--digest", Digest::of(b"build").as_str()])
            .args(flags);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap())
            .await
            .unwrap();
        let json = fs::read(self.path(".stagegate/verdicts/approval-gate.json")).unwrap();
        Ended {
            code: output.status.code(),
            outputs: fs::read_to_string(self.path("output")).unwrap_or_default(),
            verdict: Verdict::from_json(&json).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
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
