//! One measured number with its limit and its baseline.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Conclusion;

/// A measured number. All values share the metric's unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// What was measured, such as `first-load-gzip /artists/[slug]`.
    pub name: String,
    /// The value; always finite.
    pub value: f64,
    /// `bytes`, `ms`, `count`, `ratio` (0 to 1), `score` (0 to 100), `s` or empty.
    pub unit: String,
    /// The limit it is held to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<f64>,
    /// The value before the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<f64>,
    /// How the value stands against its limit.
    pub conclusion: Conclusion,
}

impl Metric {
    /// A number without a limit.
    pub fn new(name: impl Into<String>, value: f64, unit: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            value,
            unit: unit.into(),
            limit: None,
            baseline: None,
            conclusion: Conclusion::Pass,
        }
    }

    /// The same number held to an upper limit: above it, it fails.
    #[must_use]
    pub fn at_most(mut self, limit: f64) -> Self {
        self.limit = Some(limit);
        // Written so that NaN fails.
        self.conclusion = if self.value <= limit {
            Conclusion::Pass
        } else {
            Conclusion::Fail
        };
        self
    }

    /// The same number held to a lower limit: below it, it fails.
    #[must_use]
    pub fn at_least(mut self, limit: f64) -> Self {
        self.limit = Some(limit);
        self.conclusion = if self.value >= limit {
            Conclusion::Pass
        } else {
            Conclusion::Fail
        };
        self
    }

    /// The same number with its value before the change.
    #[must_use]
    pub fn baseline(mut self, baseline: f64) -> Self {
        self.baseline = Some(baseline);
        self
    }

    pub(crate) fn is_finite(&self) -> bool {
        [Some(self.value), self.limit, self.baseline]
            .into_iter()
            .flatten()
            .all(f64::is_finite)
    }
}

#[cfg(test)]
mod tests {
    use super::Metric;
    use crate::Conclusion::{Fail, Pass};

    #[test]
    fn limits_include_their_own_value_and_nan_never_passes() {
        let conclusion = |value: f64| Metric::new("m", value, "ms").at_most(10.0).conclusion;
        assert_eq!(
            [conclusion(10.0), conclusion(10.1), conclusion(f64::NAN)],
            [Pass, Fail, Fail]
        );
        let conclusion = |value: f64| Metric::new("m", value, "score").at_least(90.0).conclusion;
        assert_eq!(
            [conclusion(90.0), conclusion(89.9), conclusion(f64::NAN)],
            [Pass, Fail, Fail]
        );
    }
}
