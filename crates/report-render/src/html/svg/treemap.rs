//! Areas by value, as square as they can be (Bruls, Huizing and van Wijk, "Squarified Treemaps", 2000).

use verdict::{Area, Treemap};

use super::super::text::{escape, px};
use super::{Drawing, fitting};
use crate::quantity::quantity;

const WIDTH: f64 = 1032.0;
const HEIGHT: f64 = 400.0;
/// How many levels are drawn and listed.
pub(in crate::html) const DEEPEST: usize = 3;
/// The most areas side by side; the rest becomes one.
const MOST: usize = 60;
/// Areas smaller than this, in square pixels, are not drawn.
const SMALLEST: f64 = 12.0;
/// The line with an area's name above its parts.
const HEAD: f64 = 18.0;

/// A rectangle, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Box2 {
    x: f64,
    y: f64,
    w: f64,
    h: f64,
}

/// The chart; nothing when there is no area.
pub(in crate::html) fn draw(treemap: &Treemap) -> Option<Drawing> {
    let mut body = String::new();
    let whole = Box2 {
        x: 0.0,
        y: 0.0,
        w: WIDTH,
        h: HEIGHT,
    };
    place(&treemap.areas, "", &treemap.unit, whole, 0, None, &mut body);
    (!body.is_empty()).then_some(Drawing {
        width: WIDTH,
        height: HEIGHT,
        body,
    })
}

fn place(
    areas: &[Area],
    above: &str,
    unit: &str,
    room: Box2,
    depth: usize,
    colour: Option<usize>,
    body: &mut String,
) {
    let mut sorted: Vec<_> = areas
        .iter()
        .filter(|area| area.value > 0.0 && area.value < 1e15)
        .collect();
    sorted.sort_by(|a, b| b.value.total_cmp(&a.value));
    let rest: f64 = sorted.iter().skip(MOST).map(|area| area.value).sum();
    sorted.truncate(MOST);
    let mut values: Vec<f64> = sorted.iter().map(|area| area.value).collect();
    if rest > 0.0 {
        values.push(rest);
    }
    for (index, at) in squarified(&values, room).into_iter().enumerate() {
        if at.w * at.h < SMALLEST {
            continue;
        }
        let colour = colour.unwrap_or(index % 8);
        let area = sorted.get(index);
        let name = area.map_or("others", |area| area.name.as_str());
        let path = format!("{above}{name}");
        let value = values.get(index).copied().unwrap_or_default();
        let size = quantity(value, unit);
        let parts = area.map_or(&[][..], |area| area.parts.as_slice());
        let nested = !parts.is_empty() && depth < DEEPEST && at.w > 30.0 && at.h > HEAD * 2.0;
        body.push_str(&format!(
            "<g class=\"c{colour} l{depth}\"><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"><title>{}: {}</title></rect>",
            px(at.x + 0.5),
            px(at.y + 0.5),
            px((at.w - 1.0).max(0.5)),
            px((at.h - 1.0).max(0.5)),
            escape(&path),
            escape(&size),
        ));
        body.push_str(&label(name, &size, at, nested));
        body.push_str("</g>");
        if nested {
            let inner = Box2 {
                x: at.x + 2.0,
                y: at.y + HEAD,
                w: at.w - 4.0,
                h: at.h - HEAD - 2.0,
            };
            let below = format!("{path} / ");
            place(parts, &below, unit, inner, depth + 1, Some(colour), body);
        }
    }
}

/// The name, and the size below it where there is room or beside it above parts.
fn label(name: &str, size: &str, at: Box2, nested: bool) -> String {
    if at.w < 34.0 || at.h < 15.0 {
        return String::new();
    }
    let room = at.w - 10.0;
    let text = if nested {
        format!("{name} {size}")
    } else {
        name.to_owned()
    };
    let mut out = format!(
        "<text x=\"{}\" y=\"{}\">{}</text>",
        px(at.x + 5.0),
        px(at.y + 13.0),
        fitting(&text, room)
    );
    if !nested && at.h >= 32.0 && at.w >= 50.0 {
        out.push_str(&format!(
            "<text class=\"size\" x=\"{}\" y=\"{}\">{}</text>",
            px(at.x + 5.0),
            px(at.y + 27.0),
            fitting(size, room)
        ));
    }
    out
}

/// Boxes for descending values that fill the room: rows along the shorter side, each closed when one more
/// box would make its worst box longer.
fn squarified(values: &[f64], mut room: Box2) -> Vec<Box2> {
    let total: f64 = values.iter().sum();
    let mut boxes = Vec::with_capacity(values.len());
    let mut rest = values;
    let scale = room.w * room.h / total;
    while !rest.is_empty() && room.w > 0.0 && room.h > 0.0 {
        let side = room.w.min(room.h);
        let mut count = 1;
        while count < rest.len()
            && worst(&rest[..=count], scale, side) <= worst(&rest[..count], scale, side)
        {
            count += 1;
        }
        let (row, tail) = rest.split_at(count);
        let sum: f64 = row.iter().sum();
        let thick = (sum * scale / side).min(room.w.max(room.h));
        let mut along = 0.0;
        for value in row {
            let length = side * value / sum;
            boxes.push(if room.w >= room.h {
                Box2 {
                    x: room.x,
                    y: room.y + along,
                    w: thick,
                    h: length,
                }
            } else {
                Box2 {
                    x: room.x + along,
                    y: room.y,
                    w: length,
                    h: thick,
                }
            });
            along += length;
        }
        if room.w >= room.h {
            room.x += thick;
            room.w -= thick;
        } else {
            room.y += thick;
            room.h -= thick;
        }
        rest = tail;
    }
    boxes
}

/// How far from square the worst box of a row is.
fn worst(row: &[f64], scale: f64, side: f64) -> f64 {
    let area: f64 = row.iter().sum::<f64>() * scale;
    let thick = area / side;
    row.iter()
        .map(|value| {
            let length = value * scale / thick;
            (length / thick).max(thick / length)
        })
        .fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Box2, squarified};

    const ROOM: Box2 = Box2 {
        x: 0.0,
        y: 0.0,
        w: 600.0,
        h: 400.0,
    };

    #[test]
    fn the_paper_s_example_comes_out_as_in_the_paper() {
        let room = Box2 {
            w: 6.0,
            h: 4.0,
            ..ROOM
        };
        let boxes = squarified(&[6.0, 6.0, 4.0, 3.0, 2.0, 2.0, 1.0], room);
        let first = Box2 {
            w: 3.0,
            h: 2.0,
            ..ROOM
        };
        assert_eq!(boxes[0], first);
        assert_eq!(boxes[1], Box2 { y: 2.0, ..first });
        assert!((boxes[2].w - 12.0 / 7.0).abs() < 1e-9 && (boxes[2].h - 7.0 / 3.0).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn boxes_fill_the_room_in_proportion(mut values in prop::collection::vec(0.001f64..1e6, 1..60)) {
            values.sort_by(|a, b| b.total_cmp(a));
            let total: f64 = values.iter().sum();
            let boxes = squarified(&values, ROOM);
            prop_assert_eq!(boxes.len(), values.len());
            for (at, value) in boxes.iter().zip(&values) {
                let area = value / total * 240_000.0;
                prop_assert!((at.w * at.h - area).abs() < 1e-3 + area * 1e-6, "{at:?}");
                prop_assert!(at.x >= 0.0 && at.y >= 0.0 && at.x + at.w < 600.001 && at.y + at.h < 400.001, "{at:?}");
            }
        }
    }
}
