//! From inputs and config to a run, and from its facts to a report that keeps every secret.

use std::time::Duration;

use gate::{Context, Draft, Error, Problem, Report};
use http_client::{Client, HeaderName, Options, Secret};
use pipeline_config::{Located, Millis};
use serde_json::Value;
use verdict::{Conclusion, Evidence};

use crate::{
    Inputs,
    compile::{compile, setting},
    decide::decide,
    findings::BYPASS_VARIABLE,
    plan::Plan,
    probe::{AT_ONCE, Prober},
    redacted::redacted,
    run::{Order, run},
    suite::{self, Files, SuiteSection},
    target::Target,
    variables::{Variables, is_name},
    world::World,
};

/// The header that carries the bypass secret.
const BYPASS_HEADER: HeaderName = HeaderName::from_static("x-vercel-protection-bypass");
/// The time for all checks, unless somebody says otherwise.
const DEADLINE: Duration = Duration::from_secs(60);
/// Stands in for the address in a dry run without one.
const NOWHERE: &str = "https://dry-run.invalid";
/// More samples than this are a load test.
const MOST_SAMPLES: u32 = 100;
/// More requests under way than this are one, too.
const MOST_AT_ONCE: u32 = 50;

/// What is known once inputs, config and suite files are read.
struct Prepared {
    plan: Plan,
    order: Order,
    at_once: u32,
    evidence: Vec<Evidence>,
    secrets: Variables,
}

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
    let Prepared {
        plan,
        order,
        at_once,
        evidence,
        secrets,
    } = prepare(&inputs, &config, secret.is_some(), context).map_err(Error::Usage)?;
    if inputs.dry_run {
        let title = format!(
            "dry run: {} checks are well-formed, none was asked",
            plan.steps().count()
        );
        return Ok(Report::new(
            Draft::new(Conclusion::Pending, title).evidence(evidence),
        ));
    }
    let options = Options {
        tls_facts: true,
        ..Options::default()
    };
    let mut client = Client::new(options).map_err(|error| Error::undecided(error.to_string()))?;
    if let Some(secret) = secret {
        client = client.with_credential(order.world.target.url(), BYPASS_HEADER, secret);
    }
    for secret in secrets.texts() {
        client = client.with_secret(&Secret::new(secret));
    }
    let prober = Prober::new(client, at_once);
    let facts = run(&plan, &order, &prober, &context.progress).await;
    let mut report = decide(&facts);
    report.draft.evidence.splice(0..0, evidence);
    Ok(redacted(report, &prober.redactor()))
}

/// The secrets that suites name, from the environment. A dry run does without.
fn secrets(
    sections: &[&SuiteSection],
    dry_run: bool,
    context: &Context,
    problems: &mut Vec<Problem>,
) -> Variables {
    let mut secrets = Variables::default();
    for section in sections {
        for at in &section.values.secrets {
            let name = at.value.as_str();
            let message = if !is_name(name) {
                format!("`{name}` is no name of a variable")
            } else if let Some(value) = context.secret(name) {
                secrets.set_secret(name, Value::from(value.trim()));
                continue;
            } else if dry_run {
                secrets.set_secret(name, Value::from("0"));
                continue;
            } else {
                format!("the secret `{name}` is not in the environment")
            };
            let problem = Problem::new(message).at(section.place(at));
            problems.push(problem.fix(format!(
                "set it in the step: `env: {{{name}: ${{{{ secrets.{name} }}}}}}`"
            )));
        }
    }
    secrets
}

/// Reads inputs, config and suite files; every mistake in any of them is reported.
fn prepare(
    inputs: &Inputs,
    config: &SuiteSection,
    has_secret: bool,
    context: &Context,
) -> Result<Prepared, Vec<Problem>> {
    let mut problems = Vec::new();
    let target = target(inputs, has_secret)
        .map_err(|problem| problems.push(problem))
        .ok();
    let files = suite::read(&inputs.suite, config, context).unwrap_or_else(|found| {
        problems.extend(found);
        Files::default()
    });
    let asking: Vec<_> = (!files.replace)
        .then_some(config)
        .into_iter()
        .chain(&files.sections)
        .collect();
    let secrets = secrets(&asking, inputs.dry_run, context, &mut problems);
    let deadline = match &inputs.deadline {
        Some(given) => Some((None, Located::nowhere(*given))),
        None => setting(
            config,
            &files.sections,
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
            &files.sections,
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
    let at_once = setting(
        config,
        &files.sections,
        "concurrency",
        |policy| policy.concurrency.as_ref(),
        &mut problems,
    );
    if let Some((section, at)) = at_once.filter(|(_, at)| !(1..=MOST_AT_ONCE).contains(&at.value)) {
        let message = format!("1 to {MOST_AT_ONCE} requests at a time are possible");
        problems.push(Problem::new(message).at(section.place(at)));
    }
    let at_once = at_once.map_or(AT_ONCE, |(_, at)| at.value);
    // Looked through even without an address, so that its mistakes are in the same report.
    let world = target
        .clone()
        .or_else(|| Target::parse(NOWHERE).ok())
        .map(|target| World {
            target,
            folder: context.working_directory.clone(),
        });
    let plan = world
        .as_ref()
        .map(|world| compile(config, &files, &inputs.tags, &secrets, world));
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
    if inputs.watch.is_some() && plan.repeatable().is_empty() {
        problems.push(Problem::new(
            "watch is given, but no check outside scenarios only reads (GET, HEAD, OPTIONS)",
        ));
    }
    if inputs.load {
        problems.extend(refused_load(&plan, world.as_ref()));
    }
    match world {
        Some(world) if problems.is_empty() => {
            let order = Order {
                world,
                deadline: deadline.map_or(DEADLINE, |(_, at)| at.value.duration()),
                expect_version: expect_version.map(str::to_owned),
                samples,
                load: inputs.load,
                watch: inputs.watch.map(Millis::duration),
                bypass_sent: has_secret,
            };
            Ok(Prepared {
                plan,
                order,
                at_once,
                evidence: files.evidence,
                secrets,
            })
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

/// Why the load must not be put.
fn refused_load(plan: &Plan, world: Option<&World>) -> Option<Problem> {
    let host = world.map_or_else(String::new, |world| world.target.host());
    match &plan.load {
        None => Some(
            Problem::new("load is given, but the suite does not say how much")
                .fix("add `load: {rps: 20, duration: 30 s, hosts: [staging.example.com]}` to the `smoke` section"),
        ),
        Some(load) if !load.allowed => Some(
            Problem::new(format!("load: {host} is not one of the hosts that may be loaded"))
                .fix("list it under `load.hosts`, unless it is production"),
        ),
        Some(_) if plan.repeatable().is_empty() => Some(Problem::new(
            "load is given, but no check outside scenarios only reads (GET, HEAD, OPTIONS)",
        )),
        Some(_) => None,
    }
}
