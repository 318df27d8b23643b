//! A bar of a value against its limit, small enough for a table's cell.

use super::super::text::px;

const WIDTH: f64 = 120.0;
/// Where the limit stands, so that there is room to be over it.
const LIMIT: f64 = 90.0;

/// The bar; nothing where a share makes no sense.
pub(in crate::html) fn bar(value: f64, limit: f64) -> Option<String> {
    if !(value >= 0.0 && limit > 0.0) {
        return None;
    }
    let length = (value / limit * LIMIT).clamp(1.0, WIDTH);
    Some(format!(
        "<svg class=\"meter\" width=\"{WIDTH}\" height=\"10\" viewBox=\"0 0 {WIDTH} 10\" aria-hidden=\"true\">\
         <rect class=\"track\" y=\"2\" width=\"{WIDTH}\" height=\"6\" rx=\"3\"/>\
         <rect class=\"value\" y=\"2\" width=\"{}\" height=\"6\" rx=\"3\"/>\
         <path class=\"limit\" d=\"M{LIMIT} 0v10\"/></svg>",
        px(length)
    ))
}
