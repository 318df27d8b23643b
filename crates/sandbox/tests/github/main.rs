//! The sandbox's GitHub through real HTTP: what it accepts, refuses, remembers, and how typed clients read it.

mod checks;
mod code;
mod conformance;
mod deployments;
mod edge;
mod refusals;
mod reviews;
mod support;
mod typed;
