//! What a run saw, as plain values: everything the verdict is decided from.

use edge_checks::Judged;
use verdict::Place;

use crate::{
    attempt::Failure,
    budget::{Budgets, Times},
    load::Load,
    loading::Loaded,
    repeat::{End, Settled},
    sampling::Watched,
    wall::Wall,
    watch::{Limits, Places},
};

/// What a run saw.
#[derive(Debug)]
pub struct Facts {
    /// Host and port of the deployment.
    pub host: String,
    /// Whether a bypass secret was sent along.
    pub bypass_sent: bool,
    /// The version, when the suite says where to read it.
    pub version: Option<VersionFacts>,
    /// The checks, in the suite's order.
    pub checks: Vec<CheckFacts>,
    /// What the answers to the checks are held to together.
    pub budgets: Budgets,
    /// The load and what it brought, when one was put.
    pub load: Option<(Load, Loaded)>,
    /// The watch, when one was wanted and the checks passed.
    pub watch: Option<Watched>,
    /// What was found at the edge, when it is to be looked at and the checks passed.
    pub edge: Option<Judged>,
    /// What the watch is held to.
    pub limits: Limits,
    /// Where that was written.
    pub watch_places: Places,
}

/// What was seen of the version.
#[derive(Debug)]
pub struct VersionFacts {
    /// The version that had to answer.
    pub expected: Option<String>,
    /// The version that answered last.
    pub found: Option<String>,
    /// How it ended.
    pub end: VersionEnd,
    /// How often another version answered after the expected one had.
    pub flips: u32,
}

/// How the question for the version ended.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one in a run")]
pub enum VersionEnd {
    /// It was read, and is the expected one before and after the checks.
    Seen,
    /// It was not read, or is another one.
    Failed(Failure),
    /// A wall answered.
    Walled(Wall),
}

/// What was seen of a check.
#[derive(Debug)]
pub struct CheckFacts {
    /// Its name.
    pub name: String,
    /// Method and redacted address.
    pub request: String,
    /// Where it was written.
    pub place: Option<Place>,
    /// Its time limit in milliseconds.
    pub max_time: Option<f64>,
    /// What came of it; `None` when it was never asked.
    pub settled: Option<Settled>,
}

impl CheckFacts {
    /// Whether its last answers passed.
    pub fn passed(&self) -> bool {
        matches!(
            self.settled.as_ref().map(|settled| &settled.end),
            Some(End::Passed(_))
        )
    }

    /// Whether it was asked and failed.
    pub fn failed(&self) -> bool {
        matches!(
            self.settled.as_ref().map(|settled| &settled.end),
            Some(End::Failed(_))
        )
    }
}

impl Facts {
    /// Where the suite starts, or the check of this name stands.
    pub fn place(&self, check: Option<&str>) -> Option<&Place> {
        let named = |facts: &&CheckFacts| check.is_none_or(|name| name == facts.name);
        self.checks.iter().find(named)?.place.as_ref()
    }

    /// What the answers to the checks took.
    pub fn times(&self) -> Times {
        let mut times = Times::default();
        for settled in self
            .checks
            .iter()
            .filter_map(|check| check.settled.as_ref())
        {
            times.total.extend(&settled.took);
            times.ttfb.extend(&settled.ttfb);
            times.asked += u64::from(settled.tries);
            times.failed += u64::from(settled.failed);
        }
        times
    }

    /// The wall that answered, if one did.
    pub fn wall(&self) -> Option<Wall> {
        let of_version = self.version.iter().find_map(|version| match version.end {
            VersionEnd::Walled(wall) => Some(wall),
            _ => None,
        });
        let of_check = |check: &CheckFacts| match check.settled.as_ref()?.end {
            End::Walled(wall) => Some(wall),
            _ => None,
        };
        of_version.or_else(|| self.checks.iter().find_map(of_check))
    }
}
