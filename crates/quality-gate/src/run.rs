//! `mode: run`: starts the checkers side by side and hands their answers to the decision.

use std::path::PathBuf;
use std::time::Duration;

use futures_util::future::join_all;
use gate::{Context, Error, Problem, Report, Tree, foreign_text};
use verdict::{Evidence, EvidenceState, Finding, Source};

use crate::checkers::{Broken, Checker, Reading};
use crate::decide::{Checked, decide};
use crate::detect;
use crate::policy::{CheckerPolicy, QualityPolicy};
use crate::process::{self, Capture, Order};

/// How long a checker may take when nobody says.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(600);

/// How many of a broken checker's last lines are shown.
const TAIL_LINES: usize = 20;

/// The problem matchers that would annotate our findings a second time; `setup-node` installs them.
const MATCHERS: [&str; 3] = ["tsc", "eslint-stylish", "eslint-compact"];

/// A checker and how it is started.
#[derive(Clone, Debug)]
struct Planned {
    checker: Checker,
    /// Program and arguments as written.
    command: Vec<String>,
    /// Whether the config named the command, which then may come from the search path.
    custom: bool,
    timeout: Duration,
}

pub(crate) async fn run(policy: QualityPolicy, context: &Context) -> Result<Report, Error> {
    let tree = Tree::of(context);
    let planned = plan(&policy, context)?;
    if context.runner.on_runner {
        for owner in MATCHERS {
            // A closed standard output shows no annotations either way.
            let _ = runner_protocol::stdout().remove_matcher(owner);
        }
    }
    let checks = planned.iter().map(|planned| check(planned, &tree, context));
    Ok(decide(join_all(checks).await))
}

fn plan(policy: &QualityPolicy, context: &Context) -> Result<Vec<Planned>, Error> {
    let folder = &context.working_directory;
    let wanted: Vec<(Checker, CheckerPolicy)> = match &policy.tools {
        Some(tools) => {
            let named = [
                (Checker::Tsc, &tools.tsc),
                (Checker::Eslint, &tools.eslint),
                (Checker::Prettier, &tools.prettier),
            ];
            let chosen = named.into_iter().filter_map(|(checker, policy)| {
                policy.as_ref().map(|policy| (checker, policy.clone()))
            });
            chosen.collect()
        }
        None => detect::configured(folder)
            .into_iter()
            .map(|checker| (checker, CheckerPolicy::default()))
            .collect(),
    };
    if wanted.is_empty() {
        let place = context.display(folder);
        return Err(Error::usage(format!(
            "no checker to run: {place} has no tsconfig.json, no ESLint and no Prettier configuration"
        ))
        .fix("set `working-directory` to the app, or list `quality.tools` in stagegate.yml"));
    }
    let mut problems = Vec::new();
    let mut planned = Vec::new();
    for (checker, how) in wanted {
        let name = checker.name();
        let custom = how.run.is_some();
        let command = how.run.unwrap_or_else(|| {
            let words = checker.default_command().iter();
            words.map(ToString::to_string).collect()
        });
        if command.first().is_none_or(String::is_empty) {
            problems.push(Problem::new(format!(
                "`quality.tools.{name}.run` names no program"
            )));
        }
        if checker == Checker::Tsc && !custom && detect::has_project_references(folder) {
            problems.push(
                Problem::new(
                    "tsconfig.json has project references, which `tsc --noEmit` does not check",
                )
                .fix("say how in `quality.tools.tsc.run`, such as `[tsc, -b, --pretty, 'false']`"),
            );
        }
        let timeout = how.timeout.or(policy.timeout);
        planned.push(Planned {
            checker,
            command,
            custom,
            timeout: timeout.map_or(DEFAULT_TIMEOUT, pipeline_config::Millis::duration),
        });
    }
    if problems.is_empty() {
        Ok(planned)
    } else {
        Err(Error::Usage(problems))
    }
}

async fn check(planned: &Planned, tree: &Tree, context: &Context) -> Checked {
    let checker = planned.checker;
    let source = Source::Command(planned.command.join(" "));
    let missing = |reason: String| {
        let install = detect::install_command(&context.working_directory, tree.repository());
        let broken = Broken::new(reason).fix(format!("run `{install}` first"));
        Checked {
            checker,
            findings: Vec::new(),
            files: None,
            evidence: Evidence::missing(source.clone(), &broken.reason),
            broken: Some(broken),
            tail: String::new(),
        }
    };
    let Some(order) = order(planned, tree, context) else {
        return missing("is not installed: node_modules/.bin has no such program".to_owned());
    };
    let name = checker.name();
    let capture = match context.progress.during(name, process::run(&order)).await {
        Ok(capture) => capture,
        Err(error) => return missing(format!("could not be started: {error}")),
    };
    let reading = checker.read(&planned.command, &capture, planned.timeout);
    if reading.broken.is_some() {
        log(name, &capture, context);
    }
    checked(checker, source, &capture, reading, tree)
}

fn order(planned: &Planned, tree: &Tree, context: &Context) -> Option<Order> {
    let (name, arguments) = planned.command.split_first()?;
    let folder = &context.working_directory;
    let local = detect::local_program(name, folder, tree.repository());
    let program = match local {
        Some(program) => program,
        // A path is meant from the folder the checker runs in.
        None if planned.custom && name.contains('/') => folder.join(name),
        None if planned.custom => PathBuf::from(name),
        None => return None,
    };
    Some(Order {
        program,
        arguments: arguments.to_vec(),
        directory: folder.clone(),
        timeout: planned.timeout,
    })
}

fn checked(
    checker: Checker,
    source: Source,
    capture: &Capture,
    reading: Reading,
    tree: &Tree,
) -> Checked {
    let state = match (&reading.broken, reading.findings.is_empty()) {
        (Some(_), _) => EvidenceState::Degraded,
        (None, true) => EvidenceState::Clean,
        (None, false) => EvidenceState::Findings,
    };
    let mut evidence = Evidence::read(source, &capture.stdout, state);
    let mut tail = String::new();
    if let Some(broken) = &reading.broken {
        evidence = evidence.note(&broken.reason);
        tail = last_lines(capture);
    }
    let findings = reading.findings.into_iter();
    Checked {
        checker,
        findings: findings.map(|finding| at_home(finding, tree)).collect(),
        files: reading.files,
        broken: reading.broken,
        tail,
        evidence,
    }
}

/// The same finding with a path of the repository; one outside is named in words, because nothing can
/// be annotated there.
pub(crate) fn at_home(mut finding: Finding, tree: &Tree) -> Finding {
    let Some(mut place) = finding.place.take() else {
        return finding;
    };
    let placed = match tree.locate(&place.path) {
        Some(path) => {
            place.path = path;
            Finding::new(finding.level, finding.rule, finding.message).at(place)
        }
        None => {
            let message = foreign_text(&format!("{place}: {}", finding.message));
            Finding::new(finding.level, finding.rule, message)
        }
    };
    match finding.fix {
        Some(fix) => placed.fix(fix),
        None => placed,
    }
}

fn last_lines(capture: &Capture) -> String {
    let spoken = if capture.stderr.trim_ascii().is_empty() {
        &capture.stdout
    } else {
        &capture.stderr
    };
    let start = spoken.len().saturating_sub(gate::MAX_TEXT);
    let text = String::from_utf8_lossy(&spoken[start..]);
    let lines: Vec<&str> = text.trim_end().lines().collect();
    foreign_text(&lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n"))
}

/// A broken checker's whole output, folded into the job's log so that nothing in it is obeyed.
fn log(name: &str, capture: &Capture, context: &Context) {
    if !context.runner.on_runner {
        return;
    }
    for (what, bytes) in [("output", &capture.stdout), ("errors", &capture.stderr)] {
        if !bytes.trim_ascii().is_empty() {
            let text = String::from_utf8_lossy(bytes);
            // The tail is in the verdict too; a log that cannot be written changes nothing.
            let _ = runner_protocol::stdout().foreign_group(&format!("{name}: {what}"), &text);
        }
    }
}
