//! A figure in HTML: a table as one, a chart as SVG with its numbers in a table below it.

use verdict::{Area, Figure, Table};

use super::Ids;
use super::svg::{bars, dots, frame, histogram, treemap};
use super::text::escape;
use crate::figure_text::lines;
use crate::quantity::{counted, quantity};

/// The most rows of a table, also of the one below a chart.
const MOST_ROWS: usize = 500;

/// The most columns of a table.
const MOST_COLUMNS: usize = 16;

/// Rows of a table that stand unfolded.
const OPEN_ROWS: usize = 15;

/// The figure; nothing when it has no values.
pub(super) fn figure(figure: &Figure, ids: &mut Ids) -> String {
    let drawn = match figure {
        Figure::Table(table) => return of_table(table),
        Figure::Treemap(treemap) => treemap::draw(treemap),
        Figure::Dots(dots) => dots::draw(dots),
        Figure::Histogram(histogram) => histogram::draw(histogram),
        Figure::Bars(bars) => bars::draw(bars),
    };
    let Some(drawing) = drawn else {
        return String::new();
    };
    let wide = if matches!(figure, Figure::Treemap(_)) {
        " class=\"full\""
    } else {
        ""
    };
    format!(
        "<figure{wide}><figcaption>{}</figcaption>\n{}\n\
         <details class=\"data\"><summary>As a table</summary>{}</details></figure>\n",
        escape(figure.title()),
        frame(&drawing, figure.title(), &lines(figure).join("; "), ids),
        data(figure),
    )
}

fn of_table(table: &Table) -> String {
    if table.columns.is_empty() || table.rows.is_empty() {
        return String::new();
    }
    let columns: Vec<_> = table
        .columns
        .iter()
        .take(MOST_COLUMNS)
        .map(|column| (column.name.as_str(), column.number))
        .collect();
    let body = grid(&columns, table.rows.iter().map(Vec::as_slice));
    let title = escape(&table.title);
    if table.rows.len() <= OPEN_ROWS {
        return format!(
            "<figure class=\"full\"><figcaption>{title}</figcaption>\n{body}</figure>\n"
        );
    }
    format!(
        "<figure class=\"full\"><details><summary>{title} <span class=\"soft\">{}</span></summary>{body}</details></figure>\n",
        counted(table.rows.len(), "row")
    )
}

/// The numbers of a chart.
fn data(figure: &Figure) -> String {
    let number = |value: f64, unit: &str| quantity(value, unit);
    let limit = |value: Option<f64>, unit: &str| value.map_or(String::new(), |v| quantity(v, unit));
    match figure {
        Figure::Table(_) => String::new(),
        Figure::Treemap(map) => {
            let mut rows = Vec::new();
            flatten(&map.areas, "", &map.unit, 0, &mut rows);
            grid(
                &[("Area", false), ("Size", true)],
                rows.iter().map(Vec::as_slice),
            )
        }
        Figure::Dots(dots) => {
            let rows = dots.series.iter().map(|series| {
                let values = series.values.iter().take(MOST_ROWS);
                let values: Vec<_> = values.map(|value| number(*value, &dots.unit)).collect();
                vec![
                    series.name.clone(),
                    values.join(", "),
                    limit(dots.limit, &dots.unit),
                ]
            });
            let rows: Vec<_> = rows.take(MOST_ROWS).collect();
            let columns = [("Series", false), ("Samples", false), ("Limit", true)];
            grid(&columns, rows.iter().map(Vec::as_slice))
        }
        Figure::Histogram(histogram) => {
            let rows = histogram.ranges.iter().take(MOST_ROWS).map(|range| {
                vec![
                    number(range.up_to, &histogram.unit),
                    range.count.to_string(),
                ]
            });
            let rows: Vec<_> = rows.collect();
            grid(
                &[("Up to", true), ("Samples", true)],
                rows.iter().map(Vec::as_slice),
            )
        }
        Figure::Bars(bars) => {
            let rows = bars.bars.iter().take(MOST_ROWS).map(|bar| {
                vec![
                    bar.name.clone(),
                    number(bar.value, &bars.unit),
                    limit(bar.limit, &bars.unit),
                ]
            });
            let rows: Vec<_> = rows.collect();
            let columns = [("Name", false), ("Value", true), ("Limit", true)];
            grid(&columns, rows.iter().map(Vec::as_slice))
        }
    }
}

/// Areas and their parts, each under its own name's path.
fn flatten(areas: &[Area], above: &str, unit: &str, depth: usize, rows: &mut Vec<Vec<String>>) {
    for area in areas {
        if rows.len() > MOST_ROWS || depth > treemap::DEEPEST {
            return;
        }
        let name = format!("{above}{}", area.name);
        rows.push(vec![name.clone(), quantity(area.value, unit)]);
        flatten(&area.parts, &format!("{name} / "), unit, depth + 1, rows);
    }
}

fn grid<'a>(columns: &[(&str, bool)], rows: impl ExactSizeIterator<Item = &'a [String]>) -> String {
    let class = |number: bool| if number { " class=\"n\"" } else { "" };
    let head: String = columns
        .iter()
        .map(|(name, number)| format!("<th scope=\"col\"{}>{}</th>", class(*number), escape(name)))
        .collect();
    let more = match rows.len().saturating_sub(MOST_ROWS) {
        0 => String::new(),
        more => format!("<p class=\"soft\">{more} more in the verdict file.</p>"),
    };
    let row = |row: &[String]| {
        let cells = columns.iter().enumerate().map(|(index, (_, number))| {
            let text = row.get(index).map_or(String::new(), |text| escape(text));
            format!("<td{}>{text}</td>", class(*number))
        });
        format!("<tr>{}</tr>\n", cells.collect::<String>())
    };
    let body: String = rows.take(MOST_ROWS).map(row).collect();
    format!(
        "<div class=\"wide\"><table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table></div>{more}"
    )
}
