//! The one reqwest client of the suite: rustls on ring, our own User-Agent, proxies from the environment, no redirects of
//! its own. octocrab runs on it too, so that every request leaves by the same door.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::{
    classify::Class, error::Error, reason::Unresolvable, redirect::Redirects, response::Response,
    retry::RetryPolicy,
};

/// What we call ourselves; services ask API users for a name of their own.
pub const USER_AGENT: &str = concat!("stagegate/", env!("CARGO_PKG_VERSION"));

/// Sorts an answer by its body, for services that tell there how long they stay away; `None` leaves it to [`classify`].
///
/// [`classify`]: crate::classify
pub type BodyClass = fn(&Response, Timestamp) -> Option<Class>;

/// How a [`Client`](crate::Client) behaves unless a request says otherwise.
#[derive(Debug, Clone)]
pub struct Options {
    /// Time for DNS, TCP and TLS together.
    pub connect_timeout: Duration,
    /// Time for one try, from sending to the last byte of the answer.
    pub timeout: Duration,
    /// How often failed requests are sent again.
    pub retry: RetryPolicy,
    /// Which redirects are followed.
    pub redirects: Redirects,
    /// The largest answer taken, in bytes; one above it is an error.
    pub body_limit: u64,
    /// What the body of an answer says about a further try, where its headers do not.
    pub body_class: Option<BodyClass>,
    /// Whether answers say how their connection was encrypted ([`Response::tls`](crate::Response::tls)).
    pub tls_facts: bool,
}

impl Default for Options {
    /// 10 s to connect, 30 s per try, the default retry policy, no redirects, answers up to 16 MiB.
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(30),
            retry: RetryPolicy::default(),
            redirects: Redirects::None,
            body_limit: 16 << 20,
            body_class: None,
            tls_facts: false,
        }
    }
}

/// Makes ring the process's provider of cryptography, once. Called by [`reqwest_client`]; a process that opens TLS
/// another way calls it in `main`.
pub fn ensure_crypto() {
    // An error says that a provider is there already, which is all we want.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Builds the reqwest client of the suite, for callers that bring a protocol layer of their own. It follows no redirects
/// and repeats nothing but what HTTP/2 declares unprocessed.
///
/// # Errors
/// When TLS cannot be set up, for example because the machine has no certificate authorities at all.
pub fn reqwest_client(options: &Options) -> Result<reqwest::Client, Error> {
    base(options).build().map_err(|error| Error::setup(&error))
}

/// The same for a caller that talks to one server only: past any proxy when that server is this machine.
///
/// # Errors
/// As [`reqwest_client`].
pub fn reqwest_client_for(url: &Url, options: &Options) -> Result<reqwest::Client, Error> {
    if is_loopback(url) {
        direct_client(options)
    } else {
        reqwest_client(options)
    }
}

/// The same, past any proxy: for this machine's own ports, which no proxy can reach.
pub(crate) fn direct_client(options: &Options) -> Result<reqwest::Client, Error> {
    base(options)
        .no_proxy()
        .build()
        .map_err(|error| Error::setup(&error))
}

fn base(options: &Options) -> reqwest::ClientBuilder {
    ensure_crypto();
    reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .connect_timeout(options.connect_timeout)
        .timeout(options.timeout)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .dns_resolver(Arc::new(Resolver))
        .tls_info(options.tls_facts)
}

/// The system's resolver, whose failures have a type.
struct Resolver;

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await;
            let addresses = found.map_err(Unresolvable)?;
            let addresses: Addrs = Box::new(addresses.collect::<Vec<_>>().into_iter());
            Ok(addresses)
        })
    }
}

/// Whether a URL names this machine: `localhost`, `127.0.0.0/8` or `[::1]`.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_hosts() {
        for (url, expected) in [
            ("http://127.0.0.1:1/", true),
            ("http://127.9.9.9/", true),
            ("http://[::1]:8080/", true),
            ("http://localhost/", true),
            ("http://app.localhost/", true),
            ("http://localhost.example/", false),
            ("http://127.0.0.1.example/", false),
            ("http://128.0.0.1/", false),
            ("mailto:a@localhost", false),
        ] {
            assert_eq!(is_loopback(&url.parse().unwrap()), expected, "{url}");
        }
    }
}
