//! `mode: ingest`: reads the reports that test jobs left behind.

use std::path::Path;

use gate::{Context, Draft, Error, FindError, Problem, Report, Tree, worst_findings};
use pipeline_config::{Located, Section};
use verdict::{Conclusion, Evidence, EvidenceState, Finding, Level, Metric, Source};

use crate::decide::plural;
use crate::inputs::QualityInputs;
use crate::policy::{Flaky, QualityPolicy, ReportFormat, SuitePolicy};
use crate::reports::{self, Counts};
use crate::run::at_home;
use crate::suite::{Demands, FoundReport, SuiteAnswer, judge};

/// The largest report that is read, in bytes.
const MAX_REPORT: u64 = 256 * 1024 * 1024;

pub(crate) fn ingest(
    inputs: &QualityInputs,
    config: Section<QualityPolicy>,
    context: &Context,
) -> Result<Report, Error> {
    let suites = suites(inputs, &config)?;
    let tree = Tree::of(context);
    let mut evidence = Vec::new();
    let mut answers = Vec::new();
    for (name, suite) in suites {
        let place = config.place(&suite.report);
        let found = found(&name, &suite, context, &mut evidence)
            .map_err(|problem| Error::Usage(vec![problem.at(place.clone())]))?;
        let demands = Demands {
            shards: suite.shards,
            flaky: suite.flaky,
        };
        let mut answer = match found {
            Ok(reports) => judge(&name, demands, &reports),
            Err(reason) => {
                let source = Source::Path(suite.report.value.clone());
                evidence.push(Evidence::missing(source, &reason));
                let finding = Finding::error("undecided", format!("{name}: {reason}"))
                    .fix("see whether the tests ran and their reports were downloaded");
                let finding = match place {
                    Some(place) => finding.at(place),
                    None => finding,
                };
                SuiteAnswer {
                    broken: vec![finding],
                    ..SuiteAnswer::default()
                }
            }
        };
        let findings = answer.findings.into_iter();
        answer.findings = findings.map(|finding| at_home(finding, &tree)).collect();
        answers.push((name, answer));
    }
    Ok(decide(answers, evidence))
}

/// The suites to read: those of the input `report`, else the config's.
fn suites(
    inputs: &QualityInputs,
    config: &Section<QualityPolicy>,
) -> Result<Vec<(String, SuitePolicy)>, Error> {
    if inputs.report.is_empty() {
        if inputs.shards.is_some() {
            return Err(Error::usage("`shards` needs `report`")
                .fix("set `shards` in `quality.tests`, or give `report` too"));
        }
        let suites: Vec<_> = config.values.tests.clone().into_iter().collect();
        if suites.is_empty() {
            return Err(Error::usage("no test report is named")
                .fix("list the suites in `quality.tests` of stagegate.yml, or give `report`"));
        }
        return Ok(suites);
    }
    let named = inputs.report.iter().map(|text| {
        let (name, glob) = text.split_once('=').unwrap_or(("tests", text));
        let suite = SuitePolicy {
            report: Located::nowhere(glob.trim().to_owned()),
            format: None,
            shards: inputs.shards,
            flaky: Flaky::default(),
        };
        (name.trim().to_owned(), suite)
    });
    Ok(named.collect())
}

/// Finds and reads a suite's reports, or tells why there are none. What cannot be read is part of the
/// answer, not an error.
fn found(
    name: &str,
    suite: &SuitePolicy,
    context: &Context,
    evidence: &mut Vec<Evidence>,
) -> Result<Result<Vec<FoundReport>, String>, Problem> {
    let glob = &suite.report.value;
    let files = match context.find_files(glob) {
        Ok(files) if files.is_empty() => return Ok(Err(format!("no report matches `{glob}`"))),
        Err(error @ FindError::Hidden { .. }) => return Ok(Err(error.to_string())),
        files => files.map_err(|error| Problem::new(format!("suite {name}: {error}")))?,
    };
    let mut found = Vec::with_capacity(files.len());
    for file in files {
        let shown = context.display(&file);
        let format = suite
            .format
            .or_else(|| reports::format_of(&shown))
            .ok_or_else(|| {
                Problem::new(format!(
                    "suite {name}: the ending of {shown} stands for no format"
                ))
                .fix("set `format: vitest-json` or `format: junit`")
            })?;
        found.push(read(&file, shown, format, context, evidence));
    }
    Ok(Ok(found))
}

fn read(
    file: &Path,
    shown: String,
    format: ReportFormat,
    context: &Context,
    evidence: &mut Vec<Evidence>,
) -> FoundReport {
    let (report, mut read) = match context.read(file, MAX_REPORT) {
        Ok((bytes, read)) => (reports::read(format, &bytes), read),
        Err(error) => {
            let note = error.to_string();
            let error = reports::ReportError::Unreadable(note.clone());
            (
                Err(error),
                Evidence::missing(Source::Path(shown.clone()), note),
            )
        }
    };
    match &report {
        Ok(report) if report.counts.total == 0 => {
            read.state = EvidenceState::Degraded;
            read.note = Some("no test".to_owned());
        }
        Ok(report) => {
            if report.counts.failed + report.counts.flaky > 0 {
                read.state = EvidenceState::Findings;
            }
            read.note = Some(plural(report.counts.total, "test"));
        }
        Err(error) => {
            read.state = EvidenceState::Degraded;
            read.note = Some(error.to_string());
        }
    }
    // A file that could not be read has no hash; its path tells it from the others.
    let sha256 = read.sha256.clone().unwrap_or_else(|| shown.clone());
    evidence.push(read);
    FoundReport {
        path: shown,
        sha256,
        report,
    }
}

/// The verdict over all suites. Pure.
fn decide(answers: Vec<(String, SuiteAnswer)>, evidence: Vec<Evidence>) -> Report {
    let mut counts = Counts::default();
    let mut findings = Vec::new();
    let mut metrics = Vec::new();
    let mut broken = 0;
    for (name, answer) in answers {
        counts += answer.counts;
        broken += answer.broken.len();
        metrics.extend(numbers(&name, answer.counts));
        findings.extend(answer.broken);
        findings.extend(answer.findings);
    }
    let conclusion = if broken > 0 || counts.total == 0 {
        Conclusion::Error
    } else {
        Draft::conclude(&findings, &metrics)
    };
    let of_level = |level| {
        findings
            .iter()
            .filter(|finding| finding.level == level)
            .count()
    };
    let (errors, warnings) = (of_level(Level::Error), of_level(Level::Warning));
    let draft = Draft::new(conclusion, title(counts, broken))
        .findings(worst_findings(findings))
        .metrics(metrics)
        .evidence(evidence);
    Report::new(draft)
        .output("errors", errors)
        .output("warnings", warnings)
        .output("tests-total", counts.total)
        .output("tests-failed", counts.failed)
        .output("tests-flaky", counts.flaky)
        .output("tests-skipped", counts.skipped)
}

fn title(counts: Counts, broken: usize) -> String {
    let tests = plural(counts.total, "test");
    let mut title = match counts.failed {
        0 if broken > 0 => format!("{tests} read"),
        0 => format!("{tests} passed"),
        failed => format!("{failed} of {tests} failed"),
    };
    if counts.failed == 0 && counts.skipped > 0 && broken == 0 {
        let passed = plural(counts.total - counts.skipped, "test");
        title = format!("{passed} passed");
    }
    for (number, word) in [(counts.flaky, "flaky"), (counts.skipped, "skipped")] {
        if number > 0 {
            title.push_str(&format!(", {number} {word}"));
        }
    }
    if broken > 0 {
        title.push_str(", but the reports prove nothing");
    }
    title
}

fn numbers(suite: &str, counts: Counts) -> Vec<Metric> {
    let metric = |what: &str, number: usize| {
        #[expect(clippy::cast_precision_loss, reason = "no suite has 2^53 tests")]
        let number = number as f64;
        Metric::new(format!("{suite} {what}"), number, "count")
    };
    vec![
        metric("tests", counts.total),
        metric("failed", counts.failed).at_most(0.0),
        metric("flaky", counts.flaky),
        metric("skipped", counts.skipped),
    ]
}
