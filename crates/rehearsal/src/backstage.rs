//! Behind the scenes of a play: how a workflow is started with the sandbox around it, and what the sandbox's
//! GitHub is told about runs.

use std::path::PathBuf;

use sandbox::github::{Commit, Identity, RunSpec};
use serde_json::Value;

use crate::act::{self, Invocation};
use crate::error::Error;
use crate::outcome::WorkflowRun;
use crate::play::{AUTHOR, Play, REPOSITORY};

impl Play<'_> {
    pub(crate) async fn workflow(
        &self,
        name: &'static str,
        event: &'static str,
        payload: Value,
        run_id: u64,
        job: Option<&'static str>,
    ) -> Result<WorkflowRun, Error> {
        let theatre = self.theatre;
        let (github, vercel) = (&self.sandbox.github, &self.sandbox.vercel);
        let path = |path: PathBuf| path.to_string_lossy().into_owned();
        let mut environment = vec![
            ("CI", "true".to_owned()),
            ("GITHUB_API_URL", github.api_url()),
            (
                "GITHUB_SERVER_URL",
                github.page_url().trim_end_matches('/').to_owned(),
            ),
            ("GITHUB_REPOSITORY", REPOSITORY.to_owned()),
            ("GITHUB_RUN_ID", run_id.to_string()),
            ("GITHUB_RUN_ATTEMPT", "1".to_owned()),
            ("REHEARSAL_REPOSITORY", path(self.repository.folder.clone())),
            ("REHEARSAL_ARTIFACTS", path(self.stage.artifacts())),
            ("REHEARSAL_CACHE", path(theatre.folders.cache())),
            ("STAGEGATE_BIN", path(theatre.binary.clone())),
            ("VERCEL_API_URL", vercel.api_url()),
            ("NEXT_TELEMETRY_DISABLED", "1".to_owned()),
        ];
        if let Some(chrome) = &theatre.chrome {
            environment.push(("CHROME_PATH", path(chrome.clone())));
        }
        let variables = vec![
            ("VERCEL_ORG_ID", vercel.org_id()),
            ("VERCEL_PROJECT_ID", vercel.project_id()),
            ("NPM_AUDIT_REGISTRY", theatre.npm_audit.clone()),
            (
                "STAGEGATE_LIGHTHOUSE_RUNS",
                theatre.lighthouse_runs.to_string(),
            ),
            // Empty: both of the app's config.
            (
                "STAGEGATE_LIGHTHOUSE_PROFILES",
                if theatre.all_devices { "" } else { "mobile" }.to_owned(),
            ),
            ("STAGEGATE_WATCH", "6 s".to_owned()),
            (
                "STAGEGATE_PROMOTE",
                if self.scenario.rolling {
                    "rolling"
                } else {
                    "promote"
                }
                .to_owned(),
            ),
        ];
        // A fork's own run gets a token that only reads, and no secrets; publish.yml runs from our branch.
        let foreign = self.scenario.fork && event == "pull_request";
        let identity = if foreign {
            Identity::ReadOnly
        } else {
            Identity::Actions
        };
        let mut secrets = vec![("GITHUB_TOKEN", identity.token())];
        if !foreign {
            secrets.push(("VERCEL_TOKEN", vercel.token()));
        }
        if self.scenario.bypass_secret && !foreign {
            secrets.push(("VERCEL_AUTOMATION_BYPASS_SECRET", vercel.bypass_secret()));
        }
        let invocation = Invocation {
            act: &theatre.tools.act,
            stage: &self.stage,
            workflow: name,
            event,
            payload,
            run_id,
            job,
            variables,
            environment,
            secrets,
        };
        act::run(&invocation, &theatre.progress).await
    }

    pub(crate) fn commit(&self, sha: &str, message: &str, parents: &[&str]) -> Commit {
        Commit {
            sha: sha.to_owned(),
            message: message.to_owned(),
            author: AUTHOR.to_owned(),
            committer: AUTHOR.to_owned(),
            parents: parents.iter().map(|parent| (*parent).to_owned()).collect(),
            at: "2026-01-01T00:00:00Z".to_owned(),
        }
    }

    pub(crate) fn start_run(
        &self,
        id: u64,
        name: &str,
        file: &str,
        event: &str,
        sha: &str,
        branch: &str,
    ) {
        self.sandbox.github.start_run(RunSpec {
            id,
            path: format!(".github/workflows/{file}.yml"),
            name: name.to_owned(),
            event: event.to_owned(),
            head_sha: sha.to_owned(),
            head_branch: Some(branch.to_owned()),
            actor: AUTHOR.to_owned(),
            attempt: 1,
        });
    }

    pub(crate) fn finish_run(&self, run: &WorkflowRun, id: u64) {
        self.conclude(id, run.exit_code == Some(0));
    }

    pub(crate) fn conclude(&self, id: u64, green: bool) {
        // The run was started above; it cannot be unknown.
        let _ = self
            .sandbox
            .github
            .finish_run(id, if green { "success" } else { "failure" });
    }
}
