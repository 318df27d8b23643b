//! One page on one device: its table and its charts.

use verdict::{Dots, Figure, Series, Table};

use crate::measure::Measure;

/// The most rows of a table, and the most charts of a verdict.
pub(super) const MAX_ROWS: usize = 200;
pub(super) const MAX_CHARTS: usize = 24;

/// A value as a row of the table.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    /// What was measured.
    pub what: String,
    /// The value that counts.
    pub value: String,
    /// What it is held to.
    pub limit: String,
    /// The base's value.
    pub base: String,
    /// Against the base.
    pub delta: String,
    /// Every run, in order.
    pub runs: String,
}

/// The table of a page. Columns that nothing is in are left out.
pub(super) fn table(title: &str, lines: &[Line]) -> Figure {
    let compared = lines.iter().any(|line| !line.base.is_empty());
    let title = if lines.len() > MAX_ROWS {
        format!("{title}: the first {MAX_ROWS} of {} values", lines.len())
    } else {
        title.to_owned()
    };
    let shown = lines.iter().take(MAX_ROWS);
    let table = if compared {
        let mut table = Table::new(
            title,
            ["what", "#value", "#limit", "#base", "#change", "runs"],
        );
        table.rows = shown
            .map(|line| {
                [
                    &line.what,
                    &line.value,
                    &line.limit,
                    &line.base,
                    &line.delta,
                    &line.runs,
                ]
                .map(String::clone)
                .into()
            })
            .collect();
        table
    } else {
        let mut table = Table::new(title, ["what", "#value", "#limit", "runs"]);
        table.rows = shown
            .map(|line| {
                [&line.what, &line.value, &line.limit, &line.runs]
                    .map(String::clone)
                    .into()
            })
            .collect();
        table
    };
    Figure::Table(table)
}

/// Every run of a measure against its limit; nothing when there is one run.
pub(super) fn dots(
    page: &str,
    measure: Measure,
    limit: Option<f64>,
    series: Vec<(&str, Vec<f64>)>,
) -> Option<Figure> {
    if series.iter().all(|(_, values)| values.len() < 2) {
        return None;
    }
    Some(Figure::Dots(Dots {
        title: format!("{} of {page}", measure.key()),
        unit: measure.unit().to_owned(),
        limit,
        series: series
            .into_iter()
            .map(|(name, values)| Series {
                name: name.to_owned(),
                values,
            })
            .collect(),
    }))
}
