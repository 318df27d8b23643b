//! A headless Chromium for tests, driven over the DevTools protocol: enough to open a page, run script in it
//! and see what it did. For tests only: whatever is off panics.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "called by tests, which stop where something fails"
)]

mod tab;

pub use tab::{Tab, find};
