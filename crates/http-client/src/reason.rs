//! Why a request brought no answer, read off the errors of the layers below HTTP (resolver, system, rustls, hyper) by their
//! types. Their words change from release to release; the servers of smoke-test's tests break in each of these ways.

use std::{error::Error as StdError, io};

use crate::classify::Failure;

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The host's name has no address.
    Unresolvable,
    /// Nothing listens at the address.
    Refused,
    /// No connection came about for another reason, such as its timeout.
    NoConnection,
    /// No trusted encrypted connection came about.
    Tls,
    /// The answer was not whole in time.
    Timeout,
    /// The connection broke before the answer was whole.
    Reset,
    /// The answer ended before the length it announced.
    CutShort,
    /// The answer's headers are too many or too long.
    EndlessHeaders,
    /// What came is no HTTP.
    NotHttp,
    /// The request itself cannot be sent.
    Unsendable,
}

/// The resolver found no address.
#[derive(Debug, thiserror::Error)]
#[error("the name does not resolve")]
pub(crate) struct Unresolvable(#[source] pub(crate) io::Error);

impl Reason {
    /// The innermost cause that says something, or else what the kind of failure tells.
    pub(crate) fn of(error: &(dyn StdError + 'static), failure: Failure) -> Self {
        let connecting = failure == Failure::Connect;
        let mut found = None;
        let mut cause = Some(error);
        while let Some(one) = cause {
            found = Self::of_one(one, connecting).or(found);
            // An io::Error hands on the source of what it wraps and skips the wrapped error itself.
            cause = match one.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
                Some(wrapped) => Some(wrapped as &(dyn StdError + 'static)),
                None => one.source(),
            };
        }
        found.unwrap_or(match failure {
            Failure::Connect => Self::NoConnection,
            Failure::Timeout => Self::Timeout,
            Failure::Reset => Self::Reset,
            Failure::Fatal => Self::Unsendable,
        })
    }

    fn of_one(error: &(dyn StdError + 'static), connecting: bool) -> Option<Self> {
        if error.is::<Unresolvable>() {
            return Some(Self::Unresolvable);
        }
        if error.is::<rustls::Error>() {
            return Some(Self::Tls);
        }
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return match error.kind() {
                io::ErrorKind::ConnectionRefused => Some(Self::Refused),
                // Nothing but a handshake is read while connecting.
                io::ErrorKind::UnexpectedEof if connecting => Some(Self::Tls),
                io::ErrorKind::UnexpectedEof => Some(Self::CutShort),
                _ => None,
            };
        }
        let error = error.downcast_ref::<hyper::Error>()?;
        if error.is_parse_too_large() {
            Some(Self::EndlessHeaders)
        } else if error.is_parse() {
            Some(Self::NotHttp)
        } else if error.is_incomplete_message() || error.is_canceled() || error.is_closed() {
            Some(Self::Reset)
        } else if error.source().is_none() && !error.is_timeout() && !error.is_user() {
            // Bytes before any request was sent: the last of hyper's errors that comes without a cause, and has no question.
            Some(Self::NotHttp)
        } else {
            None
        }
    }
}
