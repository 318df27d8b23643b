//! Vercel's half: the REST API the gates use, kept in memory.

use crate::{Error, Options};

/// A cloneable handle of vercel's half; clones share one state.
#[derive(Debug, Clone)]
pub struct Vercel {}

impl Vercel {
    /// Starts the service on loopback.
    ///
    /// # Errors
    /// When its port is taken.
    pub(crate) async fn start(_options: &Options) -> Result<Self, Error> {
        Ok(Self {})
    }

    /// Stops the service and waits until its port is closed.
    pub(crate) async fn stop(&self) {}
}
