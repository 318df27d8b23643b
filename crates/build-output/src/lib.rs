//! Reads what a deployment is made of: a Build Output API folder (`.vercel/output`, version 3), a plain folder of web pages,
//! or sources; its files, their digests, the digest of the whole, and the archive of it.
//!
//! The digest is the start of the chain of evidence: gates stamp it into their verdicts, staging carries it in the
//! deployment's metadata, and a promote compares it with the bytes. It depends on paths and contents and on nothing
//! else: not on modes and times, which artifacts lose, not on where the folder lies or in which order it was written.

mod archive;
mod bounded;
mod config;
mod entry;
mod error;
mod functions;
mod hash;
mod layout;
mod output;
mod source;
mod walk;

pub use archive::{Archive, Part};
pub use bounded::read_at_most;
pub use entry::{Entry, Kind};
pub use error::Error;
pub use layout::Content;
pub use output::BuildOutput;
