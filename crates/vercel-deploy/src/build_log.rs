//! Waits for a deployment and shows its build log meanwhile. The log is foreign text and a surface: it is cleaned line by
//! line, and a log that cannot be read changes nothing.

use std::{collections::HashSet, convert::Infallible};

use vercel_client::{Deployment, Error, Event, Progress};

use crate::session::{Session, Stop};

/// Lines that are shown; a build that says more is read on Vercel.
const MOST_LINES: usize = 2000;

/// Lines that are quoted when a deployment fails.
const QUOTED: usize = 12;

/// Streams that may break without a new line before the log is given up.
const MOST_BREAKS: u32 = 5;

/// What was shown of a log.
#[derive(Debug, Default)]
pub(crate) struct Log {
    /// The time of the newest line, and the lines of that moment.
    newest: i64,
    seen: HashSet<String>,
    shown: usize,
    last: Vec<String>,
}

impl Log {
    /// The lines that are new.
    fn take(&mut self, events: Vec<Event>) -> Vec<String> {
        let mut lines = Vec::new();
        for event in events {
            if event.at < self.newest || self.seen.contains(&event.mark) {
                continue;
            }
            if event.at > self.newest {
                self.newest = event.at;
                self.seen.clear();
            }
            self.seen.insert(event.mark);
            let text = gate::foreign_text(&event.text);
            lines.extend(
                text.lines()
                    .filter(|line| !line.trim().is_empty())
                    .map(str::to_owned),
            );
        }
        self.last.extend(lines.iter().cloned());
        let old = self.last.len().saturating_sub(QUOTED);
        self.last.drain(..old);
        lines
    }

    /// The end of the log, to be quoted in a finding.
    pub(crate) fn end(&self) -> String {
        self.last.iter().map(|line| format!("\n{line}")).collect()
    }

    /// Shows what is new of these events.
    fn show(&mut self, session: &Session<'_>, events: Vec<Event>) {
        let progress = session.context.progress;
        for line in self.take(events) {
            self.shown += 1;
            match self.shown {
                shown if shown <= MOST_LINES => progress.line(&format!("| {line}")),
                shown if shown == MOST_LINES + 1 => progress.line("| … the rest is on Vercel"),
                _ => {}
            }
        }
    }

    /// Shows the log while it is written, and takes it up where it broke. It ends only with what it waits beside.
    async fn follow(&mut self, session: &Session<'_>, id: &str) -> Infallible {
        let what = format!("the build log of {id}");
        for tries in 1.. {
            let newest = self.newest;
            match self.stream(session, id).await {
                Ok(()) => {}
                Err(error) => {
                    tracing::info!(%error, "the build log broke off");
                    // Refused is refused; what merely broke without a word too often will break again.
                    let refused = error.status().is_some_and(|status| status < 500);
                    if refused || (tries >= MOST_BREAKS && self.newest == newest) {
                        break;
                    }
                }
            }
            let pace = session.vercel.pace();
            if pace.wait(tries, session.deadline, &what, "").await.is_err() {
                break;
            }
        }
        std::future::pending().await
    }

    /// One stream, from the newest line that is known to its end.
    async fn stream(&mut self, session: &Session<'_>, id: &str) -> Result<(), Error> {
        let mut stream = session.vercel.follow(id, self.newest).await?;
        while let Some(event) = stream.next().await? {
            self.show(session, vec![event]);
        }
        Ok(())
    }

    /// Shows what no stream has brought yet.
    async fn catch_up(&mut self, session: &Session<'_>, id: &str) {
        match session.vercel.events(id, self.newest).await {
            Ok(events) => self.show(session, events),
            Err(error) => tracing::info!(%error, "the build log cannot be read"),
        }
    }
}

/// Waits until the deployment is done or failed and shows its log meanwhile; time up is no decision.
pub(crate) async fn ready(
    session: &Session<'_>,
    id: &str,
) -> Result<(Deployment, Progress, Log), Stop> {
    let mut log = Log::default();
    let deployment = session.vercel.deployment(id).await?;
    let mut done = (deployment.progress(), deployment);
    // A deployment that is ready at once has nothing to tell, and its log would cost a request.
    let waited = done.0 == Progress::Waiting;
    if waited {
        done = tokio::select! {
            done = settle(session, id, &done.1) => done?,
            never = log.follow(session, id) => match never {},
        };
    }
    let (outcome, deployment) = done;
    if waited || matches!(outcome, Progress::Failed(_)) {
        log.catch_up(session, id).await;
    }
    Ok((deployment, outcome, log))
}

/// Polls until the deployment is done or failed.
async fn settle(
    session: &Session<'_>,
    id: &str,
    first: &Deployment,
) -> Result<(Progress, Deployment), Stop> {
    let what = format!("{id} becoming ready");
    let mut last = first.ready_state.to_string();
    for poll in 1.. {
        let pace = session.vercel.pace();
        pace.wait(poll, session.deadline, &what, &last).await?;
        let deployment = match session.vercel.deployment(id).await {
            Ok(deployment) => deployment,
            // Time may be up while a poll is under way: what is known is the state before.
            Err(_) if session.deadline.expired() => break,
            Err(error) => return Err(error.into()),
        };
        match deployment.progress() {
            Progress::Waiting => last = deployment.ready_state.to_string(),
            over => return Ok((over, deployment)),
        }
    }
    let limit = session.deadline.limit();
    Err(Error::Timeout { what, last, limit }.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(at: i64, text: &str) -> Event {
        Event {
            kind: "stdout".to_owned(),
            text: text.to_owned(),
            at,
            mark: format!("{at} {text}"),
        }
    }

    #[test]
    fn each_line_is_shown_once_though_a_moment_is_asked_for_twice() {
        let mut log = Log::default();
        let first = log.take(vec![event(1, "one"), event(2, "two")]);
        assert_eq!(first, ["one", "two"]);
        let second = log.take(vec![event(2, "two"), event(2, "late"), event(3, "three")]);
        assert_eq!(second, ["late", "three"]);
        assert!(
            log.take(vec![event(1, "one"), event(3, "three")])
                .is_empty()
        );
    }

    #[test]
    fn lines_are_cleaned_and_the_end_is_short() {
        let mut log = Log::default();
        let events = (1..50).map(|at| event(at, &format!("\u{1b}[31mline {at}\u{7}\r\n")));
        let lines = log.take(events.collect());
        assert_eq!(lines.first().unwrap(), "line 1");
        assert_eq!(
            log.end().lines().filter(|line| !line.is_empty()).count(),
            QUOTED
        );
        assert!(log.end().ends_with("line 49"));
    }
}
