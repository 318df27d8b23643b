//! The loop around one call: try, classify, read back, wait, try again. It follows
//! `http_client::RetryPolicy`; what it adds is the read-back, by which even a POST may be repeated:
//! after an answer that leaves open whether the request landed, GitHub is asked first.

use std::future::Future;

use futures_util::future::BoxFuture;
use http_client::{Attempt, Class, Deadline, Decision, Failure, Repeatable, RetryPolicy};
use jiff::Timestamp;

use crate::call::{Call, Outcome, Response};
use crate::error::Error;
use crate::limits;

/// Looks whether a write landed, by something only this write carries: a marker, an `external_id`, a
/// payload.
pub(crate) type Probe<'a, T> = &'a (dyn Fn() -> BoxFuture<'a, Result<Option<T>, Error>> + Sync);

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
    policy: &RetryPolicy,
    call: &Call,
    mut once: Once,
    landed: Option<Probe<'_, T>>,
) -> Result<Sent<T>, Error>
where
    Once: FnMut() -> Try,
    Try: Future<Output = Outcome>,
{
    let deadline = Deadline::after(policy.deadline);
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
        let now = Timestamp::now();
        let class = limits::class(&outcome, now);
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
        let decision = policy.decide_class(class, &attempt);
        if let Decision::Retry(wait) = decision {
            tokio::time::sleep(wait).await;
        }
        if may_have_landed
            && class != Class::Done
            && let Some(probe) = landed
            && let Some(found) = probe().await?
        {
            return Ok(Sent::Found(found));
        }
        match decision {
            Decision::Retry(_) => number += 1,
            Decision::Return => return outcome.into_result(call, None).map(Sent::Answered),
            Decision::GiveUp(why) => {
                return outcome.into_result(call, Some(why)).map(Sent::Answered);
            }
        }
    }
}

/// In `0.0..1.0`, for the jitter; a system without randomness gets none.
fn random() -> f64 {
    getrandom::u32().map_or(0.0, |bits| f64::from(bits) / (f64::from(u32::MAX) + 1.0))
}

#[cfg(test)]
#[path = "send_tests.rs"]
mod tests;
