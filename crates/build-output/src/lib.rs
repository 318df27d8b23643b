//! Reads a Build Output API folder (`.vercel/output`, version 3): its files, their digests, and the digest of the whole.
//!
//! The digest is the start of the chain of evidence: gates stamp it into their verdicts, staging carries it in the
//! deployment's metadata, and a promote compares it with the bytes. It depends on paths, contents and the executable bit,
//! and on nothing else: not on times, not on where the folder lies, not on the order in which it was written.

mod config;
mod entry;
mod error;
mod hash;
mod output;
mod walk;

pub use entry::{Entry, Kind};
pub use error::Error;
pub use output::BuildOutput;
