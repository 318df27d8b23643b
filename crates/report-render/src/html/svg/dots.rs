//! Every sample of some repeated measurements, a row per series, against one limit.

use verdict::{Dots, Series};

use super::super::text::{escape, px};
use super::bars::is_off;
use super::scale::Scale;
use super::{Drawing, fitting};
use crate::figure_text::median;
use crate::quantity::quantity;

const WIDTH: f64 = 560.0;
const LABEL: f64 = 120.0;
const ROW: f64 = 30.0;
const TOP: f64 = 22.0;
/// More series or samples than this are left to the table.
const MOST_SERIES: usize = 30;
const MOST_SAMPLES: usize = 200;

/// The chart; nothing without samples.
pub(in crate::html) fn draw(dots: &Dots) -> Option<Drawing> {
    let series: Vec<_> = dots
        .series
        .iter()
        .filter(|series| !series.values.is_empty())
        .take(MOST_SERIES)
        .collect();
    let samples = series
        .iter()
        .flat_map(|s| s.values.iter().take(MOST_SAMPLES));
    if series.is_empty() {
        return None;
    }
    let scale = Scale::over(samples.copied().chain(dots.limit), LABEL, WIDTH - 20.0)?;
    let mut bottom = TOP;
    let mut rows = String::new();
    for series in series {
        rows.push_str(&row(dots, series, &scale, bottom + ROW / 2.0));
        bottom += ROW;
    }
    let mut body = axis(&scale, &dots.unit, TOP, bottom);
    body.push_str(&rows);
    if let Some(limit) = dots.limit {
        body.push_str(&limit_line(&scale, limit, &dots.unit, bottom));
    }
    Some(Drawing {
        width: WIDTH,
        height: bottom + 22.0,
        body,
    })
}

fn row(dots: &Dots, series: &Series, scale: &Scale, y: f64) -> String {
    let name = fitting(&series.name, LABEL - 12.0);
    let mut out = format!(
        "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{name}</text>",
        px(LABEL - 12.0),
        px(y + 4.0)
    );
    let mut values: Vec<_> = series.values.iter().copied().take(MOST_SAMPLES).collect();
    values.sort_by(f64::total_cmp);
    if let (Some(first), Some(last)) = (values.first(), values.last()) {
        out.push_str(&format!(
            "<path class=\"range\" d=\"M{} {y}H{}\"/>",
            px(scale.at(*first)),
            px(scale.at(*last))
        ));
    }
    for value in &values {
        let off = dots
            .limit
            .is_some_and(|limit| is_off(*value, limit, &dots.unit));
        let class = if off { "dot off" } else { "dot" };
        out.push_str(&format!(
            "<circle class=\"{class}\" cx=\"{}\" cy=\"{y}\" r=\"4.5\"><title>{}</title></circle>",
            px(scale.at(*value)),
            escape(&quantity(*value, &dots.unit))
        ));
    }
    if let Some(middle) = median(&values) {
        out.push_str(&format!(
            "<path class=\"median\" d=\"M{} {}v18\"/>",
            px(scale.at(middle)),
            px(y - 9.0)
        ));
    }
    out
}

/// Round numbers below, and a faint line up from each.
fn axis(scale: &Scale, unit: &str, top: f64, bottom: f64) -> String {
    let tick = |tick: f64| {
        let x = px(scale.at(tick));
        format!(
            "<path class=\"grid\" d=\"M{x} {top}V{bottom}\"/><text class=\"tick\" x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            px(bottom + 16.0),
            escape(&quantity(tick, unit))
        )
    };
    scale.ticks().into_iter().map(tick).collect()
}

fn limit_line(scale: &Scale, limit: f64, unit: &str, bottom: f64) -> String {
    let x = scale.at(limit);
    let (anchor, shift) = if x > WIDTH / 2.0 {
        ("end", 4.0)
    } else {
        ("start", -4.0)
    };
    format!(
        "<path class=\"limit\" d=\"M{} {}V{bottom}\"/><text class=\"limit\" x=\"{}\" y=\"12\" text-anchor=\"{anchor}\">limit {}</text>",
        px(x),
        px(TOP - 6.0),
        px(x + shift),
        escape(&quantity(limit, unit))
    )
}
