//! The command line of the chores.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::{Error, bench, conformance, docs, files, lint, lock, sync};

/// Repository chores.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask")]
struct CommandLine {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Debug, Subcommand)]
enum Chore {
    /// Write action.yml files, README tables and schemas from the gates' own definitions
    Docs {
        /// Only say what is out of date
        #[arg(long)]
        check: bool,
    },
    /// Stamp repository and version into every reference, and write the callable twins of workflows/
    Sync {
        /// Only say what is out of date
        #[arg(long)]
        check: bool,
    },
    /// Lint workflows and actions with zizmor, offline
    LintWorkflows,
    /// Compare with official descriptions and with peers, installing them from lockfiles
    Conformance {
        /// Only this comparison
        name: Option<String>,
    },
    /// Measure ours against peers, interleaved, and print medians and ratios
    Bench {
        /// Only this benchmark
        name: Option<String>,
        /// Print JSON on standard output
        #[arg(long)]
        json: bool,
    },
    /// Run a program and print what it used, for `bench`
    #[command(name = bench::SMALL, hide = true)]
    Measured {
        /// The program and its arguments
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
        command: Vec<OsString>,
    },
    /// Write launcher/install.lock from a folder of release archives
    Lock {
        /// Folder with the archives of one release
        archives: PathBuf,
    },
}

fn main() -> ExitCode {
    let root = files::root();
    let result = match CommandLine::parse().chore {
        Chore::Docs { check } => {
            docs::derive(&root).and_then(|d| files::settle(&root, &d, "docs", check))
        }
        Chore::Sync { check } => {
            sync::derive(&root).and_then(|d| files::settle(&root, &d, "sync", check))
        }
        Chore::Conformance { name } => conformance::run(&root, name.as_deref()),
        Chore::LintWorkflows => lint::workflows(&root),
        Chore::Bench { name, json } => {
            bench::run(&root, name.as_deref()).and_then(|rows| print(&rows, json))
        }
        Chore::Measured { command } => bench::sample(&command).map(|sample| {
            let _ = serde_json::to_writer(std::io::stdout(), &sample);
        }),
        Chore::Lock { archives } => {
            lock::derive(&root, &archives).and_then(|d| files::settle(&root, &d, "lock", false))
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

fn print(rows: &[bench::Row], json: bool) -> Result<(), Error> {
    let text = if json {
        bench::json(rows)
    } else {
        bench::table(rows)
    };
    std::io::stdout()
        .write_all(text.as_bytes())
        .map_err(|source| Error::File {
            action: "write",
            path: "standard output".into(),
            source,
        })
}
