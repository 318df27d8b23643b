//! The gate in a fake runner folder, against the sandbox's GitHub.
#![allow(dead_code, reason = "every test binary uses a part of it")]

#[path = "../../../github-client/tests/support/zip.rs"]
pub(crate) mod zip;

use fake_runner::{Ended, REPOSITORY, Runner};
pub(crate) use sandbox::github::{Identity, NewPull};
use sandbox::github::{RunSpec, State};
use sandbox::{Options, Sandbox};
pub(crate) use serde_json::json;
pub(crate) use verdict::Conclusion;
use verdict::Verdict;

pub(crate) const RUN: u64 = 99;

pub(crate) fn sha(digit: char) -> String {
    digit.to_string().repeat(40)
}

pub(crate) struct Play {
    pub(crate) sandbox: Sandbox,
    pub(crate) runner: Runner,
}

impl Play {
    /// A pull request whose run is at its end.
    pub(crate) async fn start(fork: bool) -> Self {
        let sandbox = Sandbox::start(Options::default()).await.unwrap();
        sandbox.github.open_pull_request(NewPull {
            fork,
            ..NewPull::new(7, sha('a'))
        });
        let pull = json!({"pull_request": {"number": 7, "head": {"sha": sha('a')}}});
        let mut runner = Runner::new(env!("CARGO_BIN_EXE_publish-report"));
        runner
            .verdict_at("own.json")
            .set("GITHUB_REPOSITORY", REPOSITORY)
            .set("GITHUB_SHA", sha('f'))
            .set("GITHUB_RUN_ID", RUN.to_string())
            .set("GITHUB_API_URL", sandbox.github.api_url())
            .set("GITHUB_TOKEN", Identity::Actions.token())
            .set_event("pull_request", &pull);
        let play = Self { sandbox, runner };
        play.run_of(RUN, "pull_request");
        play
    }

    /// The workflow that runs once the pull request's run has ended so.
    pub(crate) async fn after(fork: bool, conclusion: &str) -> Self {
        let mut play = Self::start(fork).await;
        play.ended(RUN, conclusion);
        play
    }

    /// The run ended, and this one was triggered by it.
    pub(crate) fn ended(&mut self, run: u64, conclusion: &str) {
        self.sandbox.github.finish_run(run, conclusion).unwrap();
        self.publishes(run);
    }

    /// This run was triggered by that one.
    pub(crate) fn publishes(&mut self, run: u64) {
        self.runner
            .set("GITHUB_RUN_ID", (run + 10_000).to_string())
            .set_event(
                "workflow_run",
                &json!({"workflow_run": {"id": run, "head_sha": sha('a')}}),
            );
    }

    /// An artifact of the run.
    pub(crate) fn artifact(&self, run: u64, name: &str, bytes: Vec<u8>) -> u64 {
        self.sandbox.github.add_artifact(run, name, bytes).unwrap()
    }

    /// The artifact of a gate's verdict, as a pipeline leaves it.
    pub(crate) fn upload(
        &self,
        run: u64,
        gate: &str,
        conclusion: Conclusion,
        change: impl FnOnce(&mut Verdict),
    ) {
        let mut verdict = fake_runner::verdict(gate, &sha('a'), run);
        verdict.conclusion = conclusion;
        change(&mut verdict);
        let json = verdict.to_canonical_json().unwrap();
        let entry = zip::Entry::deflated(&format!("{gate}.json"), json.as_bytes());
        self.artifact(run, &format!("verdict-{gate}"), zip::zip(&[entry]));
    }

    pub(crate) fn run_of(&self, id: u64, event: &str) {
        self.attempt(id, 1, event);
    }

    pub(crate) fn attempt(&self, id: u64, attempt: u64, event: &str) {
        self.sandbox.github.start_run(RunSpec {
            path: ".github/workflows/pull-request.yml".to_owned(),
            name: "Pull request".to_owned(),
            event: event.to_owned(),
            head_branch: Some("change".to_owned()),
            attempt,
            ..RunSpec::release(id, sha('a'))
        });
    }

    pub(crate) fn verdict(
        &self,
        gate: &str,
        conclusion: Conclusion,
        change: impl FnOnce(&mut Verdict),
    ) {
        let mut verdict = fake_runner::verdict(gate, &sha('a'), RUN);
        verdict.conclusion = conclusion;
        change(&mut verdict);
        self.runner.leave(&verdict);
    }

    pub(crate) async fn run(&self, flags: &[&str]) -> Ended {
        let flags = [&["--verdict", "own.json"], flags].concat();
        self.runner.finish(self.runner.command(&flags)).await
    }

    pub(crate) fn state(&self) -> State {
        self.sandbox.github.snapshot()
    }

    /// A text without the sandbox's address, which differs every time.
    pub(crate) fn neutral(&self, text: &str) -> String {
        text.replace(&self.sandbox.github.api_url(), "https://github.example")
    }

    pub(crate) fn comments(&self) -> Vec<String> {
        self.state()
            .comments
            .iter()
            .map(|comment| comment.body.clone())
            .collect()
    }
}
