//! The numbers of a run: counts, times, the error rate.

use verdict::Metric;

use crate::{facts::Facts, watch};

/// The numbers of a run.
pub(super) struct Numbers {
    pub(super) passed: usize,
    pub(super) not_passed: usize,
    pub(super) p95: Option<f64>,
    pub(super) error_rate: Option<f64>,
}

impl Numbers {
    /// Percentile and error rate are the watch's where there was one, else those of the checks' tries.
    pub(super) fn of(facts: &Facts) -> Self {
        let passed = facts.checks.iter().filter(|check| check.passed()).count();
        let settled = || {
            facts
                .checks
                .iter()
                .filter_map(|check| check.settled.as_ref())
        };
        let (p95, error_rate) = match &facts.watch {
            Some(watched) => {
                let times = watched.samples.iter().map(|sample| sample.took.value());
                (watch::p95(times), watch::error_rate(&watched.samples))
            }
            None => {
                let (tries, failed) = settled().fold((0, 0), |(tries, failed), one| {
                    (tries + one.tries, failed + one.failed)
                });
                let rate = (tries > 0).then(|| f64::from(failed) / f64::from(tries));
                (
                    watch::p95(settled().flat_map(|one| one.took.iter().copied())),
                    rate,
                )
            }
        };
        Self {
            passed,
            not_passed: facts.checks.len() - passed,
            p95,
            error_rate,
        }
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
        let limits = facts.watch.as_ref().map(|_| &facts.limits);
        let held = |metric: Metric, limit: Option<f64>| match limit {
            Some(limit) => metric.at_most(limit),
            None => metric,
        };
        if let Some(p95) = self.p95 {
            metrics.push(held(
                Metric::new("p95", p95.round(), "ms"),
                limits.and_then(|limits| limits.max_p95),
            ));
        }
        if let Some(rate) = self.error_rate {
            metrics.push(held(
                Metric::new("error rate", rate, "ratio"),
                limits.map(|limits| limits.max_error_rate),
            ));
        }
        for check in &facts.checks {
            let took = check
                .settled
                .iter()
                .flat_map(|settled| settled.took.iter().copied());
            if let (true, Some(took)) = (check.passed(), watch::p95(took)) {
                metrics.push(held(
                    Metric::new(format!("time {}", check.name), took.round(), "ms"),
                    check.max_time,
                ));
            }
        }
        metrics
    }
}
