//! Where a verdict goes: its file, the action's outputs, and what people see. A surface that fails is
//! said and changes nothing; the file and the outputs are what later jobs rest on, so they must succeed.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use runner_protocol::Runner;
use verdict::{Conclusion, Level, Verdict};

use crate::arguments::{Format, FrameInputs};
use crate::look::Look;
use crate::{Gate, Problem, changed, files};

pub(crate) fn verdict_path<G: Gate>(frame: &FrameInputs, verdict: &Verdict) -> PathBuf {
    if let Some(path) = &frame.verdict {
        return path.clone();
    }
    // An instance may be any text; a file name may not.
    let safe = |text: &str| {
        let allowed = |c: char| {
            if c.is_ascii_alphanumeric() || c == '_' {
                c
            } else {
                '-'
            }
        };
        text.chars().map(allowed).collect::<String>()
    };
    let name = match &verdict.instance {
        Some(instance) => format!("{}-{}.json", G::NAME, safe(instance)),
        None => format!("{}.json", G::NAME),
    };
    Path::new(".stagegate/verdicts").join(name)
}

pub(crate) fn write_outputs<G: Gate>(
    runner: &Runner,
    conclusion: Conclusion,
    title: &str,
    path: &Path,
    own: &[(&'static str, String)],
) -> Result<(), Problem> {
    let Some(file) = &runner.output_file else {
        return Ok(());
    };
    let declared = G::OUTPUTS.iter().map(|spec| {
        let value = own.iter().find(|(name, _)| *name == spec.name);
        (spec.name, value.map_or("", |(_, value)| value.as_str()))
    });
    let path = path.to_string_lossy();
    let frame = [
        ("conclusion", conclusion.as_str()),
        ("title", title),
        ("verdict-path", &path),
    ];
    runner_protocol::append_outputs(file, declared.chain(frame))
        .map_err(|error| Problem::new(error.to_string()))
}

/// Shows the verdict, and writes the files that were asked for. A surface that fails is said and changes
/// nothing.
pub(crate) fn show(verdict: &Verdict, shown: &[Verdict], frame: &FrameInputs, runner: &Runner) {
    let format = frame.format.unwrap_or(if runner.on_runner {
        Format::Github
    } else {
        Format::Human
    });
    let mut style = Look::of_stderr().style();
    if format != Format::Human {
        style.colour = false;
        style.links = false;
    }
    let text = report_render::terminal(verdict, style);
    let _ = std::io::stderr().write_all(text.as_bytes());
    let said = match format {
        Format::Human => Ok(()),
        Format::Json => runner_protocol::stdout().document(verdict),
        Format::Github => annotate(verdict, runner),
    };
    let mut problems = Vec::new();
    if let Err(error) = said {
        problems.push(Problem::new(format!("standard output: {error}")));
    }
    if let (Format::Github, Some(file)) = (format, &runner.summary_file)
        && let Err(error) = runner_protocol::append_summary(file, &report_render::summary(verdict))
    {
        problems.push(Problem::new(format!("job summary not written: {error}")));
    }
    let own = [verdict];
    let others: Vec<_> = shown.iter().collect();
    let verdicts = if others.is_empty() { &own[..] } else { &others };
    problems.extend(files::surfaces(&frame.files, verdicts));
    for problem in problems {
        warn(&verdict.gate, &problem, format);
    }
}

/// What failed to be shown: a line for people, and an annotation where the runner listens.
fn warn(gate: &str, problem: &Problem, format: Format) {
    let text = problem.to_string();
    say(gate, &text);
    if format == Format::Github {
        // Standard output may be what failed.
        let _ = runner_protocol::stdout().annotate(Level::Warning, gate, &text, None);
    }
}

fn annotate(verdict: &Verdict, runner: &Runner) -> std::io::Result<()> {
    const MOST: usize = runner_protocol::MAX_ANNOTATIONS_PER_LEVEL;
    let mut commands = runner_protocol::stdout();
    // The diff decides only what is left out.
    let levels = [Level::Error, Level::Warning, Level::Notice];
    let crowded = levels.iter().any(|level| verdict.count(*level) > MOST);
    let diff = crowded.then(|| changed::diff(runner)).flatten();
    let chosen = report_render::annotations(verdict, MOST, diff.as_ref());
    for annotation in chosen.shown {
        let place = annotation.place.as_ref();
        commands.annotate(
            annotation.level,
            &annotation.title,
            &annotation.message,
            place,
        )?;
    }
    Ok(())
}

pub(crate) fn say(gate: &str, text: &str) {
    let text = report_render::printable(text);
    let _ = writeln!(std::io::stderr(), "{gate}: {text}");
}
