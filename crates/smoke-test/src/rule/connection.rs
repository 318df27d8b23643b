//! Tests of times and of the encrypted connection.

use std::time::Duration;

use pipeline_config::Millis;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::Mismatch;
use crate::seen::Answered;

/// A version of TLS that a client of today speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TlsVersion {
    /// 1.2.
    V1_2,
    /// 1.3.
    V1_3,
}

impl TlsVersion {
    /// Reads `1.2` or `1.3`.
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim() {
            "1.2" => Some(Self::V1_2),
            "1.3" => Some(Self::V1_3),
            _ => None,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::V1_2 => "1.2",
            Self::V1_3 => "1.3",
        }
    }
}

pub(super) fn slower(took: Duration, limit: Millis) -> bool {
    took.as_secs_f64() * 1e3 > limit.value()
}

pub(super) fn too_old(answer: &Answered, oldest: TlsVersion) -> Option<Mismatch> {
    let Some(tls) = &answer.response.tls else {
        return Some(not_encrypted());
    };
    let found = tls.version.and_then(TlsVersion::parse);
    let message = match found {
        Some(found) if found >= oldest => return None,
        Some(found) => format!(
            "the connection is TLS {}, expected {} or newer",
            found.name(),
            oldest.name()
        ),
        None => "the connection does not say its TLS version".to_owned(),
    };
    Some(Mismatch::error("tls", message))
}

pub(super) fn expires(answer: &Answered, days: u32) -> Option<Mismatch> {
    if answer.response.tls.is_none() {
        return Some(not_encrypted());
    }
    let left = expires_at(answer).map(|end| (end - answer.now.as_second()).div_euclid(86_400));
    let message = match left {
        Some(left) if left >= i64::from(days) => return None,
        Some(left) => {
            format!("the certificate is valid for {left} days more, expected {days} or more")
        }
        None => "the server's certificate cannot be read".to_owned(),
    };
    Some(Mismatch::error("certificate", message))
}

/// The end of the server's certificate, in seconds since 1970.
pub(crate) fn expires_at(answer: &Answered) -> Option<i64> {
    let der = answer.response.tls.as_ref()?.certificate.as_ref()?;
    let (_, certificate) = X509Certificate::from_der(der).ok()?;
    Some(certificate.validity().not_after.timestamp())
}

fn not_encrypted() -> Mismatch {
    Mismatch::error("tls", "the connection is not encrypted")
}
