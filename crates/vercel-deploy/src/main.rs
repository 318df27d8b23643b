//! `vercel-deploy` as a program of its own.

use std::process::ExitCode;

fn main() -> ExitCode {
    gate::main::<vercel_deploy::VercelDeploy>()
}
