//! The edge: finds or makes the reports, reads them one at a time, and hands the runs to the decision.

use std::path::{Path, PathBuf};

use gate::{Context, Error, Problem, Report};
use globset::GlobBuilder;
use pipeline_config::Section;
use url::Url;
use verdict::{Evidence, EvidenceState, Finding};

use crate::collect::{Collect, collect};
use crate::decide::decide;
use crate::inputs::Inputs;
use crate::measure::Measure;
use crate::policy::{Policy, Profile};
use crate::report::{Run, parse};

/// A report is rarely over 1 MB; one of 100 MB is full of screenshots and still read.
const LIMIT: u64 = 100 << 20;

/// Where the reports of our own runs go unless said otherwise.
const OUTPUT: &str = ".stagegate/lighthouse";

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
    let urls = check(inputs, section)?;
    let reports = if urls.is_empty() {
        found(&inputs.report, context)?
    } else {
        let profiles = [&inputs.profile, &section.values.profiles]
            .into_iter()
            .find(|profiles| !profiles.is_empty())
            .cloned()
            .unwrap_or_else(|| vec![Profile::Mobile]);
        let flags = section
            .values
            .chrome_flags
            .iter()
            .chain(&inputs.chrome_flags);
        let task = Collect {
            urls,
            profiles,
            runs: inputs.runs.unwrap_or(section.values.runs.value),
            folder: context.path(inputs.output_dir.as_deref().unwrap_or(Path::new(OUTPUT))),
            skip_audits: inputs.skip_audit.clone(),
            chrome_flags: flags.cloned().collect(),
            deadline: section.values.deadline.duration(),
        };
        collect(&task, context).await?
    };
    let (runs, evidence) = read(&reports, context)?;
    let decision = decide(&runs, section);
    let mut draft = decision.draft;
    draft.evidence = evidence;
    if !inputs.skip_audit.is_empty() {
        let skipped = inputs.skip_audit.join(", ");
        draft.findings.push(Finding::notice(
            "skipped-audit",
            format!("left out of the category scores, as asked: {skipped}"),
        ));
    }
    let mut report = Report::new(draft);
    for (name, measure) in OUTPUTS {
        if let Some(value) = decision.worst.get(&measure) {
            report = report.output(name, trimmed(*value));
        }
    }
    let shown: Vec<String> = reports.iter().map(|path| context.display(path)).collect();
    Ok(report.output("reports", shown.join("\n")))
}

/// Inputs and config, all mistakes together; the pages to measure.
fn check(inputs: &Inputs, section: &Section<Policy>) -> Result<Vec<Url>, Error> {
    let mut problems = Vec::new();
    match (inputs.report.is_empty(), inputs.url.is_empty()) {
        (true, true) => problems.push(
            Problem::new("neither report nor url is given")
                .fix("give reports to judge, or pages to measure"),
        ),
        (false, false) => problems.push(
            Problem::new("both report and url are given")
                .fix("judge reports and measure pages in two steps"),
        ),
        _ => {}
    }
    if inputs.url.is_empty() && !inputs.skip_audit.is_empty() {
        problems.push(
            Problem::new("skip-audit is given with reports that exist already")
                .fix("leave audits out where Lighthouse runs"),
        );
    }
    let mut urls = Vec::new();
    for text in &inputs.url {
        match Url::parse(&with_scheme(text)) {
            Ok(url)
                if matches!(url.scheme(), "http" | "https")
                    && url.username().is_empty()
                    && url.password().is_none() =>
            {
                urls.push(url);
            }
            Ok(_) => problems.push(Problem::new(format!(
                "url `{text}` is no page: http or https without user and password is needed"
            ))),
            Err(error) => problems.push(
                Problem::new(format!("url `{text}`: {error}"))
                    .fix("write it like `https://app.example/page`"),
            ),
        }
    }
    for pattern in &inputs.report {
        if let Err(reason) = glob(pattern) {
            problems.push(Problem::new(format!("report `{pattern}`: {reason}")));
        }
    }
    let runs = &section.values.runs;
    if !(1..=25).contains(&runs.value) {
        problems.push(
            Problem::new(format!("runs is {}: 1 to 25 is needed", runs.value))
                .at(section.place(runs)),
        );
    }
    for measure in Measure::ALL {
        let Some(limit) = measure.limit(&section.values.budgets) else {
            continue;
        };
        let most = if measure.is_score() { 100.0 } else { f64::MAX };
        if !(0.0..=most).contains(&limit.value) {
            let accepted = if measure.is_score() {
                "0 to 100"
            } else {
                "a number of 0 or more"
            };
            let message = format!("{} is {}: {accepted} is needed", measure.key(), limit.value);
            problems.push(Problem::new(message).at(section.place(&limit)));
        }
    }
    if problems.is_empty() {
        Ok(urls)
    } else {
        Err(Error::Usage(problems))
    }
}

/// Vercel names deployments without a scheme: https then, and http on this machine.
fn with_scheme(text: &str) -> String {
    if text.contains("://") {
        return text.to_owned();
    }
    let http =
        Url::parse(&format!("http://{text}")).is_ok_and(|url| http_client::is_loopback(&url));
    format!("{}://{text}", if http { "http" } else { "https" })
}

fn glob(pattern: &str) -> Result<globset::GlobMatcher, String> {
    let pattern = pattern.strip_prefix("./").unwrap_or(pattern);
    GlobBuilder::new(pattern)
        .literal_separator(true)
        .build()
        .map(|glob| glob.compile_matcher())
        .map_err(|error| error.kind().to_string())
}

/// The files that the globs match, sorted; each glob must match one.
fn found(patterns: &[String], context: &Context) -> Result<Vec<PathBuf>, Error> {
    let mut reports = Vec::new();
    let mut problems = Vec::new();
    for pattern in patterns {
        match context.find_files(pattern) {
            Ok(files) if files.is_empty() => problems.push(
                Problem::new(format!("`{pattern}` matches no report"))
                    .fix("check that Lighthouse ran with `--output=json`, and that the artifact was downloaded"),
            ),
            Ok(files) => reports.extend(files),
            Err(error) => problems.push(Problem::new(error.to_string())),
        }
    }
    reports.sort();
    reports.dedup();
    if problems.is_empty() {
        Ok(reports)
    } else {
        Err(Error::Undecided(problems))
    }
}

/// Every report must be usable: one that is left out could have been the bad one.
fn read(reports: &[PathBuf], context: &Context) -> Result<(Vec<Run>, Vec<Evidence>), Error> {
    let (mut runs, mut evidence, mut problems) = (Vec::new(), Vec::new(), Vec::new());
    for path in reports {
        let shown = context.display(path);
        match context.read(path, LIMIT) {
            Ok((bytes, mut read)) => {
                match parse(&bytes) {
                    Ok(run) => {
                        let ttfb = run
                            .ttfb_source
                            .map_or(String::new(), |source| format!(", ttfb by {source}"));
                        read.note = Some(format!("Lighthouse {}{ttfb}", run.version));
                        runs.push(run);
                    }
                    Err(error) => {
                        read.state = EvidenceState::Degraded;
                        problems.push(Problem::new(format!("{shown}: {error}")));
                    }
                }
                evidence.push(read);
            }
            Err(error) => problems.push(Problem::new(error.to_string())),
        }
    }
    if problems.is_empty() {
        Ok((runs, evidence))
    } else {
        Err(Error::Undecided(problems))
    }
}

/// At most three decimals.
fn trimmed(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::with_scheme;

    #[test]
    fn a_deployment_may_be_named_without_scheme() {
        for (text, expected) in [
            ("app-1.vercel.app", "https://app-1.vercel.app"),
            ("127.0.0.1:3000/a", "http://127.0.0.1:3000/a"),
            ("[::1]:3000", "http://[::1]:3000"),
            ("localhost:3000", "http://localhost:3000"),
            ("localhost.example", "https://localhost.example"),
            ("http://app.example", "http://app.example"),
            ("file:///etc/passwd", "file:///etc/passwd"),
        ] {
            assert_eq!(with_scheme(text), expected);
        }
    }
}
