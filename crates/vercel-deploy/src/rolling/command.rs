//! A team's own judgement between stages: a program that asks its monitoring. It gets no secrets of ours, and its words are
//! foreign text.

use std::{process::Stdio, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _},
    process::Command,
};
use vercel_client::RollingRelease;
use verdict::Finding;

use crate::session::{Session, Stop};

/// Of what the program says, in bytes; the rest is read and dropped.
const KEPT: usize = 8 << 10;

/// Variables that hold secrets of this gate.
const SECRETS: [&str; 3] = [
    "VERCEL_TOKEN",
    "GITHUB_TOKEN",
    "VERCEL_AUTOMATION_BYPASS_SECRET",
];

/// For going back in time when the program does not end.
const RESERVE: Duration = Duration::from_secs(60);

/// Runs the program: exit code 0 lets the stage go on, any other ends the release. A program that does not start or end is
/// no judgement in the release's favour.
pub(super) async fn judge(
    session: &Session<'_>,
    release: &RollingRelease,
    domain: &str,
) -> Result<Option<Finding>, Stop> {
    let words = session.plan.rolling.command.as_deref().unwrap_or_default();
    let Some((program, arguments)) = words.split_first() else {
        return Ok(None);
    };
    let share = release
        .active_stage
        .as_ref()
        .map_or(0.0, |stage| stage.target_percentage);
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(&session.context.working_directory)
        .env("STAGEGATE_CANARY", release.canary_id())
        .env("STAGEGATE_STABLE", release.current_id())
        .env("STAGEGATE_SHARE", share.to_string())
        .env("STAGEGATE_DOMAIN", domain)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    for name in SECRETS {
        command.env_remove(name);
    }
    let failed = |text: String| Some(Finding::error("stage-command", text));
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return Ok(failed(format!("`{program}` does not start: {error}"))),
    };
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let limit = session.deadline.remaining();
    let limit = limit.saturating_sub(RESERVE.min(limit / 2));
    let work = async { tokio::join!(child.wait(), head(out), head(err)) };
    let progress = session.context.progress;
    let what = format!("`{program}` judges {} at {share} %", release.canary_id());
    let Ok((status, out, err)) = progress
        .during(&what, tokio::time::timeout(limit, work))
        .await
    else {
        return Ok(failed(format!(
            "`{program}` did not end within {} s",
            limit.as_secs()
        )));
    };
    let said = gate::foreign_text(&format!("{out}\n{err}"));
    for line in said.lines() {
        progress.line(&format!("| {line}"));
    }
    match status {
        Ok(status) if status.success() => Ok(None),
        Ok(status) => {
            let last = said.lines().last().unwrap_or_default();
            Ok(failed(format!(
                "`{program}` is against it ({status}): {last}"
            )))
        }
        Err(error) => Ok(failed(format!(
            "`{program}` could not be waited for: {error}"
        ))),
    }
}

/// The beginning of a stream that is read to its end.
async fn head(stream: Option<impl AsyncRead + Unpin>) -> String {
    let (mut kept, mut chunk) = (Vec::new(), vec![0; KEPT]);
    if let Some(mut stream) = stream {
        while let Ok(size) = stream.read(&mut chunk).await {
            let Some(part) = chunk.get(..size).filter(|part| !part.is_empty()) else {
                break;
            };
            let room = KEPT.saturating_sub(kept.len()).min(part.len());
            kept.extend_from_slice(part.get(..room).unwrap_or_default());
        }
    }
    String::from_utf8_lossy(&kept).into_owned()
}
