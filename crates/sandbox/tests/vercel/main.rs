//! Vercel's half over real HTTP: the API's strictness and state machine, and what the edge serves.

mod cache;
mod deploy;
mod faults;
mod release;
mod rolling;
mod routes;
mod strict;
mod support;
mod wall;
