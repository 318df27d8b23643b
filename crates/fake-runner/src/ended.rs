//! What a step left behind, and the views of it that tests compare.

use std::collections::BTreeMap;

use verdict::Verdict;

/// A step that ended by itself and left a verdict.
#[derive(Debug)]
pub struct Ended {
    /// The exit code.
    pub code: i32,
    /// The verdict, as its readers take it.
    pub verdict: Verdict,
    /// The outputs by name, as later steps get them.
    pub outputs: BTreeMap<String, String>,
    /// What the step added to the job's summary, in Markdown.
    pub summary: String,
    /// What was printed, with the runner's commands in it.
    pub stdout: String,
    /// The log.
    pub stderr: String,
}

impl Ended {
    /// The value of an output that must have been written.
    #[must_use]
    #[track_caller]
    pub fn output(&self, name: &str) -> &str {
        match self.outputs.get(name) {
            Some(value) => value,
            None => panic!("no output {name}: {self:#?}"),
        }
    }

    /// The value of a metric that must have been measured.
    #[must_use]
    #[track_caller]
    pub fn metric(&self, name: &str) -> f64 {
        let mut metrics = self.verdict.metrics.iter();
        match metrics.find(|metric| metric.name == name) {
            Some(metric) => metric.value,
            None => panic!("no metric {name}: {:#?}", self.verdict.metrics),
        }
    }

    /// The rules of the findings, in order.
    #[must_use]
    pub fn rules(&self) -> Vec<&str> {
        let findings = self.verdict.findings.iter();
        findings.map(|finding| finding.rule.as_str()).collect()
    }

    /// `rule: message` of the findings, in order.
    #[must_use]
    pub fn findings(&self) -> Vec<String> {
        let findings = self.verdict.findings.iter();
        findings
            .map(|finding| format!("{}: {}", finding.rule, finding.message))
            .collect()
    }

    /// All messages and fixes of the findings as one text.
    #[must_use]
    pub fn words(&self) -> String {
        let findings = self.verdict.findings.iter();
        findings
            .flat_map(|finding| [Some(&finding.message), finding.fix.as_ref()])
            .flatten()
            .map(|words| format!("{words}\n"))
            .collect()
    }

    /// Ended with this code, and one of the findings says this.
    #[track_caller]
    pub fn assert(&self, code: i32, finding: &str) {
        let findings = self.findings();
        assert_eq!(self.code, code, "{findings:#?}");
        assert!(
            findings.iter().any(|found| found.contains(finding)),
            "{finding} is not in {findings:#?}"
        );
    }

    /// Exit code, title, findings, metrics and evidence, as people would compare them.
    #[must_use]
    pub fn rows(&self) -> String {
        let verdict = &self.verdict;
        let mut text = format!(
            "exit {} {}: {}\n",
            self.code, verdict.conclusion, verdict.title
        );
        for finding in &verdict.findings {
            let place = finding.place.as_ref().map(ToString::to_string);
            let place = place.unwrap_or_else(|| "-".to_owned());
            let level = finding.level.as_str();
            text += &format!("{level} {place} [{}] {}\n", finding.rule, finding.message);
            if let Some(fix) = &finding.fix {
                text += &format!("    fix: {fix}\n");
            }
        }
        for metric in &verdict.metrics {
            text += &format!("{} = {}\n", metric.name, metric.value);
        }
        for evidence in &verdict.evidence {
            let source = serde_json::to_string(&evidence.source).unwrap();
            let note = evidence.note.as_deref().unwrap_or_default();
            text += &format!("{source} {:?} {note}\n", evidence.state);
        }
        text
    }

    /// Everything that was written anywhere, to look for what must not be in it.
    #[must_use]
    pub fn everything(&self) -> String {
        let verdict = self.verdict.to_canonical_json().unwrap();
        let mut texts = vec![&verdict, &self.summary, &self.stdout, &self.stderr];
        texts.extend(self.outputs.iter().flat_map(|(name, value)| [name, value]));
        texts.into_iter().map(|text| format!("{text}\n")).collect()
    }
}
