//! The gate as a program, in a fake runner folder, against the sandbox's GitHub.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests, which clippy does not count as tests"
)]

use std::fs;
use std::path::PathBuf;

use assert_cmd::Command;
use github_client::{
    Client, DeploymentState, NewDeployment, NewDeploymentStatus, Options as ClientOptions,
};
use http_client::Secret;
use sandbox::faults::{Fault, Side};
use sandbox::github::{Decision, Identity, NewPull, Reviewer, RunSpec};
use sandbox::{Options, Sandbox};
use serde_json::json;
use tempfile::TempDir;
use verdict::{Conclusion, Digest, ReleaseRecord, Run, Subject, Tool, VERDICT_SCHEMA, Verdict};

const SHA: &str = "1111111111111111111111111111111111111111";
const RUN: u64 = 4711;

/// A release on its way: merged, on staging, waiting for the release manager.
struct Play {
    sandbox: Sandbox,
    folder: TempDir,
}

struct Ended {
    code: Option<i32>,
    outputs: String,
    verdict: Verdict,
    stderr: String,
}

impl Play {
    async fn start() -> Self {
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

    async fn deploy_to_staging(&self, digest: &Digest) {
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

    fn verdict(&self, gate: &str, change: impl FnOnce(&mut Verdict)) {
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

    fn review(&self, login: &str, decision: Decision) {
        let github = &self.sandbox.github;
        github
            .review(RUN, "production", login, decision, "seen")
            .unwrap();
    }

    async fn run(&self, flags: &[&str]) -> Ended {
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

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Ended {
    fn output(&self, name: &str) -> &str {
        let (_, rest) = self.outputs.split_once(&format!("{name}<<")).expect(name);
        let (delimiter, rest) = rest.split_once('\n').unwrap();
        rest.split_once(delimiter).unwrap().0.trim_end()
    }

    fn rules(&self) -> Vec<&str> {
        self.verdict
            .findings
            .iter()
            .map(|finding| finding.rule.as_str())
            .collect()
    }
}

#[tokio::test]
async fn waits_then_approves_and_writes_the_record() {
    let play = Play::start().await;
    let waiting = play.run(&[]).await;
    assert_eq!(
        (waiting.code, waiting.output("decision")),
        (Some(0), "pending"),
        "{}",
        waiting.stderr
    );
    assert_eq!(waiting.output("conclusion"), "pending");
    assert!(!play.path(".stagegate/release-record.json").exists());

    play.review("release-manager", Decision::Approved);
    let approved = play.run(&[]).await;
    assert_eq!(
        (approved.code, approved.output("decision")),
        (Some(0), "approved"),
        "{}",
        approved.stderr
    );
    assert_eq!(approved.output("approvers"), r#"["release-manager"]"#);
    assert_eq!(approved.output("missing"), "[]");
    let json = fs::read(play.path(approved.output("record-path"))).unwrap();
    assert_eq!(Digest::of(&json).hex(), approved.output("record-sha256"));
    let record = ReleaseRecord::from_json(&json).unwrap();
    assert_eq!(record.sha().unwrap().as_str(), SHA);
    assert_eq!(record.digest(), Some(&Digest::of(b"build")));
    assert_eq!(record.staging_url, "http://127.0.0.1:1/");
    assert_eq!(record.approvals[0].comment, "seen");
    assert_eq!(record.verdicts.len(), 2, "its own verdict proves nothing");
}

#[tokio::test]
async fn a_rejection_and_an_authors_own_approval_stop_it() {
    let play = Play::start().await;
    play.review("release-manager", Decision::Rejected);
    let rejected = play.run(&[]).await;
    assert_eq!(
        (rejected.code, rejected.output("decision")),
        (Some(1), "rejected")
    );

    let play = Play::start().await;
    play.review("author", Decision::Approved);
    let own = play.run(&["--approvers", "author"]).await;
    assert_eq!((own.code, own.output("decision")), (Some(1), "blocked"));
    assert_eq!(own.rules(), ["approval-invalid", "approval-ignored"]);
    assert!(own.verdict.findings[1].message.contains("started this run"));
}

#[tokio::test]
async fn everything_that_is_off_is_listed_together() {
    let play = Play::start().await;
    play.review("release-manager", Decision::Approved);
    play.verdict("quality-gate", |verdict| {
        verdict.subject.sha = Some("2".repeat(40).parse().unwrap())
    });
    play.verdict("smoke-test", |verdict| verdict.subject.digest = None);
    play.deploy_to_staging(&Digest::of(b"other")).await;
    let blocked = play.run(&["--require", "security-gate"]).await;
    assert_eq!(
        (blocked.code, blocked.output("decision")),
        (Some(1), "blocked")
    );
    let mut rules = blocked.rules();
    rules.sort_unstable();
    assert_eq!(
        rules,
        [
            "staging-digest",
            "verdict-digest",
            "verdict-missing",
            "verdict-subject"
        ]
    );
    assert!(blocked.output("missing").contains("security-gate"));
    assert_eq!(blocked.output("record-path"), "");
}

#[tokio::test]
async fn a_run_that_passed_unreviewed_is_a_bypass() {
    let play = Play::start().await;
    play.sandbox.github.finish_run(RUN, "success").unwrap();
    let bypassed = play.run(&[]).await;
    assert_eq!(bypassed.rules(), ["approval-bypassed"]);
    let open = play.run(&["--behind-environment", "false"]).await;
    assert_eq!(open.output("decision"), "pending");
}

#[tokio::test]
async fn what_cannot_be_found_out_is_an_error_and_no_answer() {
    let play = Play::start().await;
    play.review("release-manager", Decision::Approved);
    let path = format!("/repos/stagegate/setlist/actions/runs/{RUN}/approvals");
    play.sandbox
        .github
        .add_fault(Fault::on(Side::GitHub, "GET", path).status(403));
    let error = play.run(&[]).await;
    assert_eq!(
        (error.code, error.output("decision")),
        (Some(3), "error"),
        "{}",
        error.stderr
    );
    assert!(error.output("reason").contains("who approved the run"));
    play.sandbox.github.clear_faults();

    fs::write(play.path(".stagegate/verdicts/broken.json"), "{}").unwrap();
    assert_eq!(
        play.run(&[]).await.code,
        Some(3),
        "a file that may say no is not skipped"
    );
    fs::remove_dir_all(play.path(".stagegate")).unwrap();
    let empty = play.run(&[]).await;
    assert_eq!(empty.code, Some(3));
    assert!(
        empty
            .output("reason")
            .contains("no verdict in .stagegate/verdicts")
    );
}

#[tokio::test]
async fn wrong_usage_names_every_mistake() {
    let play = Play::start().await;
    fs::remove_file(play.path("stagegate.yml")).unwrap();
    let wrong = play.run(&["--mode", "wait"]).await;
    assert_eq!(wrong.code, Some(2));
    assert_eq!(wrong.rules(), ["usage", "usage", "usage"]);
    assert!(
        wrong
            .verdict
            .findings
            .iter()
            .any(|finding| finding.message.contains("mode `wait` is not there yet"))
    );
}
