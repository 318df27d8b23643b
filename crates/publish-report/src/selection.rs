//! Which verdicts are shown. What is wrong with the run or its files is shown as a verdict of its own, so
//! that no green report hides it, and a verdict of another commit is such a thing.

use gate::{FoundVerdicts, Problem};
use verdict::{Conclusion, Finding, Subject, Tool, VERDICT_SCHEMA, Verdict};

use crate::target::{RunEnd, Target};

/// The gates whose verdict is not part of the report.
const NOT_SHOWN: [&str; 1] = ["publish-report"];

/// What is shown.
#[derive(Clone, Debug)]
pub(crate) struct Selection {
    /// The verdicts of the commit, and what is wrong besides.
    pub(crate) shown: Vec<Verdict>,
    /// What was there and is not shown.
    pub(crate) refused: Vec<Problem>,
    /// Whether gates spoke, or the run's end explains why not.
    pub(crate) complete: bool,
    pub(crate) news: News,
}

/// How much a report has to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// What the gates found.
    Findings,
    /// The run was cancelled, as a newer push does it: no news where the pull request has moved on.
    Cancelled,
    /// The run waits or goes on: none yet.
    NotYet,
}

impl Selection {
    /// The worst of what is shown.
    pub(crate) fn overall(&self) -> Conclusion {
        Conclusion::worst(self.shown.iter().map(|verdict| verdict.conclusion))
    }
}

/// Chooses.
pub(crate) fn select(found: FoundVerdicts, target: &Target, repository: &str) -> Selection {
    let mut refused = found.refused;
    let mut shown = Vec::new();
    for found in found.verdicts {
        let verdict = found.verdict;
        if NOT_SHOWN.contains(&verdict.gate.as_str()) {
            continue;
        }
        match elsewhere(&verdict, target, repository) {
            None => shown.push(verdict),
            Some(why) => {
                let name = gate::foreign_text(&verdict.display_name());
                refused.push(Problem::new(format!("the verdict of {name} {why}")));
            }
        }
    }
    let spoke = !shown.is_empty();
    if !refused.is_empty() {
        shown.push(refusal(&refused, target));
    }
    let of_run = of_run(&shown, spoke, target);
    let news = of_run.as_ref().map_or(News::Findings, |(_, news)| *news);
    shown.extend(of_run.map(|(verdict, _)| verdict));
    Selection {
        complete: spoke || news != News::Findings,
        shown,
        refused,
        news,
    }
}

/// Why a verdict is not of this commit.
fn elsewhere(verdict: &Verdict, target: &Target, repository: &str) -> Option<String> {
    let subject = &verdict.subject;
    let foreign = |of: &&String| !of.eq_ignore_ascii_case(repository);
    if let Some(of) = subject.repository.as_ref().filter(foreign) {
        return Some(format!("is about {}", gate::foreign_text(of)));
    }
    match &subject.sha {
        Some(sha) if *sha == target.sha => None,
        Some(sha) => Some(format!(
            "claims commit {}, and the run was of {}",
            sha.short(),
            target.sha.short()
        )),
        None => Some("names no commit".to_owned()),
    }
}

fn refusal(problems: &[Problem], target: &Target) -> Verdict {
    let title = format!("{} file(s) or verdict(s) were refused", problems.len());
    let mut verdict = own("verdict files", Conclusion::Error, title, target);
    let finding =
        |problem: &Problem| Finding::error("verdict-file", gate::foreign_text(&problem.message));
    verdict.findings = gate::worst_findings(problems.iter().map(finding).collect());
    verdict
}

/// What the run's own end has to say.
fn of_run(shown: &[Verdict], spoke: bool, target: &Target) -> Option<(Verdict, News)> {
    let say = |conclusion, title: &str, news| {
        let verdict = own("workflow run", conclusion, title.to_owned(), target);
        Some((verdict, news))
    };
    let pending = |title| say(Conclusion::Pending, title, News::NotYet);
    let error = |title: String| say(Conclusion::Error, &title, News::Findings);
    let passes = Conclusion::worst(shown.iter().map(|verdict| verdict.conclusion)).allows();
    let ended = match &target.end {
        RunEnd::Ours(failed) => failed.as_deref(),
        RunEnd::Running => return pending("the run has not ended"),
        RunEnd::Over(word) => match word.as_str() {
            "action_required" => return pending("the run waits for a maintainer's approval"),
            "cancelled" => {
                let title = "the run was cancelled before it ended";
                return say(Conclusion::Error, title, News::Cancelled);
            }
            "success" | "neutral" | "skipped" => None,
            other => Some(other),
        },
    };
    match ended {
        // A job died before its gate could speak, or somebody made the verdicts up.
        Some(ended) if passes => error(format!(
            "the run ended with {ended}, though its verdicts pass"
        )),
        Some(ended) if !spoke => error(format!("the run ended with {ended} and left no verdict")),
        None if !spoke => error(format!("no verdict of {} is there", target.sha.short())),
        _ => None,
    }
}

fn own(gate: &str, conclusion: Conclusion, title: String, target: &Target) -> Verdict {
    Verdict {
        schema: VERDICT_SCHEMA.to_owned(),
        gate: gate.to_owned(),
        instance: None,
        conclusion,
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
