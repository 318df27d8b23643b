//! When each gate ran, from the times of the verdicts: a bar per row, over one common span.

use jiff::Timestamp;
use verdict::Verdict;

use super::super::Ids;
use super::super::text::px;
use crate::quantity::duration;
use crate::time;

const WIDTH: f64 = 260.0;

/// The time from the first gate's start to the last one's end.
pub(in crate::html) struct Span {
    start: Timestamp,
    seconds: i64,
}

impl Span {
    /// The span of some verdicts; nothing when their times make no picture.
    pub(in crate::html) fn of(verdicts: &[&Verdict]) -> Option<Self> {
        let runs = || {
            verdicts
                .iter()
                .filter_map(|verdict| Some((time::started(verdict)?, time::took(verdict)?)))
        };
        let start = runs().map(|(start, _)| start).min()?;
        let end = runs()
            .map(|(start, took)| start.as_second().saturating_add(took))
            .max()?;
        let seconds = end.saturating_sub(start.as_second());
        // Verdicts of different days are not one release.
        (1..=172_800)
            .contains(&seconds)
            .then_some(Self { start, seconds })
    }

    /// The head of the column: start and end of the span.
    pub(in crate::html) fn axis(&self, ids: &mut Ids) -> String {
        let id = ids.next();
        let took = duration(self.seconds);
        format!(
            "<svg role=\"img\" aria-labelledby=\"t{id}\" width=\"{WIDTH}\" height=\"14\" viewBox=\"0 0 {WIDTH} 14\"><title id=\"t{id}\">Timeline over {took}</title>\
             <text class=\"tick\" x=\"0\" y=\"11\">0 s</text><text class=\"tick\" x=\"{WIDTH}\" y=\"11\" text-anchor=\"end\">{took}</text></svg>"
        )
    }

    /// One gate's bar.
    pub(in crate::html) fn bar(&self, verdict: &Verdict) -> String {
        let (Some(start), Some(took)) = (time::started(verdict), time::took(verdict)) else {
            return String::new();
        };
        let share = |seconds: i64| seconds as f64 / self.seconds as f64 * WIDTH;
        let from = share(start.as_second() - self.start.as_second()).clamp(0.0, WIDTH - 3.0);
        let length = share(took).clamp(3.0, WIDTH - from);
        format!(
            "<svg class=\"time\" width=\"{WIDTH}\" height=\"12\" viewBox=\"0 0 {WIDTH} 12\" aria-hidden=\"true\">\
             <path class=\"track\" d=\"M0 6H{WIDTH}\"/><rect class=\"value\" x=\"{}\" y=\"2\" width=\"{}\" height=\"8\" rx=\"2\"/></svg>",
            px(from),
            px(length)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Span;
    use crate::samples::{failing, passing};

    #[test]
    fn bars_share_one_span() {
        let (short, long) = (failing(), passing());
        let span = Span::of(&[&short, &long]).unwrap();
        assert_eq!(span.seconds, 72);
        assert!(span.bar(&long).contains("x=\"0\" y=\"2\" width=\"260\""));
        assert!(
            span.bar(&short).contains("width=\"148.1\""),
            "{}",
            span.bar(&short)
        );
    }

    #[test]
    fn times_that_make_no_picture_make_none() {
        let mut broken = failing();
        broken.started_at = "yesterday".to_owned();
        assert!(Span::of(&[&broken]).is_none());
        let mut old = failing();
        old.started_at = "2020-01-01T00:00:00Z".to_owned();
        assert!(Span::of(&[&old, &passing()]).is_none());
        let span = Span::of(&[&passing()]).unwrap();
        assert!(
            span.bar(&old).contains("x=\"0\""),
            "outside is drawn at the edge"
        );
    }
}
