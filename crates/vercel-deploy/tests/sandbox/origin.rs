//! Where a build came from, as Vercel's dashboard shows it: what the event says about this very commit, and nothing else.

use std::collections::BTreeMap;

use fake_runner::REPOSITORY;
use serde_json::{Value, json};

use crate::support::{Play, SHA};

/// What a deployment carries after an event, our own numbers aside, and its git data.
async fn carried(event: &str, payload: Value) -> (BTreeMap<String, String>, Value) {
    let mut play = Play::start().await;
    play.runner.set_event(event, &payload);
    let outcome = play.run(&[]).await;
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let snapshot = play.snapshot();
    let deployment = snapshot.deployment(outcome.output("deployment-id"));
    let deployment = deployment.unwrap().clone();
    let github = deployment.meta.into_iter();
    let meta = github
        .filter(|(key, _)| key.starts_with("github"))
        .collect();
    let mut git = deployment.git.unwrap();
    git.as_object_mut()
        .unwrap()
        .retain(|_, value| !value.is_null());
    (meta, git)
}

fn expect(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let (org, repo) = REPOSITORY.split_once('/').unwrap();
    let own = [
        ("githubCommitSha", SHA),
        ("githubDeployment", "1"),
        ("githubOrg", org),
        ("githubRepo", repo),
        ("githubCommitOrg", org),
        ("githubCommitRepo", repo),
    ];
    own.iter()
        .chain(pairs)
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

#[tokio::test]
async fn a_push_names_message_and_author() {
    let commit = json!({ "id": SHA, "message": "Fix the list\n\nIt was empty.", "author": { "name": "The Author",
        "username": "author", "email": "author@example.com" } });
    let (meta, git) = carried("push", json!({ "after": SHA, "head_commit": commit })).await;
    let expected = expect(&[
        ("githubCommitRef", "main"),
        ("githubCommitMessage", "Fix the list"),
        ("githubCommitAuthorName", "The Author"),
        ("githubCommitAuthorLogin", "author"),
    ]);
    assert_eq!(meta, expected);
    let expected = json!({ "remoteUrl": format!("https://github.com/{REPOSITORY}"), "commitRef": "main", "commitSha": SHA,
        "commitAuthorName": "The Author", "commitMessage": "Fix the list", "dirty": false });
    assert_eq!(git, expected);
}

#[tokio::test]
async fn a_pull_request_has_its_own_branch_and_no_message_that_nobody_wrote() {
    let head = json!({ "sha": SHA, "ref": "fix/list", "repo": { "full_name": "somebody/fork" } });
    let base = json!({ "repo": { "full_name": REPOSITORY } });
    let payload =
        json!({ "pull_request": { "number": 7, "title": "Fix", "head": head, "base": base } });
    let (meta, git) = carried("pull_request", payload).await;
    let expected = expect(&[
        ("githubCommitRef", "fix/list"),
        ("githubPrId", "7"),
        ("githubCommitOrg", "somebody"),
        ("githubCommitRepo", "fork"),
    ]);
    assert_eq!(meta, expected);
    let expected = json!({ "remoteUrl": "https://github.com/somebody/fork", "commitRef": "fix/list", "commitSha": SHA,
        "dirty": false });
    assert_eq!(git, expected);
}

#[tokio::test]
async fn what_is_said_about_another_commit_does_not_count() {
    let commit = json!({ "id": "c".repeat(40), "message": "Another", "author": { "name": "" } });
    let (meta, git) = carried("push", json!({ "after": SHA, "head_commit": commit })).await;
    assert_eq!(meta, expect(&[("githubCommitRef", "main")]));
    assert_eq!(git["commitMessage"], Value::Null);
}
