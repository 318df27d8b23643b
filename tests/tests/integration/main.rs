//! What crosses crates: the launcher, action metadata, shipped workflows, schemas and stand-in actions.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod actions;
mod derived;
// The launcher's tests write shell programs and modes, which only Unix has.
#[cfg(unix)]
mod launcher;
mod one_build;
mod repository;
mod schemas;
mod stand_ins;
mod workflows;
