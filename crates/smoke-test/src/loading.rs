//! Puts a load on the deployment. Requests leave on time however slow the answers are, and an answer's time counts from when
//! its request was due: a server that stalls cannot hide behind a client that waits for it (coordinated omission).

use std::time::Duration;

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use tokio::time::{Instant, sleep_until};

use crate::{
    attempt::{Attempt, Expected, Failure},
    budget::Times,
    load::Load,
    plan::Plan,
    probe::Prober,
};

/// Requests on the wire at a time.
const AT_ONCE: u32 = 500;
/// Unanswered requests at which the load stops: the deployment drowns.
const MOST_UNANSWERED: usize = 1000;

/// What a load brought.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// What its answers took, from when their requests were due.
    pub times: Times,
    /// How many requests it was to send.
    pub planned: u32,
    /// How many it sent.
    pub sent: u32,
    /// How long sending took.
    pub sending: Duration,
    /// Whether it stopped because too many requests were unanswered.
    pub drowned: bool,
    /// The last failure, with its check's name.
    pub last_failure: Option<(String, Failure)>,
}

impl Loaded {
    /// Whether the requests left at the pace that was asked for; else the numbers are about another load.
    pub fn kept_pace(&self, load: &Load) -> bool {
        let due = load.leaves(self.sent);
        self.sent > 0 && self.sending.as_secs_f64() * 0.9 <= due.as_secs_f64().max(0.1)
    }
}

/// Puts the load on the deployment, by the checks of the plan in turn.
pub async fn put(
    prober: &Prober,
    plan: &Plan,
    load: &Load,
    expected: Option<Expected<'_>>,
) -> Loaded {
    let checks = plan.repeatable();
    let prober = prober.widened(AT_ONCE);
    let mut loaded = Loaded {
        planned: load.planned(),
        ..Loaded::default()
    };
    let start = Instant::now();
    let mut under_way = FuturesUnordered::new();
    let mut next = checks.iter().cycle();
    loop {
        let due = start + load.leaves(loaded.sent);
        let sending = loaded.sent < loaded.planned && !loaded.drowned;
        tokio::select! {
            () = sleep_until(due), if sending => {
                let Some(check) = next.next() else { break };
                let prober = &prober;
                under_way.push(async move {
                    let late = due.elapsed();
                    (*check, prober.ask(check, expected, None).await, late, due.elapsed())
                });
                loaded.sent += 1;
                loaded.sending = start.elapsed();
                loaded.drowned = under_way.len() >= MOST_UNANSWERED;
            }
            Some((check, attempt, late, took)) = under_way.next() => {
                loaded.times.asked += 1;
                loaded.times.total.push(millis(took));
                match attempt {
                    Attempt::Passed(pass) => loaded.times.ttfb.push(pass.ttfb + millis(late)),
                    Attempt::Failed(failure) => {
                        loaded.times.failed += 1;
                        loaded.last_failure = Some((check.name.clone(), failure));
                    }
                    Attempt::Walled(wall) => {
                        loaded.times.failed += 1;
                        let failure = Failure::without_answer("protection-wall", format!("{} answers", wall.name()));
                        loaded.last_failure = Some((check.name.clone(), failure));
                    }
                }
            }
            else => break,
        }
    }
    loaded
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Loaded;
    use crate::{budget::Budgets, load::Load};

    fn load(rps: u32, seconds: u64, max_requests: u32) -> Load {
        Load {
            rps,
            duration: Duration::from_secs(seconds),
            max_requests,
            budgets: Budgets::default(),
            allowed: true,
            place: None,
        }
    }

    #[test]
    fn requests_are_due_at_the_rate_and_capped() {
        assert_eq!(load(50, 10, 20_000).planned(), 500);
        assert_eq!(load(50, 10, 120).planned(), 120);
        assert_eq!(load(200, 600, 20_000).planned(), 20_000);
        assert_eq!(load(50, 10, 120).leaves(75), Duration::from_millis(1500));
    }

    #[test]
    fn a_load_that_lags_is_about_another_load() {
        let load = load(100, 10, 20_000);
        let after = |millis| Loaded {
            sent: 1000,
            sending: Duration::from_millis(millis),
            ..Loaded::default()
        };
        assert!(after(9_990).kept_pace(&load));
        assert!(after(11_000).kept_pace(&load));
        assert!(!after(12_000).kept_pace(&load));
        assert!(!Loaded::default().kept_pace(&load), "nothing was sent");
    }
}
