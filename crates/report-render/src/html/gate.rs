//! One gate's section: its answer, findings, numbers, figures and what it read.

use verdict::{Evidence, Source, Verdict};

use super::svg::icon;
use super::text::{escape, link};
use super::{Ids, chart, findings, numbers};
use crate::quantity::{counted, duration, quantity};
use crate::rows::state;
use crate::time;

/// The most sources that are listed.
const MOST_EVIDENCE: usize = 500;

/// The most figures of one gate.
const MOST_FIGURES: usize = 60;

/// The whole section.
pub(super) fn section(verdict: &Verdict, index: usize, ids: &mut Ids) -> String {
    let figures: String = verdict
        .figures
        .iter()
        .take(MOST_FIGURES)
        .map(|figure| chart::figure(figure, ids))
        .collect();
    let figures = if figures.is_empty() {
        figures
    } else {
        format!("<div class=\"figures\">\n{figures}</div>\n")
    };
    format!(
        "<section class=\"gate {}\" id=\"gate-{index}\">\n{}{}{}{figures}{}</section>\n",
        verdict.conclusion,
        heading(verdict),
        findings::list(verdict),
        numbers::table(&verdict.metrics),
        evidence(&verdict.evidence),
    )
}

fn heading(verdict: &Verdict) -> String {
    let mut facts = Vec::new();
    if let Some(seconds) = time::took(verdict) {
        facts.push(format!("took {}", escape(&duration(seconds))));
    }
    if let Some(run) = &verdict.run {
        let attempt = match run.attempt {
            0 | 1 => String::new(),
            attempt => format!(", attempt {attempt}"),
        };
        let job = format!("job {}{attempt}", escape(&run.job));
        facts.push(link(&job, Some(&run.url)));
    }
    format!(
        "<header><h2>{} {}</h2><p class=\"answer\">{}</p><p class=\"soft\">{}</p></header>\n",
        icon(verdict.conclusion),
        escape(&verdict.display_name()),
        escape(&verdict.title),
        facts.join(" · "),
    )
}

fn evidence(evidence: &[Evidence]) -> String {
    if evidence.is_empty() {
        return String::new();
    }
    let broken = evidence.iter().any(|evidence| !evidence.is_whole());
    let rows: String = evidence.iter().take(MOST_EVIDENCE).map(source).collect();
    let more = match evidence.len().saturating_sub(MOST_EVIDENCE) {
        0 => String::new(),
        more => format!("<p class=\"soft\">{more} more in the verdict file.</p>"),
    };
    format!(
        "<details class=\"evidence\"{}><summary>Evidence <span class=\"soft\">{}</span></summary>\n\
         <div class=\"wide\"><table><thead><tr><th scope=\"col\">Read</th><th scope=\"col\">State</th>\
         <th scope=\"col\" class=\"n\">Size</th><th scope=\"col\">SHA-256</th></tr></thead>\
         <tbody>{rows}</tbody></table></div>{more}</details>\n",
        if broken { " open" } else { "" },
        counted(evidence.len(), "source"),
    )
}

fn source(evidence: &Evidence) -> String {
    let name = match &evidence.source {
        Source::Path(name) | Source::Url(name) | Source::Command(name) => name,
    };
    let note = evidence.note.as_deref().map_or(String::new(), |note| {
        format!(" <span class=\"soft\">{}</span>", escape(note))
    });
    let size = evidence.bytes.map(|bytes| quantity(bytes as f64, "bytes"));
    format!(
        "<tr><td><code>{}</code></td><td class=\"state-{}\">{}{note}</td><td class=\"n\">{}</td><td><code>{}</code></td></tr>",
        escape(name),
        state(evidence),
        state(evidence),
        size.unwrap_or_default(),
        escape(evidence.sha256.as_deref().unwrap_or_default()),
    )
}
