//! Charts in words, for surfaces that cannot draw: a few short lines of plain text, the largest first.

use verdict::{Bars, Dots, Figure, Histogram, Treemap};

use crate::quantity::{counted, quantity};

/// The most names in one line, and the most lines of one chart.
const MOST: usize = 6;

/// The lines of a chart; none for a table or a chart without values. Names are foreign text.
pub(crate) fn lines(figure: &Figure) -> Vec<String> {
    match figure {
        Figure::Table(_) => Vec::new(),
        Figure::Treemap(treemap) => of_treemap(treemap).into_iter().collect(),
        Figure::Dots(dots) => of_dots(dots),
        Figure::Histogram(histogram) => of_histogram(histogram).into_iter().collect(),
        Figure::Bars(bars) => of_bars(bars).into_iter().collect(),
    }
}

fn of_treemap(treemap: &Treemap) -> Option<String> {
    let total: f64 = treemap.areas.iter().map(|area| area.value).sum();
    let mut areas: Vec<_> = treemap.areas.iter().collect();
    areas.sort_by(|a, b| b.value.total_cmp(&a.value));
    let names = areas.iter().map(|area| {
        let share = if total > 0.0 {
            area.value / total * 100.0
        } else {
            0.0
        };
        let size = quantity(area.value, &treemap.unit);
        format!("{} {size} ({share:.0} %)", area.name)
    });
    listed(names)
}

fn of_bars(bars: &Bars) -> Option<String> {
    let names = bars.bars.iter().map(|bar| {
        let value = quantity(bar.value, &bars.unit);
        match bar.limit {
            Some(limit) => format!(
                "{} {value} (limit {})",
                bar.name,
                quantity(limit, &bars.unit)
            ),
            None => format!("{} {value}", bar.name),
        }
    });
    listed(names)
}

fn of_dots(dots: &Dots) -> Vec<String> {
    let number = |value| quantity(value, &dots.unit);
    let limit = dots
        .limit
        .map_or(String::new(), |limit| format!("; limit {}", number(limit)));
    let filled: Vec<_> = dots
        .series
        .iter()
        .filter(|s| !s.values.is_empty())
        .collect();
    let more = filled.len().saturating_sub(MOST);
    let mut lines: Vec<_> = filled
        .iter()
        .take(MOST)
        .filter_map(|series| {
            let mut values = series.values.clone();
            values.sort_by(f64::total_cmp);
            let (first, last) = (*values.first()?, *values.last()?);
            Some(format!(
                "{}: median {}, from {} to {} in {}{limit}",
                series.name,
                number(median(&values)?),
                number(first),
                number(last),
                counted(values.len(), "sample"),
            ))
        })
        .collect();
    if more > 0 {
        lines.push(format!("{more} more"));
    }
    lines
}

fn of_histogram(histogram: &Histogram) -> Option<String> {
    let total: u64 = sum(histogram.ranges.iter().map(|range| range.count));
    if total == 0 {
        return None;
    }
    let number = |value| quantity(value, &histogram.unit);
    // The end of the range in which this share of the samples is reached.
    let reached = |share: f64| {
        let mut seen = 0_u64;
        let range = histogram.ranges.iter().find(|range| {
            seen = seen.saturating_add(range.count);
            seen as f64 >= share * total as f64
        });
        range.map_or_else(String::new, |range| number(range.up_to))
    };
    let limit = histogram
        .limit
        .map_or(String::new(), |limit| format!("; limit {}", number(limit)));
    Some(format!(
        "{total} samples: half up to {}, 95 % up to {}{limit}",
        reached(0.5),
        reached(0.95),
    ))
}

/// The middle of ascending values.
pub(crate) fn median(ascending: &[f64]) -> Option<f64> {
    let middle = ascending.len() / 2;
    let upper = *ascending.get(middle)?;
    Some(if ascending.len() % 2 == 1 {
        upper
    } else {
        f64::midpoint(*ascending.get(middle.checked_sub(1)?)?, upper)
    })
}

/// A sum that foreign counts cannot overflow.
pub(crate) fn sum(counts: impl Iterator<Item = u64>) -> u64 {
    counts.fold(0, u64::saturating_add)
}

fn listed(names: impl ExactSizeIterator<Item = String>) -> Option<String> {
    let more = names.len().saturating_sub(MOST);
    let mut shown: Vec<_> = names.take(MOST).collect();
    if more > 0 {
        shown.push(format!("{more} more"));
    }
    (!shown.is_empty()).then(|| shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::{lines, median};
    use crate::samples::figures;

    #[test]
    fn charts_read_well_in_words() {
        let text: Vec<_> = figures()
            .iter()
            .map(|figure| format!("{}: {}", figure.title(), lines(figure).join("\n  ")))
            .collect();
        insta::assert_snapshot!(text.join("\n"));
    }

    #[test]
    fn the_median_of_an_even_number_lies_between() {
        assert_eq!(median(&[1.0, 2.0, 4.0]), Some(2.0));
        assert_eq!(median(&[1.0, 2.0, 4.0, 9.0]), Some(3.0));
        assert_eq!(median(&[]), None);
    }
}
