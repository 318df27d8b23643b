//! `approval-gate`: see the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    gate::main::<approval_gate::ApprovalGate>()
}
