//! The life of a gate around its `run`: read the surroundings, run, report on every path, exit.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::FromArgMatches as _;
use jiff::Timestamp;
use pipeline_config::{ConfigFile, Section};
use runner_protocol::Runner;
use verdict::{Conclusion, Subject, Tool, VERDICT_SCHEMA, Verdict};

use crate::arguments::{CommandLine, FrameInputs, merge, salvage};
use crate::fit::fit;
use crate::look::Look;
use crate::metadata::{called, command};
use crate::surfaces::{say, show, verdict_path, write_outputs};
use crate::{Context, Draft, Error, Gate, Problem, Progress, Report, files};

/// Runs a gate as a program of its own.
pub fn main<G: Gate>() -> ExitCode {
    dispatch::<G>(std::env::args_os().skip(1).collect())
}

/// Runs a gate with these arguments (without a program name).
pub fn dispatch<G: Gate>(flags: Vec<OsString>) -> ExitCode {
    let started_at = Timestamp::now();
    let (runner, outcome) = match Runner::from_env() {
        Ok(runner) => {
            let outcome = command_line::<G>(&runner, flags.clone());
            (runner, outcome)
        }
        Err(error) => (
            Runner::outlets(|name| std::env::var(name).ok()),
            Err(Stop::Usage(Error::usage(error.to_string()))),
        ),
    };
    let (frame, result, subject) = match outcome {
        Ok(line) => {
            log_to_stderr(line.frame.verbose, runner.debug);
            let subject = subject(&runner, &line.frame);
            let result = run::<G>(line.gate, &line.frame, &runner, subject.clone(), started_at);
            (line.frame, result, subject)
        }
        Err(Stop::Help(help)) => {
            // Help is asked for by people, never on a runner's command channel.
            return if help.print().is_ok() {
                ExitCode::SUCCESS
            } else {
                ExitCode::from(3)
            };
        }
        Err(Stop::Usage(error)) => {
            let frame = salvage(&command::<G>(), &runner.inputs, &flags);
            (frame, Err(error), runner.subject())
        }
    };
    finish::<G>(&frame, &runner, subject, started_at, result)
}

enum Stop {
    Help(clap::Error),
    Usage(Error),
}

fn command_line<G: Gate>(
    runner: &Runner,
    flags: Vec<OsString>,
) -> Result<CommandLine<G::Inputs>, Stop> {
    let command = command::<G>();
    let merged =
        merge(&command, &runner.inputs, flags).map_err(|p| Stop::Usage(Error::Usage(p)))?;
    let arguments = std::iter::once(OsString::from(G::NAME)).chain(merged);
    command
        .try_get_matches_from(arguments)
        .and_then(|matches| CommandLine::from_arg_matches(&matches))
        .map_err(|error| {
            use clap::error::ErrorKind;
            match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Stop::Help(error),
                _ => Stop::Usage(clap_problem::<G>(&error)),
            }
        })
}

/// clap's own words, without its usage block and its tail: the fix says where to look.
fn clap_problem<G: Gate>(error: &clap::Error) -> Error {
    let text = error.render().to_string();
    let words = ["\n\nUsage:", "\n\nFor more information, try"]
        .iter()
        .fold(text.as_str(), |words, tail| {
            words.split(tail).next().unwrap_or(words)
        });
    let words = words
        .trim()
        .trim_start_matches("error: ")
        .replace("\n\n  ", "; ");
    Error::usage(words.split_whitespace().collect::<Vec<_>>().join(" "))
        .fix(format!("see `{} --help`", called::<G>()))
}

fn subject(runner: &Runner, frame: &FrameInputs) -> Subject {
    let known = runner.subject();
    Subject {
        sha: frame.sha.clone().or_else(|| known.sha.clone()),
        digest: frame.digest.clone(),
        ..known
    }
}

fn run<G: Gate>(
    inputs: G::Inputs,
    frame: &FrameInputs,
    runner: &Runner,
    subject: Subject,
    started_at: Timestamp,
) -> Result<Report, Error> {
    let working_directory = working_directory(frame)?;
    let config = match ConfigFile::find(frame.config.as_deref(), &working_directory)? {
        Some(file) => file.section::<G::Config>(G::SECTION)?,
        None => Section::absent(G::SECTION, G::Config::default()),
    };
    let context = Context {
        runner: runner.clone(),
        subject,
        working_directory,
        html: frame.files.html.is_some(),
        started_at,
        progress: Progress::new(G::NAME),
    };
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::undecided(format!("start the runtime: {error}")))?
        .block_on(G::run(inputs, config, &context))
}

fn working_directory(frame: &FrameInputs) -> Result<PathBuf, Error> {
    let current = std::env::current_dir()
        .map_err(|error| Error::usage(format!("current folder: {error}")))?;
    let Some(given) = &frame.working_directory else {
        return Ok(current);
    };
    let folder = current.join(given);
    if folder.is_dir() {
        // Without `.` and `..`, so that paths below it can be shown relative to the repository.
        folder
            .canonicalize()
            .map_err(|error| Error::usage(format!("{}: {error}", given.display())))
    } else {
        Err(Error::usage(format!(
            "working directory {} does not exist",
            given.display()
        )))
    }
}

fn finish<G: Gate>(
    frame: &FrameInputs,
    runner: &Runner,
    mut subject: Subject,
    started_at: Timestamp,
    result: Result<Report, Error>,
) -> ExitCode {
    let (report, mut code) = match result {
        Ok(report) => {
            let code = exit_code(report.draft.conclusion);
            (report, code)
        }
        Err(error) => {
            let code = if matches!(error, Error::Usage(_)) {
                2
            } else {
                3
            };
            (error_report(&error), code)
        }
    };
    subject.digest = report.draft.digest.clone().or(subject.digest);
    let mut verdict = Verdict {
        schema: VERDICT_SCHEMA.to_owned(),
        gate: G::NAME.to_owned(),
        instance: frame.instance.clone(),
        conclusion: report.draft.conclusion,
        title: report.draft.title,
        subject,
        findings: report.draft.findings,
        metrics: report.draft.metrics,
        figures: report.draft.figures,
        evidence: report.draft.evidence,
        run: runner.run.clone(),
        tool: Tool {
            name: "stagegate".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        started_at: seconds(started_at),
        finished_at: seconds(Timestamp::now()),
    };
    let path = verdict_path::<G>(frame, &verdict);
    let allowed = verdict.conclusion != Conclusion::Error;
    let json = fit(&mut verdict).map_err(|error| Problem::new(error.to_string()));
    if allowed && verdict.conclusion == Conclusion::Error {
        code = 3;
    }
    if let Err(problem) = json.and_then(|json| files::write("verdict", &path, &json)) {
        say(G::NAME, &problem.to_string());
        code = 3;
    }
    show(&verdict, &report.shown, frame, runner);
    let conclusion = if code == 3 {
        Conclusion::Error
    } else {
        verdict.conclusion
    };
    if let Err(problem) =
        write_outputs::<G>(runner, conclusion, &verdict.title, &path, &report.outputs)
    {
        say(G::NAME, &problem.to_string());
        code = 3;
    }
    ExitCode::from(code)
}

const fn exit_code(conclusion: Conclusion) -> u8 {
    match conclusion {
        Conclusion::Pass | Conclusion::Warn | Conclusion::Pending => 0,
        Conclusion::Fail => 1,
        Conclusion::Error => 3,
    }
}

fn error_report(error: &Error) -> Report {
    let lead = match error {
        Error::Usage(_) => "wrong usage",
        Error::Undecided(_) => "could not decide",
    };
    let title = match error.problems() {
        [only] => format!("{lead}: {}", only.message),
        many => format!("{lead}: {} problems", many.len()),
    };
    Report::new(Draft::new(Conclusion::Error, title).findings(error.findings()))
}

/// RFC 3339 in whole seconds: what people compare and what does not make two runs differ more than
/// they do.
fn seconds(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn log_to_stderr(verbose: u8, debug: bool) {
    let level = match (verbose, debug) {
        (0, false) => tracing::Level::WARN,
        (1, false) => tracing::Level::INFO,
        (2, _) | (_, true) => tracing::Level::DEBUG,
        _ => tracing::Level::TRACE,
    };
    // Fails only when a test set one before; the first one stays.
    let _ = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(std::io::stderr)
        .with_ansi(Look::of_stderr().style().colour)
        .without_time()
        .with_target(false)
        .try_init();
}
