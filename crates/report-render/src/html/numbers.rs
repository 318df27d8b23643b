//! Numbers against their limits, each with a bar that shows how much room is left.

use verdict::{Conclusion, Metric};

use super::svg::meter;
use super::text::escape;
use crate::quantity::quantity;

/// The most numbers that are listed; those outside their limits come first.
const MOST: usize = 500;

/// Rows that stand unfolded.
const OPEN: usize = 12;

/// The table; nothing when there are no numbers.
pub(super) fn table(metrics: &[Metric]) -> String {
    if metrics.is_empty() {
        return String::new();
    }
    let (off, fine): (Vec<_>, Vec<_>) = metrics
        .iter()
        .partition(|metric| metric.conclusion != Conclusion::Pass);
    if metrics.len() <= OPEN {
        return rows(&metrics.iter().collect::<Vec<_>>());
    }
    let open = if off.is_empty() {
        String::new()
    } else {
        rows(&off)
    };
    if fine.is_empty() {
        return open;
    }
    format!(
        "{open}<details class=\"numbers\"><summary>Within limits <span class=\"soft\">{}</span></summary>\n{}</details>\n",
        fine.len(),
        rows(&fine)
    )
}

fn rows(metrics: &[&Metric]) -> String {
    let based = metrics.iter().any(|metric| metric.baseline.is_some());
    let limited = metrics.iter().any(|metric| metric.limit.is_some());
    let head = |shown: bool, name: &str| {
        if shown {
            format!("<th scope=\"col\" class=\"n\">{name}</th>")
        } else {
            String::new()
        }
    };
    let body: String = metrics
        .iter()
        .take(MOST)
        .map(|metric| row(metric, limited, based))
        .collect();
    let more = match metrics.len().saturating_sub(MOST) {
        0 => String::new(),
        more => format!("<p class=\"soft\">{more} more in the verdict file.</p>"),
    };
    format!(
        "<div class=\"wide\"><table class=\"numbers\"><thead><tr><th scope=\"col\">Number</th>{}{}{}{}</tr></thead>\n\
         <tbody>{body}</tbody></table></div>{more}\n",
        head(true, "Value"),
        head(limited, "Limit"),
        if limited {
            "<th scope=\"col\" class=\"meter\"><span class=\"unseen\">Share of the limit</span></th>"
        } else {
            ""
        },
        head(based, "Base"),
    )
}

fn row(metric: &Metric, limited: bool, based: bool) -> String {
    let number = |value: Option<f64>| {
        let text = value.map_or(String::new(), |value| {
            escape(&quantity(value, &metric.unit))
        });
        format!("<td class=\"n\">{text}</td>")
    };
    let mut cells = number(Some(metric.value));
    if limited {
        cells.push_str(&number(metric.limit));
        let bar = metric
            .limit
            .and_then(|limit| meter::bar(metric.value, limit));
        cells.push_str(&format!(
            "<td class=\"meter\">{}</td>",
            bar.unwrap_or_default()
        ));
    }
    if based {
        let change = metric.baseline.map_or(String::new(), |base| {
            let change = metric.value - base;
            let sign = if change > 0.0 { "+" } else { "" };
            let change = quantity(change, &metric.unit);
            let base = escape(&quantity(base, &metric.unit));
            format!(
                "{base} <span class=\"soft\">{sign}{}</span>",
                escape(&change)
            )
        });
        cells.push_str(&format!("<td class=\"n\">{change}</td>"));
    }
    format!(
        "<tr class=\"{}\"><th scope=\"row\">{}</th>{cells}</tr>\n",
        metric.conclusion,
        escape(&metric.name)
    )
}
