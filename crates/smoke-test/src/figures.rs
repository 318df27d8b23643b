//! Tables and charts that explain a run. Bounded: what does not fit is counted.

use verdict::{Column, Figure, Histogram, Range, Table};

use crate::{
    attempt::Failure,
    budget::{percentile, sorted},
    facts::{CheckFacts, Facts},
    repeat::End,
};

/// Rows of the table of checks.
const ROWS: usize = 200;
/// Failed answers that are shown with head and body.
const EXHIBITS: usize = 5;
/// Fewer samples draw no histogram.
const FEW: usize = 20;

/// The figures of a run.
pub(crate) fn of(facts: &Facts) -> Vec<Figure> {
    let mut figures = vec![Figure::Table(checks(&facts.checks))];
    let failed = facts.checks.iter().filter_map(|check| {
        let End::Failed(failure) = &check.settled.as_ref()?.end else {
            return None;
        };
        answer(&check.name, failure)
    });
    figures.extend(failed.take(EXHIBITS).map(Figure::Table));
    let of_watch = facts.watch.as_ref().map(|watched| {
        let times = watched.samples.iter().map(|sample| sample.took.value());
        times.collect::<Vec<_>>()
    });
    let charts = [
        (
            "Times of the checks",
            facts.times().total,
            facts.budgets.p95.as_ref().map(|limit| limit.most),
        ),
        (
            "Times of the watch",
            of_watch.unwrap_or_default(),
            facts.limits.max_p95,
        ),
        (
            "Times under load",
            facts
                .load
                .as_ref()
                .map(|(_, loaded)| loaded.times.total.clone())
                .unwrap_or_default(),
            facts
                .load
                .as_ref()
                .and_then(|(load, _)| Some(load.budgets.p95.as_ref()?.most)),
        ),
    ];
    let charts = charts
        .into_iter()
        .filter_map(|(title, values, limit)| histogram(title, &values, limit));
    figures.extend(charts.map(Figure::Histogram));
    figures
}

/// One row for each check, those that did not pass first.
fn checks(checks: &[CheckFacts]) -> Table {
    let mut table = Table::new(
        "Checks",
        [
            "check",
            "result",
            "#tries",
            "#median ms",
            "#p95 ms",
            "#TTFB ms",
        ],
    );
    let (passed, others): (Vec<_>, Vec<_>) = checks.iter().partition(|check| check.passed());
    let rows = others.into_iter().chain(passed);
    table.rows = rows.take(ROWS).map(row).collect();
    if checks.len() > ROWS {
        let more = format!("and {} more", checks.len() - ROWS);
        table.rows.push(vec![more]);
    }
    table
}

fn row(check: &CheckFacts) -> Vec<String> {
    let Some(settled) = &check.settled else {
        return vec![check.name.clone(), "not asked".to_owned()];
    };
    let result = match &settled.end {
        End::Passed(pass) if pass.warnings.is_empty() => "passed".to_owned(),
        End::Passed(_) => "passed with warnings".to_owned(),
        End::Failed(failure) => {
            let rule = failure.mismatches.first().map_or("", |first| first.rule);
            format!("failed: {rule}")
        }
        End::Walled(_) => "behind a wall".to_owned(),
    };
    let (took, ttfb) = (sorted(&settled.took), sorted(&settled.ttfb));
    let shown = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.0}"));
    vec![
        check.name.clone(),
        result,
        settled.tries.to_string(),
        shown(percentile(&took, 50)),
        shown(percentile(&took, 95)),
        shown(percentile(&ttfb, 50)),
    ]
}

/// The head of a failed answer and the start of its body.
fn answer(name: &str, failure: &Failure) -> Option<Table> {
    let shown = failure.shown.as_ref()?;
    let column = |name: &str| Column {
        name: name.to_owned(),
        number: false,
    };
    let mut rows = vec![vec!["status".to_owned(), shown.status.clone()]];
    rows.extend(
        shown
            .headers
            .iter()
            .map(|(name, value)| vec![name.clone(), value.clone()]),
    );
    rows.push(vec!["body".to_owned(), shown.body.clone()]);
    Some(Table {
        title: format!("Answer to {name}"),
        columns: vec![column("part"), column("value")],
        rows,
    })
}

/// How many samples fell into each range of 1, 2, 5, 10, 20, 50 … milliseconds, from the first that has one to the last.
fn histogram(title: &str, values: &[f64], limit: Option<f64>) -> Option<Histogram> {
    if values.len() < FEW {
        return None;
    }
    let values = sorted(values);
    let largest = *values.last()?;
    let mut ranges = Vec::new();
    let (mut from, mut scale) = (0, 1.0);
    'scales: loop {
        for step in [1.0, 2.0, 5.0] {
            let up_to = step * scale;
            let to = values.partition_point(|value| *value <= up_to);
            if to > 0 {
                ranges.push(Range {
                    up_to,
                    count: (to - from) as u64,
                });
            }
            from = to;
            if up_to >= largest {
                break 'scales;
            }
        }
        scale *= 10.0;
    }
    Some(Histogram {
        title: title.to_owned(),
        unit: "ms".to_owned(),
        limit,
        ranges,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::histogram;

    #[test]
    fn ranges_are_counted_from_the_first_sample_to_the_last() {
        let mut values = vec![3.0; 15];
        values.extend([5.0, 5.1, 12.0, 12.0, 90.0]);
        let histogram = histogram("Times", &values, Some(50.0)).unwrap();
        let ranges: Vec<_> = histogram
            .ranges
            .iter()
            .map(|range| (range.up_to, range.count))
            .collect();
        assert_eq!(
            ranges,
            [(5.0, 16), (10.0, 1), (20.0, 2), (50.0, 0), (100.0, 1)]
        );
        assert!(super::histogram("Times", &values[..19], None).is_none());
    }

    proptest! {
        #[test]
        fn no_sample_is_lost(values in proptest::collection::vec(0.0f64..1e7, 20..200)) {
            let histogram = histogram("Times", &values, None).unwrap();
            let counted: u64 = histogram.ranges.iter().map(|range| range.count).sum();
            prop_assert_eq!(counted, values.len() as u64);
            prop_assert!(histogram.ranges.len() < 40);
            prop_assert!(histogram.ranges.windows(2).all(|pair| pair[0].up_to < pair[1].up_to));
        }
    }
}
