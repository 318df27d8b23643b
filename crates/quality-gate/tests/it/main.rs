//! quality-gate as a program: real tool output in, exit code, verdict, outputs and annotations out.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod ingest;
mod run;
mod support;
