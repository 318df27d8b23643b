//! Which verdicts are shown. Those of another commit are not; what is wrong with the run or its files is
//! shown as a verdict of its own, so that no green report hides it.

use gate::{FoundVerdicts, Problem};
use verdict::{Conclusion, Finding, Subject, Tool, VERDICT_SCHEMA, Verdict};

use crate::target::Target;

/// The gates whose verdict is not part of the report.
const NOT_SHOWN: [&str; 1] = ["publish-report"];

/// What is shown.
#[derive(Clone, Debug)]
pub(crate) struct Selection {
    /// The verdicts of the commit, and what is wrong besides.
    pub(crate) shown: Vec<Verdict>,
    /// How many verdicts are about something else.
    pub(crate) elsewhere: usize,
    /// How many verdicts are about the commit.
    pub(crate) current: usize,
}

impl Selection {
    /// The worst of what is shown.
    pub(crate) fn overall(&self) -> Conclusion {
        Conclusion::worst(self.shown.iter().map(|verdict| verdict.conclusion))
    }
}

/// Chooses.
pub(crate) fn select(found: FoundVerdicts, target: &Target, repository: &str) -> Selection {
    let all = found.verdicts.into_iter().map(|found| found.verdict);
    let (mut shown, elsewhere): (Vec<_>, Vec<_>) = all
        .filter(|verdict| !NOT_SHOWN.contains(&verdict.gate.as_str()))
        .partition(|verdict| {
            let subject = &verdict.subject;
            let here = subject
                .repository
                .as_ref()
                .is_none_or(|of| of.eq_ignore_ascii_case(repository));
            here && subject.sha.as_ref() == Some(&target.sha)
        });
    let current = shown.len();
    if !found.refused.is_empty() {
        shown.push(refused(&found.refused, target));
    }
    shown.extend(contradiction(&shown, target));
    Selection {
        shown,
        elsewhere: elsewhere.len(),
        current,
    }
}

fn refused(problems: &[Problem], target: &Target) -> Verdict {
    let mut verdict = own(
        "verdict files",
        format!("{} file(s) are no verdicts", problems.len()),
        target,
    );
    let finding = |problem: &Problem| Finding::error("verdict-file", &problem.message);
    verdict.findings = problems.iter().map(finding).collect();
    verdict
}

/// A run that failed and whose verdicts all pass: a job died before its gate could speak, or somebody
/// made the verdicts up.
fn contradiction(shown: &[Verdict], target: &Target) -> Option<Verdict> {
    let ended = target.run_conclusion.as_deref()?;
    let passes = Conclusion::worst(shown.iter().map(|verdict| verdict.conclusion)).allows();
    if !passes || matches!(ended, "success" | "neutral" | "skipped") {
        return None;
    }
    let title = format!("the run ended with {ended}, though its verdicts pass");
    Some(own("workflow run", title, target))
}

fn own(gate: &str, title: String, target: &Target) -> Verdict {
    Verdict {
        schema: VERDICT_SCHEMA.to_owned(),
        gate: gate.to_owned(),
        instance: None,
        conclusion: Conclusion::Error,
        title,
        subject: Subject {
            sha: Some(target.sha.clone()),
            ..Subject::default()
        },
        findings: Vec::new(),
        metrics: Vec::new(),
        figures: Vec::new(),
        evidence: Vec::new(),
        run: None,
        tool: Tool {
            name: "stagegate".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        started_at: String::new(),
        finished_at: String::new(),
    }
}
