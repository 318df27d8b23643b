//! An answer, read whole, with what it took to get it.

use std::{sync::Arc, time::Duration};

use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use url::Url;

use crate::retry::GiveUp;

/// How long the try that brought the answer took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Timings {
    /// From sending to the answer's headers, connecting included where a connection was made.
    pub ttfb: Duration,
    /// From sending to the last byte.
    pub total: Duration,
}

/// How the connection of an answer was encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// The protocol's version, `1.2` or `1.3`.
    pub version: Option<&'static str>,
    /// The server's own certificate, in DER; never the rest of its chain.
    pub certificate: Option<Arc<[u8]>>,
}

impl Tls {
    /// What reqwest keeps of a handshake.
    pub(crate) fn of(info: &reqwest::tls::TlsInfo) -> Self {
        use reqwest::tls::Version;
        let names = [(Version::TLS_1_2, "1.2"), (Version::TLS_1_3, "1.3")];
        let version = info.version().and_then(|version| {
            let named = names.into_iter().find(|(known, _)| *known == version);
            named.map(|(_, name)| name)
        });
        Self {
            version,
            certificate: info.peer_certificate().map(Into::into),
        }
    }
}

/// An HTTP answer of any status: what a status means is the caller's business.
#[derive(Debug, Clone)]
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// Where it came from, after redirects.
    pub url: Url,
    /// The body, at most the request's limit.
    pub body: Vec<u8>,
    /// Of the last try and its last hop.
    pub timings: Timings,
    /// How often the request was sent; redirects not counted.
    pub tries: u32,
    /// Why a failed request was not sent again, where a retry might have helped.
    pub gave_up: Option<GiveUp>,
    /// The connection's encryption, if there was one and [`Options::tls_facts`](crate::Options::tls_facts) asks for it.
    pub tls: Option<Tls>,
}

impl Response {
    /// Whether the status is 2xx.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.status.is_success()
    }

    /// A header's text, if it is there once and readable.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as text; what is not UTF-8 is replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// When it is no JSON of this shape.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(&self.body)
    }
}
