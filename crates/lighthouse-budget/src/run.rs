//! The edge: finds or makes the reports, reads them one at a time, and hands the runs to the decision.

use std::path::{Path, PathBuf};

use gate::{Context, Error, Problem, Report};
use pipeline_config::Section;
use verdict::{Evidence, EvidenceState, Finding};

use crate::collect::{Collect, Collected, collect};
use crate::compare::{Comparison, deterministic, differs, pairs, timings};
use crate::decide::{Given, decide};
use crate::extended::{self, Extended};
use crate::field::{self, Field};
use crate::inputs::Inputs;
use crate::lhci::wanted;
use crate::measure::Measure;
use crate::plan::{Plan, settle};
use crate::policy::Policy;
use crate::report::{Lhr, Run, Wanted};
use crate::{compat, reading};

/// Where the reports of our own runs go unless said otherwise.
const OUTPUT: &str = ".stagegate/lighthouse";

/// A record of field data is short.
const FIELD_LIMIT: u64 = 16 << 20;

/// The outputs and what they are of.
const OUTPUTS: [(&str, Measure); 7] = [
    ("performance", Measure::Performance),
    ("accessibility", Measure::Accessibility),
    ("best-practices", Measure::BestPractices),
    ("seo", Measure::Seo),
    ("lcp-ms", Measure::Lcp),
    ("cls", Measure::Cls),
    ("tbt-ms", Measure::Tbt),
];

/// Runs the gate.
pub(crate) async fn run(
    inputs: &Inputs,
    section: &Section<Policy>,
    context: &Context,
) -> Result<Report, Error> {
    let extended = extensions(inputs, section, context).await?;
    let plan = settle(inputs, section, &extended)?;
    let collected = reports(inputs, section, &plan, context).await?;
    if plan.compat {
        return compat::run(&extended, &collected.head, context);
    }
    if let Some(thrown) = extended.iter().find_map(|file| {
        file.thrown
            .as_ref()
            .filter(|_| file.options.is_none() && !only_collects(file))
    }) {
        return Err(Error::usage(thrown.clone()));
    }
    let needed = wanted(
        extended
            .iter()
            .filter_map(|file| file.options.as_ref())
            .flat_map(|options| &options.sets),
    );
    let (runs, mut evidence) = measurements(&collected.head, &needed, context)?;
    let base_paths = if plan.base.is_some() {
        collected.base.clone()
    } else {
        found(&inputs.baseline, context)?
    };
    let (base, base_evidence) = measurements(&base_paths, &needed, context)?;
    evidence.extend(base_evidence);
    let (field, field_evidence) = field_data(inputs, context)?;
    evidence.extend(field_evidence);
    let mut notices = Vec::new();
    let comparisons = compared(&plan, section, &base, &runs, &mut notices)?;
    let decision = decide(&Given {
        runs: &runs,
        policy: section,
        extended: &extended,
        field: &field,
        base: (!base.is_empty()).then_some((base.as_slice(), comparisons.as_slice())),
    });
    let mut draft = decision.draft;
    draft.evidence = evidence;
    if !inputs.skip_audit.is_empty() {
        let skipped = inputs.skip_audit.join(", ");
        notices.push(Finding::notice(
            "skipped-audit",
            format!("left out of the category scores, as asked: {skipped}"),
        ));
    }
    notices.extend(
        collected
            .slow
            .iter()
            .map(|words| Finding::notice("slow-run", words)),
    );
    draft.findings.extend(notices);
    let mut report = Report::new(draft);
    for (name, measure) in OUTPUTS {
        if let Some(value) = decision.worst.get(&measure) {
            report = report.output(name, trimmed(*value));
        }
    }
    let shown: Vec<String> = collected
        .head
        .iter()
        .map(|path| context.display(path))
        .collect();
    Ok(report.output("reports", shown.join("\n")))
}

/// The peers' files that hold: the one given, those of the section, or without a section the one in the folder.
async fn extensions(
    inputs: &Inputs,
    section: &Section<Policy>,
    context: &Context,
) -> Result<Vec<Extended>, Error> {
    let compat = inputs.compat.or(section.values.compat).is_some();
    let mut paths: Vec<(PathBuf, Option<verdict::Place>)> = Vec::new();
    match &inputs.lighthouserc {
        Some(path) => paths.push((context.path(path), None)),
        None => paths.extend(
            section
                .values
                .extends
                .iter()
                .map(|path| (context.path(&path.value), section.place(path))),
        ),
    }
    if paths.is_empty() && (compat || section.file.is_none()) {
        paths.extend(extended::find(&context.working_directory).map(|path| (path, None)));
    }
    if compat && paths.len() != 1 {
        let problem = Problem::new(format!(
            "`compat: lhci` needs one lighthouserc, {} are there",
            paths.len()
        ));
        return Err(Error::Usage(vec![problem.fix(
            "name it with `lighthouserc`, or put .lighthouserc.json into the working directory",
        )]));
    }
    let (mut files, mut problems) = (Vec::new(), Vec::new());
    for (path, place) in paths {
        match extended::read(&path, context).await {
            Ok(file) => files.push(file),
            Err(problem) => {
                let place = problem.place.clone().or(place);
                problems.push(Problem { place, ..problem });
            }
        }
    }
    if problems.is_empty() {
        Ok(files)
    } else {
        Err(Error::Usage(problems))
    }
}

/// Whether a file says how to measure and nothing else.
fn only_collects(file: &Extended) -> bool {
    file.thrown.as_deref() == Some("No assertions to use")
        && file
            .written
            .entries()
            .is_some_and(|entries| !entries.is_empty())
}

async fn reports(
    inputs: &Inputs,
    section: &Section<Policy>,
    plan: &Plan,
    context: &Context,
) -> Result<Collected, Error> {
    if plan.urls.is_empty() {
        let globs = if plan.reports.is_empty() {
            vec![compat::REPORTS.to_owned()]
        } else {
            plan.reports.clone()
        };
        return Ok(Collected {
            head: found(&globs, context)?,
            ..Collected::default()
        });
    }
    let folder = if plan.compat { compat::FOLDER } else { OUTPUT };
    let task = Collect {
        urls: plan.urls.clone(),
        base: plan.base.clone(),
        profiles: plan.profiles.clone(),
        runs: plan.runs,
        folder: context.path(inputs.output_dir.as_deref().unwrap_or(Path::new(folder))),
        lhci_names: plan.compat,
        skip_audits: plan.skip_audits.clone(),
        settings: plan.settings.clone(),
        secrets: plan.secrets.clone(),
        chrome_flags: plan.chrome_flags.clone(),
        deadline: section.values.deadline.duration(),
        floor: section.values.min_benchmark_index.map(|floor| floor.value),
        max_redone: section.values.max_redone,
        regression: section.values.regression.clone(),
    };
    collect(&task, context).await
}

/// The files that the globs match, sorted; each glob must match one.
fn found(patterns: &[String], context: &Context) -> Result<Vec<PathBuf>, Error> {
    let mut reports = Vec::new();
    let (mut wrong, mut missing) = (Vec::new(), Vec::new());
    for pattern in patterns {
        match context.find_files(pattern) {
            Ok(files) if files.is_empty() => missing.push(
                Problem::new(format!("`{pattern}` matches no report"))
                    .fix("check that Lighthouse ran with `--output=json`, and that the artifact was downloaded"),
            ),
            Ok(files) => reports.extend(files),
            Err(error @ gate::FindError::Glob { .. }) => wrong.push(Problem::new(error.to_string())),
            Err(error) => missing.push(Problem::new(error.to_string())),
        }
    }
    reports.sort();
    reports.dedup();
    match (wrong.is_empty(), missing.is_empty()) {
        (true, true) => Ok(reports),
        (false, _) => Err(Error::Usage(wrong)),
        (true, false) => Err(Error::Undecided(missing)),
    }
}

/// Every report must be usable: one that is left out could have been the bad one.
fn measurements(
    reports: &[PathBuf],
    wanted: &Wanted,
    context: &Context,
) -> Result<(Vec<Run>, Vec<Evidence>), Error> {
    let (mut runs, mut evidence, mut problems) = (Vec::new(), Vec::new(), Vec::new());
    for path in reports {
        let read: Result<(Lhr, Evidence), Problem> = reading::report(path, wanted, context);
        let outcome = read.and_then(|(lhr, read)| {
            let run = Run::of(lhr)
                .map_err(|error| Problem::new(format!("{}: {error}", context.display(path))));
            run.map(|run| (run, read))
        });
        match outcome {
            Ok((run, mut read)) => {
                let ttfb = run
                    .ttfb_source
                    .map_or(String::new(), |source| format!(", ttfb by {source}"));
                read.state = EvidenceState::Clean;
                read.note = Some(format!("Lighthouse {}{ttfb}", run.version));
                evidence.push(read);
                runs.push(run);
            }
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() {
        Ok((runs, evidence))
    } else {
        Err(Error::Undecided(problems))
    }
}

fn field_data(inputs: &Inputs, context: &Context) -> Result<(Vec<Field>, Vec<Evidence>), Error> {
    let (mut found, mut evidence, mut problems) = (Vec::new(), Vec::new(), Vec::new());
    for path in &inputs.field_data {
        let path = context.path(path);
        match context.read(&path, FIELD_LIMIT) {
            Ok((bytes, read)) => match field::parse(&bytes) {
                Ok(field) => {
                    found.push(field);
                    evidence.push(read);
                }
                Err(reason) => problems.push(Problem::new(format!(
                    "{}: {reason}",
                    context.display(&path)
                ))),
            },
            Err(error) => problems.push(Problem::new(error.to_string())),
        }
    }
    if problems.is_empty() {
        Ok((found, evidence))
    } else {
        Err(Error::Undecided(problems))
    }
}

/// What was measured in turn is compared by the test; stored reports by what is the same on every machine, and by the
/// test where the machine is alike.
fn compared(
    plan: &Plan,
    section: &Section<Policy>,
    base: &[Run],
    runs: &[Run],
    notices: &mut Vec<Finding>,
) -> Result<Vec<Comparison>, Error> {
    let policy = &section.values.regression;
    if base.is_empty() {
        return Ok(Vec::new());
    }
    let cls_limit = section.values.budgets.cls.map_or(0.1, |limit| limit.value);
    let all = pairs(base, runs);
    if plan.base.is_some() {
        return timings(&all, policy, cls_limit).map_err(Error::undecided);
    }
    let mut comparisons = Vec::new();
    for pair in all {
        if pair.base.is_empty() {
            let message = format!(
                "{} is not in the baseline, so nothing is compared",
                pair.page
            );
            notices.push(Finding::warning("baseline", message));
            continue;
        }
        let one = [pair];
        comparisons.extend(deterministic(&one, policy));
        let [pair] = one;
        if let Some(reason) = differs(&pair.base, &pair.head) {
            let message = format!(
                "{}: timings are not compared with the baseline: {reason}",
                pair.page
            );
            notices.push(Finding::notice("baseline", message));
        } else {
            comparisons.extend(timings(&[pair], policy, cls_limit).map_err(Error::undecided)?);
        }
    }
    Ok(comparisons)
}

/// At most three decimals.
fn trimmed(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
