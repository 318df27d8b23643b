//! Gives a request without an answer the name people search for, and says what may help.

use http_client::{Error, Failure, Reason};

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// The rule of its finding, such as `connection-refused`.
    pub rule: &'static str,
    /// In words, with the cause.
    pub message: String,
    /// What may help.
    pub fix: Option<&'static str>,
    /// Whether the server may have acted on the request.
    pub may_have_landed: bool,
}

/// Names the trouble.
pub fn name(error: &Error) -> Trouble {
    match error {
        Error::TooLarge { limit, .. } => Trouble {
            rule: "endless-body",
            message: format!("the answer's body is larger than {} KiB", limit >> 10),
            fix: Some("check a smaller page"),
            may_have_landed: true,
        },
        Error::Transport {
            cause,
            failure,
            reason,
            ..
        } => {
            let (rule, meaning, fix) = words(*reason);
            Trouble {
                rule,
                message: format!("{meaning} ({cause})"),
                fix,
                may_have_landed: matches!(failure, Failure::Timeout | Failure::Reset),
            }
        }
        other => Trouble {
            rule: "bad-request",
            message: other.to_string(),
            fix: None,
            may_have_landed: false,
        },
    }
}

/// Rule, what it means, what may help.
fn words(reason: Reason) -> (&'static str, &'static str, Option<&'static str>) {
    match reason {
        Reason::Unresolvable => (
            "unresolvable-host",
            "the host does not resolve",
            Some("check the input `url`"),
        ),
        Reason::Refused => (
            "connection-refused",
            "the connection is refused",
            Some("check host and port of the input `url`, and that the deployment runs"),
        ),
        Reason::NoConnection => ("no-connection", "no connection", None),
        Reason::Tls => (
            "invalid-tls",
            "no trusted TLS connection",
            Some("look at the certificate's hosts, dates and issuer"),
        ),
        Reason::Timeout => ("slow-answer", "no whole answer in time", None),
        Reason::Reset => (
            "connection-reset",
            "the connection broke before the answer was whole",
            None,
        ),
        Reason::CutShort => ("cut-short", "the answer is shorter than announced", None),
        Reason::EndlessHeaders => ("endless-headers", "the answer's headers do not end", None),
        Reason::NotHttp => ("not-http", "the answer is no HTTP", None),
        Reason::Unsendable => ("bad-request", "the request cannot be sent", None),
    }
}
