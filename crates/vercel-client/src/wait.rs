//! Polls until a state is reached. The pace is quick at first, since most states change within seconds, and slow later, since
//! every poll counts against the rate limit.

use std::time::Duration;

use http_client::{Backoff, Deadline};

use crate::error::Error;

/// How often a state is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// The first wait.
    pub first: Duration,
    /// The longest wait.
    pub cap: Duration,
}

impl Default for Pace {
    /// After 0.3 s, then twice as long each time up to 5 s.
    fn default() -> Self {
        Self {
            first: Duration::from_millis(300),
            cap: Duration::from_secs(5),
        }
    }
}

impl Pace {
    /// Waits before poll number `poll` (the first is 1), or says what was waited for in vain.
    ///
    /// # Errors
    /// [`Error::Timeout`] when the deadline comes first.
    pub async fn wait(
        self,
        poll: u32,
        deadline: Deadline,
        what: &str,
        last: &str,
    ) -> Result<(), Error> {
        let wait = Backoff {
            base: self.first,
            cap: self.cap,
        }
        .delay(poll, 1.0);
        deadline.sleep(wait).await.map_err(|passed| Error::Timeout {
            what: what.to_owned(),
            last: last.to_owned(),
            limit: passed.limit,
        })
    }
}
