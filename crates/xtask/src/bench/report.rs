//! Medians, ratios and their two forms: a table for people, JSON for programs.

use serde::{Deserialize, Serialize};

/// What one run used.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// User and system time, seconds.
    pub cpu_s: f64,
    /// Wall time, seconds.
    pub wall_s: f64,
    /// Peak resident memory, megabytes.
    pub rss_mb: f64,
}

/// One side of a comparison.
#[derive(Clone, Debug, Serialize)]
pub struct Side {
    /// The program.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Medians of its runs.
    #[serde(flatten)]
    pub median: Sample,
}

/// Peer / ours: above 1 we use less.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Ratio {
    /// Of CPU time.
    pub cpu: f64,
    /// Of wall time.
    pub wall: f64,
    /// Of peak memory.
    pub rss: f64,
}

/// How a case ended.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Comparison {
    /// Both were measured.
    Measured {
        /// The peer.
        peer: Side,
        /// Peer / ours.
        ratio: Ratio,
    },
    /// The peer is not there: reported, never dropped.
    Missing {
        /// Why.
        missing_peer: String,
    },
}

/// What is promised of a case, and whether it was seen.
#[derive(Clone, Debug, Serialize)]
pub struct Promise {
    /// What, with its limit: `CPU at most 1.5 s`.
    pub promise: String,
    /// What was measured, in the limit's unit.
    pub seen: f64,
    /// Whether it holds.
    pub kept: bool,
}

impl Promise {
    /// A number that is to stay at or below a limit.
    pub fn at_most(what: &str, seen: f64, limit: f64, unit: &str) -> Self {
        Self {
            promise: format!("{what} at most {limit}{unit}"),
            seen,
            kept: seen <= limit,
        }
    }

    /// A number that is to reach a limit.
    pub fn at_least(what: &str, seen: f64, limit: f64, unit: &str) -> Self {
        Self {
            promise: format!("{what} at least {limit}{unit}"),
            seen,
            kept: seen >= limit,
        }
    }
}

/// One case of a benchmark.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// The benchmark.
    pub name: String,
    /// The case.
    pub case: String,
    /// Our side; absent when the peer was missing and nothing was run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ours: Option<Side>,
    /// The peer and the ratio.
    #[serde(flatten)]
    pub comparison: Comparison,
    /// What is promised of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub promises: Vec<Promise>,
}

impl Row {
    /// A measured case.
    pub fn measured(name: &str, case: &str, ours: Side, peer: Side) -> Self {
        let ratio = Ratio {
            cpu: peer.median.cpu_s / ours.median.cpu_s,
            wall: peer.median.wall_s / ours.median.wall_s,
            rss: peer.median.rss_mb / ours.median.rss_mb,
        };
        Self {
            name: name.to_owned(),
            case: case.to_owned(),
            ours: Some(ours),
            comparison: Comparison::Measured { peer, ratio },
            promises: Vec::new(),
        }
    }

    /// A case whose peer is not there.
    pub fn missing(name: &str, case: &str, why: &str) -> Self {
        Self {
            name: name.to_owned(),
            case: case.to_owned(),
            ours: None,
            comparison: Comparison::Missing {
                missing_peer: why.to_owned(),
            },
            promises: Vec::new(),
        }
    }

    /// The same case with what is promised of our side and of the ratio.
    #[must_use]
    pub fn promising(mut self, of: impl FnOnce(&Sample, &Ratio) -> Vec<Promise>) -> Self {
        if let (Some(ours), Comparison::Measured { ratio, .. }) = (&self.ours, &self.comparison) {
            self.promises = of(&ours.median, ratio);
        }
        self
    }
}

/// The median of each quantity; nothing of nothing.
pub(super) fn median(samples: &[Sample]) -> Option<Sample> {
    let middle = |quantity: fn(&Sample) -> f64| {
        let mut values: Vec<f64> = samples.iter().map(quantity).collect();
        values.sort_by(f64::total_cmp);
        let upper = *values.get(values.len() / 2)?;
        let lower = *values.get(values.len().checked_sub(1)? / 2)?;
        Some(f64::midpoint(lower, upper))
    };
    Some(Sample {
        cpu_s: middle(|sample| sample.cpu_s)?,
        wall_s: middle(|sample| sample.wall_s)?,
        rss_mb: middle(|sample| sample.rss_mb)?,
    })
}

/// JSON for programs.
pub fn json(rows: &[Row]) -> String {
    // A row holds only finite numbers and texts.
    serde_json::to_string_pretty(rows).map_or_else(|error| error.to_string(), |text| text + "\n")
}

/// A table for people.
pub fn table(rows: &[Row]) -> String {
    let mut text = String::from(
        "benchmark · case | ours: CPU s, wall s, MB | peer: CPU s, wall s, MB | peer / ours: CPU, wall, memory\n",
    );
    for row in rows {
        let side = |side: &Side| {
            let m = side.median;
            format!(
                "{} {}: {:.4}, {:.4}, {:.1}",
                side.name, side.version, m.cpu_s, m.wall_s, m.rss_mb
            )
        };
        let ours = row.ours.as_ref().map_or("not measured".to_owned(), side);
        let rest = match &row.comparison {
            Comparison::Measured { peer, ratio } => {
                format!(
                    "{} | {:.1}x, {:.1}x, {:.1}x",
                    side(peer),
                    ratio.cpu,
                    ratio.wall,
                    ratio.rss
                )
            }
            Comparison::Missing { missing_peer } => format!("peer missing: {missing_peer}"),
        };
        text.push_str(&format!("{} · {} | {ours} | {rest}\n", row.name, row.case));
        for promise in &row.promises {
            let word = if promise.kept { "kept" } else { "BROKEN" };
            text.push_str(&format!(
                "  {word}: {}, seen {:.3}\n",
                promise.promise, promise.seen
            ));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Promise, Row, Sample, Side, median, table};

    fn sample(value: f64) -> Sample {
        Sample {
            cpu_s: value,
            wall_s: value,
            rss_mb: value,
        }
    }

    #[test]
    fn a_median_is_the_middle_or_the_mean_of_the_two_middles() {
        let of = |values: &[f64]| median(&values.iter().copied().map(sample).collect::<Vec<_>>());
        assert_eq!(of(&[3.0, 1.0, 2.0]), Some(sample(2.0)));
        assert_eq!(of(&[4.0, 1.0, 3.0, 2.0]), Some(sample(2.5)));
        assert_eq!(of(&[]), None);
    }

    #[test]
    fn a_promise_is_shown_as_kept_or_broken() {
        let side = |value| Side {
            name: "a".to_owned(),
            version: "1".to_owned(),
            median: sample(value),
        };
        let row = Row::measured("n", "c", side(2.0), side(4.0)).promising(|ours, ratio| {
            vec![
                Promise::at_most("CPU", ours.cpu_s, 2.0, " s"),
                Promise::at_least("less CPU", ratio.cpu, 2.5, "x"),
            ]
        });
        let text = table(&[row]);
        assert!(
            text.contains("  kept: CPU at most 2 s, seen 2.000\n"),
            "{text}"
        );
        assert!(text.contains("  BROKEN: less CPU at least 2.5x, seen 2.000\n"));
    }
}
