//! The rule that compares base and head: as few runs as possible, and no alarm without a difference.
//!
//! After every odd number of runs a side from three to nine: after three, a head that is no slower ends it as no
//! regression; from five on, a shift of the median below 2 % does, and a shift over the limit that the exact test finds
//! significant ends it as one. What is still open after nine runs is inconclusive. `simulation.rs` says how often this
//! errs.

use super::stats::{mann_whitney, median};

/// The fewest and the most runs a side.
pub(crate) const FEWEST: usize = 3;
pub(crate) const MOST: usize = 9;

/// From so many runs on there may be a regression: fewer cannot be significant.
const ENOUGH: usize = 5;

/// Below this share of the base, a shift of the median is none, when there are enough runs.
const NONE: f64 = 0.02;

/// How often a difference may be seen that is none, over all comparisons of a job.
pub(crate) const ALPHA: f64 = 0.035;

/// What counts as a regression.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Limit {
    /// Share of the base's median.
    pub share: f64,
    /// In the unit of the values; a smaller shift is none.
    pub least: f64,
}

/// Where a comparison stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Standing {
    /// No slower.
    Pass,
    /// Neither; more runs may tell.
    Open,
    /// Slower.
    Regressed,
}

/// How base and head compare.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Shift {
    /// The base's median.
    pub base: f64,
    /// The head's median.
    pub head: f64,
    /// How likely so large a shift is without a difference.
    pub probability: f64,
}

impl Shift {
    /// Compares the runs of both sides.
    pub(crate) fn of(base: &[f64], head: &[f64]) -> Self {
        let (base_median, head_median) = (median(base), median(head));
        Self {
            base: base_median,
            head: head_median,
            // A head that is no slower needs no test.
            probability: if head_median > base_median {
                mann_whitney(base, head)
            } else {
                1.0
            },
        }
    }

    fn by(self) -> f64 {
        self.head - self.base
    }

    /// Where it stands after so many runs a side, held to this probability.
    pub(crate) fn standing(self, runs: usize, limit: Limit, alpha: f64) -> Standing {
        let none = if runs < ENOUGH { 0.0 } else { self.base * NONE };
        if self.by() <= 0.0 || self.by() < none || self.by() < limit.least {
            Standing::Pass
        } else if runs >= ENOUGH && self.by() > self.base * limit.share && self.probability <= alpha
        {
            Standing::Regressed
        } else {
            Standing::Open
        }
    }
}

/// Layout shifts jump between few values, so their share says nothing: whether most runs are over the limit does.
pub(crate) fn by_majority(base: &[f64], head: &[f64], limit: f64) -> Standing {
    let most =
        |values: &[f64]| values.iter().filter(|value| **value > limit).count() * 2 > values.len();
    match (most(base), most(head)) {
        (false, true) => Standing::Regressed,
        _ => Standing::Pass,
    }
}

/// Whether another round of runs may change anything, given where every comparison of a page stands.
pub(crate) fn goes_on(runs: usize, standings: &[Standing]) -> bool {
    runs < FEWEST
        || (runs < MOST && (runs.is_multiple_of(2) || standings.contains(&Standing::Open)))
}

#[cfg(test)]
mod tests {
    use super::{Limit, Shift, Standing, by_majority, goes_on};

    const LIMIT: Limit = Limit {
        share: 0.05,
        least: 20.0,
    };

    #[test]
    fn a_shift_must_be_large_enough_and_significant() {
        let shift = |base: f64, head: f64, probability| Shift {
            base,
            head,
            probability,
        };
        for (shift, runs, expected) in [
            (shift(1000.0, 1019.0, 0.001), 5, Standing::Pass),
            (shift(1000.0, 900.0, 1.0), 3, Standing::Pass),
            (shift(1000.0, 1100.0, 0.001), 5, Standing::Regressed),
            (shift(1000.0, 1100.0, 0.001), 3, Standing::Open),
            (shift(1000.0, 1100.0, 0.03), 9, Standing::Open),
            (shift(5000.0, 5050.0, 1.0), 3, Standing::Open),
            (shift(5000.0, 5050.0, 1.0), 5, Standing::Pass),
            (shift(1000.0, 1045.0, 0.001), 9, Standing::Open),
            (shift(0.0, 15.0, 0.001), 9, Standing::Pass),
            (shift(0.0, 25.0, 0.001), 9, Standing::Regressed),
        ] {
            assert_eq!(
                shift.standing(runs, LIMIT, 0.02),
                expected,
                "{shift:?} {runs}"
            );
        }
    }

    #[test]
    fn layout_shifts_regress_by_majority() {
        let often = [0.177, 0.177, 0.0];
        let seldom = [0.0, 0.177, 0.0];
        assert_eq!(by_majority(&seldom, &often, 0.1), Standing::Regressed);
        assert_eq!(by_majority(&often, &often, 0.1), Standing::Pass);
        assert_eq!(by_majority(&often, &seldom, 0.1), Standing::Pass);
        assert_eq!(by_majority(&seldom, &often, 0.2), Standing::Pass);
    }

    #[test]
    fn it_ends_when_nothing_is_open() {
        use Standing::{Open, Pass, Regressed};
        assert!(goes_on(2, &[Pass]));
        assert!(!goes_on(3, &[Pass, Regressed]));
        assert!(goes_on(3, &[Pass, Open]) && goes_on(4, &[Pass]) && goes_on(7, &[Open]));
        assert!(!goes_on(9, &[Open]));
    }
}
