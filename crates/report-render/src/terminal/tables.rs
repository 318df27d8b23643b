//! Tables on a terminal, laid out to its width.

use comfy_table::{CellAlignment, ContentArrangement, Table as Grid, presets};
use verdict::{Metric, Table};

use super::printable;
use super::style::Pen;
use crate::quantity::quantity;
use crate::sign;

/// The most columns that are shown.
const COLUMNS: usize = 12;

/// The longest cell, in characters.
const CELL: usize = 200;

/// Numbers against their limits; nothing when there are none.
pub(super) fn metrics(metrics: &[&Metric], pen: Pen) -> String {
    if metrics.is_empty() {
        return String::new();
    }
    let mut grid = grid(pen);
    let based = metrics.iter().any(|metric| metric.baseline.is_some());
    for metric in metrics {
        let number = |label: &str, value: Option<f64>| {
            value.map_or(String::new(), |value| {
                format!("{label} {}", cell(&quantity(value, &metric.unit)))
            })
        };
        let mut row = vec![
            format!("{} {}", sign(metric.conclusion), cell(&metric.name)),
            cell(&quantity(metric.value, &metric.unit)),
            number("limit", metric.limit),
        ];
        if based {
            row.push(number("base", metric.baseline));
        }
        grid.add_row(row);
    }
    align(&mut grid, [1]);
    indented("  ", &grid)
}

/// A figure's table; nothing when it has no columns or rows.
pub(super) fn table(table: &Table, most: usize, pen: Pen) -> String {
    let columns = table.columns.len().min(COLUMNS);
    if columns == 0 || table.rows.is_empty() {
        return String::new();
    }
    let mut grid = grid(pen);
    let names = table.columns.iter().take(columns);
    grid.set_header(names.map(|column| cell(&column.name)));
    for row in table.rows.iter().take(most) {
        let cells = (0..columns).map(|index| row.get(index).map_or(String::new(), |t| cell(t)));
        grid.add_row(cells.collect::<Vec<_>>());
    }
    let numbers = table.columns.iter().take(columns).enumerate();
    let numbers = numbers.filter(|(_, column)| column.number);
    align(&mut grid, numbers.map(|(index, _)| index));
    indented("    ", &grid)
}

fn grid(pen: Pen) -> Grid {
    let mut grid = Grid::new();
    grid.load_style(presets::NOTHING);
    match pen.width() {
        Some(width) => grid
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(width.saturating_sub(4)),
        None => grid.set_content_arrangement(ContentArrangement::Disabled),
    };
    grid
}

fn align(grid: &mut Grid, right: impl IntoIterator<Item = usize>) {
    for index in right {
        if let Some(column) = grid.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}

fn indented(indent: &str, grid: &Grid) -> String {
    let text = grid.trim_fmt();
    let lines = text.lines().map(|line| {
        let line = line.strip_prefix(' ').unwrap_or(line);
        // Wrapping may have put `::` where a line begins.
        let guard = if line.trim_start().starts_with("::") {
            "\u{200b}"
        } else {
            ""
        };
        format!("{indent}{guard}{line}\n")
    });
    lines.collect()
}

fn cell(text: &str) -> String {
    printable(&crate::markdown::short(text, CELL))
}
