//! The job summary of one verdict.

use verdict::{Finding, Metric, Verdict};

use crate::{markdown, sign};

/// Well under the runner's 1 MiB per step, so that a second summary of the same step still fits.
const LIMIT: usize = 512 * 1024;

/// Renders the job summary: title, numbers, findings worst first. Never over half a MiB; what does not
/// fit is counted.
pub fn summary(verdict: &Verdict) -> String {
    let mut out = format!(
        "### {} {}: {}\n\n",
        sign(verdict.conclusion),
        markdown::text(&verdict.display_name()),
        markdown::text(&verdict.title),
    );
    let metrics: Vec<String> = verdict.metrics.iter().map(metric_row).collect();
    rows(
        &mut out,
        "| metric | value | limit | base |\n|---|--:|--:|--:|\n",
        &metrics,
        "metrics",
    );
    let mut findings: Vec<&Finding> = verdict.findings.iter().collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.level));
    let findings: Vec<String> = findings.into_iter().map(finding_row).collect();
    rows(
        &mut out,
        "| level | where | what | rule |\n|---|---|---|---|\n",
        &findings,
        "findings",
    );
    if let Some(sha) = &verdict.subject.sha {
        out.push_str(&format!(
            "<sub>Judged commit {}",
            markdown::code(sha.short())
        ));
        if let Some(digest) = &verdict.subject.digest {
            out.push_str(&format!(", build {}", markdown::code(digest.short())));
        }
        out.push_str(".</sub>\n\n");
    }
    out
}

/// A table cut on a row border.
pub(crate) fn rows(out: &mut String, head: &str, rows: &[String], what: &str) {
    if rows.is_empty() {
        return;
    }
    out.push_str(head);
    for (index, row) in rows.iter().enumerate() {
        if out.len() + row.len() > LIMIT {
            out.push_str(&format!(
                "\n{} more {what} are in the verdict file.\n",
                rows.len() - index
            ));
            break;
        }
        out.push_str(row);
    }
    out.push('\n');
}

fn metric_row(metric: &Metric) -> String {
    let number =
        |value: Option<f64>| value.map_or(String::new(), |value| quantity(value, &metric.unit));
    format!(
        "| {} {} | {} | {} | {} |\n",
        sign(metric.conclusion),
        markdown::text(&metric.name),
        quantity(metric.value, &metric.unit),
        number(metric.limit),
        number(metric.baseline),
    )
}

pub(crate) fn finding_row(finding: &Finding) -> String {
    let place = finding
        .place
        .as_ref()
        .map_or(String::new(), |place| markdown::code(&place.to_string()));
    let fix = finding.fix.as_ref().map_or(String::new(), |fix| {
        format!("<br>Fix: {}", markdown::text(fix))
    });
    let rule = match &finding.url {
        Some(url) => markdown::link(&finding.rule, url),
        None => markdown::text(&finding.rule),
    };
    format!(
        "| {} | {place} | {}{fix} | {rule} |\n",
        finding.level.as_str(),
        markdown::text(&finding.message),
    )
}

/// A value with its unit, as people read it: bytes in kB, long times in seconds.
pub(crate) fn quantity(value: f64, unit: &str) -> String {
    match unit {
        "bytes" if value.abs() >= 1e6 => format!("{:.2} MB", value / 1e6),
        "bytes" if value.abs() >= 1e3 => format!("{:.1} kB", value / 1e3),
        "bytes" => format!("{value:.0} B"),
        "ms" if value.abs() >= 1e4 => format!("{:.1} s", value / 1e3),
        "ms" => format!("{value:.0} ms"),
        "ratio" => format!("{:.2} %", value * 100.0),
        "count" | "score" => trimmed(value),
        "" => trimmed(value),
        unit => format!("{} {}", trimmed(value), markdown::text(unit)),
    }
}

/// At most three decimals, none that say nothing.
fn trimmed(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use verdict::Finding;

    use super::{quantity, summary};
    use crate::samples::failing;

    #[test]
    fn a_summary_reads_well() {
        insta::assert_snapshot!(summary(&failing()));
    }

    #[test]
    fn a_long_summary_is_cut_on_a_row_and_says_so() {
        let mut verdict = failing();
        verdict.findings = (0..20_000)
            .map(|i| Finding::error("r", format!("message {i}")))
            .collect();
        let text = summary(&verdict);
        assert!(text.len() < 600 * 1024);
        assert!(text.contains("more findings are in the verdict file."));
        assert!(
            text.lines()
                .filter(|line| line.starts_with("| error"))
                .all(|line| line.ends_with(" |"))
        );
    }

    #[test]
    fn quantities_read_as_people_say_them() {
        let cases = [
            (999.0, "bytes", "999 B"),
            (138_626.0, "bytes", "138.6 kB"),
            (2_345_678.0, "bytes", "2.35 MB"),
            (2500.0, "ms", "2500 ms"),
            (12_000.0, "ms", "12.0 s"),
            (0.1, "", "0.1"),
            (0.0123, "ratio", "1.23 %"),
            (90.0, "score", "90"),
        ];
        for (value, unit, expected) in cases {
            assert_eq!(quantity(value, unit), expected);
        }
    }
}
