//! Vercel's half over real HTTP: the API's strictness and state machine, and what the edge serves.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail the test"
)]

mod archive;
mod builds;
mod cache;
mod cli;
mod deploy;
mod domains;
mod edge_cache;
mod events;
mod faults;
mod lists;
mod many;
mod quota;
mod release;
mod rolling;
mod routes;
mod sdk;
mod strict;
mod support;
mod wall;
