//! Where a verdict goes: its file, the action's outputs, and what people see. A surface that fails is
//! said and changes nothing; the file and the outputs are what later jobs rest on, so they must succeed.

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use report_render::TerminalStyle;
use runner_protocol::Runner;
use verdict::{Conclusion, Verdict};

use crate::arguments::{Format, FrameInputs};
use crate::{Gate, Problem};

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

pub(crate) fn write_verdict(verdict: &Verdict, path: &Path) -> Result<(), Problem> {
    let problem = |reason: &dyn std::fmt::Display| {
        Problem::new(format!("write verdict {}: {reason}", path.display()))
    };
    let json = verdict
        .to_canonical_json()
        .map_err(|error| problem(&error))?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| problem(&error))?;
    }
    // Written beside and renamed, so that a cancelled job leaves no half verdict.
    let partial = path.with_extension("json.partial");
    std::fs::write(&partial, json)
        .and_then(|()| std::fs::rename(&partial, path))
        .map_err(|error| problem(&error))
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

/// Shows the verdict. A surface that fails is said and changes nothing.
pub(crate) fn show(verdict: &Verdict, format: Option<Format>, runner: &Runner) {
    let format = format.unwrap_or(if runner.on_runner {
        Format::Github
    } else {
        Format::Human
    });
    let mut stderr = std::io::stderr();
    let terminal = stderr.is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let style = TerminalStyle {
        colour: terminal && format == Format::Human,
        links: terminal && format == Format::Human,
        width: Some(100),
    };
    let _ = write!(stderr, "{}", report_render::terminal(verdict, style));
    let shown = match format {
        Format::Human => Ok(()),
        Format::Json => runner_protocol::stdout().document(verdict),
        Format::Github => annotate(verdict),
    };
    if let Err(error) = shown {
        say(&verdict.gate, &format!("annotations not written: {error}"));
    }
    if let (Format::Github, Some(file)) = (format, &runner.summary_file)
        && let Err(error) = runner_protocol::append_summary(file, &report_render::summary(verdict))
    {
        say(&verdict.gate, &format!("job summary not written: {error}"));
    }
}

fn annotate(verdict: &Verdict) -> std::io::Result<()> {
    let mut commands = runner_protocol::stdout();
    let chosen =
        report_render::annotations(verdict, runner_protocol::MAX_ANNOTATIONS_PER_LEVEL, None);
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
