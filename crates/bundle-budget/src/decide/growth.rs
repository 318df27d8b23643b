//! Growth against the baseline.

use verdict::{Finding, Place};

use super::{broken, number, size};
use crate::policy::{Compression, Mode};
use crate::terms::Growth;

/// A number now and before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Change {
    pub now: u64,
    pub before: u64,
}

impl Change {
    /// How much it grew; nothing when the change is noise: at most so many bytes, or at most this share.
    pub(super) fn grown(self, noise: (u64, f64)) -> Option<u64> {
        let more = self.now.checked_sub(self.before).filter(|more| *more > 0)?;
        (more > noise.0 && number(more) > noise.1 * number(self.before)).then_some(more)
    }
}

/// What may grow by how much.
#[derive(Clone, Copy, Debug)]
pub(super) struct Held<'a> {
    pub budget: &'a Growth,
    pub mode: Mode,
    pub compression: Compression,
    /// Smaller changes are none: bytes, and a share.
    pub noise: (u64, f64),
}

/// What is grown beyond its budget: one finding per limit that is broken. `why` is what the message ends with.
pub(super) fn judge(what: &str, change: Change, held: Held<'_>, why: &str) -> Vec<Finding> {
    let Held {
        budget,
        mode,
        compression,
        noise,
    } = held;
    let Some(more) = change.grown(noise) else {
        return Vec::new();
    };
    let message = |limit: &str| {
        format!(
            "{what} grew by {} to {} ({}), and may grow by {limit}{why}",
            size(more),
            size(change.now),
            compression.as_str(),
        )
    };
    let finding = |limit: &str, place: &Option<Place>| {
        broken(mode, "growth", message(limit), place.as_ref())
            .fix("take back what the change added, load it later, or accept the growth by raising the limit once")
    };
    let mut found = Vec::new();
    if let Some((limit, place)) = &budget.bytes
        && more > *limit
    {
        found.push(finding(&size(*limit), place));
    }
    if let Some((ratio, place)) = &budget.ratio
        && number(more) > ratio * number(change.before)
    {
        let percent = format!("{:.1} %", ratio * 100.0).replace(".0 %", " %");
        found.push(finding(
            &format!("{percent} of {}", size(change.before)),
            place,
        ));
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Change, Held, judge};
    use crate::policy::{Compression, Mode};
    use crate::terms::Growth;

    fn verdicts(
        now: u64,
        before: u64,
        bytes: Option<u64>,
        ratio: Option<f64>,
        noise: (u64, f64),
    ) -> usize {
        let budget = Growth {
            bytes: bytes.map(|bytes| (bytes, None)),
            ratio: ratio.map(|ratio| (ratio, None)),
        };
        let held = Held {
            budget: &budget,
            mode: Mode::Fail,
            compression: Compression::Gzip,
            noise,
        };
        judge("/", Change { now, before }, held, "").len()
    }

    #[test]
    fn every_limit_that_is_named_holds_above_the_noise() {
        let none = (0, 0.0);
        let cases = [
            ((1100, 1000, Some(100), None, none), 0),
            ((1101, 1000, Some(100), None, none), 1),
            ((1101, 1000, None, Some(0.1), none), 1),
            ((1200, 1000, Some(100), Some(0.1), none), 2),
            ((1200, 1000, Some(100), Some(0.1), (200, 0.0)), 0),
            ((1201, 1000, Some(100), Some(0.1), (200, 0.0)), 2),
            ((1201, 1000, Some(100), None, (0, 0.5)), 0),
            ((900, 1000, Some(0), Some(0.0), none), 0),
            ((1, 0, Some(0), Some(0.0), none), 2),
            ((1000, 1000, Some(0), Some(0.0), none), 0),
        ];
        for ((now, before, bytes, ratio, noise), expected) in cases {
            assert_eq!(
                verdicts(now, before, bytes, ratio, noise),
                expected,
                "{now} {before} {bytes:?} {ratio:?} {noise:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn less_never_fails_and_more_never_helps(before in 0_u64..100_000, now in 0_u64..100_000, more in 0_u64..1000, limit in 0_u64..500) {
            let of = |now| verdicts(now, before, Some(limit), Some(0.01), (100, 0.005));
            prop_assert!(of(now + more) >= of(now));
            prop_assert!(now > before || of(now) == 0);
        }
    }
}
