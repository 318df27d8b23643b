//! The decisions, without any I/O: may this deployment be promoted, does production serve it, may a stage go on.

mod bind;
mod moves;
mod staged;
mod stages;

pub(crate) use bind::{Claims, Deployed, bind};
pub(crate) use moves::{
    Answer, DomainFact, Standing, previous, rolled_back, settled, standing, standing_findings,
};
pub(crate) use staged::Staged;
pub(crate) use stages::{Limits, Stage, Step, Tally, p95, stage, step};

#[cfg(test)]
mod tests;
