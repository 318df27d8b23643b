//! Finds and reads `stagegate.yml`: one file, one section per gate.
//!
//! Unknown keys are errors with the nearest known key, every error names file, line and column, and
//! values carry their units ([`ByteSize`], [`Millis`], [`Percent`]). The types of the sections belong to
//! the gates; this crate knows only their names.

mod error;
mod file;
mod located;
mod section;
mod units;

pub use error::{ConfigError, Position};
pub use file::{ConfigFile, FILE_NAMES};
pub use located::Located;
pub use section::{SECTIONS, Section};
pub use units::{ByteSize, InvalidUnit, Millis, Percent};
