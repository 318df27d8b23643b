//! Reads how long a server asks us to stay away: `Retry-After` (RFC 9110, 10.2.3: seconds or a date) and the
//! `x-ratelimit-remaining` / `x-ratelimit-reset` pair that GitHub and Vercel send.

use std::time::Duration;

use http::{HeaderMap, header::RETRY_AFTER};
use jiff::{Timestamp, fmt::rfc2822::DateTimeParser};

const REMAINING: &str = "x-ratelimit-remaining";
const RESET: &str = "x-ratelimit-reset";

/// The wait the server asks for, from `now`.
///
/// `Retry-After` wins. Without it, `x-ratelimit-reset` (seconds since 1970) counts if no request remains, because GitHub
/// sends the pair with every answer. A time in the past is zero; anything unreadable is `None`, and the caller's own
/// backoff applies.
#[must_use]
pub fn parse_retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    if let Some(value) = text(headers, RETRY_AFTER.as_str()) {
        return seconds_or_date(value, now);
    }
    if !rate_limit_exhausted(headers) {
        return None;
    }
    let reset = Timestamp::from_second(text(headers, RESET)?.parse().ok()?).ok()?;
    Some(until(reset, now))
}

/// Whether the server says that no request remains in this window.
#[must_use]
pub fn rate_limit_exhausted(headers: &HeaderMap) -> bool {
    text(headers, REMAINING) == Some("0")
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

fn seconds_or_date(value: &str, now: Timestamp) -> Option<Duration> {
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    // The HTTP date is the RFC 2822 one with GMT for its zone.
    let date = DateTimeParser::new().parse_timestamp(value).ok()?;
    Some(until(date, now))
}

fn until(then: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(then.duration_since(now)).unwrap_or(Duration::ZERO)
}

#[cfg(test)]
mod tests {
    use jiff::fmt::rfc2822::DateTimePrinter;
    use proptest::prelude::*;

    use super::*;

    type Pairs<'a> = &'a [(&'a str, &'a str)];

    fn ask(pairs: Pairs<'_>) -> Option<u64> {
        let headers = pairs
            .iter()
            .map(|(name, value)| {
                (
                    name.parse::<http::HeaderName>().unwrap(),
                    value.parse().unwrap(),
                )
            })
            .collect();
        // Sun, 06 Nov 1994 08:49:37 GMT, the date of RFC 9110.
        let now = Timestamp::from_second(784_111_777).unwrap();
        parse_retry_after(&headers, now).map(|wait| wait.as_secs())
    }

    #[test]
    fn forms() {
        let table: &[(Pairs, Option<u64>)] = &[
            (&[], None),
            (&[("retry-after", "7")], Some(7)),
            (&[("retry-after", " 7 ")], Some(7)),
            (&[("retry-after", "0")], Some(0)),
            (&[("retry-after", "-1")], None),
            (&[("retry-after", "soon")], None),
            (&[("retry-after", "")], None),
            (
                &[("retry-after", "Sun, 06 Nov 1994 08:50:37 GMT")],
                Some(60),
            ),
            (&[("retry-after", "Sun, 06 Nov 1994 08:00:00 GMT")], Some(0)),
            (&[("retry-after", "Mon, 06 Nov 1994 08:50:37 GMT")], None),
            (
                &[
                    ("x-ratelimit-remaining", "0"),
                    ("x-ratelimit-reset", "784111787"),
                ],
                Some(10),
            ),
            (
                &[
                    ("x-ratelimit-remaining", "3"),
                    ("x-ratelimit-reset", "784111787"),
                ],
                None,
            ),
            (
                &[
                    ("x-ratelimit-remaining", "0"),
                    ("x-ratelimit-reset", "later"),
                ],
                None,
            ),
            (
                &[
                    ("x-ratelimit-remaining", "0"),
                    ("x-ratelimit-reset", "9223372036854775807"),
                ],
                None,
            ),
            (
                &[
                    ("retry-after", "1"),
                    ("x-ratelimit-remaining", "0"),
                    ("x-ratelimit-reset", "784111787"),
                ],
                Some(1),
            ),
        ];
        for (pairs, expected) in table {
            assert_eq!(ask(pairs), *expected, "{pairs:?}");
        }
    }

    proptest! {
        #[test]
        fn a_date_is_the_time_until_then(now in 0_i64..4_000_000_000, wait in -100_000_i64..100_000) {
            let now = Timestamp::from_second(now).unwrap();
            let then = Timestamp::from_second(now.as_second() + wait).unwrap();
            let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&then).unwrap();
            let headers = [(RETRY_AFTER, date.parse().unwrap())].into_iter().collect();
            let expected = Duration::from_secs(wait.max(0).unsigned_abs());
            prop_assert_eq!(parse_retry_after(&headers, now), Some(expected));
        }

        #[test]
        fn any_header_is_read_without_a_panic(value in "[ -~]{0,40}", reset in "[ -~]{0,24}") {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, value.parse().unwrap());
            let _ = parse_retry_after(&headers, Timestamp::UNIX_EPOCH);
            headers.remove(RETRY_AFTER);
            headers.insert(REMAINING, 0.into());
            headers.insert(RESET, reset.parse().unwrap());
            let _ = parse_retry_after(&headers, Timestamp::MAX);
        }
    }
}
