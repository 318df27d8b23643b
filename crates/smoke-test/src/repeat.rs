//! Repeats a request until it passes, a wall is met or the shared deadline is over.

use std::time::Duration;

use http_client::{Backoff, Deadline};

use crate::{
    attempt::{Again, Attempt, Failure, Pass},
    wall::Wall,
};

/// The waits between tries: short, because a deployment is expected to be there any moment.
pub(crate) const BACKOFF: Backoff = Backoff {
    base: Duration::from_millis(250),
    cap: Duration::from_secs(2),
};

/// How the tries of one check ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Settled {
    /// Requests sent.
    pub tries: u32,
    /// Those that failed.
    pub failed: u32,
    /// How long the passing answers took, in milliseconds.
    pub took: Vec<f64>,
    /// How long their headers took, in milliseconds.
    pub ttfb: Vec<f64>,
    /// The end.
    pub end: End,
}

/// The end of a check's tries.
#[derive(Clone, Debug, PartialEq)]
pub enum End {
    /// The last answers passed, as many in a row as were asked for.
    Passed(Pass),
    /// The deadline came, or it must not be repeated. The last failure that says something.
    Failed(Failure),
    /// A wall.
    Walled(Wall),
}

/// Repeats `once` until `samples` answers in a row passed, a wall was met, or the deadline came. `spread` is in `0.0..1.0`
/// and keeps checks that failed together from coming back together.
pub async fn persist(
    deadline: Deadline,
    samples: u32,
    spread: f64,
    mut once: impl AsyncFnMut() -> Attempt,
) -> Settled {
    let (mut tries, mut failed, mut took, mut ttfb) = (0, 0, Vec::new(), Vec::new());
    let mut last: Option<Failure> = None;
    let end = loop {
        let Ok(attempt) = deadline.run(once()).await else {
            // What was seen before says more than that time ran out while asking again.
            break End::Failed(last.unwrap_or_else(|| out_of_time(deadline)));
        };
        tries += 1;
        match attempt {
            Attempt::Walled(wall) => break End::Walled(wall),
            Attempt::Passed(pass) => {
                took.push(pass.took);
                ttfb.push(pass.ttfb);
                if took.len() >= samples as usize {
                    break End::Passed(pass);
                }
            }
            Attempt::Failed(failure) => {
                failed += 1;
                took.clear();
                ttfb.clear();
                let wait = match failure.again {
                    Again::Never => break End::Failed(failure),
                    Again::After(asked) => {
                        asked.unwrap_or_default().max(BACKOFF.delay(failed, spread))
                    }
                };
                if deadline.sleep(wait).await.is_err() {
                    break End::Failed(failure);
                }
                last = Some(failure);
            }
        }
    };
    Settled {
        tries,
        failed,
        took,
        ttfb,
        end,
    }
}

fn out_of_time(deadline: Deadline) -> Failure {
    let limit = deadline.limit().as_secs_f64();
    Failure {
        fix: Some("raise `deadline`, or ask less"),
        ..Failure::without_answer(
            "slow-answer",
            format!("no whole answer within the deadline of {limit} s"),
        )
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, time::Duration};

    use http_client::Deadline;
    use proptest::prelude::*;
    use tokio::time::{Instant, sleep};
    use verdict::{Evidence, EvidenceState, Source};

    use super::{End, Settled, persist};
    use crate::{
        attempt::{Again, Attempt, Failure, Pass},
        wall::Wall,
    };

    fn pass() -> Attempt {
        let url = Source::Url("https://app.example/".to_owned());
        let evidence = Evidence::read(url, b"", EvidenceState::Clean);
        Attempt::Passed(Pass {
            warnings: Vec::new(),
            took: 1.0,
            ttfb: 1.0,
            captured: Vec::new(),
            evidence,
            version: None,
        })
    }

    fn fail(message: &str, again: Again) -> Attempt {
        Attempt::Failed(Failure {
            again,
            ..Failure::without_answer("status", message)
        })
    }

    /// Plays tries: `.` passes, `x` fails, `w` meets a wall, `!` fails for good, `h` hangs; the last one repeats for ever.
    async fn play(tries: &str, samples: u32, limit: u64) -> (Settled, Duration) {
        let marks: Vec<char> = tries.chars().collect();
        let next = Cell::new(0);
        let started = Instant::now();
        let settled = persist(
            Deadline::after(Duration::from_secs(limit)),
            samples,
            0.0,
            async || {
                let index = next.replace(next.get() + 1).min(marks.len() - 1);
                match marks[index] {
                    '.' => pass(),
                    'x' => fail("no", Again::After(None)),
                    '!' => fail("never", Again::Never),
                    'r' => fail("later", Again::After(Some(Duration::from_secs(7)))),
                    'w' => Attempt::Walled(Wall::Protection),
                    _ => {
                        sleep(Duration::from_secs(3600)).await;
                        pass()
                    }
                }
            },
        )
        .await;
        (settled, started.elapsed())
    }

    fn message(settled: &Settled) -> &str {
        match &settled.end {
            End::Failed(failure) => &failure.mismatches[0].message,
            _ => "no failure",
        }
    }

    #[tokio::test(start_paused = true)]
    async fn repeats_until_it_passes() {
        let (settled, took) = play("xxx.", 1, 60).await;
        assert!(matches!(settled.end, End::Passed(_)));
        assert_eq!((settled.tries, settled.failed), (4, 3));
        assert!(took < Duration::from_secs(2), "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn samples_must_pass_in_a_row() {
        let (settled, _) = play("..x...", 3, 60).await;
        assert!(matches!(settled.end, End::Passed(_)));
        assert_eq!(
            (settled.tries, settled.failed, settled.took.len()),
            (6, 1, 3)
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_wall_or_a_write_that_may_have_landed_ends_it_at_once() {
        let (walled, took) = play("w", 1, 60).await;
        assert_eq!(
            (walled.end, took),
            (End::Walled(Wall::Protection), Duration::ZERO)
        );
        let (landed, took) = play("!", 1, 60).await;
        assert_eq!((message(&landed), took), ("never", Duration::ZERO));
    }

    #[tokio::test(start_paused = true)]
    async fn the_last_answer_is_told_and_not_that_time_ran_out() {
        let (settled, took) = play("xh", 1, 60).await;
        assert_eq!(message(&settled), "no");
        assert_eq!(took, Duration::from_secs(60));
        let (silent, _) = play("h", 1, 60).await;
        assert_eq!(
            message(&silent),
            "no whole answer within the deadline of 60 s"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn the_servers_wait_is_respected_unless_the_deadline_comes_first() {
        let (settled, took) = play("r.", 1, 60).await;
        assert!(matches!(settled.end, End::Passed(_)));
        assert!(took >= Duration::from_secs(7));
        let (settled, took) = play("r.", 1, 5).await;
        assert_eq!((message(&settled), took), ("later", Duration::ZERO));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn always_ends_by_the_deadline(tries in "[.x!rwh]{1,12}", samples in 1u32..5, limit in 1u64..90) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
            let (settled, took) = runtime.block_on(play(&tries, samples, limit));
            prop_assert!(took <= Duration::from_secs(limit));
            let passed = matches!(settled.end, End::Passed(_));
            prop_assert_eq!(passed, settled.took.len() >= samples as usize);
        }
    }
}
