//! The same verdict for a terminal: compact tables, coloured and linked where that is wanted.

mod style;
mod tables;

pub use style::{TerminalStyle, printable};

use verdict::{Conclusion, Figure, Finding, Verdict};

use crate::figure_text::lines;
use crate::rank::worst_first;
use crate::{rows, sign};
use style::Pen;

/// At most this many findings are listed; the verdict file has all.
const MOST_FINDINGS: usize = 30;

/// At most this many numbers or rows of a table; those outside their limits come first.
const MOST_ROWS: usize = 30;

/// Renders a verdict for a person at a terminal or in a plain log.
pub fn terminal(verdict: &Verdict, style: TerminalStyle) -> String {
    let pen = Pen(style);
    let head = format!(
        "{} {}",
        sign(verdict.conclusion),
        printable(&verdict.display_name())
    );
    let head = pen.paint(&head, style::of_conclusion(verdict.conclusion).bold());
    let mut out = format!("{head}: {}\n", printable(&verdict.title));
    out.push_str(&metrics(verdict, pen));
    for figure in rows::figures(verdict) {
        out.push_str(&drawn(figure, pen));
    }
    let findings = worst_first(verdict);
    for finding in findings.iter().take(MOST_FINDINGS) {
        out.push_str(&listed(finding, pen));
    }
    out.push_str(&rest(findings.len(), MOST_FINDINGS, "finding"));
    out
}

fn metrics(verdict: &Verdict, pen: Pen) -> String {
    let (mut shown, fine): (Vec<_>, Vec<_>) = verdict
        .metrics
        .iter()
        .partition(|metric| metric.conclusion != Conclusion::Pass);
    // Few numbers keep the gate's own order; of many, those that matter come first.
    if verdict.metrics.len() <= MOST_ROWS {
        shown = verdict.metrics.iter().collect();
    } else {
        shown.extend(fine);
    }
    let count = shown.len();
    shown.truncate(MOST_ROWS);
    tables::metrics(&shown, pen) + &rest(count, MOST_ROWS, "number")
}

fn drawn(figure: &Figure, pen: Pen) -> String {
    let title = pen.paint(&printable(figure.title()), anstyle::Style::new().bold());
    let body = match figure {
        Figure::Table(table) => {
            tables::table(table, MOST_ROWS, pen) + &rest(table.rows.len(), MOST_ROWS, "row")
        }
        chart => lines(chart)
            .iter()
            .map(|line| pen.wrapped("    ", &printable(line)))
            .collect(),
    };
    format!("  {title}\n{body}")
}

fn listed(finding: &Finding, pen: Pen) -> String {
    let word = pen.paint(
        finding.level.as_str(),
        style::of_level(finding.level).bold(),
    );
    let place = finding.place.as_ref().map_or(String::new(), |place| {
        format!("{}: ", printable(&place.to_string()))
    });
    let new = if finding.new == Some(true) {
        "new "
    } else {
        ""
    };
    let rule = pen.link(&printable(&finding.rule), finding.url.as_deref());
    let text = format!(
        "{new}{word}: {place}{} [{rule}]",
        printable(&finding.message)
    );
    let mut out = pen.wrapped("  ", &text);
    if let Some(fix) = &finding.fix {
        out.push_str(&pen.wrapped("    ", &format!("fix: {}", printable(fix))));
    }
    out
}

fn rest(count: usize, shown: usize, word: &str) -> String {
    match count.saturating_sub(shown) {
        0 => String::new(),
        1 => format!("  … 1 more {word} in the verdict file\n"),
        more => format!("  … {more} more {word}s in the verdict file\n"),
    }
}

#[cfg(test)]
mod tests {
    use verdict::{Finding, Place};

    use super::{TerminalStyle, terminal};
    use crate::samples::{empty, failing, huge};

    const PLAIN: TerminalStyle = TerminalStyle {
        colour: false,
        links: false,
        width: Some(80),
    };

    #[test]
    fn a_plain_terminal_reads_well() {
        insta::assert_snapshot!(terminal(&failing(), PLAIN));
    }

    #[test]
    fn a_narrow_one_wraps_and_a_log_does_not() {
        let narrow = TerminalStyle {
            width: Some(44),
            ..PLAIN
        };
        insta::assert_snapshot!("narrow", terminal(&failing(), narrow));
        let log = TerminalStyle {
            width: None,
            ..PLAIN
        };
        let mut verdict = failing();
        verdict.findings = vec![Finding::error("r", "word ".repeat(100))];
        let text = terminal(&verdict, log);
        assert!(text.lines().any(|line| line.len() > 500));
    }

    #[test]
    fn colours_and_links_only_where_wanted() {
        let mut verdict = failing();
        verdict.findings[0].url = Some("https://example.test/rule".to_owned());
        verdict.findings[1].url = Some("https://a\u{1b}]8;;b".to_owned());
        let rich = TerminalStyle {
            colour: true,
            links: true,
            ..PLAIN
        };
        let text = terminal(&verdict, rich);
        assert!(text.contains("\u{1b}]8;;https://example.test/rule\u{1b}\\"));
        assert_eq!(
            text.matches("\u{1b}]8;;").count(),
            2,
            "one link, opened and closed"
        );
        assert!(!terminal(&verdict, PLAIN).contains('\u{1b}'));
    }

    #[test]
    fn a_huge_and_an_empty_verdict_read_well() {
        let texts = [terminal(&huge(100_000), PLAIN), terminal(&empty(), PLAIN)];
        insta::assert_snapshot!(texts.join("----\n"));
    }

    #[test]
    fn foreign_text_cannot_steer_the_terminal() {
        let mut verdict = failing();
        verdict.findings = vec![Finding::error("##[r", "##[endgroup]").at(Place::file("##[f]"))];
        verdict.title = "a\u{1b}[2Jb".to_owned();
        assert!(!terminal(&verdict, PLAIN).contains('\u{1b}'));
        verdict.title = "a ##[add-mask]b \u{202e}c".to_owned();
        verdict.instance = Some("x\n::error::forged".to_owned());
        let text = terminal(&verdict, PLAIN);
        assert!(!text.contains("##[") && !text.contains('\u{202e}'));
        assert!(!text.lines().any(|line| line.trim_start().starts_with("::")));
    }
}
