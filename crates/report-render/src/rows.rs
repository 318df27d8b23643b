//! The pieces of Markdown that summary and comment share: rows of findings, numbers and evidence, and
//! figures as tables or lines.

use verdict::{Evidence, Figure, Finding, Metric, Source, Table, Verdict};

use crate::figure_text::lines;
use crate::markdown::{self, code, link, short, text};
use crate::page::Page;
use crate::quantity::quantity;
use crate::sign;

/// The longest cell, in characters.
const CELL: usize = 600;

/// The most columns of a table that are shown.
const COLUMNS: usize = 16;

pub(crate) const FINDINGS: &str = "| level | where | what | rule |\n|---|---|---|---|\n";
pub(crate) const METRICS: &str = "| metric | value | limit | base |\n|---|--:|--:|--:|\n";
pub(crate) const EVIDENCE: &str = "| read | state | SHA-256 |\n|---|---|---|\n";

/// Whether the address a finding names becomes a link. It may come from a stranger's pull request, so it
/// does not where we speak with GitHub's own account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Links {
    Shown,
    Left,
}

/// Foreign text in a table's cell.
pub(crate) fn cell(foreign: &str) -> String {
    text(&short(foreign, CELL))
}

pub(crate) fn finding(finding: &Finding, links: Links) -> String {
    let place = finding.place.as_ref().map_or(String::new(), |place| {
        code(&short(&place.to_string(), CELL))
    });
    let fix = finding
        .fix
        .as_ref()
        .map_or(String::new(), |fix| format!("<br>Fix: {}", cell(fix)));
    let rule = short(&finding.rule, CELL);
    let rule = match (&finding.url, links) {
        (Some(url), Links::Shown) if url.len() < 1000 => link(&rule, url),
        _ => text(&rule),
    };
    let new = if finding.new == Some(true) {
        " (new)"
    } else {
        ""
    };
    format!(
        "| {}{new} | {place} | {}{fix} | {rule} |\n",
        finding.level.as_str(),
        cell(&finding.message),
    )
}

pub(crate) fn metric(metric: &Metric) -> String {
    let number = |value: Option<f64>| {
        value.map_or(String::new(), |value| cell(&quantity(value, &metric.unit)))
    };
    format!(
        "| {} {} | {} | {} | {} |\n",
        sign(metric.conclusion),
        cell(&metric.name),
        number(Some(metric.value)),
        number(metric.limit),
        number(metric.baseline),
    )
}

pub(crate) fn evidence(evidence: &Evidence) -> String {
    let source = match &evidence.source {
        Source::Path(source) | Source::Url(source) | Source::Command(source) => source,
    };
    let note = evidence
        .note
        .as_ref()
        .map_or(String::new(), |note| format!(": {}", cell(note)));
    let sha = evidence.sha256.as_deref().and_then(|sha| sha.get(..12));
    format!(
        "| {} | {}{note} | {} |\n",
        code(&short(source, CELL)),
        state(evidence),
        sha.map_or(String::new(), code),
    )
}

/// How a piece of evidence was found, in a word.
pub(crate) const fn state(evidence: &Evidence) -> &'static str {
    use verdict::EvidenceState::{Clean, Degraded, Findings, Missing};
    match evidence.state {
        Clean => "clean",
        Findings => "findings",
        Degraded => "degraded",
        Missing => "missing",
    }
}

/// A figure: a table as one, of at most `most` rows; a chart as lines.
pub(crate) fn figure(page: &mut Page, figure: &Figure, most: usize) {
    let title = format!("**{}**\n\n", cell(figure.title()));
    match figure {
        Figure::Table(table) if table.columns.is_empty() || table.rows.is_empty() => {}
        Figure::Table(table) => {
            if page.push(&title) {
                page.table(
                    &head(table),
                    table.rows.iter().map(|r| row(table, r)),
                    most,
                    "rows",
                );
            }
        }
        chart => {
            let lines = lines(chart).into_iter();
            let list: String = lines.map(|line| format!("- {}\n", cell(&line))).collect();
            if !list.is_empty() {
                page.push(&format!("{title}{list}\n"));
            }
        }
    }
}

/// The figures of a verdict that have something to show.
pub(crate) fn figures(verdict: &Verdict) -> impl Iterator<Item = &Figure> {
    verdict.figures.iter().filter(|figure| match figure {
        Figure::Table(table) => !table.columns.is_empty() && !table.rows.is_empty(),
        chart => !lines(chart).is_empty(),
    })
}

fn head(table: &Table) -> String {
    let columns = || table.columns.iter().take(COLUMNS);
    let names: Vec<_> = columns().map(|column| cell(&column.name)).collect();
    let rule: String = columns()
        .map(|column| if column.number { "--:|" } else { "---|" })
        .collect();
    format!("| {} |\n|{rule}\n", names.join(" | "))
}

fn row(table: &Table, cells: &[String]) -> String {
    let filled = (0..table.columns.len().min(COLUMNS))
        .map(|index| cells.get(index).map_or(String::new(), |text| cell(text)));
    format!("| {} |\n", filled.collect::<Vec<_>>().join(" | "))
}

/// A fold's title: HTML, with foreign text in it.
pub(crate) fn fold_title(foreign: &str, rest: &str) -> String {
    format!("{}{rest}", markdown::html(&short(foreign, 200)))
}
