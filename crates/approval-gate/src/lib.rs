//! Decides whether a release may go to production, and writes the release record.
//!
//! Three things must hold for exactly this commit and these bytes: every required gate answered well in
//! a run we accept, staging serves them, and somebody who had no hand in them approved. The decision is
//! pure (`decide.rs`); `collect.rs` fetches what it rests on. Whatever cannot be fetched is an error and
//! never an approval.
//!
//! Its limit: those with a hand in a release are looked for in the run, the commit and the pull requests of that
//! commit. When production is several merges behind, the makers of the earlier ones may approve them.

mod collect;
mod decide;
mod facts;
mod hands;
mod inputs;
mod people;
mod policy;
mod proofs;
mod record;
mod run;
mod surroundings;

pub use run::ApprovalGate;
