//! Used-up quotas. Vercel locks such an account out for up to a day; unlike a rate limit no further try mends that, so it is
//! one error, at once and by name.

use std::time::Duration;

use http_client::{Class, Response};
use serde::Deserialize;

/// A plan's quota.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Quota {
    /// As Vercel calls it, in a field, as the code or in the message.
    name: &'static str,
    /// What it allows and what helps.
    pub(crate) fix: &'static str,
}

const QUOTAS: [Quota; 3] = [
    Quota {
        name: "api-upload-free",
        fix: "the Hobby plan allows 5,000 uploads in 24 hours and is locked until then: wait; one archive instead of many files stays below it (`archive: always`)",
    },
    Quota {
        name: "api-upload-paid",
        fix: "the Pro plan allows 40,000 uploads in 24 hours and is locked until then: wait; one archive instead of many files stays below it (`archive: always`)",
    },
    Quota {
        name: "api-deployments-free-per-day",
        fix: "the Hobby plan allows 100 deployments a day: wait, or upgrade",
    },
];

/// What the body of a 429 says about the limit.
#[derive(Deserialize)]
struct Envelope {
    error: Body,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Body {
    code: String,
    name: String,
    message: String,
    limit: Limit,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Limit {
    /// Milliseconds since 1970.
    reset_ms: Option<i64>,
    /// Seconds since 1970.
    reset: Option<i64>,
}

/// The quota that a refusal is about.
pub(crate) fn named(code: &str, name: &str, message: &str) -> Option<&'static Quota> {
    QUOTAS
        .iter()
        .find(|quota| code == quota.name || name == quota.name || message.contains(quota.name))
}

/// What the body of an answer says about a further try: a used-up quota ends it; a rate limit says there how long it lasts
/// where no header does.
pub(crate) fn class(response: &Response, now: jiff::Timestamp) -> Option<Class> {
    if response.status.as_u16() != 429 {
        return None;
    }
    let Body {
        code,
        name,
        message,
        limit,
    } = response.json::<Envelope>().ok()?.error;
    if named(&code, &name, &message).is_some() {
        return Some(Class::Final);
    }
    if http_client::parse_retry_after(&response.headers, now).is_some() {
        return None;
    }
    let reset = limit
        .reset_ms
        .or_else(|| limit.reset?.checked_mul(1000))?
        .saturating_sub(now.as_millisecond());
    let wait = Duration::from_millis(u64::try_from(reset).unwrap_or(0));
    Some(Class::Limited(Some(wait)))
}
