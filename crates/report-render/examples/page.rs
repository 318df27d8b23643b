//! Writes the HTML report of some verdict files to standard output.

use std::io::Write as _;
use std::process::ExitCode;

use verdict::Verdict;

fn main() -> ExitCode {
    let read = |path| Verdict::from_json(&std::fs::read(path).ok()?).ok();
    let verdicts: Option<Vec<Verdict>> = std::env::args_os().skip(1).map(read).collect();
    let Some(verdicts) = verdicts else {
        return ExitCode::from(2);
    };
    let page = report_render::html(&verdicts.iter().collect::<Vec<_>>());
    match std::io::stdout().write_all(page.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(3),
    }
}
