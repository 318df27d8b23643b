//! `security-gate` as a program of its own.

fn main() -> std::process::ExitCode {
    gate::main::<security_gate::SecurityGate>()
}
