//! `quality-gate` as a program of its own.

fn main() -> std::process::ExitCode {
    gate::main::<quality_gate::QualityGate>()
}
