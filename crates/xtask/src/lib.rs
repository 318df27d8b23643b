//! Repository chores: `cargo xtask docs|sync|lint-workflows|conformance|bench|lock`. What can be derived is derived
//! here, and each chore has a `--check` that tests use, so that derived files cannot drift.

pub mod bench;
pub mod conformance;
pub mod docs;
mod error;
pub mod files;
pub mod lint;
pub mod lock;
pub mod peers;
pub mod sync;
mod twin;

pub use error::Error;
