//! How much load is put on a deployment. The limits are hard: whoever needs more needs a load tester.

use std::time::Duration;

use verdict::Place;

use crate::budget::Budgets;

/// Requests a second at most.
pub const MOST_RPS: u32 = 200;
/// Requests in all at most.
pub const MOST_REQUESTS: u32 = 20_000;
/// The longest load.
pub const LONGEST: Duration = Duration::from_secs(600);

/// A load.
#[derive(Clone, Debug, PartialEq)]
pub struct Load {
    /// Requests a second.
    pub rps: u32,
    /// How long.
    pub duration: Duration,
    /// Requests in all at most.
    pub max_requests: u32,
    /// What the answers are held to.
    pub budgets: Budgets,
    /// Whether the tested host is one that may be loaded.
    pub allowed: bool,
    /// Where it was written.
    pub place: Option<Place>,
}

impl Load {
    /// How many requests it sends.
    pub fn planned(&self) -> u32 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a float that does not fit saturates, and the cap is below"
        )]
        let by_rate = (f64::from(self.rps) * self.duration.as_secs_f64()).floor() as u32;
        by_rate.min(self.max_requests)
    }

    /// When a request leaves, from the start of the load.
    pub fn leaves(&self, number: u32) -> Duration {
        Duration::from_secs(u64::from(number)) / self.rps.max(1)
    }
}
