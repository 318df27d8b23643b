//! `cargo rehearse`: plays the shipped workflow files on this machine, by act, against the sandbox.
//!
//! A rehearsal makes a git repository of the sample app, opens a pull request in the sandbox, runs
//! `workflows/pull-request.yml`, merges, runs `workflows/release.yml`, and then asks what really
//! happened: which jobs and steps ran, what the sandbox holds, what the production port answers. act's
//! own exit code is only one of the facts.

mod act;
mod app;
mod artifacts;
mod backstage;
mod browser;
mod check;
mod checkpoint;
mod command;
mod error;
mod expect;
mod finale;
mod folders;
mod look;
mod npm_audit;
mod outcome;
mod play;
mod program;
mod progress;
mod report;
mod rewrite;
mod scenario;
mod suite;
mod tools;
mod workflow;

pub use command::main;
