//! Whether the machine was slow during a run. Lighthouse measures it at the start of every run (`benchmarkIndex`): on a
//! hosted runner a neighbour can take most of it away, and the page then looks slow.

use crate::compare::median;

/// A run at less than this share of the usual speed is slow.
const SHARE: f64 = 0.5;

/// So many runs make the usual speed.
const ENOUGH: usize = 2;

/// The speeds of the runs that count.
#[derive(Clone, Debug)]
pub(super) struct Speeds {
    floor: Option<f64>,
    seen: Vec<f64>,
}

impl Speeds {
    /// None yet; slower than the floor is always slow.
    pub(super) const fn new(floor: Option<f64>) -> Self {
        Self {
            floor,
            seen: Vec::new(),
        }
    }

    /// Why a run is slow, when it is.
    pub(super) fn slow(&self, index: Option<f64>) -> Option<String> {
        let index = index?;
        if let Some(floor) = self.floor.filter(|floor| index < *floor) {
            return Some(format!(
                "a slow machine, benchmarkIndex {index:.0} is under {floor:.0}"
            ));
        }
        let usual = median(&self.seen);
        (self.seen.len() >= ENOUGH && index < usual * SHARE)
            .then(|| format!("the machine slowed down, benchmarkIndex {index:.0} after {usual:.0}"))
    }

    /// One more that counts.
    pub(super) fn add(&mut self, index: Option<f64>) {
        self.seen.extend(index);
    }
}

#[cfg(test)]
mod tests {
    use super::Speeds;

    #[test]
    fn a_run_is_slow_against_the_floor_or_the_others() {
        let mut speeds = Speeds::new(Some(300.0));
        assert!(speeds.slow(Some(299.0)).is_some() && speeds.slow(Some(300.0)).is_none());
        speeds.add(Some(1000.0));
        assert!(speeds.slow(Some(400.0)).is_none(), "one run is no measure");
        speeds.add(Some(1200.0));
        assert!(speeds.slow(Some(549.0)).is_some() && speeds.slow(Some(551.0)).is_none());
        assert!(speeds.slow(None).is_none(), "unknown");
    }
}
