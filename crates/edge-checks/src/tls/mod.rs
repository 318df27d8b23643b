//! Which TLS versions a server accepts, and the certificate it shows. Each version is tried by a connection of its own:
//! 1.2 and 1.3 by a handshake that verifies as every request does, 1.0 and 1.1 by a hand-made ClientHello. Nothing but
//! handshakes is ever sent.

mod certificate;
mod hello;
mod recorder;

use std::{io, sync::Arc, time::Duration};

pub use certificate::Certificate;
use rustls::{ClientConfig, crypto::CryptoProvider, pki_types::ServerName};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;

use self::{
    hello::Answer,
    recorder::{Recorder, Seen},
};

/// The most that is read of an answer to a hand-made ClientHello.
const ANSWER_LIMIT: usize = 4096;

/// A version of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// RFC 2246, deprecated by RFC 8996.
    Tls10,
    /// RFC 4346, deprecated by RFC 8996.
    Tls11,
    /// RFC 5246.
    Tls12,
    /// RFC 8446.
    Tls13,
}

impl Version {
    /// All versions, oldest first.
    pub const ALL: [Self; 4] = [Self::Tls10, Self::Tls11, Self::Tls12, Self::Tls13];

    /// The name people write, such as `1.2`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tls10 => "1.0",
            Self::Tls11 => "1.1",
            Self::Tls12 => "1.2",
            Self::Tls13 => "1.3",
        }
    }

    const fn wire(self) -> u16 {
        match self {
            Self::Tls10 => 0x0301,
            Self::Tls11 => 0x0302,
            Self::Tls12 => 0x0303,
            Self::Tls13 => 0x0304,
        }
    }
}

/// What a server's TLS showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// The versions it accepts, oldest first.
    pub accepted: Vec<Version>,
    /// Its certificate.
    pub certificate: Certificate,
    /// Why the certificate is not trusted for this host; `None` when it is.
    pub distrust: Option<String>,
}

/// Why TLS could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The host's name cannot be a server's name.
    #[error("`{0}` cannot be the name of a TLS server")]
    Name(String),
    /// No connection.
    #[error("connect to {host}:{port}: {source}")]
    Connect {
        /// The host.
        host: String,
        /// The port.
        port: u16,
        /// Why.
        source: io::Error,
    },
    /// The server did not answer in time.
    #[error("no answer to a TLS {} handshake within {} s", version.name(), patience.as_secs_f64())]
    Slow {
        /// The version that was tried.
        version: Version,
        /// The time it had.
        patience: Duration,
    },
    /// Something answers that is no TLS server.
    #[error("{host}:{port} answers a TLS handshake with something else")]
    Foreign {
        /// The host.
        host: String,
        /// The port.
        port: u16,
    },
    /// No version we speak is accepted.
    #[error("{host}:{port} accepts neither TLS 1.2 nor 1.3: {reason}")]
    Nothing {
        /// The host.
        host: String,
        /// The port.
        port: u16,
        /// What the last handshake ended with.
        reason: String,
    },
    /// TLS cannot be set up on this machine.
    #[error("set up TLS: {0}")]
    Setup(rustls::Error),
}

/// Where a server is, and how long each connection may take.
#[derive(Clone, Copy, Debug)]
pub struct Server<'a> {
    /// Its name or address.
    pub host: &'a str,
    /// Its port.
    pub port: u16,
    /// The time one connection gets.
    pub patience: Duration,
}

impl Server<'_> {
    /// Looks at the server's TLS.
    ///
    /// # Errors
    /// When a version could neither be accepted nor refused, or no certificate was shown.
    pub async fn look(&self) -> Result<Tls, Error> {
        let mut accepted = Vec::new();
        for version in [Version::Tls10, Version::Tls11] {
            if self.accepts_old(version).await? {
                accepted.push(version);
            }
        }
        let mut shown: Option<Seen> = None;
        let mut reason = String::new();
        for version in [Version::Tls12, Version::Tls13] {
            match self.handshake(version).await? {
                Ok(seen) => {
                    accepted.push(version);
                    shown = Some(seen);
                }
                Err(why) => reason = why,
            }
        }
        let nothing = || Error::Nothing {
            host: self.host.to_owned(),
            port: self.port,
            reason,
        };
        let Some(Seen {
            certificate: Some(certificate),
            distrust,
        }) = shown
        else {
            return Err(nothing());
        };
        Ok(Tls {
            accepted,
            certificate,
            distrust,
        })
    }

    /// Whether a version that rustls does not speak is accepted.
    async fn accepts_old(&self, version: Version) -> Result<bool, Error> {
        self.within(version, async {
            let mut stream = self.connect().await?;
            let mut random = [0; 32];
            // The handshake is given up at the answer, so nothing rests on these bytes.
            let _ = getrandom::fill(&mut random);
            let hello = hello::client_hello(version, self.host, random);
            let mut bytes = Vec::new();
            if stream.write_all(&hello).await.is_err() {
                return Ok(false);
            }
            loop {
                match hello::read(version, &bytes) {
                    Answer::Accepted => return Ok(true),
                    Answer::Refused(_) => return Ok(false),
                    Answer::Foreign => {
                        return Err(Error::Foreign {
                            host: self.host.to_owned(),
                            port: self.port,
                        });
                    }
                    Answer::Incomplete if bytes.len() >= ANSWER_LIMIT => return Ok(false),
                    Answer::Incomplete => {}
                }
                // A server may also refuse by hanging up.
                match stream.read_buf(&mut bytes).await {
                    Ok(0) | Err(_) => return Ok(false),
                    Ok(_) => {}
                }
            }
        })
        .await
    }

    /// A handshake with one version only: what it showed, or why the server refused.
    async fn handshake(&self, version: Version) -> Result<Result<Seen, String>, Error> {
        let name = ServerName::try_from(self.host.to_owned())
            .map_err(|_| Error::Name(self.host.to_owned()))?;
        let crypto = Arc::new(rustls::crypto::ring::default_provider());
        let (recorder, config) = client(version, crypto).map_err(Error::Setup)?;
        self.within(version, async {
            let stream = self.connect().await?;
            let outcome = TlsConnector::from(Arc::new(config))
                .connect(name, stream)
                .await;
            Ok(match outcome {
                Ok(_) => recorder.take().ok_or_else(|| "no certificate".to_owned()),
                Err(error) => Err(error.to_string()),
            })
        })
        .await
    }

    async fn connect(&self) -> Result<TcpStream, Error> {
        TcpStream::connect((self.host, self.port))
            .await
            .map_err(|source| Error::Connect {
                host: self.host.to_owned(),
                port: self.port,
                source,
            })
    }

    async fn within<T>(
        &self,
        version: Version,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        timeout(self.patience, work)
            .await
            .unwrap_or(Err(Error::Slow {
                version,
                patience: self.patience,
            }))
    }
}

fn client(
    version: Version,
    crypto: Arc<CryptoProvider>,
) -> Result<(Arc<Recorder>, ClientConfig), rustls::Error> {
    let versions: &[&rustls::SupportedProtocolVersion] = match version {
        Version::Tls13 => &[&rustls::version::TLS13],
        _ => &[&rustls::version::TLS12],
    };
    let recorder = Arc::new(Recorder::new(Arc::clone(&crypto))?);
    let config = ClientConfig::builder_with_provider(crypto)
        .with_protocol_versions(versions)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(&recorder) as Arc<_>)
        .with_no_client_auth();
    Ok((recorder, config))
}
