//! The sandbox's GitHub through real HTTP: what it accepts, refuses, remembers, and how typed clients read it.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking"
)]

mod checks;
mod code;
mod deployments;
mod edge;
mod refusals;
mod reviews;
mod support;
mod typed;
