//! The last thing before a report leaves: no secret in any text, whatever an answer echoed.

use gate::Report;
use http_client::Redactor;
use verdict::{Figure, Source};

/// The report without secrets.
pub(crate) fn redacted(mut report: Report, redactor: &Redactor) -> Report {
    let redact = |text: &mut String| *text = redactor.redact(text);
    let draft = &mut report.draft;
    redact(&mut draft.title);
    for finding in &mut draft.findings {
        redact(&mut finding.message);
        finding.fix.as_mut().map(redact);
    }
    for metric in &mut draft.metrics {
        redact(&mut metric.name);
    }
    for figure in &mut draft.figures {
        if let Figure::Table(table) = figure {
            table.rows.iter_mut().flatten().for_each(redact);
        }
    }
    for evidence in &mut draft.evidence {
        if let Source::Url(url) = &mut evidence.source {
            redact(url);
        }
        evidence.note.as_mut().map(redact);
    }
    for (_, value) in &mut report.outputs {
        redact(value);
    }
    report
}
