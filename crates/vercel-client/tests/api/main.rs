//! The client against scripted answers: what is sent, what is repeated, what errors say. The flows against a service with a
//! memory are tested with the sandbox, in vercel-deploy.

#![allow(clippy::unwrap_used, reason = "a helper of a test may end it too")]

mod calls;
mod create;
mod log;
mod shipment;
mod support;
