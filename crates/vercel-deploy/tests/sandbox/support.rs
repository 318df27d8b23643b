//! A sandbox, a build to deploy, and the program run as a workflow step would run it.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use sandbox::{
    Options, Sandbox,
    github::{Identity, RunSpec},
    vercel::{Snapshot, Timings},
};
use serde_json::Value;
use tempfile::TempDir;
use verdict::{Approval, Digest, RELEASE_RECORD_SCHEMA, ReleaseRecord, Run, Subject};

pub(crate) const SHA: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

/// Names of the caller's environment that a step must not see.
const KEPT: [&str; 2] = ["PATH", "HOME"];

pub(crate) struct Play {
    pub(crate) sandbox: Sandbox,
    pub(crate) folder: TempDir,
    pub(crate) token: Option<String>,
}

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) code: i32,
    pub(crate) verdict: Value,
    pub(crate) outputs: BTreeMap<String, String>,
    /// Shown when an assertion fails.
    #[expect(dead_code, reason = "read by Debug")]
    pub(crate) stderr: String,
}

impl Outcome {
    pub(crate) fn output(&self, name: &str) -> &str {
        self.outputs
            .get(name)
            .unwrap_or_else(|| panic!("no output {name}: {self:?}"))
    }

    pub(crate) fn title(&self) -> &str {
        self.verdict["title"].as_str().unwrap()
    }

    /// Rules of the findings, in order.
    pub(crate) fn rules(&self) -> Vec<&str> {
        let findings = self.verdict["findings"].as_array().unwrap();
        findings
            .iter()
            .map(|finding| finding["rule"].as_str().unwrap())
            .collect()
    }

    /// All messages and fixes as one text.
    pub(crate) fn words(&self) -> String {
        self.verdict["findings"].to_string()
    }
}

impl Play {
    /// A sandbox with a version on production; states change at the first poll.
    pub(crate) async fn start() -> Self {
        let sandbox = Sandbox::start(Options::default()).await.unwrap();
        sandbox.vercel.set_timings(Timings::instant());
        let play = Self {
            sandbox,
            folder: tempfile::tempdir().unwrap(),
            token: None,
        };
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
        self.folder.path().join(".vercel/output")
    }

    /// Writes a build whose front page says `text`.
    pub(crate) fn build(&self, text: &str) {
        let write = |path: &str, content: &str| {
            let path = self.output().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
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
        let record = ReleaseRecord {
            schema: RELEASE_RECORD_SCHEMA.to_owned(),
            subject: Subject {
                sha: Some(sha.parse().unwrap()),
                digest: Some(digest.clone()),
                ..Subject::default()
            },
            environment: environment.to_owned(),
            staging_environment: "staging".to_owned(),
            staging_url: "https://staging.example".to_owned(),
            approvals: vec![Approval {
                login: "release-manager".to_owned(),
                comment: String::new(),
            }],
            verdicts: Vec::new(),
            run: Run {
                id: 7,
                attempt: 1,
                job: "approval".to_owned(),
                url: String::new(),
            },
            decided_at: "2026-01-01T00:00:00Z".to_owned(),
        };
        let path = self.folder.path().join("record.json");
        fs::write(&path, record.to_canonical_json().unwrap()).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// With GitHub's token in the step's environment.
    pub(crate) fn with_github(mut self, identity: &Identity) -> Self {
        self.token = Some(identity.token());
        self
    }

    /// The step, not yet started.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vercel-deploy"));
        let vercel = &self.sandbox.vercel;
        let output = self.folder.path().join("github-output");
        fs::write(&output, "").unwrap();
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .envs(std::env::vars().filter(|(name, _)| KEPT.contains(&name.as_str())))
            .env("VERCEL_API_URL", vercel.api_url())
            .env("VERCEL_TOKEN", vercel.token())
            .env("VERCEL_ORG_ID", vercel.org_id())
            .env("VERCEL_PROJECT_ID", vercel.project_id())
            .env("GITHUB_API_URL", self.sandbox.github.api_url())
            .env("GITHUB_REPOSITORY", "stagegate/setlist")
            .env("GITHUB_SHA", SHA)
            .env("GITHUB_REF", "refs/heads/main")
            .env("GITHUB_RUN_ID", "7001")
            .env("GITHUB_OUTPUT", output)
            .stdin(Stdio::null());
        if let Some(token) = &self.token {
            command.env("GITHUB_TOKEN", token);
        }
        command
    }

    /// Runs the step.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Outcome {
        self.finish(self.command(arguments)).await
    }

    /// Runs a step that was changed, off the sandbox's thread.
    pub(crate) async fn finish(&self, mut command: Command) -> Outcome {
        let output = tokio::task::spawn_blocking(move || command.output().unwrap())
            .await
            .unwrap();
        self.outcome(
            output.status.code().unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    }

    pub(crate) fn outcome(&self, code: i32, stderr: String) -> Outcome {
        let root = self.folder.path();
        let verdict = fs::read(root.join(".stagegate/verdicts/vercel-deploy.json")).unwrap();
        let verdict = serde_json::from_slice(&verdict).unwrap();
        Outcome {
            code,
            verdict,
            outputs: outputs(&root.join("github-output")),
            stderr,
        }
    }

    /// Deploys the build for production without traffic; gives its id.
    pub(crate) async fn stage(&self) -> String {
        let outcome = self.run(&["--environment", "production", "--staged"]).await;
        assert_eq!(outcome.code, 0, "{outcome:?}");
        assert_eq!(outcome.output("substate"), "STAGED");
        outcome.output("deployment-id").to_owned()
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

/// Reads the output file's blocks `name<<delimiter`.
fn outputs(path: &Path) -> BTreeMap<String, String> {
    let text = fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    let mut outputs = BTreeMap::new();
    while let Some(line) = lines.next() {
        let (name, delimiter) = line.split_once("<<").unwrap();
        let value: Vec<&str> = lines
            .by_ref()
            .take_while(|line| *line != delimiter)
            .collect();
        outputs.insert(name.to_owned(), value.join("\n"));
    }
    outputs
}
