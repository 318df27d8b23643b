//! One deadline for a whole piece of work. Retries, polls and single requests all draw on it, so that a job ends when its
//! input says and not at the runner's six hours.

use std::{future::Future, time::Duration};

use tokio::time::{Instant, sleep, timeout_at};

/// A moment that callers share; copies are the same deadline. It follows tokio's clock, which tests can pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    start: Instant,
    limit: Duration,
}

/// The deadline passed, or would pass during the wait asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the deadline of {} s passed", .limit.as_secs_f64())]
pub struct DeadlineExceeded {
    /// The whole time that was allowed.
    pub limit: Duration,
}

impl Deadline {
    /// A deadline `limit` from now.
    #[must_use]
    pub fn after(limit: Duration) -> Self {
        Self {
            start: Instant::now(),
            limit,
        }
    }

    /// The time left; zero once it passed.
    #[must_use]
    pub fn remaining(&self) -> Duration {
        self.limit.saturating_sub(self.start.elapsed())
    }

    /// The time since it was set.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    /// The whole time that was allowed.
    #[must_use]
    pub fn limit(&self) -> Duration {
        self.limit
    }

    /// Whether no time is left.
    #[must_use]
    pub fn expired(&self) -> bool {
        self.remaining().is_zero()
    }

    /// Waits for `wait`.
    ///
    /// # Errors
    /// At once, without waiting, when the deadline comes first: a wait that cannot end in time helps nobody.
    pub async fn sleep(&self, wait: Duration) -> Result<(), DeadlineExceeded> {
        if wait >= self.remaining() {
            return Err(DeadlineExceeded { limit: self.limit });
        }
        sleep(wait).await;
        Ok(())
    }

    /// Runs `work` until the deadline.
    ///
    /// # Errors
    /// When the deadline comes first; `work` is dropped then.
    pub async fn run<T>(&self, work: impl Future<Output = T>) -> Result<T, DeadlineExceeded> {
        // A limit beyond the clock's range is no limit.
        match self.start.checked_add(self.limit) {
            Some(at) => timeout_at(at, work)
                .await
                .map_err(|_| DeadlineExceeded { limit: self.limit }),
            None => Ok(work.await),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn waits_only_within_its_limit() {
        let deadline = Deadline::after(Duration::from_secs(10));
        assert_eq!(deadline.sleep(Duration::from_secs(9)).await, Ok(()));
        assert_eq!(deadline.remaining(), Duration::from_secs(1));
        let before = Instant::now();
        assert_eq!(
            deadline.sleep(Duration::from_secs(1)).await,
            Err(DeadlineExceeded {
                limit: Duration::from_secs(10)
            })
        );
        assert_eq!(before.elapsed(), Duration::ZERO, "refused without waiting");
        assert!(!deadline.expired());
        tokio::time::advance(Duration::from_secs(5)).await;
        assert!(deadline.expired());
        assert_eq!(deadline.remaining(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn cuts_work_short() {
        let deadline = Deadline::after(Duration::from_secs(3));
        assert_eq!(deadline.run(async { 7 }).await, Ok(7));
        let error = deadline
            .run(std::future::pending::<()>())
            .await
            .unwrap_err();
        assert_eq!(error.to_string(), "the deadline of 3 s passed");
        assert_eq!(deadline.elapsed(), Duration::from_secs(3));
    }

    #[tokio::test(start_paused = true)]
    async fn a_limit_beyond_the_clock_is_no_limit() {
        assert_eq!(Deadline::after(Duration::MAX).run(async { 1 }).await, Ok(1));
    }
}
