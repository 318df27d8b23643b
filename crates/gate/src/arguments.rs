//! One command line out of flags and action inputs: flag > input > config > default.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgAction, Args, Command, Parser, ValueEnum};
use runner_protocol::Inputs;
use verdict::{Digest, Sha};

use crate::Problem;
use crate::file_inputs::{FileInput, FileInputs, HTML, JUNIT, SARIF};

/// The inputs every gate has.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Every gate")]
pub(crate) struct FrameInputs {
    /// Config file; default: the nearest stagegate.yml or .github/stagegate.yml
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where the verdict JSON goes; default: .stagegate/verdicts/<gate>[-<instance>].json
    #[arg(long, value_name = "FILE")]
    pub verdict: Option<PathBuf>,
    /// How to report; default: github on a runner, human elsewhere
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    #[command(flatten)]
    pub files: FileInputs,
    /// Folder that relative paths start from
    #[arg(long, value_name = "DIR")]
    pub working_directory: Option<PathBuf>,
    /// Name of the app or matrix key when the gate runs more than once
    #[arg(long, value_name = "NAME")]
    pub instance: Option<String>,
    /// Commit that is judged; default: the event's head commit
    #[arg(long, value_name = "SHA")]
    pub sha: Option<Sha>,
    /// Digest of the build that is judged, as bundle-budget outputs it
    #[arg(long, value_name = "DIGEST")]
    pub digest: Option<Digest>,
    /// Say more on standard error; twice for everything
    #[arg(short, long, action = ArgAction::Count)]
    pub verbose: u8,
}

/// How a gate reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A table on standard error
    Human,
    /// The verdict on standard output
    Json,
    /// Annotations and job summary
    Github,
}

/// The whole command line of a gate.
#[derive(Debug, Parser)]
#[command(disable_help_subcommand = true)]
pub(crate) struct CommandLine<I: Args> {
    #[command(flatten)]
    pub gate: I,
    #[command(flatten)]
    pub frame: FrameInputs,
}

/// The root action's own input, which chooses the gate and is not the gate's.
const GATE_INPUT: &str = "gate";

/// Puts the inputs in front of the flags, leaving out what a flag already says.
pub(crate) fn merge(
    command: &Command,
    inputs: &Inputs,
    flags: Vec<OsString>,
) -> Result<Vec<OsString>, Vec<Problem>> {
    let mut merged = Vec::new();
    let mut problems = Vec::new();
    for (name, value) in inputs.iter().filter(|(name, _)| *name != GATE_INPUT) {
        let argument = command
            .get_arguments()
            .find(|argument| argument.get_long() == Some(name));
        let Some(argument) = argument else {
            let gate = command.get_name();
            let called = command.get_bin_name().unwrap_or(gate);
            problems.push(
                Problem::new(format!("input `{name}` is not an input of {gate}"))
                    .fix(format!("remove it; `{called} --help` lists the inputs")),
            );
            continue;
        };
        if given(&flags, name) {
            continue;
        }
        match argument.get_action() {
            ArgAction::SetTrue => match value.trim() {
                "true" => merged.push(format!("--{name}").into()),
                "false" => {}
                other => problems.push(Problem::new(format!(
                    "input `{name}` is `{other}`: `true` or `false` is needed"
                ))),
            },
            ArgAction::Count => {
                if value.trim() == "true" {
                    merged.push(format!("--{name}").into());
                }
            }
            ArgAction::Append => {
                let lines = value.lines().map(str::trim).filter(|line| !line.is_empty());
                merged.extend(lines.map(|line| OsString::from(format!("--{name}={line}"))));
            }
            _ => merged.push(format!("--{name}={}", value.trim()).into()),
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    merged.extend(flags);
    Ok(merged)
}

/// Where and how to report, as far as it can be told from a command line that is wrong elsewhere.
pub(crate) fn salvage(command: &Command, inputs: &Inputs, flags: &[OsString]) -> FrameInputs {
    let told = |name: &str| {
        let flag = flags.iter().enumerate().find_map(|(index, flag)| {
            match flag.to_str()?.strip_prefix("--")?.strip_prefix(name)? {
                // A value that was forgotten leaves the next flag in its place.
                "" => flags
                    .get(index + 1)?
                    .to_str()
                    .filter(|v| !v.starts_with('-')),
                rest => rest.strip_prefix('='),
            }
        });
        let input = || inputs.iter().find(|(input, _)| *input == name);
        flag.or_else(|| input().map(|(_, value)| value.trim()))
            .filter(|value| !value.is_empty())
    };
    let file = |(id, name, _): FileInput| {
        let ours = command
            .get_arguments()
            .any(|argument| argument.get_id() == id);
        told(name).filter(|_| ours).map(PathBuf::from)
    };
    FrameInputs {
        verdict: told("verdict").map(PathBuf::from),
        files: FileInputs {
            sarif: file(SARIF),
            junit: file(JUNIT),
            html: file(HTML),
        },
        instance: told("instance").map(str::to_owned),
        format: told("format").and_then(|text| Format::from_str(text, false).ok()),
        ..FrameInputs::default()
    }
}

fn given(flags: &[OsString], name: &str) -> bool {
    flags
        .iter()
        .filter_map(|flag| flag.to_str()?.strip_prefix("--"))
        .any(|flag| {
            flag.strip_prefix(name)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
        })
}

#[cfg(test)]
mod tests {
    use clap::{Args, CommandFactory as _, Parser as _};
    use runner_protocol::Inputs;

    use super::{CommandLine, merge};

    #[derive(Debug, Args)]
    struct Gate {
        /// Address
        #[arg(long)]
        url: Option<String>,
        /// Paths
        #[arg(long)]
        path: Vec<String>,
        /// Only say what would be done
        #[arg(long)]
        dry_run: bool,
    }

    fn parse(inputs: &str, flags: &[&str]) -> Result<Gate, String> {
        let command = CommandLine::<Gate>::command().name("smoke-test");
        let inputs = Inputs::from_json(inputs).unwrap();
        let flags = flags.iter().map(Into::into).collect();
        let merged = merge(&command, &inputs, flags)
            .map_err(|problems| problems.iter().map(ToString::to_string).collect::<String>())?;
        let arguments = std::iter::once("smoke-test".into()).chain(merged);
        CommandLine::<Gate>::try_parse_from(arguments)
            .map(|line| line.gate)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_flag_beats_an_input() {
        let inputs = r#"{"url":"http://input","path":"a\n b \n\n"}"#;
        let gate = parse(inputs, &["--url", "http://flag"]).unwrap();
        assert_eq!(gate.url.as_deref(), Some("http://flag"));
        assert_eq!(
            gate.path,
            ["a", "b"],
            "a multi-line input is a repeated flag"
        );
        assert_eq!(parse(inputs, &["--path=c"]).unwrap().path, ["c"]);
    }

    #[test]
    fn switches_take_true_and_false_only() {
        assert!(parse(r#"{"dry-run":"true"}"#, &[]).unwrap().dry_run);
        assert!(!parse(r#"{"dry-run":"false"}"#, &[]).unwrap().dry_run);
        assert!(
            parse(r#"{"dry-run":"yes"}"#, &[])
                .unwrap_err()
                .contains("`yes`")
        );
    }

    #[test]
    fn an_unknown_input_is_named_and_the_gate_choice_is_not() {
        let message = parse(r#"{"urll":"x"}"#, &[]).unwrap_err();
        assert!(
            message.contains("`urll` is not an input of smoke-test"),
            "{message}"
        );
        assert!(parse(r#"{"gate":"smoke-test"}"#, &[]).is_ok());
    }

    #[test]
    fn a_value_cannot_become_a_flag() {
        let gate = parse(r#"{"url":"--dry-run"}"#, &[]).unwrap();
        assert_eq!(gate.url.as_deref(), Some("--dry-run"));
        assert!(!gate.dry_run);
    }
}
