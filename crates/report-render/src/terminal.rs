//! The same verdict for a terminal: a compact table, coloured where that is wanted.

use anstyle::{AnsiColor, Style};
use comfy_table::{ContentArrangement, Table, presets};
use verdict::{Conclusion, Finding, Level, Verdict};

use crate::markdown::is_direction_override;
use crate::{sign, summary};

/// At most this many findings are listed; the verdict file has all.
const MOST_FINDINGS: usize = 30;

/// How to print.
#[derive(Clone, Copy, Debug)]
pub struct TerminalStyle {
    /// Whether colour is wanted.
    pub colour: bool,
    /// How many columns there are.
    pub width: u16,
}

/// Renders a verdict for a person at a terminal or in a plain log.
pub fn terminal(verdict: &Verdict, style: TerminalStyle) -> String {
    let paint = |text: &str, how: Style| {
        if style.colour {
            format!("{how}{text}{how:#}")
        } else {
            text.to_owned()
        }
    };
    let head = format!(
        "{} {}",
        sign(verdict.conclusion),
        printable(&verdict.display_name())
    );
    let mut out = format!(
        "{}: {}\n",
        paint(&head, colour(verdict.conclusion).bold()),
        printable(&verdict.title)
    );
    if !verdict.metrics.is_empty() {
        let mut table = Table::new();
        table
            .load_style(presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(style.width.max(40));
        for metric in &verdict.metrics {
            let limit = metric.limit.map_or(String::new(), |limit| {
                format!("limit {}", summary::quantity(limit, &metric.unit))
            });
            table.add_row([
                format!(" {}", sign(metric.conclusion)),
                printable(&metric.name),
                summary::quantity(metric.value, &metric.unit),
                limit,
            ]);
        }
        out.push_str(&table.trim_fmt());
        out.push('\n');
    }
    let mut findings: Vec<&Finding> = verdict.findings.iter().collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.level));
    for finding in findings.iter().take(MOST_FINDINGS) {
        let word = paint(finding.level.as_str(), level(finding.level).bold());
        let place = finding.place.as_ref().map_or(String::new(), |place| {
            format!("{}: ", printable(&place.to_string()))
        });
        out.push_str(&format!(
            "  {word}: {place}{} [{}]\n",
            printable(&finding.message),
            printable(&finding.rule)
        ));
        if let Some(fix) = &finding.fix {
            out.push_str(&format!("    fix: {}\n", printable(fix)));
        }
    }
    if findings.len() > MOST_FINDINGS {
        out.push_str(&format!(
            "  … {} more in the verdict file\n",
            findings.len() - MOST_FINDINGS
        ));
    }
    out
}

/// One line of foreign text without what a terminal would obey, and without `##[`, which the runner
/// takes for a command anywhere in a line of any stream.
pub fn printable(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|c| if c == '\n' || c == '\t' { ' ' } else { c })
        .filter(|c| !c.is_control() && !is_direction_override(*c))
        .collect();
    line.replace("##[", "##\u{200b}[")
}

fn colour(conclusion: Conclusion) -> Style {
    let colour = match conclusion {
        Conclusion::Pass => AnsiColor::Green,
        Conclusion::Warn | Conclusion::Pending => AnsiColor::Yellow,
        Conclusion::Fail | Conclusion::Error => AnsiColor::Red,
    };
    colour.on_default()
}

fn level(level: Level) -> Style {
    let colour = match level {
        Level::Error => AnsiColor::Red,
        Level::Warning => AnsiColor::Yellow,
        Level::Notice => AnsiColor::Cyan,
    };
    colour.on_default()
}

#[cfg(test)]
mod tests {
    use verdict::{Finding, Place};

    use super::{TerminalStyle, terminal};
    use crate::samples::failing;

    #[test]
    fn a_plain_terminal_reads_well() {
        let style = TerminalStyle {
            colour: false,
            width: 80,
        };
        insta::assert_snapshot!(terminal(&failing(), style));
    }

    #[test]
    fn foreign_text_cannot_steer_the_terminal() {
        let mut verdict = failing();
        verdict.findings = vec![Finding::error("##[r", "##[endgroup]").at(Place::file("##[f]"))];
        verdict.title = "a\u{1b}[2Jb".to_owned();
        let style = TerminalStyle {
            colour: false,
            width: 80,
        };
        assert!(!terminal(&verdict, style).contains('\u{1b}'));
        verdict.title = "a ##[add-mask]b \u{202e}c".to_owned();
        verdict.instance = Some("x\n::error::forged".to_owned());
        let text = terminal(&verdict, style);
        assert!(!text.contains("##[") && !text.contains('\u{202e}'));
        assert!(!text.lines().any(|line| line.trim_start().starts_with("::")));
    }
}
