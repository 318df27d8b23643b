//! The baseline among the artifacts of earlier runs, against the sandbox's GitHub: which one is taken, and that whatever
//! is wrong with it is said and fails nothing.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod support;
#[path = "../../github-client/tests/support/zip.rs"]
mod zip;

use fake_runner::{Ended, Runner};
use sandbox::faults::{Action, Fault, Side};
use sandbox::github::{Commit, Identity, NewPull, RunSpec};
use sandbox::{Options, Sandbox};
use serde_json::json;
use support::{move_build, with_build};
use verdict::Source;
use zip::{Entry, zip};

const NAME: &str = "bundle-baseline";
const GROWTH: &str = "bundle: {routes: [{route: /**, max-increase: {bytes: 1 kB}}]}\n";

fn sha(digit: char) -> String {
    digit.to_string().repeat(40)
}

struct Play {
    sandbox: Sandbox,
    repository: Runner,
    /// Of the build before the change.
    baseline: String,
}

impl Play {
    /// Commits 1, 2 and 3 on `main`; the pull request with commit `a` started from 2 and brings a heavy import.
    async fn start(fork: bool) -> Self {
        let sandbox = Sandbox::start(Options::default()).await.unwrap();
        let github = &sandbox.github;
        for (commit, parent) in [('1', None), ('2', Some('1')), ('3', Some('2'))] {
            github.push("main", commit_after(commit, parent));
        }
        let (author, token) = if fork {
            ("contributor", Identity::ReadOnly)
        } else {
            ("author", Identity::Actions)
        };
        github.open_pull_request(NewPull {
            number: 7,
            title: "A change".to_owned(),
            author: author.to_owned(),
            head_ref: "change".to_owned(),
            head_sha: sha('a'),
            base_ref: "main".to_owned(),
            base_sha: sha('3'),
            commits: vec![commit_after('a', Some('2'))],
            fork,
            ..NewPull::default()
        });
        let mut repository = with_build("normal");
        repository
            .set("GITHUB_REPOSITORY", "stagegate/setlist")
            .set("GITHUB_API_URL", github.api_url())
            .set("GITHUB_TOKEN", token.token());
        repository.write("stagegate.yml", GROWTH);
        repository.set("GITHUB_SHA", sha('1'));
        let command = repository.command(&["--write-baseline", "out.json"]);
        assert_eq!(repository.finish(command).await.code, 0);
        let baseline = repository.read("out.json");
        move_build(&repository, "heavy-import");
        let pull = json!({"pull_request": {
            "number": 7, "head": {"sha": sha('a')}, "base": {"sha": sha('3')},
        }});
        repository.set_event("pull_request", &pull);
        Self {
            sandbox,
            repository,
            baseline,
        }
    }

    /// A run about a commit uploads this under the name.
    fn upload(&self, id: u64, commit: char, branch: &str, bytes: Vec<u8>) {
        let event = if branch == "main" {
            "push"
        } else {
            "pull_request"
        };
        let github = &self.sandbox.github;
        github.start_run(RunSpec {
            id,
            path: ".github/workflows/pull-request.yml".to_owned(),
            name: "Pull request".to_owned(),
            event: event.to_owned(),
            head_sha: sha(commit),
            head_branch: Some(branch.to_owned()),
            actor: "author".to_owned(),
            attempt: 1,
        });
        github.add_artifact(id, NAME, bytes).unwrap();
    }

    fn packed(&self) -> Vec<u8> {
        zip(&[Entry::deflated("bundle.json", self.baseline.as_bytes())])
    }

    async fn run(&self) -> Ended {
        let flags = ["--baseline-artifact", NAME];
        self.repository
            .finish(self.repository.command(&flags))
            .await
    }

    /// How often GitHub was asked.
    fn asked(&self) -> usize {
        self.sandbox.github.snapshot().requests.len()
    }
}

fn commit_after(commit: char, parent: Option<char>) -> Commit {
    Commit {
        sha: sha(commit),
        message: "work".to_owned(),
        author: "author".to_owned(),
        committer: "author".to_owned(),
        parents: parent.into_iter().map(sha).collect(),
        at: "2026-01-01T00:00:00Z".to_owned(),
    }
}

#[tokio::test]
async fn the_baseline_of_the_nearest_commit_before_the_change_is_taken() {
    let play = Play::start(false).await;
    play.upload(11, '1', "main", play.packed());
    // Of a commit that the change does not stand on, and of the change itself.
    play.upload(13, '3', "main", zip(&[Entry::stored("bundle.json", b"{}")]));
    play.upload(
        14,
        'a',
        "change",
        zip(&[Entry::stored("bundle.json", b"{}")]),
    );
    let run = play.run().await;
    run.assert(1, "growth: /artists/[slug] grew by 44.7 kB");
    run.assert(
        1,
        &format!(
            "baseline: compared with the artifact `{NAME}`, built from {}",
            sha('1')
        ),
    );
    let evidence = run.verdict.evidence.last().unwrap();
    assert!(
        matches!(&evidence.source, Source::Url(url) if url.contains("/stagegate/setlist/actions/runs/11/artifacts/")),
        "{evidence:?}"
    );
    // Merge base, history, list, address, bytes: however long the history is.
    assert!(play.asked() <= 5, "{}", play.asked());
}

#[tokio::test]
async fn a_pull_request_of_a_fork_reads_it_too_and_leaves_none_behind() {
    let play = Play::start(true).await;
    play.upload(11, '1', "main", play.packed());
    // A run of the fork's branch: whatever it uploads says nothing about the base.
    play.upload(
        12,
        'a',
        "change",
        zip(&[Entry::stored("bundle.json", b"{}")]),
    );
    play.run()
        .await
        .assert(1, "growth: /artists/[slug] grew by 44.7 kB");
}

#[tokio::test]
async fn on_the_main_branch_the_commit_before_is_compared_with() {
    let mut play = Play::start(false).await;
    play.upload(12, '2', "main", play.packed());
    let push = |before: String| json!({"before": before, "after": sha('3')});
    play.repository.set_event("push", &push(sha('2')));
    play.run().await.assert(1, "growth: /artists/[slug] grew");
    // A branch that is new has no commit before.
    play.repository.set_event("push", &push(sha('0')));
    play.run().await.assert(1, "growth: /artists/[slug] grew");
}

#[tokio::test]
async fn whatever_is_wrong_with_it_is_said_and_fails_nothing() {
    let huge = vec![b' '; 17 << 20];
    let table: [(&str, Option<Vec<u8>>); 6] = [
        (
            "no run of 2222222 or the 1 commits before it kept one",
            None,
        ),
        ("is no zip archive", Some(b"<html>".to_vec())),
        (
            "it does not hold one JSON file",
            Some(zip(&[Entry::stored("a.txt", b"")])),
        ),
        (
            "it does not hold one JSON file",
            Some(zip(&[
                Entry::stored("a.json", b"{}"),
                Entry::stored("b.json", b"{}"),
            ])),
        ),
        (
            "it is no baseline",
            Some(zip(&[Entry::stored("a.json", b"[")])),
        ),
        ("over the limit of 16777216", Some(huge)),
    ];
    let play = Play::start(false).await;
    // Of one commit the last upload counts.
    for (id, (why, bytes)) in (11..).zip(table) {
        if let Some(bytes) = bytes {
            play.upload(id, '1', "main", bytes);
        }
        let run = play.run().await;
        run.assert(
            0,
            &format!("no-baseline: no baseline in the artifact `{NAME}`: "),
        );
        run.assert(0, why);
    }
}

#[tokio::test]
async fn an_expired_artifact_and_a_token_that_may_not_are_said() {
    let play = Play::start(false).await;
    play.upload(11, '1', "main", play.packed());
    play.sandbox.github.expire_artifacts(11);
    play.run().await.assert(0, "it has expired");
    let fault = Fault::on(Side::GitHub, "GET", "/repos/**/actions/artifacts");
    play.sandbox.github.add_fault(fault.action(Action::Status {
        code: 403,
        headers: Vec::new(),
        body: json!({"message": "Resource not accessible by integration"}).to_string(),
    }));
    play.run().await.assert(
        0,
        "give the job `permissions: {actions: read, contents: read}`",
    );
}

#[tokio::test]
async fn without_a_token_or_a_workflow_nothing_is_asked() {
    let mut play = Play::start(false).await;
    play.repository.set("GITHUB_TOKEN", "");
    play.run().await.assert(0, "GITHUB_TOKEN is not set");
    assert_eq!(play.asked(), 0);
    let laptop = {
        let mut laptop = Runner::laptop(env!("CARGO_BIN_EXE_bundle-budget"));
        laptop.set("PATH", "/usr/bin:/bin");
        laptop
    };
    move_build(&laptop, "normal");
    laptop.write("stagegate.yml", GROWTH);
    let command = laptop.command(&["--baseline-artifact", NAME]);
    laptop
        .finish(command)
        .await
        .assert(0, "no repository is known outside a workflow");
}
