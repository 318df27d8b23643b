//! Choosing the gate. The choice is made by hand, without building a command line for every gate, so
//! that a gate starts as fast alone as in company.

use std::ffi::OsString;
use std::io;
use std::process::ExitCode;

use runner_protocol::Runner;

use crate::gates;

/// Wrong usage.
const USAGE: u8 = 2;

/// Runs `stagegate` with these arguments (without the program's name).
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let mut arguments = arguments.into_iter();
    let Some(first) = arguments.next() else {
        return say(&mut io::stderr(), &help(), ExitCode::from(USAGE));
    };
    let first = first.to_string_lossy();
    match first.as_ref() {
        "-h" | "--help" | "help" => say(&mut io::stdout(), &help(), ExitCode::SUCCESS),
        "-V" | "--version" => {
            let version = concat!("stagegate ", env!("CARGO_PKG_VERSION"), "\n");
            say(&mut io::stdout(), version, ExitCode::SUCCESS)
        }
        name => match gates().iter().find(|entry| entry.name == name) {
            Some(entry) => (entry.run)(arguments.collect()),
            None => {
                conclude_error(name);
                say(&mut io::stderr(), &unknown(name), ExitCode::from(USAGE))
            }
        },
    }
}

/// Later steps read the outputs on every path, also when the root action names a gate that is none.
fn conclude_error(name: &str) {
    let Ok(Runner {
        output_file: Some(file),
        ..
    }) = Runner::from_env()
    else {
        return;
    };
    let title = format!("unknown gate {name}");
    let outputs = [
        ("conclusion", "error"),
        ("title", &title),
        ("verdict-path", ""),
    ];
    // The exit code says it all the same.
    let _ = runner_protocol::append_outputs(&file, outputs);
}

fn help() -> String {
    let mut text = String::from(
        "Gates that carry a pull request through staging to production\n\n\
         Usage: stagegate <gate> [flags]\n\nGates:\n",
    );
    for entry in gates() {
        text.push_str(&format!("  {:<18} {}\n", entry.name, entry.about));
    }
    text.push_str(
        "\nEvery gate reads its section of stagegate.yml, writes a verdict and exits with\n\
         0 pass, warn or pending; 1 fail; 2 wrong usage or config; 3 could not decide.\n\
         `stagegate <gate> --help` explains a gate.\n",
    );
    text
}

fn unknown(name: &str) -> String {
    let near = gates()
        .into_iter()
        .min_by_key(|entry| strsim::damerau_levenshtein(name, entry.name));
    let hint = near
        .filter(|entry| strsim::damerau_levenshtein(name, entry.name) <= 4)
        .map(|entry| format!("; did you mean `{}`?", entry.name))
        .unwrap_or_default();
    let names: Vec<_> = gates().iter().map(|entry| entry.name).collect();
    format!(
        "stagegate: unknown gate `{name}`{hint} (gates: {})\n",
        names.join(", ")
    )
}

/// A reader that closed the stream early, such as `head`, is no failure of ours.
fn say(out: &mut dyn io::Write, text: &str, code: ExitCode) -> ExitCode {
    let _ = out.write_all(text.as_bytes());
    code
}
