//! Runs a mode and closes the books, however it ends: answered, refused, broken or interrupted.

use std::time::Duration;

use gate::{Context, Error, Problem, Report};
use http_client::Deadline;
use pipeline_config::Section;
use tokio::time::timeout;
use verdict::{Conclusion, Finding, Metric};

use crate::{
    alias, connect, deploy, digest,
    github::{self, End},
    inputs::{Inputs, Mode},
    interrupt,
    ledger::Ledger,
    plan::Plan,
    policy::Deploy,
    promote, rollback, rolling,
    session::{Session, Stop},
    status, warm,
};

/// For GitHub's entry when time is short: a cancelled job is killed ten seconds after the first signal.
const LAST_WORDS: Duration = Duration::from_secs(4);

/// Runs the gate.
pub(crate) async fn run(
    inputs: Inputs,
    config: &Section<Deploy>,
    context: &Context,
) -> Result<Report, Error> {
    let plan = Plan::new(inputs, config).map_err(Error::Usage)?;
    if plan.mode == Mode::Digest {
        let mut ledger = Ledger::default();
        return match digest::run(context, &plan, &mut ledger).await {
            Ok(title) => Ok(ledger.close(Duration::ZERO, title, Vec::new())),
            Err(Stop::Usage(problems)) => Err(Error::Usage(problems)),
            Err(Stop::Undecided(problems)) => Err(Error::Undecided(problems)),
        };
    }
    let deadline = Deadline::after(plan.timeout);
    let vercel = connect::vercel(context, deadline)?;
    let mut session = Session {
        context,
        plan: &plan,
        vercel,
        deadline,
        ledger: Ledger::default(),
        github: None,
    };
    let ended = tokio::select! {
        outcome = mode(&mut session) => outcome.map_err(Ended::Stopped),
        signal = interrupt::signal() => Err(Ended::Signal(signal)),
    };
    finish(session, ended).await
}

enum Ended {
    Stopped(Stop),
    Signal(&'static str),
}

async fn mode(session: &mut Session<'_>) -> Result<String, Stop> {
    match session.plan.mode {
        Mode::Deploy => deploy::run(session).await,
        Mode::Promote => promote::run(session).await,
        Mode::Rolling => rolling::run(session).await,
        Mode::Rollback => rollback::run(session).await,
        Mode::Alias => alias::run(session).await,
        Mode::Warm => warm::run(session).await,
        Mode::Status => status::run(session).await,
        Mode::Digest => Err(Stop::undecided("a digest needs no session")),
    }
}

async fn finish(mut session: Session<'_>, ended: Result<String, Ended>) -> Result<Report, Error> {
    let (title, failed, end) = match ended {
        Ok(title) => {
            let conclusion =
                gate::Draft::conclude(&session.ledger.findings, &session.ledger.metrics);
            let end = if conclusion == Conclusion::Fail {
                End::Failure
            } else {
                End::Success
            };
            (title, Vec::new(), end)
        }
        // Nothing was touched, so there is nothing to keep.
        Err(Ended::Stopped(Stop::Usage(problems))) => return Err(Error::Usage(problems)),
        Err(Ended::Stopped(Stop::Undecided(problems))) => {
            let title = problems
                .first()
                .map_or_else(String::new, |problem| problem.message.clone());
            let failed = problems
                .iter()
                .map(|problem| undecided(problem, &session.ledger))
                .collect();
            (format!("could not decide: {title}"), failed, End::Error)
        }
        Err(Ended::Signal(signal)) => {
            let ledger = &session.ledger;
            let text = format!("stopped by {signal} while {}", ledger.doing);
            let finding = Finding::error("interrupted", &text).fix(&ledger.resume);
            (text, vec![finding], End::Error)
        }
    };
    let closing = timeout(
        LAST_WORDS.max(session.deadline.remaining().min(Duration::from_secs(30))),
        async {
            github::close(&mut session, end, &title).await;
        },
    );
    if closing.await.is_err() {
        tracing::warn!("GitHub's list of deployments was not closed in time");
    }
    let requests = session.vercel.requests();
    let end = session.deadline.elapsed();
    let seconds = end.as_secs_f64();
    let mut ledger = session.ledger;
    ledger.output("requests", requests);
    ledger.output("seconds", format!("{seconds:.1}"));
    #[expect(clippy::cast_precision_loss, reason = "a number for people")]
    ledger
        .metrics
        .push(Metric::new("requests", requests as f64, "count"));
    ledger.metrics.push(Metric::new("seconds", seconds, "s"));
    Ok(ledger.close(end, title, failed))
}

/// A reason for no decision, with what holds meanwhile.
fn undecided(problem: &Problem, ledger: &Ledger) -> Finding {
    let finding = Finding::error("undecided", &problem.message);
    match (&problem.fix, ledger.resume.as_str()) {
        (Some(fix), _) => finding.fix(fix),
        (None, "") => finding,
        (None, resume) => finding.fix(resume),
    }
}
