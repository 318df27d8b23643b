//! Keeps asking for the time of a watch, at a bounded rate, and stops early when the watch is lost.

use std::time::Duration;

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use pipeline_config::Millis;
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::{
    attempt::{Attempt, Expected, Failure},
    plan::Plan,
    probe::Prober,
    watch::{Ending, Sample, Watch},
};

/// Between two requests: 5 a second at most, which no deployment calls load.
const PAUSE: Duration = Duration::from_millis(200);
/// Requests under way; above it, a tick asks nothing.
const AT_ONCE: usize = 10;

/// What a watch brought.
#[derive(Debug)]
pub struct Watched {
    /// How it ended.
    pub ending: Ending,
    /// Its answers.
    pub samples: Vec<Sample>,
    /// The last failure, with its check's name, to show what went wrong.
    pub last_failure: Option<(String, Failure)>,
}

/// Watches for `length`.
pub async fn sample(
    prober: &Prober,
    plan: &Plan,
    expected: Option<Expected<'_>>,
    length: Duration,
) -> Watched {
    let checks = plan.repeatable();
    let start = Instant::now();
    let mut ticks = interval(PAUSE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut watch = Watch::new(plan.limits);
    let mut under_way = FuturesUnordered::new();
    let mut next = checks.iter().cycle();
    let mut last_failure = None;
    let lost = loop {
        let over = start.elapsed() >= length;
        if over && under_way.is_empty() {
            break None;
        }
        tokio::select! {
            _ = ticks.tick(), if !over => {
                if let (true, Some(check)) = (under_way.len() < AT_ONCE, next.next()) {
                    let asked = Instant::now();
                    under_way.push(async move { (*check, prober.ask(check, expected, None).await, asked.elapsed()) });
                }
            }
            Some((check, attempt, elapsed)) = under_way.next() => {
                let (passed, took) = match attempt {
                    Attempt::Passed(pass) => (true, pass.took),
                    Attempt::Failed(failure) => {
                        let took = failure.took.unwrap_or(elapsed.as_secs_f64() * 1e3);
                        last_failure = Some((check.name.clone(), failure));
                        (false, took)
                    }
                    Attempt::Walled(wall) => {
                        let failure = Failure::without_answer("protection-wall", format!("{} answers", wall.name()));
                        last_failure = Some((check.name.clone(), failure));
                        (false, elapsed.as_secs_f64() * 1e3)
                    }
                };
                watch.record(Sample { at: start.elapsed(), passed, took: whole(took) });
            }
        }
        if let Some(ending) = watch.judge(start.elapsed()) {
            break Some(ending);
        }
    };
    let (ending, samples) = watch.finish(start.elapsed());
    Watched {
        ending: lost.unwrap_or(ending),
        samples,
        last_failure,
    }
}

/// Whole milliseconds.
fn whole(millis: f64) -> Millis {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float that does not fit saturates"
    )]
    Millis::from_millis(millis.round() as u32)
}
