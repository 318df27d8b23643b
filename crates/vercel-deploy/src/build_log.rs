//! Waits for a deployment and shows its build log meanwhile. The log is foreign text and a surface: it is cleaned line by
//! line, and a log that cannot be read changes nothing.

use std::collections::HashSet;

use vercel_client::{Deployment, Event, Progress};

use crate::session::{Session, Stop};

/// Lines that are shown; a build that says more is read on Vercel.
const MOST_LINES: usize = 2000;

/// Lines that are quoted when a deployment fails.
const QUOTED: usize = 12;

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

    /// Shows what is new; true if the log could be read.
    pub(crate) async fn follow(&mut self, session: &Session<'_>, id: &str) -> bool {
        let events = match session.vercel.events(id, self.newest).await {
            Ok(events) => events,
            Err(error) => {
                tracing::info!(%error, "the build log cannot be read");
                return false;
            }
        };
        let progress = session.context.progress;
        for line in self.take(events) {
            self.shown += 1;
            match self.shown {
                shown if shown <= MOST_LINES => progress.line(&format!("| {line}")),
                shown if shown == MOST_LINES + 1 => progress.line("| … the rest is on Vercel"),
                _ => {}
            }
        }
        true
    }
}

/// Polls until the deployment is done or failed; time up is no decision.
pub(crate) async fn ready(
    session: &Session<'_>,
    id: &str,
) -> Result<(Deployment, Progress, Log), Stop> {
    let (mut poll, mut log, mut readable) = (0, Log::default(), true);
    let what = format!("{id} becoming ready");
    let mut last = String::new();
    loop {
        let deployment = match session.vercel.deployment(id).await {
            Ok(deployment) => deployment,
            // Time may be up while a poll is under way: what is known is the state before.
            Err(_) if poll > 0 && session.deadline.expired() => {
                let limit = session.deadline.limit();
                return Err(vercel_client::Error::Timeout { what, last, limit }.into());
            }
            Err(error) => return Err(error.into()),
        };
        let outcome = deployment.progress();
        // A deployment that is ready at once has nothing to tell, and its log would cost a request.
        let over = outcome != Progress::Waiting;
        if readable && (poll > 0 || matches!(outcome, Progress::Failed(_))) {
            readable = log.follow(session, id).await;
        }
        if over {
            return Ok((deployment, outcome, log));
        }
        poll += 1;
        last = deployment.ready_state.to_string();
        let pace = session.vercel.pace();
        pace.wait(poll, session.deadline, &what, &last).await?;
    }
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
