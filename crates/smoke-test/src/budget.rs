//! Times and failures of many answers, and the limits they are held to together. Pure.

use verdict::{Metric, Place};

/// A limit and the line that sets it.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// The largest value that holds.
    pub most: f64,
    /// Where it was written.
    pub place: Option<Place>,
}

/// The limits; `None` is no limit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Budgets {
    /// Of the median of the time to the last byte, in milliseconds.
    pub p50: Option<Limit>,
    /// Of its 95th percentile.
    pub p95: Option<Limit>,
    /// Of its 99th percentile.
    pub p99: Option<Limit>,
    /// Of the 95th percentile of the time to the headers, in milliseconds.
    pub ttfb: Option<Limit>,
    /// Of the share of failed answers, 0 to 1.
    pub error_rate: Option<Limit>,
}

/// What many answers took.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Times {
    /// To the last byte, in milliseconds.
    pub total: Vec<f64>,
    /// To the headers, in milliseconds.
    pub ttfb: Vec<f64>,
    /// How many were asked.
    pub asked: u64,
    /// How many of them failed.
    pub failed: u64,
}

impl Times {
    /// The share of failed answers, 0 to 1; `None` where nothing was asked.
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
    pub fn error_rate(&self) -> Option<f64> {
        (self.asked > 0).then(|| self.failed as f64 / self.asked as f64)
    }

    /// The numbers, held to the limits. `prefix` tells them from others, such as `load `.
    pub fn metrics(&self, prefix: &str, budgets: &Budgets) -> Vec<Metric> {
        let (total, ttfb) = (sorted(&self.total), sorted(&self.ttfb));
        let times = [
            ("p50", percentile(&total, 50), &budgets.p50),
            ("p95", percentile(&total, 95), &budgets.p95),
            ("p99", percentile(&total, 99), &budgets.p99),
            ("ttfb p95", percentile(&ttfb, 95), &budgets.ttfb),
        ];
        let times = times.into_iter().filter_map(|(name, value, limit)| {
            let metric = Metric::new(format!("{prefix}{name}"), value?.round(), "ms");
            Some(held(metric, most(limit)))
        });
        let rate = self
            .error_rate()
            .map(|rate| Metric::new(format!("{prefix}error rate"), rate, "ratio"))
            .map(|metric| held(metric, most(&budgets.error_rate)));
        times.chain(rate).collect()
    }
}

fn most(limit: &Option<Limit>) -> Option<f64> {
    limit.as_ref().map(|limit| limit.most)
}

/// The metric with its limit, if there is one.
pub(crate) fn held(metric: Metric, limit: Option<f64>) -> Metric {
    match limit {
        Some(limit) => metric.at_most(limit),
        None => metric,
    }
}

/// The values in ascending order.
pub(crate) fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted
}

/// A percentile of sorted values by nearest rank: a value that was really measured. `None` without values.
pub(crate) fn percentile(sorted: &[f64], percent: usize) -> Option<f64> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use verdict::Conclusion;

    use super::{Budgets, Limit, Times, percentile, sorted};

    #[test]
    fn nearest_rank() {
        let to = |count: u32| (1..=count).map(f64::from).collect::<Vec<_>>();
        for (count, percent, expected) in [
            (0, 95, None),
            (1, 50, Some(1.0)),
            (20, 95, Some(19.0)),
            (100, 99, Some(99.0)),
            (3, 50, Some(2.0)),
            (4, 50, Some(2.0)),
        ] {
            assert_eq!(
                percentile(&to(count), percent),
                expected,
                "{count} {percent}"
            );
        }
    }

    #[test]
    fn limits_hold_or_fail() {
        let times = Times {
            total: (1..=100).map(f64::from).collect(),
            ttfb: vec![5.0; 100],
            asked: 110,
            failed: 10,
        };
        let limit = |most| Some(Limit { most, place: None });
        let budgets = Budgets {
            p95: limit(95.0),
            p99: limit(98.0),
            error_rate: limit(0.05),
            ..Budgets::default()
        };
        let judged: Vec<_> = times
            .metrics("load ", &budgets)
            .into_iter()
            .map(|metric| (metric.name, metric.conclusion))
            .collect();
        let expected = [
            ("load p50", Conclusion::Pass),
            ("load p95", Conclusion::Pass),
            ("load p99", Conclusion::Fail),
            ("load ttfb p95", Conclusion::Pass),
            ("load error rate", Conclusion::Fail),
        ];
        assert_eq!(judged, expected.map(|(name, end)| (name.to_owned(), end)));
        assert!(Times::default().metrics("", &budgets).is_empty());
    }

    proptest! {
        #[test]
        fn percentiles_are_measured_and_ascend(values in proptest::collection::vec(0.0f64..1e6, 1..60)) {
            let values = sorted(&values);
            let [p50, p95, p99] = [50, 95, 99].map(|percent| percentile(&values, percent).unwrap());
            prop_assert!(p50 <= p95 && p95 <= p99 && values.contains(&p50));
        }
    }
}
