//! A release in a fake runner folder, against the sandbox's GitHub.

use fake_runner::{Ended, REPOSITORY, Runner};
use github_client::{
    Client, DeploymentState, NewDeployment, NewDeploymentStatus, Options as ClientOptions,
};
use http_client::Secret;
use sandbox::github::{Decision, Identity, NewPull, Reviewer, RunSpec};
use sandbox::{Options, Sandbox};
use serde_json::json;
use verdict::{Digest, Verdict};

pub(crate) const SHA: &str = "1111111111111111111111111111111111111111";
pub(crate) const RUN: u64 = 4711;

/// A release on its way: merged, on staging, waiting for the release manager.
pub(crate) struct Play {
    pub(crate) sandbox: Sandbox,
    pub(crate) runner: Runner,
}

impl Play {
    pub(crate) async fn start() -> Self {
        let sandbox = Sandbox::start(Options::default()).await.unwrap();
        let github = &sandbox.github;
        github.open_pull_request(NewPull::new(7, SHA));
        github.start_run(RunSpec::release(RUN, SHA));
        let reviewers = ["release-manager", "author"].map(|login| Reviewer::User(login.to_owned()));
        github.add_environment("production", reviewers, false);
        github.request_deployment_review(RUN, "production").unwrap();
        let mut runner = Runner::new(env!("CARGO_BIN_EXE_approval-gate"));
        runner
            .set("GITHUB_REPOSITORY", REPOSITORY)
            .set("GITHUB_SHA", SHA)
            .set("GITHUB_RUN_ID", RUN.to_string())
            .set("GITHUB_JOB", "approval")
            .set("GITHUB_ACTOR", "author")
            .set("GITHUB_API_URL", sandbox.github.api_url())
            .set("GITHUB_TOKEN", Identity::Actions.token())
            // No proxy reaches this machine's own ports, so none may be asked for them.
            .set("HTTP_PROXY", "http://127.0.0.1:9");
        let play = Self { sandbox, runner };
        play.deploy_to_staging(&Digest::of(b"build")).await;
        play.verdict("quality-gate", |_| {});
        play.verdict("smoke-test", |_| {});
        play.runner.write(
            "stagegate.yml",
            "approval:\n  require: [quality-gate, smoke-test]\n  approvers: [release-manager]\n",
        );
        play
    }

    /// Another run of the commit, under way.
    pub(crate) fn evidence_run(&self) -> u64 {
        let id = RUN - 1;
        self.sandbox.github.start_run(RunSpec {
            path: ".github/workflows/pull-request.yml".to_owned(),
            name: "Pull request".to_owned(),
            ..RunSpec::release(id, SHA)
        });
        id
    }

    pub(crate) async fn deploy_to_staging(&self, digest: &Digest) {
        self.deploy(SHA, "staging", digest).await;
    }

    pub(crate) async fn deploy(&self, sha: &str, environment: &str, digest: &Digest) {
        let options = ClientOptions::new(
            &self.sandbox.github.api_url(),
            REPOSITORY,
            Secret::new(Identity::Actions.token()),
        );
        let client = Client::new(&options).unwrap();
        let deployment = NewDeployment {
            sha: sha.to_owned(),
            environment: environment.to_owned(),
            description: String::new(),
            payload: json!({"digest": digest.as_str(), "run": RUN}),
            production_environment: environment == "production",
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
        let mut verdict = fake_runner::verdict(gate, SHA, RUN);
        verdict.subject.digest = Some(Digest::of(b"build"));
        change(&mut verdict);
        self.runner.leave(&verdict);
    }

    pub(crate) fn review(&self, login: &str, decision: Decision) {
        let github = &self.sandbox.github;
        github
            .review(RUN, "production", login, decision, "seen")
            .unwrap();
    }

    pub(crate) async fn run(&self, flags: &[&str]) -> Ended {
        let digest = Digest::of(b"build");
        let flags = [&["--digest", digest.as_str()], flags].concat();
        self.runner.finish(self.runner.command(&flags)).await
    }
}
