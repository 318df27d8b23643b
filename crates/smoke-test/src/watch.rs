//! Judges the answers of a watch, window by window and in all. Pure: answers carry their time, and "now" is an argument.
//!
//! A single bad window can be chance, so it takes several in a row to stop early; what never comes in a row still counts at
//! the end, where the limits hold for the whole watch. Too few answers decide nothing.

use std::time::Duration;

use pipeline_config::{Millis, Percent};
use verdict::Place;

use crate::budget::{percentile, sorted};

/// What a watch is held to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// The length of a window.
    pub window: Duration,
    /// The largest share of failed answers, 0 to 1.
    pub max_error_rate: f64,
    /// The largest 95th percentile, in milliseconds.
    pub max_p95: Option<f64>,
    /// Fewer answers than this decide nothing.
    pub min_samples: u32,
    /// Windows in a row over a limit that end the watch.
    pub windows: u32,
}

/// Where the limits were written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Places {
    /// Of the error rate.
    pub error_rate: Option<Place>,
    /// Of the 95th percentile.
    pub p95: Option<Place>,
    /// Of the smallest number of answers.
    pub samples: Option<Place>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            window: Duration::from_secs(10),
            max_error_rate: Percent::from_percent(1).ratio(),
            max_p95: None,
            min_samples: 20,
            windows: 2,
        }
    }
}

/// One answer, or the lack of one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sample {
    /// When it came, from the start of the watch.
    pub at: Duration,
    /// Whether every rule of its check held.
    pub passed: bool,
    /// How long it took.
    pub took: Millis,
}

/// A limit that was passed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Breach {
    /// The share of failed answers, 0 to 1.
    ErrorRate(f64),
    /// The 95th percentile in milliseconds.
    P95(f64),
}

/// How a watch ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ending {
    /// Every limit held.
    Held,
    /// Windows in a row passed a limit; the last one's breach. The watch need not go on.
    BrokeInWindows(Breach),
    /// The watch as a whole passed a limit.
    BrokeInAll(Breach),
    /// Too few answers to decide.
    TooFew,
}

/// The answers so far.
#[derive(Clone, Debug)]
pub struct Watch {
    limits: Limits,
    samples: Vec<Sample>,
    /// The first sample not in a judged window.
    judged: usize,
    /// The windows judged so far.
    closed: u32,
    /// The bad ones among them since the last good one, with the last breach.
    bad: Option<(u32, Breach)>,
}

impl Watch {
    /// A watch without answers.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            samples: Vec::new(),
            judged: 0,
            closed: 0,
            bad: None,
        }
    }

    /// Adds an answer. Answers come in the order of their times.
    pub fn record(&mut self, sample: Sample) {
        self.samples.push(sample);
    }

    /// The answers.
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }

    /// Judges the windows that ended by `now`. An ending other than `None` is final.
    ///
    /// A window without any answer says nothing: the answers it waits for count where they come in, at the latest as
    /// timeouts.
    pub fn judge(&mut self, now: Duration) -> Option<Ending> {
        loop {
            let end = self
                .limits
                .window
                .saturating_mul(self.closed.saturating_add(1));
            if let Some((count, breach)) = self.bad
                && count >= self.limits.windows
            {
                return Some(Ending::BrokeInWindows(breach));
            }
            if end > now || self.limits.window.is_zero() {
                return None;
            }
            let waiting = &self.samples[self.judged..];
            let inside = waiting.iter().take_while(|sample| sample.at < end).count();
            let window = &waiting[..inside];
            if !window.is_empty() {
                let earlier = self.bad.map_or(0, |(count, _)| count);
                self.bad = self
                    .limits
                    .breach(window)
                    .map(|breach| (earlier + 1, breach));
            }
            self.judged += inside;
            self.closed = self.closed.saturating_add(1);
        }
    }

    /// Judges the whole watch at its end.
    pub fn finish(mut self, now: Duration) -> (Ending, Vec<Sample>) {
        let ending = self.judge(now).unwrap_or_else(|| {
            let breach = self.limits.breach(&self.samples);
            match breach {
                _ if self.samples.len() < self.limits.min_samples.max(1) as usize => Ending::TooFew,
                Some(breach) => Ending::BrokeInAll(breach),
                None => Ending::Held,
            }
        });
        (ending, self.samples)
    }
}

impl Limits {
    fn breach(&self, samples: &[Sample]) -> Option<Breach> {
        let rate = error_rate(samples)?;
        if rate > self.max_error_rate {
            return Some(Breach::ErrorRate(rate));
        }
        let took: Vec<f64> = samples.iter().map(|sample| sample.took.value()).collect();
        let p95 = percentile(&sorted(&took), 95)?;
        self.max_p95
            .filter(|limit| p95 > *limit)
            .map(|_| Breach::P95(p95))
    }
}

/// The share of failed answers, 0 to 1; `None` without answers.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
pub fn error_rate(samples: &[Sample]) -> Option<f64> {
    let failed = samples.iter().filter(|sample| !sample.passed).count();
    (!samples.is_empty()).then(|| failed as f64 / samples.len() as f64)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use pipeline_config::Millis;
    use proptest::prelude::*;

    use super::{Breach, Ending, Limits, Sample, Watch};

    const LIMITS: Limits = Limits {
        window: Duration::from_secs(10),
        max_error_rate: 0.1,
        max_p95: Some(500.0),
        min_samples: 4,
        windows: 2,
    };

    fn seconds(at: u64) -> Duration {
        Duration::from_secs(at)
    }

    /// `.` passes, `x` fails, `s` passes slowly, a blank is a second without an answer.
    fn play(limits: Limits, second_by_second: &str) -> (Option<u64>, Ending) {
        let mut watch = Watch::new(limits);
        let mut stopped = None;
        for (second, mark) in (0u64..).zip(second_by_second.chars()) {
            if stopped.is_none() && watch.judge(seconds(second)).is_some() {
                stopped = Some(second);
            }
            if mark != ' ' && stopped.is_none() {
                let took = Millis::from_millis(if mark == 's' { 900 } else { 100 });
                watch.record(Sample {
                    at: seconds(second),
                    passed: mark != 'x',
                    took,
                });
            }
        }
        let end = second_by_second.chars().count() as u64;
        (stopped, watch.finish(seconds(end)).0)
    }

    #[test]
    fn plays() {
        let errors = |rate| Breach::ErrorRate(rate);
        for (play_of, stopped, ending) in [
            ("....................", None, Ending::Held),
            // One error in ten is at the limit, not over it.
            (".........x.........x", None, Ending::Held),
            // One bad window is chance, and the whole stays below the limit.
            ("xx..................", None, Ending::Held),
            // Two in a row stop the watch when the second one ends.
            (
                "xx........xxx.................",
                Some(20),
                Ending::BrokeInWindows(errors(0.3)),
            ),
            // Never in a row, but too much in all.
            (
                "xxx.................xxx.......",
                None,
                Ending::BrokeInAll(errors(0.2)),
            ),
            (
                "ssssssssss..........",
                None,
                Ending::BrokeInAll(Breach::P95(900.0)),
            ),
            (
                "ssssssssssssssssssss.",
                Some(20),
                Ending::BrokeInWindows(Breach::P95(900.0)),
            ),
            // An empty window neither breaks nor mends the row.
            (
                "x                   x         .",
                Some(30),
                Ending::BrokeInWindows(errors(1.0)),
            ),
            ("...", None, Ending::TooFew),
            ("xxx", None, Ending::TooFew),
            ("", None, Ending::TooFew),
        ] {
            assert_eq!(play(LIMITS, play_of), (stopped, ending), "{play_of}");
        }
    }

    fn samples() -> impl Strategy<Value = Vec<Sample>> {
        let one = (0u32..40_000, any::<bool>(), 0u32..1000);
        proptest::collection::vec(one, 0..80).prop_map(|mut raw| {
            raw.sort_unstable_by_key(|(at, ..)| *at);
            let sample = |(at, passed, took): (u32, bool, u32)| Sample {
                at: Duration::from_millis(at.into()),
                passed,
                took: Millis::from_millis(took),
            };
            raw.into_iter().map(sample).collect()
        })
    }

    proptest! {
        #[test]
        fn a_watch_that_held_is_within_every_limit(samples in samples()) {
            let mut watch = Watch::new(LIMITS);
            samples.iter().for_each(|sample| watch.record(*sample));
            let (ending, kept) = watch.finish(seconds(40));
            prop_assert_eq!(kept.len(), samples.len());
            if ending == Ending::Held {
                prop_assert!(kept.len() >= 4);
                let failed = kept.iter().filter(|sample| !sample.passed).count();
                prop_assert!(failed * 10 <= kept.len());
            }
        }

        #[test]
        fn when_it_is_asked_changes_no_answer(samples in samples(), step in 1u64..15) {
            let mut often = Watch::new(LIMITS);
            let mut early = None;
            let mut rest = samples.iter().peekable();
            for now in (0..=40).step_by(usize::try_from(step).unwrap()).map(seconds) {
                while let Some(sample) = rest.next_if(|sample| sample.at < now) {
                    often.record(*sample);
                }
                early = early.or(often.judge(now));
            }
            rest.for_each(|sample| often.record(*sample));
            let mut once = Watch::new(LIMITS);
            samples.iter().for_each(|sample| once.record(*sample));
            let ending = once.finish(seconds(40)).0;
            prop_assert_eq!(early.unwrap_or_else(|| often.finish(seconds(40)).0), ending);
        }
    }
}
