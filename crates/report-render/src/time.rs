//! The times of a verdict, which may be a stranger's: only what is a time is used as one.

use jiff::{SignedDuration, Timestamp};
use verdict::Verdict;

/// A time as it is written, if it is one in UTC.
pub(crate) fn checked(text: &str) -> Option<&str> {
    let utc = text.len() <= 30 && text.ends_with('Z');
    (utc && read(text).is_some()).then_some(text)
}

/// When a gate started.
pub(crate) fn started(verdict: &Verdict) -> Option<Timestamp> {
    read(&verdict.started_at)
}

/// How long a gate took, in seconds; nothing when its times make no sense.
pub(crate) fn took(verdict: &Verdict) -> Option<i64> {
    let finished = read(&verdict.finished_at)?;
    let took: SignedDuration = finished.duration_since(started(verdict)?);
    Some(took.as_secs()).filter(|seconds| *seconds >= 0)
}

fn read(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{checked, took};
    use crate::samples::failing;

    #[test]
    fn only_times_are_times() {
        assert_eq!(
            checked("2026-01-01T00:00:00Z"),
            Some("2026-01-01T00:00:00Z")
        );
        for bad in [
            "",
            "now",
            "2026-13-01T00:00:00Z",
            "2026-01-01T00:00:00+02:00",
        ] {
            assert_eq!(checked(bad), None, "{bad}");
        }
        let mut verdict = failing();
        assert_eq!(took(&verdict), Some(41));
        verdict.finished_at = "2025-01-01T00:00:00Z".to_owned();
        assert_eq!(took(&verdict), None, "not before it started");
    }
}
