//! One HTTP client for the whole suite: retry, deadline, timings, redaction.
//!
//! The retry policy is pure (time and randomness are arguments) so that github-client, which speaks through octocrab, and
//! our own [`Client`] make the same decisions. No gate opens a socket in another way.

mod backoff;
mod classify;
mod deadline;
mod retry;
mod retry_after;

pub use backoff::Backoff;
pub use classify::{Answer, Class, Failure, Repeatable, classify};
pub use deadline::{Deadline, DeadlineExceeded};
pub use retry::{Attempt, Decision, GiveUp, RetryPolicy};
pub use retry_after::{parse_retry_after, rate_limit_exhausted};
