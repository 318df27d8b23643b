//! What a server's certificate says, whether it is trusted or not.

use rustls::pki_types::CertificateDer;
use x509_parser::prelude::{FromDer as _, GeneralName, ParsedExtension, X509Certificate};

/// A server's certificate, and how many came with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Whom it is for, as a distinguished name.
    pub subject: String,
    /// Who issued it.
    pub issuer: String,
    /// The names and addresses it is valid for.
    pub names: Vec<String>,
    /// From when, in seconds since 1970.
    pub not_before: i64,
    /// Until when, in seconds since 1970.
    pub not_after: i64,
    /// How many certificates the server sent, its own included.
    pub chain: usize,
    /// The first certificate's end in the chain, in seconds since 1970: what ends before it breaks first.
    pub chain_not_after: i64,
}

impl Certificate {
    /// Reads a chain, the server's own certificate first; `None` when the first is no X.509 certificate.
    pub(super) fn read(chain: &[CertificateDer<'_>]) -> Option<Self> {
        let ends = chain
            .iter()
            .filter_map(|der| X509Certificate::from_der(der).ok())
            .map(|(_, certificate)| certificate.validity().not_after.timestamp());
        let chain_not_after = ends.min()?;
        let (_, leaf) = X509Certificate::from_der(chain.first()?).ok()?;
        Some(Self {
            subject: leaf.subject().to_string(),
            issuer: leaf.issuer().to_string(),
            names: names(&leaf),
            not_before: leaf.validity().not_before.timestamp(),
            not_after: leaf.validity().not_after.timestamp(),
            chain: chain.len(),
            chain_not_after,
        })
    }

    /// Whole days until the first certificate of the chain ends; negative when one has ended.
    pub fn days_left(&self, now: i64) -> i64 {
        self.chain_not_after.saturating_sub(now).div_euclid(86_400)
    }
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    certificate
        .extensions()
        .iter()
        .filter_map(|extension| match extension.parsed_extension() {
            ParsedExtension::SubjectAlternativeName(names) => Some(&names.general_names),
            _ => None,
        })
        .flatten()
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Some((*name).to_owned()),
            GeneralName::IPAddress(bytes) => address(bytes),
            _ => None,
        })
        .collect()
}

fn address(bytes: &[u8]) -> Option<String> {
    if let Ok(four) = <[u8; 4]>::try_from(bytes) {
        return Some(std::net::Ipv4Addr::from(four).to_string());
    }
    let sixteen = <[u8; 16]>::try_from(bytes).ok()?;
    Some(std::net::Ipv6Addr::from(sixteen).to_string())
}
