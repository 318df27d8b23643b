//! The binary behind `cargo rehearse`: see the library beside it.

use std::process::ExitCode;

fn main() -> ExitCode {
    rehearsal::main()
}
