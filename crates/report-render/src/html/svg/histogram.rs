//! How many samples fell into each range. Ranges are drawn equally wide, because theirs grow as times do.

use verdict::Histogram;

use super::super::text::{escape, px};
use super::Drawing;
use crate::figure_text::sum;
use crate::quantity::quantity;

const WIDTH: f64 = 560.0;
const LEFT: f64 = 10.0;
const TOP: f64 = 24.0;
const HEIGHT: f64 = 120.0;
/// More ranges than this are left to the table.
const MOST: usize = 60;

/// The chart; nothing without samples.
pub(in crate::html) fn draw(histogram: &Histogram) -> Option<Drawing> {
    let ranges = histogram.ranges.get(..histogram.ranges.len().min(MOST))?;
    let most = ranges.iter().map(|range| range.count).max()?;
    if most == 0 {
        return None;
    }
    let total = sum(ranges.iter().map(|range| range.count));
    let step = (WIDTH - LEFT * 2.0) / ranges.len() as f64;
    let bottom = TOP + HEIGHT;
    let mut body = format!(
        "<path class=\"axis\" d=\"M{LEFT} {bottom}H{}\"/>",
        px(WIDTH - LEFT)
    );
    // Labels of narrow ranges would run into each other.
    let each = (64.0 / step).ceil().max(1.0);
    let mut x = LEFT;
    for (index, range) in ranges.iter().enumerate() {
        let height = range.count as f64 / most as f64 * HEIGHT;
        let off = histogram.limit.is_some_and(|limit| range.up_to > limit);
        let class = if off { "value off" } else { "value" };
        let up_to = quantity(range.up_to, &histogram.unit);
        if range.count > 0 {
            body.push_str(&format!(
                "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"2\"><title>{} of {total} up to {}</title></rect>",
                px(x + 1.5),
                px(bottom - height.max(1.5)),
                px((step - 3.0).max(1.0)),
                px(height.max(1.5)),
                range.count,
                escape(&up_to),
            ));
        }
        if step >= 26.0 && range.count > 0 {
            body.push_str(&format!(
                "<text class=\"strong\" x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                px(x + step / 2.0),
                px(bottom - height - 5.0),
                range.count
            ));
        }
        x += step;
        if (index + 1) as f64 % each == 0.0 || index + 1 == ranges.len() {
            let anchor = if index + 1 == ranges.len() {
                "end"
            } else {
                "middle"
            };
            body.push_str(&format!(
                "<path class=\"axis\" d=\"M{} {bottom}v4\"/><text class=\"tick\" x=\"{}\" y=\"{}\" text-anchor=\"{anchor}\">{}</text>",
                px(x),
                px(x),
                px(bottom + 17.0),
                escape(&up_to)
            ));
        }
    }
    if let Some(limit) = histogram.limit {
        let at = LEFT + position(histogram, limit) * step;
        let anchor = if at > WIDTH / 2.0 { "end" } else { "start" };
        body.push_str(&format!(
            "<path class=\"limit\" d=\"M{} 14V{bottom}\"/><text class=\"limit\" x=\"{}\" y=\"11\" text-anchor=\"{anchor}\">limit {}</text>",
            px(at),
            px(at),
            escape(&quantity(limit, &histogram.unit))
        ));
    }
    Some(Drawing {
        width: WIDTH,
        height: bottom + 24.0,
        body,
    })
}

/// Where a value lies, counted in ranges from the left.
fn position(histogram: &Histogram, value: f64) -> f64 {
    let mut below = 0.0;
    for (index, range) in histogram.ranges.iter().take(MOST).enumerate() {
        if value <= range.up_to {
            let share = (value - below) / (range.up_to - below);
            return index as f64
                + if share.is_finite() {
                    share.clamp(0.0, 1.0)
                } else {
                    0.0
                };
        }
        below = range.up_to;
    }
    histogram.ranges.len().min(MOST) as f64
}

#[cfg(test)]
mod tests {
    use verdict::{Figure, Histogram};

    use super::position;
    use crate::samples::figures;

    fn histogram() -> Histogram {
        let found = figures().into_iter().find_map(|figure| match figure {
            Figure::Histogram(histogram) => Some(histogram),
            _ => None,
        });
        found.unwrap()
    }

    #[test]
    fn a_limit_stands_inside_its_range() {
        let histogram = histogram();
        let cases = [
            (0.0, 0.0),
            (50.0, 1.0),
            (75.0, 1.5),
            (300.0, 3.5),
            (900.0, 4.0),
        ];
        for (value, expected) in cases {
            assert_eq!(position(&histogram, value), expected, "{value}");
        }
    }
}
