//! The command line: `cargo rehearse [--scenario NAME]… [--interactive] [--keep] [--json]`.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser;

use crate::error::Error;
use crate::folders::Folders;
use crate::play::{Played, Theatre, play};
use crate::progress::Progress;
use crate::report::{Ending, overview};
use crate::scenario::{SCENARIOS, Scenario};
use crate::{browser, npm_audit, suite, tools};

/// Plays the shipped workflows on this machine: a real Next.js app from pull request to production, against
/// a sandbox of GitHub and Vercel. Needs Node.js 20.19+, Python 3 and git; no account, no token, no Docker.
#[derive(Debug, Parser)]
#[command(name = "cargo rehearse", after_help = scenario_help())]
struct CommandLine {
    /// What to play; may be repeated; `all` plays every one
    #[arg(long, value_name = "NAME", default_value = "ship")]
    scenario: Vec<String>,
    /// Wait for a person to approve or reject on the sandbox's page
    #[arg(long)]
    interactive: bool,
    /// Keep the sandbox up at the end, until Ctrl-C
    #[arg(long)]
    keep: bool,
    /// Print the result as JSON on standard output
    #[arg(long)]
    json: bool,
    /// Lighthouse runs per page and device; default: 2 for `ship`, 1 for the others
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=9))]
    lighthouse_runs: Option<u8>,
}

/// Plays what the command line asks for. 0: everything went as it should; 1: not; 2: wrong usage; 3: could
/// not be played.
pub fn main() -> ExitCode {
    let line = CommandLine::parse();
    let progress = Progress::start();
    let scenarios = match choose(&line.scenario) {
        Ok(scenarios) => scenarios,
        Err(message) => {
            progress.say(&message);
            return ExitCode::from(2);
        }
    };
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            progress.say(&format!("cargo rehearse: {error}"));
            return ExitCode::from(3);
        }
    };
    match runtime.block_on(rehearse(&line, &scenarios, &progress)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            progress.say(&format!("cargo rehearse: {error}"));
            ExitCode::from(3)
        }
    }
}

async fn rehearse(
    line: &CommandLine,
    scenarios: &[&Scenario],
    progress: &Progress,
) -> Result<bool, Error> {
    // Fails only when one is installed already, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    progress.heading("set-up");
    let folders = Folders::open()?;
    let tools = tools::find(&folders, progress).await?;
    let chrome = browser::find(&folders, &tools, progress).await?;
    let binary = suite::build(&folders, progress).await?;
    let mut theatre = Theatre {
        npm_audit: npm_audit::start().await?,
        folders,
        tools,
        chrome,
        binary,
        progress: progress.clone(),
        interactive: line.interactive,
        lighthouse_runs: 1,
        all_devices: false,
    };
    let mut endings = Vec::new();
    for (index, scenario) in scenarios.iter().enumerate() {
        theatre.all_devices = scenario.name == "ship";
        let runs = if theatre.all_devices { 2 } else { 1 };
        theatre.lighthouse_runs = line.lighthouse_runs.unwrap_or(runs);
        let last = index + 1 == scenarios.len();
        endings.push(one(&theatre, scenario, line.keep && last).await);
    }
    if endings.len() > 1 {
        progress.say(&overview(&endings));
    }
    if line.json {
        let json = serde_json::to_string_pretty(&endings).unwrap_or_default();
        let _ = writeln!(std::io::stdout(), "{json}");
    }
    Ok(endings.iter().all(|ending| ending.ok))
}

async fn one(theatre: &Theatre, scenario: &Scenario, keep: bool) -> Ending {
    let progress = &theatre.progress;
    let start = progress.seconds();
    let (ending, sandbox) = match play_through(theatre, scenario).await {
        Ok(Played { outcome, sandbox }) => {
            let ending = Ending::played(scenario, &outcome, progress.seconds() - start);
            (ending, Some(sandbox))
        }
        Err(error) => (
            Ending::not_played(scenario, &error, progress.seconds() - start),
            None,
        ),
    };
    progress.say(&ending.text());
    if let Some(sandbox) = sandbox {
        if keep {
            progress.say(&format!(
                "the sandbox stays up: {} (Ctrl-C ends it)",
                sandbox.github.page_url()
            ));
            let _ = tokio::signal::ctrl_c().await;
        }
        sandbox.stop().await;
    }
    ending
}

/// Plays a scenario; from its start again when act crashes, which it does now and then where several jobs
/// look up the same local action at once (concurrent map access). A result is never overridden.
async fn play_through(theatre: &Theatre, scenario: &Scenario) -> Result<Played, Error> {
    const TRIES: u8 = 3;
    for _ in 1..TRIES {
        match play(theatre, scenario).await {
            Err(Error::Crashed(words)) => {
                theatre
                    .progress
                    .line(&format!("act crashed ({words}); playing from the start"));
            }
            played => return played,
        }
    }
    play(theatre, scenario).await
}

fn choose(names: &[String]) -> Result<Vec<&'static Scenario>, String> {
    let mut chosen = Vec::new();
    for name in names {
        if name == "all" {
            chosen.extend(SCENARIOS);
            continue;
        }
        match SCENARIOS.iter().find(|scenario| scenario.name == name) {
            Some(scenario) => chosen.push(scenario),
            None => {
                return Err(format!(
                    "cargo rehearse: no scenario `{name}`\n\n{}",
                    scenario_help()
                ));
            }
        }
    }
    Ok(chosen)
}

fn scenario_help() -> String {
    let mut text = String::from("Scenarios:\n");
    for scenario in SCENARIOS {
        text.push_str(&format!("  {:<18} {}\n", scenario.name, scenario.about));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{SCENARIOS, choose};

    #[test]
    fn an_unknown_scenario_lists_all() {
        let message = choose(&["nope".to_owned()]).err().unwrap();
        assert!(message.contains("`nope`"));
        for scenario in SCENARIOS {
            assert!(message.contains(scenario.name) && message.contains(scenario.about));
        }
    }

    #[test]
    fn every_scenario_has_its_change() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/apps/scenarios");
        for scenario in choose(&["all".to_owned()]).unwrap() {
            let folder = std::path::Path::new(root).join(scenario.change);
            assert!(folder.is_dir(), "{}", folder.display());
        }
    }
}
