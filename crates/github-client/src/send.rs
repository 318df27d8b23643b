//! The loop around one call: try, classify, read back, wait, try again. It follows
//! `http_client::RetryPolicy`; what it adds is the read-back, by which even a POST may be repeated:
//! after an answer that leaves open whether the request landed, GitHub is asked first.

use std::future::Future;
use std::time::Duration;

use futures_util::future::BoxFuture;
use http_client::{Attempt, Class, Deadline, Decision, Failure, Repeatable, RetryPolicy};
use jiff::Timestamp;

use crate::call::{Call, Outcome, Response};
use crate::error::Error;
use crate::limits;

/// The time a last look after a write may take once the deadline passed: without it, a verdict that was
/// shown would be reported as lost.
const LAST_LOOK: Duration = Duration::from_secs(30);

/// Looks whether a write landed, by something only this write carries: a marker, an `external_id`, a
/// payload.
pub(crate) type Probe<'a, T> = &'a (dyn Fn() -> BoxFuture<'a, Result<Option<T>, Error>> + Sync);

/// How persistent a call is, and by which clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    pub(crate) retry: RetryPolicy,
    /// The wait for a rate limit that names none.
    pub(crate) nameless_limit: Duration,
    /// The date when a call begins; tokio's clock counts from there.
    pub(crate) date: fn() -> Timestamp,
}

/// How a write ended well.
#[derive(Debug)]
pub(crate) enum Sent<T> {
    /// GitHub answered it.
    Answered(Response),
    /// The answer was lost, but the write is there.
    Found(T),
}

/// Sends until answered, refused for good, or out of tries and time.
pub(crate) async fn send<T, Once, Try>(
    pace: &Pace,
    call: &Call,
    mut once: Once,
    landed: Option<Probe<'_, T>>,
) -> Result<Sent<T>, Error>
where
    Once: FnMut() -> Try,
    Try: Future<Output = Outcome>,
{
    let began = (pace.date)();
    let deadline = Deadline::after(pace.retry.deadline);
    let repeatable = if landed.is_some() {
        Repeatable::Yes
    } else {
        call.repeatable
    };
    // Set by the first answer that leaves it open, and never cleared: what landed may show late.
    let mut may_have_landed = false;
    let mut number = 1;
    loop {
        let outcome = deadline
            .run(once())
            .await
            .unwrap_or_else(|late| Outcome::Failed(Failure::Timeout, late.to_string()));
        let now = later(began, deadline.elapsed());
        let class = limits::class(&outcome, now, pace.nameless_limit);
        tracing::debug!(call = call.name(), number, ?class, "asked GitHub");
        may_have_landed |= matches!(class, Class::Transient(_));

        let attempt = Attempt {
            number,
            repeatable,
            answer: outcome.answer(),
            elapsed: deadline.elapsed(),
            now,
            random: random(),
        };
        let decision = pace.retry.decide_class(class, &attempt);
        if let Decision::Retry(wait) = decision {
            tokio::time::sleep(wait).await;
        }
        if may_have_landed
            && class != Class::Done
            && let Some(probe) = landed
            && let Some(found) = look(probe(), &deadline, call).await?
        {
            return Ok(Sent::Found(found));
        }
        let gave_up = match decision {
            Decision::Retry(_) => {
                number += 1;
                continue;
            }
            Decision::Return => None,
            Decision::GiveUp(why) => Some(why),
        };
        let limit = class.asked_wait().map(|wait| later(now, wait));
        return outcome
            .into_result(call, gave_up, limit)
            .map(Sent::Answered);
    }
}

/// A look draws on the call's deadline, and has a little time of its own after it.
async fn look<T>(
    probe: BoxFuture<'_, Result<Option<T>, Error>>,
    deadline: &Deadline,
    call: &Call,
) -> Result<Option<T>, Error> {
    let time = Deadline::after(deadline.remaining().max(LAST_LOOK));
    time.run(probe).await.unwrap_or_else(|late| {
        Err(Error::NoAnswer {
            call: call.name(),
            reason: format!("whether it landed cannot be seen: {late}"),
            gave_up: None,
        })
    })
}

/// A date beyond the calendar is its end.
fn later(date: Timestamp, by: Duration) -> Timestamp {
    date.saturating_add(by).unwrap_or(Timestamp::MAX)
}

/// In `0.0..1.0`, for the jitter; a system without randomness gets none.
fn random() -> f64 {
    getrandom::u32().map_or(0.0, |bits| f64::from(bits) / (f64::from(u32::MAX) + 1.0))
}

#[cfg(test)]
#[path = "send_tests.rs"]
mod tests;
