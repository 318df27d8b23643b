//! The lines a pull request changes, as the checkout knows them. They only order annotations, so whatever is
//! in the way, such as a history that was not fetched, means no diff and nothing else.

use std::io::Read as _;
use std::process::{Command, Stdio};

use report_render::Diff;
use runner_protocol::{EventKind, Runner};

/// The most bytes of a diff that are read.
const MOST: u64 = 8 * 1024 * 1024;

/// The diff of the change on this runner.
pub(crate) fn diff(runner: &Runner) -> Option<Diff> {
    if !matches!(
        runner.event.kind(),
        EventKind::PullRequest | EventKind::MergeGroup
    ) {
        return None;
    }
    let base = runner.event.base_sha();
    // In GitHub's merge commit the first parent is the base; a checkout of the head needs the base itself.
    let merged = git(runner, &["rev-parse", "--quiet", "--verify", "HEAD^2"]).is_some();
    let range = if merged {
        "HEAD^1..HEAD".to_owned()
    } else {
        format!("{}...HEAD", base?)
    };
    let text = git(
        runner,
        &[
            "diff",
            "--unified=0",
            "--no-color",
            "--no-ext-diff",
            "--no-textconv",
            "--no-renames",
            "--src-prefix=a/",
            "--dst-prefix=b/",
            &range,
            "--",
        ],
    )?;
    Some(Diff::from_unified(&text))
}

fn git(runner: &Runner, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new("git");
    for name in crate::WITHHELD {
        command.env_remove(name);
    }
    let mut child = command
        .current_dir(runner.workspace.as_ref()?)
        .args(arguments)
        // Nothing is fetched and nobody is asked.
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_TERMINAL_PROMPT", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut text = Vec::new();
    let read = child.stdout.take()?.take(MOST).read_to_end(&mut text);
    let cut = text.len() as u64 == MOST;
    if cut {
        // It would wait forever for somebody to read the rest.
        let _ = child.kill();
    }
    let ended = child.wait().ok()?;
    (read.is_ok() && (cut || ended.success())).then(|| String::from_utf8_lossy(&text).into_owned())
}
