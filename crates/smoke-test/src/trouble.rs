//! Gives a request without an answer the name people search for. The client reports the chain of causes as text; the names
//! here are found by the words that the resolver, the system, rustls and hyper use, and a test with real servers watches
//! each of them.

use http_client::{Error, Failure};

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

/// Rule, words that name it, what it means, what may help. The first row that fits counts.
type Row = (
    &'static str,
    &'static [&'static str],
    &'static str,
    Option<&'static str>,
);

const ROWS: [Row; 6] = [
    (
        "unresolvable-host",
        &["dns error", "failed to lookup address"],
        "the host does not resolve",
        Some("check the input `url`"),
    ),
    (
        "invalid-tls",
        &[
            "certificate",
            "tls handshake",
            "corrupt message",
            "received fatal alert",
            "InvalidContentType",
            "peer is incompatible",
        ],
        "no trusted TLS connection",
        Some("look at the certificate's hosts, dates and issuer"),
    ),
    (
        "connection-refused",
        &["Connection refused"],
        "the connection is refused",
        Some("check host and port of the input `url`, and that the deployment runs"),
    ),
    (
        "endless-headers",
        &["message head is too large", "too many headers"],
        "the answer's headers do not end",
        None,
    ),
    (
        "cut-short",
        &[
            "end of file before message length",
            "unexpected EOF during chunk",
            "body write aborted",
        ],
        "the answer is shorter than announced",
        None,
    ),
    (
        "not-http",
        &[
            "received unexpected message from connection",
            "invalid HTTP version parsed",
            "invalid HTTP status-code",
            "invalid HTTP header",
            "invalid content-length",
            "invalid transfer-encoding",
        ],
        "the answer is no HTTP",
        None,
    ),
];

/// Names the trouble.
pub fn name(error: &Error) -> Trouble {
    match error {
        Error::TooLarge { limit, .. } => Trouble {
            rule: "endless-body",
            message: format!("the answer's body is larger than {} KiB", limit >> 10),
            fix: Some("check a smaller page"),
            may_have_landed: true,
        },
        Error::Transport { cause, failure, .. } => {
            let fits = |row: &&Row| row.1.iter().any(|words| cause.contains(words));
            let (rule, meaning, fix) = match (ROWS.iter().find(fits), failure) {
                (Some((rule, _, meaning, fix)), _) => (*rule, *meaning, *fix),
                (None, Failure::Timeout) => ("slow-answer", "no whole answer in time", None),
                (None, Failure::Connect) => ("no-connection", "no connection", None),
                (None, Failure::Reset) => (
                    "connection-reset",
                    "the connection broke before the answer was whole",
                    None,
                ),
                (None, Failure::Fatal) => ("bad-request", "the request cannot be sent", None),
            };
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
