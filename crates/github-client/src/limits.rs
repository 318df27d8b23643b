//! Reads GitHub's refusals: which 403 is a rate limit, how long to stay away, which permission is
//! missing. GitHub's secondary limit may come as a 403 whose only sign is its text; then the
//! documentation asks for at least one minute.

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use http_client::{Class, classify, parse_retry_after, rate_limit_exhausted};
use jiff::Timestamp;
use serde::Deserialize;

use crate::call::{Outcome, Response};

/// The wait for a limit that names none, whether it comes as 403 or as 429 ("wait for at least one minute
/// before retrying", docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api).
pub(crate) const NAMELESS_WAIT: Duration = Duration::from_secs(60);

/// The longest text of GitHub's that a message of ours repeats, in characters.
const MESSAGE_CHARS: usize = 300;

#[derive(Deserialize)]
struct Refusal {
    message: Option<String>,
    errors: Option<serde_json::Value>,
}

/// Sorts an outcome as `http_client::classify` does, and knows GitHub's limits by their text too. `nameless`
/// is the wait for a limit that names none.
pub(crate) fn class(outcome: &Outcome, now: Timestamp, nameless: Duration) -> Class {
    match outcome {
        Outcome::Answered(response) if is_rate_limit(response) => {
            let asked = parse_retry_after(&response.headers, now);
            Class::Limited(Some(asked.unwrap_or(nameless)))
        }
        // The last request of a quota may be forbidden as well: then no wait helps.
        Outcome::Answered(response) if response.status == StatusCode::FORBIDDEN => Class::Final,
        _ => classify(outcome.answer(), now),
    }
}

/// Whether the answer is a rate limit, primary or secondary.
pub(crate) fn is_rate_limit(response: &Response) -> bool {
    match response.status {
        StatusCode::TOO_MANY_REQUESTS => true,
        StatusCode::FORBIDDEN => {
            response.headers.contains_key(http::header::RETRY_AFTER)
                || says_limit(&response.body)
                || (rate_limit_exhausted(&response.headers) && !says_forbidden(&response.body))
        }
        _ => false,
    }
}

/// `x-accepted-github-permissions: checks=write,contents=read` as a workflow would write it.
pub(crate) fn needed_permissions(headers: &HeaderMap) -> Option<String> {
    let value = headers
        .get("x-accepted-github-permissions")?
        .to_str()
        .ok()?;
    // Alternatives are separated by `;`: the first does.
    let first = value.split(';').next()?.trim();
    (!first.is_empty()).then(|| first.replace('=', ": ").replace(',', ", "))
}

/// GitHub's own words, in one bounded line without control characters.
pub(crate) fn message(body: &[u8]) -> String {
    let text = match serde_json::from_slice::<Refusal>(body) {
        Ok(refusal) => {
            let errors = refusal
                .errors
                .filter(|errors| !errors.is_null())
                .map(|errors| format!(" {errors}"));
            refusal.message.unwrap_or_default() + &errors.unwrap_or_default()
        }
        Err(_) => String::from_utf8_lossy(body).into_owned(),
    };
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    let line = words.join(" ");
    if line.is_empty() {
        return "no explanation".to_owned();
    }
    match line.char_indices().nth(MESSAGE_CHARS) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

fn says_limit(body: &[u8]) -> bool {
    // Also the older wording, which GitHub Enterprise Server still sends.
    let text = message(body).to_ascii_lowercase();
    text.contains("rate limit") || text.contains("abuse detection")
}

/// `Resource not accessible by integration`, `… by personal access token`.
fn says_forbidden(body: &[u8]) -> bool {
    message(body).contains("not accessible by")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECONDARY: &str = r#"{"message":"You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}"#;

    fn answered(status: u16, headers: &[(&str, &str)], body: &str) -> Outcome {
        let headers = headers
            .iter()
            .map(|(name, value)| {
                (
                    name.parse::<http::HeaderName>().unwrap(),
                    value.parse().unwrap(),
                )
            })
            .collect();
        Outcome::Answered(Response {
            status: StatusCode::from_u16(status).unwrap(),
            headers,
            body: body.as_bytes().to_vec(),
        })
    }

    #[test]
    fn refusals_by_status_headers_and_text() {
        let seconds = |n| Some(Duration::from_secs(n));
        let integration = r#"{"message":"Resource not accessible by integration"}"#;
        let abuse =
            r#"{"message":"You have triggered an abuse detection mechanism. Please wait."}"#;
        type Row<'a> = (u16, &'a [(&'a str, &'a str)], &'a str, Class);
        let table: &[Row<'_>] = &[
            (403, &[], integration, Class::Final),
            (403, &[], SECONDARY, Class::Limited(seconds(60))),
            (403, &[], abuse, Class::Limited(seconds(60))),
            (
                403,
                &[("retry-after", "5")],
                SECONDARY,
                Class::Limited(seconds(5)),
            ),
            (403, &[("retry-after", "5")], "", Class::Limited(seconds(5))),
            (
                403,
                &[("x-ratelimit-remaining", "4000")],
                SECONDARY,
                Class::Limited(seconds(60)),
            ),
            (
                403,
                &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "190")],
                r#"{"message":"API rate limit exceeded"}"#,
                Class::Limited(seconds(90)),
            ),
            (
                403,
                &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "190")],
                integration,
                Class::Final,
            ),
            (
                403,
                &[("x-ratelimit-remaining", "0")],
                "",
                Class::Limited(seconds(60)),
            ),
            (429, &[], "", Class::Limited(seconds(60))),
            (
                429,
                &[("retry-after", "Thu, 01 Jan 1970 00:02:10 GMT")],
                "",
                Class::Limited(seconds(30)),
            ),
            (429, &[], SECONDARY, Class::Limited(seconds(60))),
            (404, &[], SECONDARY, Class::Final),
            (502, &[], "<html>", Class::Transient(None)),
            (201, &[], "{}", Class::Done),
        ];
        let now = Timestamp::from_second(100).unwrap();
        for (status, headers, body, expected) in table {
            let outcome = answered(*status, headers, body);
            assert_eq!(
                class(&outcome, now, NAMELESS_WAIT),
                *expected,
                "{status} {headers:?} {body}"
            );
        }
    }

    #[test]
    fn messages_are_one_bounded_line() {
        assert_eq!(message(b""), "no explanation");
        assert_eq!(
            message(br#"{"message":"Validation Failed","errors":[{"field":"ref"}]}"#),
            r#"Validation Failed [{"field":"ref"}]"#
        );
        assert_eq!(
            message(b"<html>\n::error::x\x1b[31m"),
            "<html> ::error::x [31m"
        );
        assert_eq!(message("é".repeat(5000).as_bytes()).chars().count(), 301);
    }

    #[test]
    fn permissions_read_as_a_workflow_writes_them() {
        let headers = |value: &str| {
            [(
                http::HeaderName::from_static("x-accepted-github-permissions"),
                value.parse().unwrap(),
            )]
            .into_iter()
            .collect::<HeaderMap>()
        };
        assert_eq!(
            needed_permissions(&headers("issues=write; pull_requests=write")).as_deref(),
            Some("issues: write")
        );
        assert_eq!(
            needed_permissions(&headers("checks=write,contents=read")).as_deref(),
            Some("checks: write, contents: read")
        );
        assert_eq!(needed_permissions(&HeaderMap::new()), None);
    }
}
