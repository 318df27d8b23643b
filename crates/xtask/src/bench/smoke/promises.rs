//! What is promised of a thousand checks and of a hundred, each with what was measured.

use super::{
    super::report::{Comparison, Row},
    HURL, STEP_CI,
};

/// One line for each promise: kept, broken, or not measured.
pub(super) fn judge(rows: &[Row]) -> Vec<String> {
    let row = |count: u32, peer: &str| {
        let case = format!("{count} checks / {peer}");
        rows.iter().find(|row| row.case == case)
    };
    let ours = |count: u32| {
        let measured = [HURL, STEP_CI].map(|peer| Some(row(count, peer)?.ours.as_ref()?.median));
        measured.into_iter().flatten().next()
    };
    let ratio = |peer: &str| match row(1000, peer)?.comparison {
        Comparison::Measured { ratio, .. } => Some(ratio),
        Comparison::Missing { .. } => None,
    };
    let thousand = ours(1000);
    let most = |what: &str, unit: &str, found: Option<f64>, limit: f64| {
        line(
            what,
            found.map(|found| (format!("{found:.3} {unit}"), found <= limit)),
        )
    };
    let least = |what: &str, found: Option<f64>, limit: f64| {
        line(
            what,
            found.map(|found| (format!("{found:.1}x"), found >= limit)),
        )
    };
    vec![
        most(
            "1000 checks: CPU <= 0.35 s",
            "s",
            thousand.map(|median| median.cpu_s),
            0.35,
        ),
        most(
            "1000 checks: memory <= 32 MB",
            "MB",
            thousand.map(|median| median.rss_mb),
            32.0,
        ),
        least(
            "1000 checks: not slower in wall time than hurl --jobs 10",
            ratio(HURL).map(|ratio| ratio.wall),
            1.0,
        ),
        least(
            "1000 checks: 15x less CPU than stepci",
            ratio(STEP_CI).map(|ratio| ratio.cpu),
            15.0,
        ),
        most(
            "100 checks: wall <= 0.06 s",
            "s",
            ours(100).map(|median| median.wall_s),
            0.06,
        ),
    ]
}

fn line(what: &str, found: Option<(String, bool)>) -> String {
    match found {
        Some((found, true)) => format!("kept: {what}: {found}"),
        Some((found, false)) => format!("BROKEN: {what}: {found}"),
        None => format!("NOT MEASURED: {what}: the peer is missing"),
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::super::report::{Row, Sample, Side},
        HURL, STEP_CI, judge,
    };

    fn side(cpu_s: f64, wall_s: f64, rss_mb: f64) -> Side {
        Side {
            name: String::new(),
            version: String::new(),
            median: Sample {
                cpu_s,
                wall_s,
                rss_mb,
            },
        }
    }

    #[test]
    fn each_promise_is_kept_broken_or_not_measured() {
        let case = |count: u32, peer: &str| format!("{count} checks / {peer}");
        let measured = |count, peer: &str, ours, theirs| {
            Row::measured("smoke", &case(count, peer), ours, theirs)
        };
        let rows = [
            measured(100, HURL, side(0.03, 0.05, 20.0), side(0.03, 0.1, 15.0)),
            measured(1000, HURL, side(0.2, 0.5, 33.0), side(0.3, 0.4, 27.0)),
            Row::missing("smoke", &case(1000, STEP_CI), "no npm"),
        ];
        let said: Vec<_> = judge(&rows)
            .into_iter()
            .map(|line| line.split(':').next().unwrap_or_default().to_owned())
            .collect();
        assert_eq!(said, ["kept", "BROKEN", "BROKEN", "NOT MEASURED", "kept"]);
        assert!(judge(&[]).iter().all(|line| line.starts_with("NOT")));
    }
}
