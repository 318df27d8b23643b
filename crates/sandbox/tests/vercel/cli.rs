//! Vercel's own command line against the sandbox: an independent client that must accept the twin, and whose every command
//! must show in the twin's state.
//!
//! `cargo xtask conformance vercel-cli` installs it and runs this test.

use std::{ffi::OsString, path::PathBuf, process::Stdio};

use sandbox::vercel::{Quota, ReleaseState, Substate};
use serde_json::json;
use tempfile::TempDir;

use crate::support::{PLAIN, Play, output};

/// Below the installed peers.
const PROGRAM: &str = "vercel/node_modules/vercel/dist/vc.js";

/// The command line in a project folder of its own, with nothing of this machine's settings.
struct Cli {
    play: Play,
    folder: TempDir,
    token: String,
}

/// What a command said.
#[derive(Debug)]
struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Cli {
    async fn start() -> Self {
        let play = Play::start().await;
        let folder = tempfile::tempdir().unwrap();
        for name in ["home", "project"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        let token = play.vercel.token();
        let cli = Self {
            play,
            folder,
            token,
        };
        cli.build("v1");
        cli
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Puts a build of one page into the project.
    fn build(&self, text: &str) {
        let files = [("config.json", PLAIN), ("static/index.html", text)];
        output(&self.path("project/.vercel/output"), &files);
    }

    async fn run(&self, line: &str) -> Said {
        let peers = std::env::var_os("STAGEGATE_PEERS").expect("run by `cargo xtask conformance`");
        let mut preload = OsString::from("--require=");
        preload.push(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vercel/loopback.cjs"));
        let child = tokio::process::Command::new("node")
            .arg(PathBuf::from(peers).join(PROGRAM))
            .args(line.split(' '))
            .args(["--api", &self.play.vercel.api_url(), "--no-color"])
            .arg("--global-config")
            .arg(self.path("home"))
            .current_dir(self.path("project"))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path("home"))
            .env("CI", "1")
            .env("NODE_OPTIONS", preload)
            .env("STAGEGATE_OUTSIDE", self.path("outside"))
            .env("NO_UPDATE_NOTIFIER", "1")
            .env("VERCEL_TELEMETRY_DISABLED", "1")
            .env("VERCEL_TOKEN", &self.token)
            .env("VERCEL_ORG_ID", self.play.vercel.org_id())
            .env("VERCEL_PROJECT_ID", self.play.vercel.project_id())
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .expect("node runs");
        Said {
            code: child.status.code(),
            out: String::from_utf8_lossy(&child.stdout).into_owned(),
            err: String::from_utf8_lossy(&child.stderr).into_owned(),
        }
    }
}

impl Said {
    /// It went well and said this, on either channel.
    fn with(self, text: &str) -> Self {
        assert_eq!(self.code, Some(0), "{self:#?}");
        self.says(text)
    }

    /// It failed and said this.
    fn fails_with(self, text: &str) -> Self {
        assert_eq!(self.code, Some(1), "{self:#?}");
        self.says(text)
    }

    fn says(self, text: &str) -> Self {
        let said = self.out.contains(text) || self.err.contains(text);
        assert!(said, "{text:?} is not in {self:#?}");
        self
    }
}

impl Cli {
    /// Deploys a page, and gives id and host of what the sandbox then has.
    async fn deploy(&self, text: &str, flags: &str) -> (String, String) {
        self.build(text);
        let said = self.run(&format!("deploy --prebuilt --yes {flags}")).await;
        let deployments = self.play.vercel.snapshot().deployments;
        let newest = deployments.last().expect("a deployment").clone();
        let url = format!("https://{}", newest.url);
        assert_eq!(said.with("Ready").out.trim(), url);
        let page = self
            .play
            .visit(&format!("http://{}", newest.url), "/")
            .await;
        assert_eq!(page.text(), text);
        (newest.id, newest.url)
    }

    fn production(&self) -> String {
        self.play.vercel.snapshot().production.unwrap()
    }

    /// It talked to the sandbox alone.
    fn stayed_here(&self) {
        let outside = std::fs::read_to_string(self.path("outside")).unwrap_or_default();
        assert_eq!(outside, "", "the command line left this machine");
    }
}

#[tokio::test]
#[ignore = "run by `cargo xtask conformance vercel-cli`"]
async fn cli_deploys_promotes_and_rolls_back() {
    let cli = Cli::start().await;
    let (first, first_url) = cli.deploy("v1", "--prod").await;
    assert_eq!(cli.production(), first);
    let (second, url) = cli
        .deploy(
            "v2",
            "--prod --skip-domain --archive=tgz --logs --meta release=two",
        )
        .await;
    let snapshot = cli.play.vercel.snapshot();
    let staged = snapshot.deployment(&second).unwrap();
    assert!(staged.archived);
    assert_eq!(staged.substate, Some(Substate::Staged));
    assert_eq!(staged.meta["release"], "two");
    assert_eq!(
        cli.production(),
        first,
        "a staged deployment takes no domain"
    );

    let inspected = cli.run(&format!("inspect {url}")).await;
    inspected.with(&second).says("Ready");
    let logs = cli.run(&format!("inspect {url} --logs")).await;
    logs.with("2 files");
    let listed = cli.run("list --prod").await;
    listed.with(&url).says(&first_url);

    cli.run(&format!("promote {url} --yes"))
        .await
        .with("was promoted");
    assert_eq!(cli.production(), second);
    cli.run("promote status").await.with(&second);
    cli.run(&format!("rollback {first_url} --yes"))
        .await
        .with("was rolled back");
    let snapshot = cli.play.vercel.snapshot();
    assert_eq!(snapshot.production, Some(first.clone()));
    assert!(!snapshot.auto_assign, "a rollback turns it off");
    assert_eq!(cli.play.production().await, "v1");
    cli.run("rollback status").await.with(&first);
    cli.stayed_here();
}

#[tokio::test]
#[ignore = "run by `cargo xtask conformance vercel-cli`"]
async fn cli_rolls_releases_out() {
    let cli = Cli::start().await;
    let (first, first_url) = cli.deploy("v1", "--prod").await;
    let (second, url) = cli.deploy("v2", "--prod --skip-domain").await;
    let config = json!({ "enabled": true, "advancementType": "manual-approval",
        "stages": [{ "targetPercentage": 10 }, { "targetPercentage": 50 }, { "targetPercentage": 100 }] });
    cli.run(&format!("rolling-release configure --cfg={config}"))
        .await
        .with("configured");
    cli.run(&format!("rolling-release start --dpl={url} --yes"))
        .await
        .with("started");
    let share = || {
        let release = cli.play.vercel.snapshot().release.unwrap();
        assert_eq!(release.canary, second);
        (
            release.state,
            release.config.stages[release.stage].target_percentage,
        )
    };
    assert_eq!(share(), (ReleaseState::Active, 10));
    cli.run("rolling-release fetch")
        .await
        .with("\"currentCanaryPercentage\": 10");
    cli.run(&format!(
        "rolling-release approve --dpl={url} --currentStageIndex=0"
    ))
    .await
    .with("next stage");
    assert_eq!(share(), (ReleaseState::Active, 50));
    assert_eq!(cli.production(), first);
    cli.run(&format!("rolling-release complete --dpl={url}"))
        .await
        .with("completion");
    assert_eq!(share().0, ReleaseState::Complete);
    assert_eq!(cli.production(), second);

    // Back again, as the command line aborts: by a rollback to the deployment named.
    cli.run(&format!("rolling-release start --dpl={first_url} --yes"))
        .await
        .with("started");
    cli.run(&format!("rolling-release abort --dpl={url}"))
        .await
        .with("aborted");
    let release = cli.play.vercel.snapshot().release.unwrap();
    assert_eq!(release.state, ReleaseState::Aborted);
    cli.stayed_here();
}

#[tokio::test]
#[ignore = "run by `cargo xtask conformance vercel-cli`"]
async fn cli_aliases_pulls_and_purges() {
    let cli = Cli::start().await;
    let (staging, url) = cli.deploy("staging", "--target=staging").await;
    let target = cli.play.vercel.snapshot().deployments[0].target.clone();
    assert_eq!(target.as_deref(), Some("staging"));
    for alias in ["www.example.com", "setlist-qa.vercel.app"] {
        cli.run(&format!("alias set {url} {alias}"))
            .await
            .with(alias);
        assert_eq!(cli.play.vercel.snapshot().aliases[alias], staging);
    }
    assert_eq!(cli.run("whoami").await.out.trim(), "release-manager");
    cli.run("alias ls").await.with("www.example.com");
    let pull = "env pull .env.local --yes --environment=production";
    cli.run(pull).await.with(".env.local");
    assert!(cli.path("project/.env.local").is_file());
    cli.run("cache purge --yes").await.with("");
    let logs = cli.run(&format!("logs {url} --no-follow --json")).await;
    logs.with("\"responseStatusCode\":200");
    cli.run("project ls").await.with("setlist");
    cli.stayed_here();
}

#[tokio::test]
#[ignore = "run by `cargo xtask conformance vercel-cli`"]
async fn cli_says_what_is_wrong() {
    let mut cli = Cli::start().await;
    cli.play.vercel.set_quota(Quota {
        uploads: 1,
        deployments: 10,
    });
    cli.run("deploy --prebuilt --yes")
        .await
        .fails_with("--archive=tgz");
    cli.play.vercel.set_quota(Quota {
        uploads: 10,
        deployments: 0,
    });
    cli.run("deploy --prebuilt --yes")
        .await
        .fails_with("try again in 24 hours");
    cli.play.vercel.set_quota(Quota::default());
    cli.build("v1");
    std::fs::remove_file(cli.path("project/.vercel/output/config.json")).unwrap();
    cli.run("deploy --prebuilt --yes")
        .await
        .fails_with("config.json");
    cli.run("whoami --scope=nobody")
        .await
        .fails_with("scope does not exist");
    cli.run("inspect nothing.vercel.app")
        .await
        .fails_with("nothing.vercel.app");
    cli.token = "wrong".to_owned();
    cli.run("whoami").await.fails_with("token");
    cli.stayed_here();
}
