//! Capped exponential backoff with jitter. Half of each wait is fixed and half is random, so that many clients started by
//! one event spread out and yet none of them comes back at once.

use std::time::Duration;

/// How long to wait before a further try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The longest first wait.
    pub base: Duration,
    /// The longest wait of all.
    pub cap: Duration,
}

impl Backoff {
    /// The wait after failed try number `attempt` (the first is 1), between half and the whole of `base * 2^(attempt-1)`,
    /// never above `cap`. `random` is in `0.0..1.0`; anything else is clamped, so a broken source cannot make a wait
    /// longer than the cap.
    #[must_use]
    pub fn delay(&self, attempt: u32, random: f64) -> Duration {
        let doublings = attempt.saturating_sub(1).min(31);
        let whole = self.base.saturating_mul(1 << doublings).min(self.cap);
        let random = if random.is_finite() {
            random.clamp(0.0, 1.0)
        } else {
            0.0
        };
        whole / 2 + (whole / 2).mul_f64(random)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn doubles_until_the_cap() {
        let backoff = Backoff {
            base: Duration::from_millis(200),
            cap: Duration::from_secs(1),
        };
        let full: Vec<u128> = (1..=5)
            .map(|attempt| backoff.delay(attempt, 1.0).as_millis())
            .collect();
        assert_eq!(full, [200, 400, 800, 1000, 1000]);
        assert_eq!(backoff.delay(1, 0.0), Duration::from_millis(100));
    }

    proptest! {
        #[test]
        fn stays_between_half_and_whole(base in 1u64..10_000, cap in 1u64..60_000, attempt in 0u32..1000, random in -1.0f64..2.0) {
            let backoff = Backoff { base: Duration::from_millis(base), cap: Duration::from_millis(cap) };
            let wait = backoff.delay(attempt, random);
            prop_assert!(wait <= backoff.cap);
            prop_assert!(wait >= backoff.base.min(backoff.cap) / 2);
            prop_assert!(backoff.delay(attempt + 1, random) >= wait, "a later wait is never shorter");
        }

        #[test]
        fn survives_any_random(random in proptest::num::f64::ANY) {
            let backoff = Backoff { base: Duration::from_secs(1), cap: Duration::from_secs(8) };
            prop_assert!(backoff.delay(3, random) <= backoff.cap);
        }
    }
}
