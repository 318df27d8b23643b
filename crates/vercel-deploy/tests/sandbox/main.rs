//! The program against the sandbox: what it says, what it leaves behind, and what production serves afterwards.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a helper of a test may end it too"
)]

mod deploy;
mod faults;
mod folders;
mod github;
mod interrupt;
mod log;
mod origin;
mod promote;
mod rebuild;
mod rollback;
mod rolling;
mod rolling_steps;
mod scope;
mod secrets;
mod support;
mod usage;
mod warm;
