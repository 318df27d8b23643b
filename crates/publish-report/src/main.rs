//! `publish-report`: see the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    gate::main::<publish_report::PublishReport>()
}
