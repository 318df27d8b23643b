//! What a gate hands to the frame.

use verdict::{Conclusion, Digest, Evidence, Figure, Finding, Level, Metric, Verdict};

/// A gate's answer, before the frame adds subject, run and times.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The answer.
    pub conclusion: Conclusion,
    /// The answer in one line.
    pub title: String,
    /// The problems.
    pub findings: Vec<Finding>,
    /// The numbers.
    pub metrics: Vec<Metric>,
    /// Tables and charts.
    pub figures: Vec<Figure>,
    /// What was read.
    pub evidence: Vec<Evidence>,
    /// The digest of the build, when this gate computed it.
    pub digest: Option<Digest>,
}

impl Draft {
    /// An answer in one line.
    pub fn new(conclusion: Conclusion, title: impl Into<String>) -> Self {
        Self {
            conclusion,
            title: title.into(),
            findings: Vec::new(),
            metrics: Vec::new(),
            figures: Vec::new(),
            evidence: Vec::new(),
            digest: None,
        }
    }

    /// The conclusion that findings and metrics add up to: an error finding or a failed metric fails, a
    /// warning warns. A gate whose policy says more overrides it.
    pub fn conclude(findings: &[Finding], metrics: &[Metric]) -> Conclusion {
        let of_finding = |finding: &Finding| match finding.level {
            Level::Error => Conclusion::Fail,
            Level::Warning => Conclusion::Warn,
            Level::Notice => Conclusion::Pass,
        };
        findings
            .iter()
            .map(of_finding)
            .chain(metrics.iter().map(|metric| metric.conclusion))
            .max()
            .unwrap_or(Conclusion::Pass)
    }

    /// The same answer with findings.
    #[must_use]
    pub fn findings(mut self, findings: Vec<Finding>) -> Self {
        self.findings = findings;
        self
    }

    /// The same answer with numbers.
    #[must_use]
    pub fn metrics(mut self, metrics: Vec<Metric>) -> Self {
        self.metrics = metrics;
        self
    }

    /// The same answer with tables and charts.
    #[must_use]
    pub fn figures(mut self, figures: Vec<Figure>) -> Self {
        self.figures = figures;
        self
    }

    /// The same answer with what was read.
    #[must_use]
    pub fn evidence(mut self, evidence: Vec<Evidence>) -> Self {
        self.evidence = evidence;
        self
    }

    /// The same answer with the digest of the build.
    #[must_use]
    pub fn digest(mut self, digest: Digest) -> Self {
        self.digest = Some(digest);
        self
    }
}

/// A gate's answer and its outputs.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The answer.
    pub draft: Draft,
    /// Outputs by declared name; the rest are written empty.
    pub outputs: Vec<(&'static str, String)>,
    /// What the files `--sarif`, `--junit` and `--html` show in place of this gate's own verdict: for a gate
    /// that speaks for others.
    pub shown: Vec<Verdict>,
}

impl Report {
    /// An answer without outputs of its own.
    pub const fn new(draft: Draft) -> Self {
        Self {
            draft,
            outputs: Vec::new(),
            shown: Vec::new(),
        }
    }

    /// The same report, whose files show these verdicts.
    #[must_use]
    pub fn showing(mut self, verdicts: Vec<Verdict>) -> Self {
        self.shown = verdicts;
        self
    }

    /// The same report with an output.
    #[must_use]
    pub fn output(mut self, name: &'static str, value: impl ToString) -> Self {
        self.outputs.push((name, value.to_string()));
        self
    }
}

#[cfg(test)]
mod tests {
    use verdict::{Conclusion, Finding, Metric};

    use super::Draft;

    #[test]
    fn the_worst_of_findings_and_metrics_decides() {
        let fine = Metric::new("m", 1.0, "count").at_most(2.0);
        let over = Metric::new("m", 3.0, "count").at_most(2.0);
        let cases = [
            (vec![], vec![], Conclusion::Pass),
            (
                vec![Finding::notice("r", "m")],
                vec![fine.clone()],
                Conclusion::Pass,
            ),
            (
                vec![Finding::warning("r", "m")],
                vec![fine.clone()],
                Conclusion::Warn,
            ),
            (
                vec![Finding::warning("r", "m")],
                vec![over],
                Conclusion::Fail,
            ),
            (vec![Finding::error("r", "m")], vec![fine], Conclusion::Fail),
        ];
        for (findings, metrics, expected) in cases {
            assert_eq!(Draft::conclude(&findings, &metrics), expected);
        }
    }
}
