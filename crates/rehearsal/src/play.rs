//! Playing one scenario: sandbox, repository, pull request, release, and a look at what happened.

use std::collections::BTreeMap;
use std::path::PathBuf;

use sandbox::github::{Decision, NewPull, Reviewer, Role};
use sandbox::{Options, Sandbox};
use serde_json::{Value, json};

use crate::app::{self, Repository};
use crate::error::Error;
use crate::folders::{Folders, Stage};
use crate::outcome::{self, Outcome, WorkflowRun};
use crate::progress::Progress;
use crate::scenario::{PULL_REQUEST_RUN, PullRequest, RELEASE_RUN, Scenario};
use crate::tools::Tools;
use crate::{artifacts, checkpoint, rewrite, suite};

/// The run that built what is live before a scenario starts.
const BASE_RUN: u64 = 1000;
pub(crate) const REPOSITORY: &str = "stagegate/setlist";
pub(crate) const AUTHOR: &str = "author";
pub(crate) const MANAGER: &str = "release-manager";
const PULL: u64 = 7;

/// What all scenarios share.
pub(crate) struct Theatre {
    pub folders: Folders,
    pub tools: Tools,
    pub chrome: Option<PathBuf>,
    pub binary: PathBuf,
    pub npm_audit: String,
    pub progress: Progress,
    /// Whether a person decides on the sandbox's page.
    pub interactive: bool,
    /// Lighthouse runs per page.
    pub lighthouse_runs: u8,
    /// Whether pages are measured as every device of the app's config, or as a phone alone.
    pub all_devices: bool,
}

/// A scenario that was played; the sandbox still runs.
pub(crate) struct Played {
    pub outcome: Outcome,
    pub sandbox: Sandbox,
}

/// A scenario while it is played.
pub(crate) struct Play<'a> {
    pub theatre: &'a Theatre,
    pub scenario: &'a Scenario,
    pub stage: Stage,
    pub sandbox: Sandbox,
    pub repository: Repository,
}

pub(crate) async fn play(theatre: &Theatre, scenario: &Scenario) -> Result<Played, Error> {
    let progress = &theatre.progress;
    progress.heading(&format!("{}: {}", scenario.name, scenario.about));
    let stage = theatre.folders.stage(scenario.name)?;
    suite::lay_out(&theatre.folders.repository, &stage)?;
    for name in ["pull-request", "release", "rollback", "publish"] {
        let shipped = theatre
            .folders
            .repository
            .join(format!("workflows/{name}.yml"));
        let text = std::fs::read_to_string(&shipped).map_err(Error::file("read", &shipped))?;
        let target = stage.workflows().join(format!("{name}.yml"));
        std::fs::write(&target, rewrite::for_act(&text)).map_err(Error::file("write", &target))?;
    }
    let options = Options {
        repository: REPOSITORY.to_owned(),
        ..Options::default()
    };
    let sandbox = Sandbox::start(options)
        .await
        .map_err(|error| Error::Sandbox(error.to_string()))?;
    progress.line(&format!("sandbox page {}", sandbox.github.page_url()));
    let repository = app::create(&theatre.folders, &stage, scenario.change, progress).await?;
    let play = Play {
        theatre,
        scenario,
        stage,
        sandbox,
        repository,
    };
    let outcome = play.acts().await?;
    Ok(Played {
        outcome,
        sandbox: play.sandbox,
    })
}

impl Play<'_> {
    async fn acts(&self) -> Result<Outcome, Error> {
        let previous = self.before().await?;
        (self.scenario.arrange)(&self.sandbox);
        self.open_pull_request();
        let pull_request = self.pull_request().await?;
        let release = if self.scenario.release {
            Some(self.release().await?)
        } else {
            None
        };
        let finale = self.finale(pull_request.as_ref()).await?;
        self.look(previous, pull_request, release, finale).await
    }

    /// What ran before: the base commit, built by the same workflow, on production.
    async fn before(&self) -> Result<String, Error> {
        let progress = &self.theatre.progress;
        let commits = &self.repository.commits;
        let github = &self.sandbox.github;
        github.set_role(AUTHOR, Role::Write);
        github.set_role(MANAGER, Role::Maintain);
        github.add_environment("production", [Reviewer::User(MANAGER.to_owned())], true);
        github.add_environment("staging", [], false);
        github.push(
            "main",
            self.commit(&commits.base, "Set lists as they are", &[]),
        );

        let folders = &self.theatre.folders;
        let key = checkpoint::key(&commits.base, &self.theatre.binary)?;
        self.start_run(
            BASE_RUN,
            "Pull request",
            "pull-request",
            "push",
            &commits.base,
            "main",
        );
        if checkpoint::restore(folders, &self.stage, &key, BASE_RUN)? {
            self.conclude(BASE_RUN, true);
        } else {
            progress.line("building the version that runs before");
            self.repository.at_base(progress).await?;
            let payload = json!({
                "ref": "refs/heads/main", "before": "0".repeat(40), "after": commits.base,
                "repository": repository(), "sender": {"login": AUTHOR},
            });
            let run = self
                .workflow("pull-request", "push", payload, BASE_RUN, Some("build"))
                .await?;
            self.finish_run(&run, BASE_RUN);
            if run.result("build") == Some(outcome::JobResult::Success) {
                checkpoint::keep(folders, &self.stage, &key, BASE_RUN)?;
            }
        }
        // Among them the bundle's baseline, which the pull request's run looks up.
        artifacts::offer(&self.sandbox, &self.stage, BASE_RUN)?;
        let build = self
            .stage
            .artifacts()
            .join(BASE_RUN.to_string())
            .join("build");
        let meta = BTreeMap::from([("githubCommitSha".to_owned(), commits.base.clone())]);
        self.sandbox
            .vercel
            .seed_production(&build, meta)
            .await
            .map_err(|error| Error::Sandbox(format!("seed production: {error}")))
    }

    fn open_pull_request(&self) {
        let commits = &self.repository.commits;
        self.sandbox.github.open_pull_request(NewPull {
            number: PULL,
            title: self.scenario.change.to_owned(),
            author: AUTHOR.to_owned(),
            head_ref: "change".to_owned(),
            head_sha: commits.head.clone(),
            base_ref: "main".to_owned(),
            base_sha: commits.base.clone(),
            commits: vec![self.commit(&commits.head, self.scenario.change, &[&commits.base])],
            files: Vec::new(),
            fork: self.scenario.fork,
        });
    }

    async fn pull_request(&self) -> Result<Option<WorkflowRun>, Error> {
        let progress = &self.theatre.progress;
        let commits = &self.repository.commits;
        let folders = &self.theatre.folders;
        let key = checkpoint::key(&commits.head, &self.theatre.binary)?;
        self.start_run(
            PULL_REQUEST_RUN,
            "Pull request",
            "pull-request",
            "pull_request",
            &commits.head,
            "change",
        );
        if self.scenario.pull_request == PullRequest::Reuse
            && checkpoint::restore(folders, &self.stage, &key, PULL_REQUEST_RUN)?
        {
            progress.line("the pull request was checked before: its run is reused");
            // A kept run was green, else it would not be kept.
            self.conclude(PULL_REQUEST_RUN, true);
            return Ok(None);
        }
        progress.line("pull-request.yml on the change");
        self.repository.at_change(progress).await?;
        let payload = self.pull_request_event("opened", &commits.head);
        let run = self
            .workflow(
                "pull-request",
                "pull_request",
                payload,
                PULL_REQUEST_RUN,
                None,
            )
            .await?;
        self.finish_run(&run, PULL_REQUEST_RUN);
        if run.exit_code == Some(0) {
            checkpoint::keep(folders, &self.stage, &key, PULL_REQUEST_RUN)?;
        }
        Ok(Some(run))
    }

    /// What GitHub says of the pull request when its head is this commit.
    pub(crate) fn pull_request_event(&self, action: &str, head: &str) -> Value {
        let side =
            |sha: &str, branch: &str, repo: Value| json!({"sha": sha, "ref": branch, "repo": repo});
        let base = &self.repository.commits.base;
        json!({
            "action": action, "number": PULL,
            "pull_request": {
                "number": PULL, "title": self.scenario.change, "user": {"login": AUTHOR},
                "head": side(head, "change", self.head_repository()), "base": side(base, "main", repository()),
            },
            "repository": repository(), "sender": {"login": AUTHOR},
        })
    }

    async fn release(&self) -> Result<WorkflowRun, Error> {
        let progress = &self.theatre.progress;
        let head = &self.repository.commits.head;
        self.repository.merge(progress).await?;
        let merged = self.sandbox.github.merge_pull_request(PULL, head, MANAGER);
        merged.map_err(|error| Error::Sandbox(error.to_string()))?;
        progress.line("merged; release.yml on main");
        self.start_run(
            RELEASE_RUN,
            "Release",
            "release",
            "workflow_dispatch",
            head,
            "main",
        );
        let payload = json!({
            "inputs": {"run-id": PULL_REQUEST_RUN.to_string()},
            "ref": "refs/heads/main", "repository": repository(), "sender": {"login": AUTHOR},
        });
        let workflow = self.workflow("release", "workflow_dispatch", payload, RELEASE_RUN, None);
        let mut workflow = std::pin::pin!(workflow);
        let mut approval = std::pin::pin!(self.approval());
        let run = tokio::select! {
            // The release may end without ever asking for approval.
            run = workflow.as_mut() => run?,
            decided = approval.as_mut() => {
                decided?;
                workflow.await?
            }
        };
        self.finish_run(&run, RELEASE_RUN);
        Ok(run)
    }

    /// Waits until the release asks, lets the scenario act, and decides: as the sandbox's release manager,
    /// or not at all when a person does.
    async fn approval(&self) -> Result<(), Error> {
        let pending = self.sandbox.github.wait_for_pending().await;
        (self.scenario.at_approval)(&self.sandbox, &self.stage)?;
        let progress = &self.theatre.progress;
        if self.theatre.interactive {
            progress.line(&format!(
                "waiting for you to approve or reject on {}",
                self.sandbox.github.page_url()
            ));
            self.sandbox
                .github
                .wait_for_review(pending.run_id, &pending.environment)
                .await;
            return Ok(());
        }
        let (decision, word) = if self.scenario.approve {
            (Decision::Approved, "approves")
        } else {
            (Decision::Rejected, "rejects")
        };
        progress.line(&format!("{MANAGER} {word}"));
        self.sandbox
            .github
            .review(
                pending.run_id,
                &pending.environment,
                MANAGER,
                decision,
                "rehearsed",
            )
            .map_err(|error| Error::Sandbox(error.to_string()))
    }
}

/// The repository as event payloads describe it.
pub(crate) fn repository() -> Value {
    let (owner, name) = REPOSITORY.split_once('/').unwrap_or_default();
    json!({"name": name, "full_name": REPOSITORY, "default_branch": "main", "owner": {"login": owner}})
}
