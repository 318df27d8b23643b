//! The gate as a program of its own.

fn main() -> std::process::ExitCode {
    gate::main::<lighthouse_budget::LighthouseBudget>()
}
