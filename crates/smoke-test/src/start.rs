//! From inputs and config to a run, and from its facts to a report that keeps every secret.

use std::time::Duration;

use gate::{Context, Draft, Error, Problem, Report};
use http_client::{Client, HeaderName, Options, Redactor, Secret};
use pipeline_config::{Located, Millis};
use verdict::{Conclusion, Evidence, Source};

use crate::{
    Inputs,
    compile::{compile, setting},
    decide::decide,
    findings::BYPASS_VARIABLE,
    plan::Plan,
    probe::Prober,
    run::{Order, run},
    sampling::watchable,
    suite::{self, SuiteSection},
    target::Target,
};

/// The header that carries the bypass secret.
const BYPASS_HEADER: HeaderName = HeaderName::from_static("x-vercel-protection-bypass");
/// The time for all checks, unless somebody says otherwise.
const DEADLINE: Duration = Duration::from_secs(60);
/// Stands in for the address in a dry run without one.
const NOWHERE: &str = "https://dry-run.invalid";
/// More samples than this are a load test.
const MOST_SAMPLES: u32 = 100;

/// Runs the gate.
pub(crate) async fn start(
    inputs: Inputs,
    config: SuiteSection,
    context: &Context,
) -> Result<Report, Error> {
    let secret = context
        .secret(BYPASS_VARIABLE)
        .map(Secret::new)
        .filter(|secret| !secret.is_empty());
    let (plan, order, files) =
        prepare(&inputs, &config, secret.is_some(), context).map_err(Error::Usage)?;
    if inputs.dry_run {
        let title = format!(
            "dry run: {} checks are well-formed, none was asked",
            plan.checks.len()
        );
        return Ok(Report::new(
            Draft::new(Conclusion::Pending, title).evidence(files),
        ));
    }
    let mut client =
        Client::new(Options::default()).map_err(|error| Error::undecided(error.to_string()))?;
    if let Some(secret) = secret {
        client = client.with_credential(order.target.url(), BYPASS_HEADER, secret);
    }
    let redactor = client.redactor().clone();
    let facts = run(&plan, &order, &Prober::new(client), &context.progress).await;
    let mut report = decide(&facts);
    report.draft.evidence.splice(0..0, files);
    Ok(redacted(report, &redactor))
}

/// Reads inputs, config and suite files; every mistake in any of them is reported.
fn prepare(
    inputs: &Inputs,
    config: &SuiteSection,
    has_secret: bool,
    context: &Context,
) -> Result<(Plan, Order, Vec<Evidence>), Vec<Problem>> {
    let mut problems = Vec::new();
    let target = target(inputs, has_secret)
        .map_err(|problem| problems.push(problem))
        .ok();
    let (files, evidence) = suite::read(&inputs.suite, context).unwrap_or_else(|found| {
        problems.extend(found);
        Default::default()
    });
    let deadline = match &inputs.deadline {
        Some(given) => Some((None, Located::nowhere(*given))),
        None => setting(
            config,
            &files,
            "deadline",
            |policy| policy.deadline.as_ref(),
            &mut problems,
        )
        .map(|(section, at)| (section.place(at), *at)),
    };
    for (name, value, place) in [
        (
            "deadline",
            deadline.as_ref().map(|(_, at)| at.value),
            deadline.as_ref().and_then(|(place, _)| place.clone()),
        ),
        ("watch", inputs.watch, None),
    ] {
        if let Some(short) = value.filter(|value| value.value() < 1000.0) {
            let message = format!(
                "{name} {short} is under a second; a bare number is milliseconds, so write `60 s`"
            );
            problems.push(Problem::new(message).at(place));
        }
    }
    let samples = match inputs.samples {
        Some(given) => given,
        None => setting(
            config,
            &files,
            "samples",
            |policy| policy.samples.as_ref(),
            &mut problems,
        )
        .map_or(1, |(_, given)| *given),
    };
    if !(1..=MOST_SAMPLES).contains(&samples) {
        problems.push(Problem::new(format!(
            "samples {samples}: 1 to {MOST_SAMPLES} are possible"
        )));
    }
    // Looked through even without an address, so that its mistakes are in the same report.
    let nowhere = Target::parse(NOWHERE).ok();
    let plan = target
        .as_ref()
        .or(nowhere.as_ref())
        .map(|target| compile(config, &files, &inputs.tags, target));
    let plan = match plan {
        Some(Ok(plan)) => plan,
        Some(Err(found)) => {
            problems.extend(found);
            return Err(problems);
        }
        None => return Err(problems),
    };
    let expect_version = inputs
        .expect_version
        .as_deref()
        .map(str::trim)
        .filter(|version| !version.is_empty());
    if expect_version.is_some() && plan.version.is_none() {
        let problem = Problem::new(
            "expect-version is given, but the suite does not say where the version is read",
        );
        problems.push(problem.fix(
            "add `version: {header: x-release}` (or json, or html-meta) to the `smoke` section",
        ));
    }
    if inputs.watch.is_some() && watchable(&plan).is_empty() {
        problems.push(Problem::new(
            "watch is given, but no check only reads (GET, HEAD, OPTIONS)",
        ));
    }
    match target {
        Some(target) if problems.is_empty() => {
            let order = Order {
                target,
                deadline: deadline.map_or(DEADLINE, |(_, at)| at.value.duration()),
                expect_version: expect_version.map(str::to_owned),
                samples,
                watch: inputs.watch.map(Millis::duration),
                bypass_sent: has_secret,
            };
            Ok((plan, order, evidence))
        }
        _ => Err(problems),
    }
}

fn target(inputs: &Inputs, has_secret: bool) -> Result<Target, Problem> {
    let text = match inputs
        .url
        .as_deref()
        .map(str::trim)
        .filter(|url| !url.is_empty())
    {
        Some(text) => text,
        None if inputs.dry_run => NOWHERE,
        None => {
            return Err(Problem::new("url is missing: which deployment is tested?")
                .fix("pass vercel-deploy's output `url`, or --dry-run to read the suite only"));
        }
    };
    let target = Target::parse(text).map_err(|error| Problem::new(error.to_string()))?;
    if has_secret && !target.is_private() {
        return Err(Problem::new(format!(
            "{BYPASS_VARIABLE} would travel unencrypted to {}",
            target.host()
        ))
        .fix("use https, or leave the variable out"));
    }
    Ok(target)
}

/// The last thing before a report leaves: no secret in any text, whatever an answer echoed.
fn redacted(mut report: Report, redactor: &Redactor) -> Report {
    let redact = |text: &mut String| *text = redactor.redact(text);
    redact(&mut report.draft.title);
    for finding in &mut report.draft.findings {
        redact(&mut finding.message);
        finding.fix.as_mut().map(redact);
    }
    for evidence in &mut report.draft.evidence {
        if let Source::Url(url) = &mut evidence.source {
            redact(url);
        }
        evidence.note.as_mut().map(redact);
    }
    for (_, value) in &mut report.outputs {
        redact(value);
    }
    report
}
