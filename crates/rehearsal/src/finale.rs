//! What comes after the pull request and the release: a rollback by hand, the publishing for a fork, or another push.

use serde_json::{Value, json};

use crate::artifacts;
use crate::error::Error;
use crate::outcome::WorkflowRun;
use crate::play::{AUTHOR, MANAGER, Play, repository};
use crate::scenario::{FINALE_RUN, Finale, PULL_REQUEST_RUN};

impl Play<'_> {
    /// Where the change comes from.
    pub(crate) fn head_repository(&self) -> Value {
        if self.scenario.fork {
            json!({"name": "setlist", "full_name": "contributor/setlist", "owner": {"login": "contributor"}})
        } else {
            repository()
        }
    }

    /// Plays what comes after the pull request and the release.
    pub(crate) async fn finale(
        &self,
        pull_request: Option<&WorkflowRun>,
    ) -> Result<Option<WorkflowRun>, Error> {
        let progress = &self.theatre.progress;
        let head = &self.repository.commits.head;
        let (name, event, payload) = match self.scenario.finale {
            Finale::None => return Ok(None),
            Finale::Push(change) => return self.push(change).await.map(Some),
            Finale::RollBack => {
                progress.line("rollback.yml, by hand");
                let payload = json!({
                    "inputs": {"deployment": ""},
                    "ref": "refs/heads/main", "repository": repository(), "sender": {"login": MANAGER},
                });
                ("rollback", "workflow_dispatch", payload)
            }
            Finale::Publish => {
                progress.line("publish.yml, after the run of the pull request");
                self.repository.at_base(progress).await?;
                artifacts::offer(&self.sandbox, &self.stage, PULL_REQUEST_RUN)?;
                let green = pull_request.is_some_and(|run| run.exit_code == Some(0));
                let payload = json!({
                    "action": "completed",
                    "workflow_run": {
                        "id": PULL_REQUEST_RUN, "name": "Pull request", "event": "pull_request",
                        "head_sha": head, "head_branch": "change",
                        "conclusion": if green { "success" } else { "failure" },
                        "head_repository": self.head_repository(), "repository": repository(),
                    },
                    "repository": repository(), "sender": {"login": AUTHOR},
                });
                ("publish", "workflow_run", payload)
            }
        };
        self.start_run(FINALE_RUN, name, name, event, head, "main");
        let run = self
            .workflow(name, event, payload, FINALE_RUN, None)
            .await?;
        self.finish_run(&run, FINALE_RUN);
        Ok(Some(run))
    }

    /// A second push to the pull request; of its checks, the build is looked at.
    async fn push(&self, change: &str) -> Result<WorkflowRun, Error> {
        let progress = &self.theatre.progress;
        progress.line(&format!("another push: {change}"));
        let folders = &self.theatre.folders;
        let head = self.repository.push(folders, change, progress).await?;
        let before = &self.repository.commits.head;
        let commit = self.commit(&head, change, &[before]);
        self.sandbox.github.push("change", commit);
        let (name, event) = ("pull-request", "pull_request");
        self.start_run(FINALE_RUN, "Pull request", name, event, &head, "change");
        let payload = self.pull_request_event("synchronize", &head);
        let run = self
            .workflow(name, event, payload, FINALE_RUN, Some("build"))
            .await?;
        self.finish_run(&run, FINALE_RUN);
        Ok(run)
    }
}
