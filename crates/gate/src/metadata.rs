//! What a gate looks like from outside: the one source of action.yml, README tables and schema.

use clap::{ArgAction, Command, CommandFactory as _};
use schemars::{Schema, SchemaGenerator};

use crate::arguments::CommandLine;
use crate::{Gate, OutputSpec, SecretSpec};

/// The outputs every gate has.
pub const FRAME_OUTPUTS: &[OutputSpec] = &[
    OutputSpec {
        name: "conclusion",
        description: "The gate's answer: pass, warn, fail, pending or error.",
    },
    OutputSpec {
        name: "title",
        description: "The answer in one line.",
    },
    OutputSpec {
        name: "verdict-path",
        description: "Where the verdict JSON was written.",
    },
];

/// How an input is written in a workflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputKind {
    /// One value.
    Value,
    /// One value per line.
    Lines,
    /// `true` or `false`.
    Switch,
}

/// An input of an action.
#[derive(Clone, Debug)]
pub struct Input {
    /// Kebab-case, the same as the flag.
    pub name: String,
    /// One sentence.
    pub description: String,
    /// How it is written.
    pub kind: InputKind,
    /// Accepted values, when they are a closed set.
    pub accepted: Vec<String>,
    /// Whether every gate has it.
    pub of_frame: bool,
}

/// A gate from outside.
#[derive(Clone, Debug)]
pub struct Metadata {
    /// See [`Gate::NAME`].
    pub name: &'static str,
    /// See [`Gate::ABOUT`].
    pub about: &'static str,
    /// See [`Gate::SECTION`].
    pub section: &'static str,
    /// Its inputs: its own first, in the order of the struct.
    pub inputs: Vec<Input>,
    /// Its own outputs, then the frame's.
    pub outputs: Vec<OutputSpec>,
    /// The secrets it reads.
    pub secrets: &'static [SecretSpec],
    /// The JSON Schema of its config section, with its definitions left in the generator.
    pub config_schema: fn(&mut SchemaGenerator) -> Schema,
}

/// Describes a gate.
pub fn metadata<G: Gate>() -> Metadata {
    let command = command::<G>();
    let inputs = command.get_arguments().filter_map(|argument| {
        let name = argument.get_long()?.to_owned();
        if matches!(name.as_str(), "help" | "version") {
            return None;
        }
        let kind = match argument.get_action() {
            ArgAction::SetTrue | ArgAction::Count => InputKind::Switch,
            ArgAction::Append => InputKind::Lines,
            _ => InputKind::Value,
        };
        let accepted = match kind {
            InputKind::Switch => Vec::new(),
            _ => {
                let values = argument.get_possible_values();
                values
                    .iter()
                    .map(|value| value.get_name().to_owned())
                    .collect()
            }
        };
        Some(Input {
            description: argument
                .get_help()
                .map(ToString::to_string)
                .unwrap_or_default(),
            of_frame: argument.get_help_heading() == Some("Every gate"),
            kind,
            accepted,
            name,
        })
    });
    Metadata {
        name: G::NAME,
        about: G::ABOUT,
        section: G::SECTION,
        inputs: inputs.collect(),
        outputs: G::OUTPUTS.iter().chain(FRAME_OUTPUTS).copied().collect(),
        secrets: G::SECRETS,
        config_schema: SchemaGenerator::subschema_for::<G::Config>,
    }
}

/// The gate's command line.
pub(crate) fn command<G: Gate>() -> Command {
    CommandLine::<G::Inputs>::command()
        .name(G::NAME)
        .bin_name(called::<G>())
        .about(G::ABOUT)
        .version(env!("CARGO_PKG_VERSION"))
        .after_help(after_help::<G>())
}

/// What people type: one binary is shipped, and a gate is its first word.
pub(crate) fn called<G: Gate>() -> String {
    format!("stagegate {}", G::NAME)
}

fn after_help<G: Gate>() -> String {
    let mut text = String::new();
    if !G::SECRETS.is_empty() {
        text.push_str("Environment:\n");
        for secret in G::SECRETS {
            text.push_str(&format!("  {:<32} {}\n", secret.name, secret.description));
        }
        text.push('\n');
    }
    text.push_str(&format!(
        "Config: section `{}` of stagegate.yml; flags and action inputs win over it.\n\
         Exit codes: 0 pass, warn or pending; 1 fail; 2 wrong usage or config; 3 could not decide.",
        G::SECTION
    ));
    text
}
