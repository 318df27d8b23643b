//! The smallest gate: it answers what it is told to. Read it to learn how a gate is written; the
//! frame's own tests run it.

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use gate::{Context, Draft, Error, Gate, OutputSpec, Report};
use pipeline_config::{Located, Section};
use schemars::JsonSchema;
use serde::Deserialize;
use verdict::{Conclusion, Finding, Metric, Place};

struct Answer;

#[derive(Debug, Args)]
struct Inputs {
    /// What to answer
    #[arg(long, value_enum)]
    answer: Option<Word>,
    /// Names to greet
    #[arg(long)]
    name: Vec<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Word {
    Pass,
    Warn,
    Fail,
    Pending,
    Broken,
    Infinite,
    Flood,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Policy {
    /// A file that counts as evidence.
    report: Option<Located<String>>,
}

impl Gate for Answer {
    const NAME: &'static str = "answer";
    const ABOUT: &'static str = "Answers what it is told to";
    const SECTION: &'static str = "report";
    const OUTPUTS: &'static [OutputSpec] = &[OutputSpec {
        name: "greeting",
        description: "Who was greeted.",
    }];
    type Inputs = Inputs;
    type Config = Policy;

    async fn run(
        inputs: Inputs,
        config: Section<Policy>,
        _context: &Context,
    ) -> Result<Report, Error> {
        let Some(word) = inputs.answer else {
            return Err(Error::usage("no answer was given").fix("pass --answer pass"));
        };
        let place = config
            .values
            .report
            .as_ref()
            .and_then(|report| config.place(report));
        let finding = |finding: Finding| match &place {
            Some(place) => finding.at(place.clone()),
            None => finding,
        };
        let draft =
            match word {
                Word::Pass => Draft::new(Conclusion::Pass, "all good"),
                Word::Warn => Draft::new(Conclusion::Warn, "look at this").findings(vec![finding(
                    Finding::warning("look", "::error::not a command"),
                )]),
                Word::Fail => Draft::new(Conclusion::Fail, "over budget").findings(vec![finding(
                    Finding::error("budget", "too much").fix("do less"),
                )]),
                Word::Flood => Draft::new(Conclusion::Fail, "far too much").findings(flood()),
                Word::Pending => Draft::new(Conclusion::Pending, "somebody must act"),
                Word::Broken => return Err(Error::undecided("the evidence is broken")),
                Word::Infinite => Draft::new(Conclusion::Pass, "no number")
                    .metrics(vec![Metric::new("ratio", f64::INFINITY, "ratio")]),
            };
        Ok(Report::new(draft).output("greeting", inputs.name.join(", ")))
    }
}

/// More findings than a verdict can carry, one error per line of a file.
fn flood() -> Vec<Finding> {
    let at = |line| Finding::error("flood", "x".repeat(400)).at(Place::line("flood.txt", line));
    (1..=20_000).map(at).collect()
}

fn main() -> ExitCode {
    gate::main::<Answer>()
}
