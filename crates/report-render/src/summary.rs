//! The job summary of one verdict: the answer, what failed, then the rest folded away.

use verdict::{Conclusion, Evidence, Figure, Level, Metric, Verdict};

use crate::markdown::{code, html, short};
use crate::page::{Page, Unit};
use crate::quantity::counted;
use crate::rank::worst_first;
use crate::rows::{self, Links, cell};
use crate::sign;

/// Well under the runner's 1 MiB per step, so that a second summary of the same step still fits.
const LIMIT: usize = 512 * 1024;

/// Room for the line about what was judged.
const FOOT: usize = 300;

/// Findings and rows of a table that stand unfolded.
const OPEN: usize = 25;

/// The most findings, numbers or rows of one table; more than anybody reads.
const MOST: usize = 2000;

/// Renders the job summary: title, what stops the change, and the rest in folds. Never over half a MiB;
/// what does not fit is counted.
pub fn summary(verdict: &Verdict) -> String {
    let mut page = Page::new(LIMIT, Unit::Bytes, "in the verdict file");
    page.reserve(FOOT);
    page.push(&format!(
        "### {} {}: {}\n\n",
        sign(verdict.conclusion),
        cell(&verdict.display_name()),
        cell(&verdict.title),
    ));
    findings(&mut page, verdict);
    metrics(&mut page, verdict);
    for figure in rows::figures(verdict) {
        match figure {
            Figure::Table(table) if table.rows.len() > OPEN => {
                let rest = format!(": {}", counted(table.rows.len(), "row"));
                page.folded(&rows::fold_title(&table.title, &rest), |page| {
                    rows::figure(page, figure, MOST);
                });
            }
            _ => rows::figure(&mut page, figure, MOST),
        }
    }
    evidence(&mut page, &verdict.evidence);
    page.end(&foot(verdict))
}

/// Errors and warnings stand open when they are few; the rest is one fold away.
fn findings(page: &mut Page, verdict: &Verdict) {
    let worst = worst_first(verdict);
    let notices = verdict.count(Level::Notice);
    let serious = worst.len() - notices;
    let open = serious.min(OPEN);
    let (first, rest) = worst.split_at(open);
    let row = |finding: &&verdict::Finding| rows::finding(finding, Links::Shown);
    page.table(rows::FINDINGS, first.iter().map(row), MOST, "findings");
    if !rest.is_empty() {
        let title = if serious > open {
            format!("{} more findings", rest.len())
        } else {
            counted(notices, "notice")
        };
        page.folded(&title, |page| {
            page.table(rows::FINDINGS, rest.iter().map(row), MOST, "findings");
        });
    }
}

/// Numbers outside their limits stand open, and so do all when they are few.
fn metrics(page: &mut Page, verdict: &Verdict) {
    let all: Vec<&Metric> = verdict.metrics.iter().collect();
    if all.len() <= OPEN {
        page.table(
            rows::METRICS,
            all.iter().map(|m| rows::metric(m)),
            MOST,
            "numbers",
        );
        return;
    }
    let (fine, off): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|metric| metric.conclusion == Conclusion::Pass);
    page.table(
        rows::METRICS,
        off.iter().map(|m| rows::metric(m)),
        MOST,
        "numbers",
    );
    page.folded(
        &format!("{} within limits", counted(fine.len(), "number")),
        |page| {
            page.table(
                rows::METRICS,
                fine.iter().map(|m| rows::metric(m)),
                MOST,
                "numbers",
            );
        },
    );
}

/// What could not be read whole stands open.
fn evidence(page: &mut Page, evidence: &[Evidence]) {
    let (whole, broken): (Vec<_>, Vec<_>) = evidence.iter().partition(|e| e.is_whole());
    page.table(
        rows::EVIDENCE,
        broken.iter().map(|e| rows::evidence(e)),
        OPEN,
        "sources",
    );
    if !whole.is_empty() {
        let title = format!("Evidence: {} read", counted(whole.len(), "source"));
        page.folded(&html(&title), |page| {
            page.table(
                rows::EVIDENCE,
                whole.iter().map(|e| rows::evidence(e)),
                MOST,
                "sources",
            );
        });
    }
}

fn foot(verdict: &Verdict) -> String {
    let Some(sha) = &verdict.subject.sha else {
        return String::new();
    };
    let build = verdict
        .subject
        .digest
        .as_ref()
        .map_or(String::new(), |digest| {
            format!(", build {}", code(digest.short()))
        });
    let version = short(&verdict.tool.version, 40);
    format!(
        "<sub>Judged commit {}{build}, by Stagegate {}.</sub>\n\n",
        code(sha.short()),
        cell(&version)
    )
}

#[cfg(test)]
mod tests {
    use super::summary;
    use crate::samples::{empty, failing, huge};

    #[test]
    fn a_summary_reads_well() {
        insta::assert_snapshot!(summary(&failing()));
    }

    #[test]
    fn an_empty_verdict_still_says_what_it_says() {
        insta::assert_snapshot!(summary(&empty()));
    }

    #[test]
    fn a_long_summary_is_cut_on_a_row_and_says_so() {
        let text = summary(&huge(100_000));
        assert!(text.len() <= 512 * 1024);
        let rows = text.lines().filter(|line| line.starts_with("| error"));
        assert!(rows.clone().count() > 1000);
        assert!(rows.clone().all(|line| line.ends_with(" |")));
        let opened = text.matches("<details>").count();
        assert_eq!(text.matches("</details>").count(), opened);
        let (head, tail) = text.split_at(2000);
        let tail: String = tail.chars().skip(tail.chars().count() - 900).collect();
        insta::assert_snapshot!(format!("{head}\n[…]\n{tail}"));
    }
}
