//! Cache rules: what Cache-Control says to the browser, and whether the CDN really answered from its cache.

use http::HeaderMap;
use verdict::Finding;

use super::{Judged, at};
use crate::{facts::Cached, plan::CacheRule, site::values};

const RULE: &str = "edge-cache";

/// Headers in which a CDN says whether it had the answer, and the words that mean yes.
const STATUS_HEADERS: [&str; 5] = [
    "x-vercel-cache",
    "cf-cache-status",
    "cache-status",
    "x-cache",
    "x-cache-status",
];
const HITS: [&str; 5] = ["hit", "stale", "prerender", "revalidated", "updating"];

pub(super) fn judge(rule: &CacheRule, seen: &Cached, judged: &mut Judged) {
    let Some(last) = seen.answers.last() else {
        return;
    };
    let control = values(last, "cache-control").join(", ");
    let directives: Vec<String> = control
        .split(',')
        .map(|word| word.trim().to_lowercase())
        .filter(|word| !word.is_empty())
        .collect();
    let says = if control.is_empty() {
        "no Cache-Control".to_owned()
    } else {
        format!("`{control}`")
    };
    let mut refuse = |message: String, fix: &str, place| {
        judged
            .findings
            .push(at(Finding::error(RULE, message).fix(fix), place));
    };
    for wanted in &rule.directives {
        if !directives.contains(&wanted.value) {
            refuse(
                format!(
                    "{} is sent with {says}, without `{}`",
                    seen.path, wanted.value
                ),
                "set it where the answer is made, or in the host's header rules",
                wanted.place.as_ref(),
            );
        }
    }
    if let Some(limit) = &rule.max_age {
        let age = directives
            .iter()
            .find_map(|word| word.strip_prefix("max-age="))
            .and_then(|seconds| seconds.parse::<u64>().ok());
        if age.is_none_or(|age| age < limit.value) {
            refuse(
                format!(
                    "{} is sent with {says}, not with a max-age of {} s",
                    seen.path, limit.value
                ),
                "raise max-age",
                limit.place.as_ref(),
            );
        }
    }
    if let Some(cdn) = &rule.cdn {
        let hit = seen.answers.iter().skip(1).any(served_from_cache);
        if hit != cdn.value {
            let status = status(last).unwrap_or_else(|| "no cache status, no Age".to_owned());
            let (message, fix) = if cdn.value {
                (
                    format!(
                        "asked {} times, {} never came from the CDN's cache ({status})",
                        seen.answers.len(),
                        seen.path
                    ),
                    "let the CDN keep it, such as by `s-maxage` or `CDN-Cache-Control`",
                )
            } else {
                (
                    format!("{} came from the CDN's cache ({status})", seen.path),
                    "send `Cache-Control: private, no-store`",
                )
            };
            refuse(message, fix, cdn.place.as_ref());
        }
    }
}

/// Whether an answer says that it comes from a cache: by a status header, else by an Age.
pub(crate) fn served_from_cache(headers: &HeaderMap) -> bool {
    for name in STATUS_HEADERS {
        if let Some(value) = values(headers, name).first() {
            let value = value.to_lowercase();
            let mut words = value.split(|c: char| !c.is_ascii_alphanumeric());
            return words.any(|word| HITS.contains(&word));
        }
    }
    values(headers, "age")
        .first()
        .and_then(|age| age.trim().parse::<u64>().ok())
        .is_some_and(|age| age > 0)
}

fn status(headers: &HeaderMap) -> Option<String> {
    STATUS_HEADERS
        .iter()
        .chain(&["age"])
        .find_map(|name| Some(format!("{name}: {}", values(headers, name).first()?)))
}
