//! A sandbox, a build to deploy, and the program run as a workflow step would run it.

use std::{collections::BTreeMap, path::PathBuf, process::Command};

use fake_runner::{Ended, REPOSITORY, Runner, release_record};
use sandbox::{
    Options, Sandbox,
    github::{Identity, RunSpec},
    vercel::{Snapshot, Timings},
};
use verdict::Digest;

pub(crate) const SHA: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

pub(crate) struct Play {
    pub(crate) sandbox: Sandbox,
    pub(crate) runner: Runner,
}

impl Play {
    /// A sandbox with a version on production; states change at the first poll.
    pub(crate) async fn start() -> Self {
        let sandbox = Sandbox::start(Options::default()).await.unwrap();
        sandbox.vercel.set_timings(Timings::instant());
        let vercel = &sandbox.vercel;
        let mut runner = Runner::new(env!("CARGO_BIN_EXE_vercel-deploy"));
        runner
            .set("VERCEL_API_URL", vercel.api_url())
            .set("VERCEL_TOKEN", vercel.token())
            .set("VERCEL_ORG_ID", vercel.org_id())
            .set("VERCEL_PROJECT_ID", vercel.project_id())
            .set("GITHUB_API_URL", sandbox.github.api_url())
            .set("GITHUB_REPOSITORY", REPOSITORY)
            .set("GITHUB_SHA", SHA)
            .set("GITHUB_REF", "refs/heads/main")
            .set("GITHUB_RUN_ID", "7001");
        let play = Self { sandbox, runner };
        play.sandbox.github.start_run(RunSpec {
            id: 7001,
            path: ".github/workflows/release.yml".to_owned(),
            name: "Release".to_owned(),
            event: "push".to_owned(),
            head_sha: SHA.to_owned(),
            head_branch: Some("main".to_owned()),
            actor: "author".to_owned(),
            attempt: 1,
        });
        play.build("first");
        play.sandbox
            .vercel
            .seed_production(&play.output(), BTreeMap::new())
            .await
            .unwrap();
        play.build("second");
        play
    }

    pub(crate) fn output(&self) -> PathBuf {
        self.runner.path(".vercel/output")
    }

    /// Writes a build whose front page says `text`.
    pub(crate) fn build(&self, text: &str) {
        let write = |path: &str, content: &str| {
            self.runner
                .write(&format!(".vercel/output/{path}"), content);
        };
        write("config.json", r#"{"version":3}"#);
        write("static/index.html", &format!("<h1>{text}</h1>"));
        for number in 0..6 {
            write(
                &format!("static/assets/{number}.js"),
                &format!("export default {number}"),
            );
        }
    }

    /// The release record for the build as it is now.
    pub(crate) fn record(&self, sha: &str, environment: &str) -> String {
        let digest = build_output::BuildOutput::open(self.output())
            .unwrap()
            .digest();
        self.record_of(sha, &digest, environment)
    }

    pub(crate) fn record_of(&self, sha: &str, digest: &Digest, environment: &str) -> String {
        let record = release_record(sha, digest, environment);
        let json = record.to_canonical_json().unwrap();
        self.runner.write("record.json", &json);
        let path = self.runner.path("record.json");
        path.to_str().unwrap().to_owned()
    }

    /// With GitHub's token in the step's environment.
    pub(crate) fn with_github(mut self, identity: &Identity) -> Self {
        self.runner.set("GITHUB_TOKEN", identity.token());
        self
    }

    /// The step, not yet started.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        self.runner.command(arguments)
    }

    /// Runs the step.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Ended {
        self.finish(self.command(arguments)).await
    }

    /// Runs a step that was changed.
    pub(crate) async fn finish(&self, command: Command) -> Ended {
        self.runner.finish(command).await
    }

    /// Deploys the build for production without traffic; gives its id.
    pub(crate) async fn stage(&self) -> String {
        let outcome = self.run(&["--environment", "production", "--staged"]).await;
        assert_eq!(outcome.code, 0, "{outcome:?}");
        assert_eq!(outcome.output("substate"), "STAGED");
        outcome.output("deployment-id").to_owned()
    }

    /// Promotes with the record of the build as it is now.
    pub(crate) async fn promote(&self, staged: &str) -> Ended {
        let record = self.record(SHA, "production");
        self.promote_by(staged, &record).await
    }

    /// Promotes with this record.
    pub(crate) async fn promote_by(&self, staged: &str, record: &str) -> Ended {
        let mode = ["--mode", "promote", "--deployment", staged];
        self.run(&[&mode[..], &["--record", record]].concat()).await
    }

    /// Deploys and promotes a second version; gives the ids of the first and the second.
    pub(crate) async fn second_version(&self) -> (String, String) {
        let first = self.production();
        let staged = self.stage().await;
        let outcome = self.promote(&staged).await;
        assert_eq!(outcome.code, 0, "{outcome:?}");
        (first, staged)
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        self.sandbox.vercel.snapshot()
    }

    pub(crate) fn production(&self) -> String {
        self.snapshot().production.unwrap()
    }

    /// What a visitor of the production domain reads.
    pub(crate) async fn front_page(&self) -> String {
        let client = http_client::Client::new(http_client::Options::default()).unwrap();
        let url = self.sandbox.vercel.production_url().parse().unwrap();
        client
            .send(http_client::Request::get(url))
            .await
            .unwrap()
            .text()
    }

    /// Requests to the API whose path contains `part`.
    pub(crate) fn asked(&self, method: &str, part: &str) -> usize {
        let requests = self.snapshot().requests;
        requests
            .iter()
            .filter(|request| request.method == method && request.path.contains(part))
            .count()
    }
}
