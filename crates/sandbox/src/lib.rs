//! GitHub's and Vercel's APIs on loopback: stateful, strict, with faults on demand.
//!
//! The sandbox is what `cargo rehearse` plays a pull request and a release against, and what the clients' tests talk to. It
//! refuses what the real services refuse (unknown fields, bad values, missing tokens), remembers what it accepted, and
//! really serves what is deployed. Everything lives in memory and dies with the process.

pub mod faults;
pub mod github;
mod page;
mod serve;
pub mod vercel;

use std::io;

/// How a sandbox is started; the default takes free ports and plays `stagegate/setlist`.
#[derive(Debug, Clone)]
pub struct Options {
    /// The one repository GitHub's half knows, as `owner/name`.
    pub repository: String,
    /// The port of GitHub's API and of the web page; 0 takes a free one.
    pub github_port: u16,
    /// The port of Vercel's API; 0 takes a free one.
    pub vercel_port: u16,
    /// The port that plays the production domain; 0 takes a free one.
    pub production_port: u16,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            repository: "stagegate/setlist".to_owned(),
            github_port: 0,
            vercel_port: 0,
            production_port: 0,
        }
    }
}

/// Why a sandbox could not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A port is taken or may not be opened.
    #[error("{server} cannot listen on 127.0.0.1:{port}: choose another port, or 0 for a free one")]
    Listen {
        /// Which server: `github`, `vercel`, `production` or a deployment's id.
        server: String,
        /// The port asked for.
        port: u16,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// The repository is not written `owner/name`.
    #[error("repository `{0}` is not of the form owner/name")]
    Repository(String),
    /// The operating system gave no random bytes for ids and form tokens.
    #[error("the operating system gives no random bytes: {0}")]
    Random(String),
}

/// Both services, started together. Clones share one state.
#[derive(Debug, Clone)]
pub struct Sandbox {
    /// GitHub's half: REST API, the web page and the controls of a play.
    pub github: github::GitHub,
    /// Vercel's half: REST API, one server per deployment and the production domain.
    pub vercel: vercel::Vercel,
}

impl Sandbox {
    /// Starts both services on loopback and returns once they answer.
    ///
    /// # Errors
    /// When a port is taken or the repository's name is malformed.
    pub async fn start(options: Options) -> Result<Self, Error> {
        let github = github::GitHub::start(&options).await?;
        let vercel = match vercel::Vercel::start(&options).await {
            Ok(vercel) => vercel,
            Err(error) => {
                github.stop().await;
                return Err(error);
            }
        };
        Ok(Self { github, vercel })
    }

    /// Stops both services and waits until their ports are closed.
    pub async fn stop(&self) {
        self.github.stop().await;
        self.vercel.stop().await;
    }
}
