//! The numbers of a run: counts, times, the error rate.

use pipeline_config::Millis;
use verdict::Metric;

use crate::{
    budget::{Budgets, Limit, Times, held, percentile, sorted},
    facts::Facts,
    sampling::Watched,
};

/// The numbers of a run.
pub(super) struct Numbers {
    pub(super) passed: usize,
    pub(super) not_passed: usize,
    /// What the answers took: the watch's where there was one, else those of the checks' tries.
    pub(super) times: Times,
    budgets: Budgets,
}

impl Numbers {
    pub(super) fn of(facts: &Facts) -> Self {
        let passed = facts.checks.iter().filter(|check| check.passed()).count();
        let (times, budgets) = match &facts.watch {
            Some(watched) => {
                let limit = |most| Limit { most, place: None };
                let budgets = Budgets {
                    p95: facts.limits.max_p95.map(limit),
                    error_rate: Some(limit(facts.limits.max_error_rate)),
                    ..Budgets::default()
                };
                (watch_times(watched), budgets)
            }
            None => (facts.times(), facts.budgets.clone()),
        };
        Self {
            passed,
            not_passed: facts.checks.len() - passed,
            times,
            budgets,
        }
    }

    /// The 95th percentile of the time to the last byte, in milliseconds.
    pub(super) fn p95(&self) -> Option<f64> {
        percentile(&sorted(&self.times.total), 95)
    }

    /// The 95th percentile of the time to the headers of the checks' answers, in milliseconds.
    pub(super) fn ttfb(&self, facts: &Facts) -> Option<f64> {
        percentile(&sorted(&facts.times().ttfb), 95)
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of checks are far below 2^53"
    )]
    pub(super) fn metrics(&self, facts: &Facts) -> Vec<Metric> {
        let mut metrics = vec![
            Metric::new("checks passed", self.passed as f64, "count"),
            Metric::new("checks not passed", self.not_passed as f64, "count").at_most(0.0),
        ];
        metrics.extend(self.times.metrics("", &self.budgets));
        if let Some((load, loaded)) = &facts.load {
            metrics.extend(loaded.times.metrics("load ", &load.budgets));
        }
        if facts.watch.is_some() {
            metrics.extend(facts.times().metrics("checks ", &facts.budgets));
        }
        for check in &facts.checks {
            let took: Vec<f64> = check
                .settled
                .iter()
                .flat_map(|settled| settled.took.iter().copied())
                .collect();
            // The other times are in the table of checks.
            if let (true, Some(limit), Some(took)) = (
                check.passed(),
                check.max_time,
                percentile(&sorted(&took), 95),
            ) {
                let metric = Metric::new(format!("time {}", check.name), took.round(), "ms");
                metrics.push(held(metric, Some(limit)));
            }
        }
        metrics
    }
}

/// What the answers of a watch took.
fn watch_times(watched: &Watched) -> Times {
    let failed = watched.samples.iter().filter(|sample| !sample.passed);
    Times {
        total: watched
            .samples
            .iter()
            .map(|sample| Millis::value(sample.took))
            .collect(),
        ttfb: Vec::new(),
        asked: watched.samples.len() as u64,
        failed: failed.count() as u64,
    }
}
