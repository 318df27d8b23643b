//! security-gate as a program: real reports in, exit code, verdict, outputs and merged SARIF out.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod reports;
mod sarif;
mod support;
