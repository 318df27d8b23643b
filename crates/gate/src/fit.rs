//! A verdict that its readers accept. One over [`Verdict::MAX_BYTES`] would be refused by every later job, so
//! figures go first, then the mildest findings, and a notice says what is missing.

use std::cmp::Reverse;

use verdict::{Conclusion, Finding, Verdict, WriteError};

/// Room for the notice that says what was left out.
const NOTICE: usize = 1024;

/// Why a verdict cannot be written.
#[derive(Debug, thiserror::Error)]
enum FitError {
    /// A number JSON cannot carry.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// Its numbers and evidence alone are too many.
    #[error(
        "{bytes} bytes without figures and findings, over the {limit} that are read; measure or read less",
        limit = Verdict::MAX_BYTES
    )]
    TooLarge {
        /// What is left.
        bytes: usize,
    },
}

/// Cuts the verdict to size where it must be, and gives its canonical JSON. What cannot be written becomes an
/// error that says why.
pub(crate) fn fit(verdict: &mut Verdict) -> Result<String, WriteError> {
    match cut(verdict) {
        Ok(json) => Ok(json),
        Err(error) => {
            verdict.conclusion = Conclusion::Error;
            verdict.title = format!("could not write the verdict: {error}");
            verdict.findings = vec![Finding::error("undecided", verdict.title.clone())];
            verdict.metrics.clear();
            verdict.figures.clear();
            verdict.evidence.clear();
            verdict.to_canonical_json()
        }
    }
}

fn cut(verdict: &mut Verdict) -> Result<String, FitError> {
    let json = verdict.to_canonical_json()?;
    if json.len() <= Verdict::MAX_BYTES {
        return Ok(json);
    }
    drop(json);
    let figures = std::mem::take(&mut verdict.figures).len();
    let findings = std::mem::take(&mut verdict.findings);
    let frame = verdict.to_canonical_json()?.len();
    let Some(room) = (Verdict::MAX_BYTES - NOTICE).checked_sub(frame) else {
        return Err(FitError::TooLarge { bytes: frame });
    };
    let all = findings.len();
    verdict.findings = worst(findings, room)?;
    let cut = all - verdict.findings.len();
    let left_out: Vec<_> = [(cut, "finding"), (figures, "figure")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}{}", if count == 1 { "" } else { "s" }))
        .collect();
    let message = format!(
        "{} left out: a verdict has at most {} MiB",
        left_out.join(" and "),
        Verdict::MAX_BYTES / 1024 / 1024
    );
    verdict.findings.push(Finding::notice("left-out", message));
    Ok(verdict.to_canonical_json()?)
}

/// The worst findings that fit; among equals the first.
fn worst(mut findings: Vec<Finding>, room: usize) -> Result<Vec<Finding>, WriteError> {
    findings.sort_by_key(|finding| Reverse(finding.level));
    let mut left = room;
    let mut kept = 0;
    for finding in &findings {
        let size = size(finding)?;
        if size > left {
            break;
        }
        left -= size;
        kept += 1;
    }
    findings.truncate(kept);
    Ok(findings)
}

/// Its bytes in a canonical verdict: as many lines, each four spaces deeper, and a comma.
fn size(finding: &Finding) -> Result<usize, WriteError> {
    let json = serde_json::to_string_pretty(finding)?;
    Ok(json.len() + 4 * (json.matches('\n').count() + 1) + 2)
}

#[cfg(test)]
mod tests {
    use verdict::{
        Conclusion, Figure, Finding, Level, Metric, Place, Subject, Table, Tool, VERDICT_SCHEMA,
        Verdict,
    };

    use super::{fit, size};

    fn verdict(findings: Vec<Finding>) -> Verdict {
        Verdict {
            schema: VERDICT_SCHEMA.to_owned(),
            gate: "quality-gate".to_owned(),
            instance: None,
            conclusion: Conclusion::Fail,
            title: "too many".to_owned(),
            subject: Subject::default(),
            findings,
            metrics: Vec::new(),
            figures: Vec::new(),
            evidence: Vec::new(),
            run: None,
            tool: Tool {
                name: "stagegate".to_owned(),
                version: "0.1.0".to_owned(),
            },
            started_at: "2026-01-01T00:00:00Z".to_owned(),
            finished_at: "2026-01-01T00:00:01Z".to_owned(),
        }
    }

    #[test]
    fn the_worst_findings_stay_and_the_rest_is_counted() {
        let mut findings: Vec<_> = (0..40_000)
            .map(|i| Finding::warning("w", format!("warning {i}")).at(Place::line("a.ts", i)))
            .collect();
        findings.push(Finding::error("e", "the one that matters"));
        let mut cut = verdict(findings);
        let json = fit(&mut cut).unwrap();
        assert!(json.len() <= Verdict::MAX_BYTES);
        assert!(
            json.len() > Verdict::MAX_BYTES - 4096,
            "as many as fit: {}",
            json.len()
        );
        let read = Verdict::from_json(json.as_bytes()).unwrap();
        assert_eq!(read.count(Level::Error), 1);
        let notice = &cut.findings.last().unwrap().message;
        let left = 40_001 - (cut.findings.len() - 1);
        assert!(
            notice.starts_with(&format!("{left} findings left out")),
            "{notice}"
        );
    }

    #[test]
    fn figures_go_before_findings() {
        let mut table = Table::new("Rows", ["row"]);
        table.rows = vec![vec!["x".repeat(1000)]; 6000];
        let mut large = verdict(vec![Finding::notice("n", "kept")]);
        large.figures = vec![Figure::Table(table)];
        let json = fit(&mut large).unwrap();
        assert!(json.len() < 4096 && large.figures.is_empty());
        let messages: Vec<_> = large.findings.iter().map(|f| f.message.as_str()).collect();
        assert_eq!(
            messages,
            ["kept", "1 figure left out: a verdict has at most 5 MiB"]
        );
    }

    #[test]
    fn what_fits_is_not_touched() {
        let small = verdict(vec![Finding::notice("n", "kept")]);
        let mut same = small.clone();
        let json = fit(&mut same).unwrap();
        assert_eq!(same, small);
        assert_eq!(json, small.to_canonical_json().unwrap());
    }

    #[test]
    fn numbers_alone_that_are_too_many_are_an_error() {
        let mut large = verdict(Vec::new());
        large.metrics = vec![Metric::new("m".repeat(1000), 1.0, "ms"); 6000];
        let json = fit(&mut large).unwrap();
        let read = Verdict::from_json(json.as_bytes()).unwrap();
        assert_eq!(read.conclusion, Conclusion::Error);
        assert!(
            read.title.contains("bytes without figures and findings"),
            "{}",
            read.title
        );
    }

    #[test]
    fn the_size_of_a_finding_is_exact() {
        let finding = Finding::error("r", "\"m\"\n")
            .at(Place::line("ä.ts", 3).column(1))
            .fix("f");
        let with = |count: usize| {
            let verdict = verdict(vec![finding.clone(); count]);
            verdict.to_canonical_json().unwrap().len()
        };
        assert_eq!(with(9) - with(8), size(&finding).unwrap());
    }
}
