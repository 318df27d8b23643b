//! What an answer means for a retry. The one question that matters is whether the request may have taken effect: a POST
//! that did must not be sent again, or a comment appears twice.

use std::time::Duration;

use http::{HeaderMap, Method, StatusCode};
use jiff::Timestamp;

use crate::retry_after::{parse_retry_after, rate_limit_exhausted};

/// Whether sending the same request twice leaves the server as sending it once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeatable {
    /// Twice is as good as once: reads, PUT, DELETE, and writes addressed by their content.
    Yes,
    /// Only when the first provably had no effect.
    No,
}

impl Repeatable {
    /// The default by method (RFC 9110, 9.2.2). PATCH counts as not repeatable.
    #[must_use]
    pub fn by_method(method: &Method) -> Self {
        if method.is_idempotent() {
            Self::Yes
        } else {
            Self::No
        }
    }
}

/// A request that brought no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// No connection came about (DNS, refused, TLS): the server did not see the request.
    Connect,
    /// The answer took too long; the server may have acted.
    Timeout,
    /// The connection broke while sending or receiving; the server may have acted.
    Reset,
    /// A further try cannot help: a malformed request, a redirect that is not followed, an answer above the size cap.
    Fatal,
}

/// What one try brought.
#[derive(Debug, Clone, Copy)]
pub enum Answer<'a> {
    /// An HTTP answer.
    Status(StatusCode, &'a HeaderMap),
    /// None.
    Failed(Failure),
}

/// The meaning of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Below 400: the caller reads it.
    Done,
    /// Refused by a rate limit before it was handled. The wait is what the server asks for, if it says.
    Limited(Option<Duration>),
    /// The server did not handle it (no connection).
    NotHandled,
    /// It failed for now, after it may have taken effect. The wait is what the server asks for, if it says.
    Transient(Option<Duration>),
    /// It will fail again.
    Final,
}

impl Class {
    /// Whether a request may be sent again after this.
    #[must_use]
    pub fn may_repeat(self, repeatable: Repeatable) -> bool {
        match self {
            Self::Limited(_) | Self::NotHandled => true,
            Self::Transient(_) => repeatable == Repeatable::Yes,
            Self::Done | Self::Final => false,
        }
    }

    /// The wait the server asks for.
    #[must_use]
    pub fn asked_wait(self) -> Option<Duration> {
        match self {
            Self::Limited(wait) | Self::Transient(wait) => wait,
            Self::Done | Self::NotHandled | Self::Final => None,
        }
    }
}

/// Sorts an answer. `now` is needed where a server names a date.
///
/// 429 is a limit; 403 is one only with `Retry-After` or an exhausted `x-ratelimit-remaining`: GitHub answers its secondary
/// limit so, and every other 403 is final. GitHub's 403 that carries neither header is known by its body only, so
/// github-client names that one itself. 501 and 505 are final: the server will not learn it meanwhile.
#[must_use]
pub fn classify(answer: Answer<'_>, now: Timestamp) -> Class {
    let (status, headers) = match answer {
        Answer::Failed(Failure::Connect) => return Class::NotHandled,
        Answer::Failed(Failure::Timeout | Failure::Reset) => return Class::Transient(None),
        Answer::Failed(Failure::Fatal) => return Class::Final,
        Answer::Status(status, headers) => (status, headers),
    };
    let wait = parse_retry_after(headers, now);
    match status.as_u16() {
        0..=399 => Class::Done,
        429 => Class::Limited(wait),
        403 if headers.contains_key(http::header::RETRY_AFTER) || rate_limit_exhausted(headers) => {
            Class::Limited(wait)
        }
        408 | 500 | 502..=504 | 506..=599 => Class::Transient(wait),
        _ => Class::Final,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Pairs<'a> = &'a [(&'a str, &'a str)];

    fn headers(pairs: Pairs<'_>) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (
                    name.parse::<http::HeaderName>().unwrap(),
                    value.parse().unwrap(),
                )
            })
            .collect()
    }

    #[test]
    fn answers_by_status_and_headers() {
        let wait = |seconds| Some(Duration::from_secs(seconds));
        let table: &[(u16, Pairs, Class)] = &[
            (200, &[], Class::Done),
            (304, &[], Class::Done),
            (400, &[], Class::Final),
            (401, &[("retry-after", "1")], Class::Final),
            (403, &[], Class::Final),
            (403, &[("x-ratelimit-remaining", "12")], Class::Final),
            (403, &[("retry-after", "60")], Class::Limited(wait(60))),
            (
                403,
                &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "130")],
                Class::Limited(wait(30)),
            ),
            (404, &[], Class::Final),
            (408, &[], Class::Transient(None)),
            (409, &[], Class::Final),
            (429, &[], Class::Limited(None)),
            (429, &[("retry-after", "2")], Class::Limited(wait(2))),
            (500, &[], Class::Transient(None)),
            (501, &[], Class::Final),
            (503, &[("retry-after", "5")], Class::Transient(wait(5))),
            (505, &[], Class::Final),
            (522, &[], Class::Transient(None)),
        ];
        let now = Timestamp::from_second(100).unwrap();
        for (status, pairs, expected) in table {
            let headers = headers(pairs);
            let status = StatusCode::from_u16(*status).unwrap();
            assert_eq!(
                classify(Answer::Status(status, &headers), now),
                *expected,
                "{status} {pairs:?}"
            );
        }
    }

    #[test]
    fn a_post_is_repeated_only_when_it_did_not_land() {
        let post = Repeatable::by_method(&Method::POST);
        let failed =
            |failure| classify(Answer::Failed(failure), Timestamp::UNIX_EPOCH).may_repeat(post);
        assert!(failed(Failure::Connect));
        assert!(!failed(Failure::Timeout));
        assert!(!failed(Failure::Reset));
        let answered = |status, headers: HeaderMap| {
            classify(Answer::Status(status, &headers), Timestamp::UNIX_EPOCH).may_repeat(post)
        };
        let asks = || headers(&[("retry-after", "1")]);
        assert!(answered(StatusCode::TOO_MANY_REQUESTS, HeaderMap::new()));
        assert!(answered(StatusCode::FORBIDDEN, asks()));
        assert!(!answered(StatusCode::BAD_GATEWAY, HeaderMap::new()));
        assert!(!answered(StatusCode::SERVICE_UNAVAILABLE, asks()));
    }

    #[test]
    fn methods() {
        for (method, expected) in [
            (Method::GET, Repeatable::Yes),
            (Method::HEAD, Repeatable::Yes),
            (Method::PUT, Repeatable::Yes),
            (Method::DELETE, Repeatable::Yes),
            (Method::POST, Repeatable::No),
            (Method::PATCH, Repeatable::No),
        ] {
            assert_eq!(Repeatable::by_method(&method), expected, "{method}");
        }
    }
}
