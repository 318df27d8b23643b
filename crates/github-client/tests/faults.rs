//! Every write and the longest read, under every fault: nothing twice, nothing lost. The sandbox holds what GitHub
//! would hold, so the table says what people would see.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

use std::fmt::Write as _;
use std::time::Duration;

use github_client::{
    ACTIONS_BOT, CheckAnnotation, CheckConclusion, Client, DeploymentState, Error, NewCheckRun,
    NewDeployment, NewDeploymentStatus, Options as ClientOptions, Sticky, StickyAction,
};
use http_client::{RetryPolicy, Secret};
use sandbox::faults::{Action, Fault, Side};
use sandbox::github::{GitHub, Identity, NewPull};
use sandbox::{Options, Sandbox};
use serde_json::json;

const HEAD: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
const ALL: u32 = u32::MAX;
const SECONDARY: &str = r#"{"message":"You have exceeded a secondary rate limit."}"#;
const FORBIDDEN: &str = r#"{"message":"Resource not accessible by integration"}"#;

/// What is asked of GitHub, and which of its requests is spoiled.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Work {
    Comment,
    Edit,
    CheckRun,
    Annotations,
    Deployment,
    Status,
}

const WORKS: [(Work, &str, &str); 6] = [
    (Work::Comment, "POST", "/repos/**/comments"),
    (Work::Edit, "PATCH", "/repos/**/comments/*"),
    (Work::CheckRun, "POST", "/repos/**/check-runs"),
    (Work::Annotations, "PATCH", "/repos/**/check-runs/*"),
    (Work::Deployment, "POST", "/repos/**/deployments"),
    (Work::Status, "POST", "/repos/**/statuses"),
];

fn answer(code: u16, headers: &[(&str, &str)], body: &str) -> Action {
    Action::Status {
        code,
        headers: headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        body: body.to_owned(),
    }
}

/// Name, how many requests are spoiled, and how.
fn faults() -> Vec<(&'static str, u32, Action)> {
    let soon = [("retry-after", "0")];
    let late = [("retry-after", "3600")];
    vec![
        ("502", 1, answer(502, &[], "<html>")),
        ("502 after commit", 1, Action::CommitThenStatus(502)),
        ("dropped", 1, Action::Drop),
        ("dropped after commit", 1, Action::CommitThenDrop),
        ("429 with Retry-After", 1, answer(429, &soon, "")),
        ("429 without", 1, answer(429, &[], "")),
        ("403 secondary limit", 1, answer(403, &[], SECONDARY)),
        ("403 with Retry-After", 1, answer(403, &soon, SECONDARY)),
        ("503 always", ALL, answer(503, &[], "")),
        (
            "503 always, after commit",
            ALL,
            Action::CommitThenStatus(503),
        ),
        ("dropped always", ALL, Action::Drop),
        ("429 for an hour", ALL, answer(429, &late, "")),
        ("403 always", ALL, answer(403, &[], FORBIDDEN)),
        (
            "422 once",
            1,
            answer(422, &[], r#"{"message":"Validation Failed"}"#),
        ),
    ]
}

struct Play {
    sandbox: Sandbox,
    client: Client,
}

impl Play {
    async fn start() -> Self {
        let sandbox = Sandbox::start(Options::default()).await.unwrap();
        sandbox.github.open_pull_request(NewPull {
            number: 7,
            author: "author".to_owned(),
            head_ref: "change".to_owned(),
            head_sha: HEAD.to_owned(),
            base_sha: "a".repeat(40),
            ..NewPull::default()
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

    fn github(&self) -> &GitHub {
        &self.sandbox.github
    }

    async fn comment(&self, body: &str) -> Result<StickyAction, Error> {
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
    async fn prepare(&self, work: Work) {
        match work {
            Work::Edit => drop(self.comment("old").await.unwrap()),
            Work::Status => drop(self.deployment().await.unwrap()),
            _ => {}
        }
    }

    async fn act(&self, work: Work) -> Result<(), Error> {
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
    fn shown(&self, work: Work) -> String {
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

fn kind(error: &Error) -> String {
    match error {
        Error::Forbidden { .. } => "forbidden".to_owned(),
        Error::RateLimited { .. } => "limited".to_owned(),
        Error::NoAnswer { .. } => "no answer".to_owned(),
        Error::Status { status, .. } => status.as_u16().to_string(),
        Error::Annotations { cause, .. } => format!("incomplete ({})", kind(cause)),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn no_fault_doubles_or_loses_what_was_to_be_shown() {
    let mut table = format!("{:<26}", "");
    for (work, ..) in WORKS {
        write!(table, "{:<36}", format!("{work:?}")).unwrap();
    }
    for (name, count, action) in faults() {
        write!(table, "\n{name:<26}").unwrap();
        for (work, method, path) in WORKS {
            let play = Play::start().await;
            play.prepare(work).await;
            let fault = Fault::on(Side::GitHub, method, path);
            play.github()
                .add_fault(fault.times(count).action(action.clone()));
            let ended = match play.act(work).await {
                Ok(()) => String::new(),
                Err(error) => format!("{}: ", kind(&error)),
            };
            let shown = play.shown(work);
            write!(table, "{:<36}", format!("{ended}{shown}")).unwrap();
            // Once GitHub is well again, another run of the job shows it, and shows it once. What GitHub refused for
            // its content stays refused.
            play.github().clear_faults();
            play.act(work).await.unwrap();
            if !ended.starts_with("incomplete") {
                assert_eq!(play.shown(work), "once", "{work:?} after {name}");
            }
        }
    }
    let table: Vec<&str> = table.lines().map(str::trim_end).collect();
    insta::assert_snapshot!("faults", table.join("\n"));
}

#[tokio::test]
async fn when_everything_fails_nothing_is_half_done() {
    for action in [
        answer(503, &[], ""),
        Action::Drop,
        answer(403, &[], FORBIDDEN),
    ] {
        for (work, ..) in WORKS {
            let play = Play::start().await;
            play.prepare(work).await;
            let before = play.github().snapshot().comments;
            let fault = Fault::on(Side::GitHub, "*", "/**").times(ALL);
            play.github().add_fault(fault.action(action.clone()));
            let error = play.act(work).await.unwrap_err();
            assert_eq!(
                error.is_forbidden(),
                matches!(action, Action::Status { code: 403, .. })
            );
            assert_eq!(play.github().snapshot().comments, before);
            play.github().clear_faults();
            play.act(work).await.unwrap();
            assert_eq!(play.shown(work), "once", "{work:?}");
        }
    }
}

#[tokio::test]
async fn fifty_pages_of_comments_are_read_and_read_again_for_nothing() {
    let play = Play::start().await;
    let github = play.github();
    github.set_hourly_limit(&Identity::Actions, 200);
    github
        .add_comment(7, "author", "<!-- stagegate -->\npasted")
        .unwrap();
    for _ in 0..4_950 {
        github.add_comment(7, "reviewer", "looks good").unwrap();
    }
    let ours = github
        .add_comment(7, ACTIONS_BOT, "<!-- stagegate -->\nold")
        .unwrap();
    // A page in the middle is lost once.
    github.add_fault(Fault::on(Side::GitHub, "GET", "/repos/**/comments").from(25));
    assert_eq!(play.comment("new").await.unwrap(), StickyAction::Updated);
    let state = github.snapshot();
    assert_eq!(
        state.requests.len(),
        52,
        "50 pages, one of them twice, and the edit"
    );
    let bodies: Vec<_> = state
        .comments
        .iter()
        .filter(|one| one.body.ends_with("new"))
        .collect();
    assert_eq!(bodies.len(), 1);
    assert_eq!(bodies[0].id, ours);

    assert_eq!(play.comment("new").await.unwrap(), StickyAction::Unchanged);
    let state = github.snapshot();
    let again: Vec<u16> = state.requests[52..]
        .iter()
        .map(|asked| asked.status)
        .collect();
    let unchanged = again.iter().filter(|status| **status == 304).count();
    // Only the page with the comment we edited is new.
    assert_eq!((again.len(), unchanged), (50, 49));
}

#[tokio::test]
async fn a_full_last_page_hides_no_later_one() {
    // 100 items make one page whose ETag does not change when the 101st makes a second.
    let play = Play::start().await;
    for _ in 0..100 {
        play.github().add_comment(7, "author", "hello").unwrap();
    }
    let client = &play.client;
    assert_eq!(
        client
            .find_sticky_comment(7, "stagegate", ACTIONS_BOT)
            .await
            .unwrap(),
        None
    );
    let ours = play
        .github()
        .add_comment(7, ACTIONS_BOT, "<!-- stagegate -->\nold")
        .unwrap();
    let found = client
        .find_sticky_comment(7, "stagegate", ACTIONS_BOT)
        .await;
    assert_eq!(found.unwrap().map(|comment| comment.id), Some(ours));
}

#[tokio::test]
async fn a_comment_deleted_before_the_edit_is_written_anew() {
    let play = Play::start().await;
    play.comment("old").await.unwrap();
    // Somebody deletes it between the look and the edit: the edit finds nothing.
    let fault = Fault::on(Side::GitHub, "PATCH", "/repos/**/comments/*");
    play.github().add_fault(fault.status(404));
    assert_eq!(play.comment("new").await.unwrap(), StickyAction::Updated);
    assert_eq!(play.shown(Work::Edit), "once");
    // A pull request that is not there is no reason to look again.
    let sticky = Sticky {
        key: "stagegate",
        author: ACTIONS_BOT,
        body: "x",
        create: true,
    };
    let before = play.github().snapshot().requests.len();
    let error = play.client.sticky_comment(404, &sticky).await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    assert_eq!(play.github().snapshot().requests.len(), before + 1);
}
