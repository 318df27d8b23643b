//! Both sides of the suite's GitHub against GitHub's own OpenAPI description (npm `@octokit/openapi`): every request
//! that github-client makes, and every answer that the sandbox gives. `cargo xtask conformance github-openapi` installs
//! the description, which is 30 MB and no part of the repository, and runs this.
//!
//! The sandbox records what goes over the wire, and each exchange is validated in this process. Prism as a proxy in
//! front of the sandbox would do the same job worse: it accepts fields that the description does not name, which is how
//! a misspelt one looks; it takes half a minute and 400 MB to start; and what it objects to has to be read out of a
//! header of answers that our clients hide.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod client;
mod description;
mod endpoints;
mod play;
mod schema;
