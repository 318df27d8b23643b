//! A sandbox with a pull request, the works that are asked of it, and what people see of them.

use std::time::Duration;

use github_client::{
    ACTIONS_BOT, CheckAnnotation, CheckConclusion, Client, DeploymentState, Error, NewCheckRun,
    NewDeployment, NewDeploymentStatus, Options as ClientOptions, Sticky, StickyAction,
};
use http_client::{RetryPolicy, Secret};
use sandbox::github::{GitHub, Identity, NewPull};
use sandbox::{Options, Sandbox};
use serde_json::json;

const HEAD: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

/// What is asked of GitHub, and which of its requests is spoiled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Work {
    Comment,
    Edit,
    CheckRun,
    Annotations,
    Deployment,
    Status,
}

pub(crate) struct Play {
    sandbox: Sandbox,
    pub(crate) client: Client,
}

impl Play {
    pub(crate) async fn start() -> Self {
        let sandbox = Sandbox::start(Options::default()).await.unwrap();
        sandbox.github.open_pull_request(NewPull {
            base_sha: "a".repeat(40),
            ..NewPull::new(7, HEAD)
        });
        let token = Secret::new(Identity::Actions.token());
        let mut options = ClientOptions::new(&sandbox.github.api_url(), "stagegate/setlist", token);
        options.retry = RetryPolicy {
            attempts: 4,
            base: Duration::from_millis(1),
            cap: Duration::from_millis(2),
            deadline: Duration::from_secs(20),
        };
        options.nameless_limit = Duration::from_millis(1);
        let client = Client::new(&options).unwrap();
        Self { sandbox, client }
    }

    pub(crate) fn github(&self) -> &GitHub {
        &self.sandbox.github
    }

    pub(crate) async fn comment(&self, body: &str) -> Result<StickyAction, Error> {
        let sticky = Sticky {
            key: "stagegate",
            author: ACTIONS_BOT,
            body,
            create: true,
        };
        let outcome = self.client.sticky_comment(7, &sticky).await?;
        Ok(outcome.action)
    }

    async fn check_run(&self, annotations: u32) -> Result<(), Error> {
        let new = NewCheckRun {
            name: "Stagegate".to_owned(),
            head_sha: HEAD.to_owned(),
            external_id: "99-1".to_owned(),
            conclusion: CheckConclusion::Failure,
            details_url: None,
            title: "failed".to_owned(),
            summary: "why".to_owned(),
            text: None,
            annotations: (1..=annotations).map(annotation).collect(),
        };
        self.client.publish_check_run(&new).await.map(|_| ())
    }

    async fn deployment(&self) -> Result<u64, Error> {
        let new = NewDeployment {
            sha: HEAD.to_owned(),
            environment: "production".to_owned(),
            description: "release".to_owned(),
            payload: json!({ "run": 1 }),
            production_environment: true,
            transient_environment: false,
        };
        Ok(self.client.create_deployment(&new).await?.id)
    }

    async fn status(&self, deployment: u64) -> Result<(), Error> {
        let new = NewDeploymentStatus {
            state: DeploymentState::Success,
            environment_url: None,
            log_url: None,
            description: "serves".to_owned(),
        };
        let written = self.client.create_deployment_status(deployment, &new);
        written.await.map(|_| ())
    }

    /// What must be there before the faults come.
    pub(crate) async fn prepare(&self, work: Work) {
        match work {
            Work::Edit => drop(self.comment("old").await.unwrap()),
            Work::Status => drop(self.deployment().await.unwrap()),
            _ => {}
        }
    }

    pub(crate) async fn act(&self, work: Work) -> Result<(), Error> {
        match work {
            Work::Comment | Work::Edit => self.comment("new").await.map(|_| ()),
            Work::CheckRun => self.check_run(50).await,
            Work::Annotations => self.check_run(120).await,
            Work::Deployment => self.deployment().await.map(|_| ()),
            Work::Status => {
                self.status(self.github().snapshot().deployments[0].id)
                    .await
            }
        }
    }

    /// What people see, in a word.
    pub(crate) fn shown(&self, work: Work) -> String {
        let state = self.github().snapshot();
        match work {
            Work::Comment | Work::Edit => match &state.comments[..] {
                [] => "nothing".to_owned(),
                [one] if one.body.ends_with("\nnew") => "once".to_owned(),
                [_] => "old".to_owned(),
                more => format!("{} COMMENTS", more.len()),
            },
            Work::CheckRun | Work::Annotations => match &state.check_runs[..] {
                [] => "nothing".to_owned(),
                [one] => {
                    let lines = one.annotations.iter().map(|note| note.start_line);
                    let twice = !lines.eq(1..=one.annotations.len() as u64);
                    let all = if work == Work::CheckRun { 50 } else { 120 };
                    match (&one.conclusion, one.annotations.len()) {
                        _ if twice => "ANNOTATIONS TWICE".to_owned(),
                        (Some(_), count) if count == all => "once".to_owned(),
                        (Some(_), count) => format!("result and {count}"),
                        (None, count) => format!("unfinished with {count}"),
                    }
                }
                more => format!("{} CHECK RUNS", more.len()),
            },
            Work::Deployment => times(state.deployments.len()),
            Work::Status => times(state.deployments[0].statuses.len()),
        }
    }
}

fn times(count: usize) -> String {
    match count {
        0 => "nothing".to_owned(),
        1 => "once".to_owned(),
        more => format!("{more} TIMES"),
    }
}

fn annotation(line: u32) -> CheckAnnotation {
    CheckAnnotation {
        path: "a.ts".to_owned(),
        start_line: line,
        end_line: line,
        start_column: None,
        end_column: None,
        annotation_level: "failure",
        message: "wrong".to_owned(),
        title: None,
    }
}
