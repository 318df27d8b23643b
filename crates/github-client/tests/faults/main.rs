//! Every write and the longest read, under every fault: nothing twice, nothing lost. The sandbox holds what GitHub
//! would hold, so the table says what people would see.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod comments;
mod play;

use std::fmt::Write as _;

use github_client::Error;
use play::{Play, Work};
use sandbox::faults::{Action, Fault, Side};

const ALL: u32 = u32::MAX;
const SECONDARY: &str = r#"{"message":"You have exceeded a secondary rate limit."}"#;
const FORBIDDEN: &str = r#"{"message":"Resource not accessible by integration"}"#;

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
