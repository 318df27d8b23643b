//! The binary: see the library beside it.

use std::process::ExitCode;

fn main() -> ExitCode {
    stagegate::main(std::env::args_os().skip(1))
}
