//! One bar per name, against a limit where there is one.

use verdict::Bars;

use super::super::text::{escape, px};
use super::scale::Scale;
use super::{Drawing, fitting};
use crate::quantity::quantity;

const WIDTH: f64 = 560.0;
const LABEL: f64 = 150.0;
const VALUE: f64 = 90.0;
const ROW: f64 = 24.0;
/// More bars than this are left to the table.
const MOST: usize = 40;

/// The chart; nothing without bars.
pub(in crate::html) fn draw(bars: &Bars) -> Option<Drawing> {
    let shown = || bars.bars.iter().take(MOST);
    let values = shown().flat_map(|bar| [Some(bar.value), bar.limit, Some(0.0)]);
    if bars.bars.is_empty() {
        return None;
    }
    let scale = Scale::over(values.flatten(), LABEL, WIDTH - VALUE)?;
    let zero = scale.at(0.0);
    let mut body = String::new();
    let mut y = 4.0;
    for bar in shown() {
        let end = scale.at(bar.value);
        let (from, to) = (zero.min(end), zero.max(end));
        let class = match bar.limit {
            Some(limit) if is_off(bar.value, limit, &bars.unit) => "value off",
            _ => "value",
        };
        let name = fitting(&bar.name, LABEL - 12.0);
        body.push_str(&format!(
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{name}</text>\
             <rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"14\" rx=\"2\"/>\
             <text class=\"strong\" x=\"{}\" y=\"{}\">{}</text>",
            px(LABEL - 10.0),
            px(y + 13.0),
            px(from),
            px(y + 2.0),
            px((to - from).max(1.5)),
            px(to + 8.0),
            px(y + 13.0),
            escape(&quantity(bar.value, &bars.unit)),
        ));
        if let Some(limit) = bar.limit {
            body.push_str(&format!(
                "<path class=\"limit\" d=\"M{} {}v20\"/>",
                px(scale.at(limit)),
                px(y - 1.0)
            ));
        }
        y += ROW;
    }
    body.push_str(&format!(
        "<path class=\"axis\" d=\"M{} 0V{}\"/>",
        px(zero),
        px(y)
    ));
    Some(Drawing {
        width: WIDTH,
        height: y + 2.0,
        body,
    })
}

/// Whether a value is on the wrong side of its limit: scores are better the higher, all else the lower.
pub(super) fn is_off(value: f64, limit: f64, unit: &str) -> bool {
    if unit == "score" {
        value < limit
    } else {
        value > limit
    }
}
