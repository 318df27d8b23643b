//! Decides whether and when a request is sent again. Pure: the try, the elapsed time, the date and a random number come
//! in, one decision comes out; whoever asks does the waiting.

use std::time::Duration;

use jiff::Timestamp;

use crate::{
    backoff::Backoff,
    classify::{Answer, Class, Repeatable, classify},
};

/// How persistent a client is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Tries in all, the first included; 1 never retries.
    pub attempts: u32,
    /// The longest wait after the first try.
    pub base: Duration,
    /// The longest wait of our own choice. A server's `Retry-After` may ask for more.
    pub cap: Duration,
    /// Tries and waits together end after this; a wait that would pass it is not begun.
    pub deadline: Duration,
}

/// One try, as far as the decision needs it.
#[derive(Debug, Clone, Copy)]
pub struct Attempt<'a> {
    /// Its number; the first is 1.
    pub number: u32,
    /// Whether the request may be sent again after it may have taken effect.
    pub repeatable: Repeatable,
    /// What it brought.
    pub answer: Answer<'a>,
    /// Time since the first try began.
    pub elapsed: Duration,
    /// The date, for servers that name one.
    pub now: Timestamp,
    /// In `0.0..1.0`, for the jitter.
    pub random: f64,
}

/// What to do after a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Hand the answer to the caller: it is not a failure, or not one that a retry could mend.
    Return,
    /// Wait this long, then send the request again.
    Retry(Duration),
    /// A retry could have helped, but is not made.
    GiveUp(GiveUp),
}

/// Why a failed request is not sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GiveUp {
    /// All tries are used.
    #[error("gave up after {0} tries")]
    Attempts(u32),
    /// The next wait would pass the deadline.
    #[error("the next try would be in {} s, after the deadline of {} s", .wait.as_secs_f64(), .deadline.as_secs_f64())]
    Deadline {
        /// The wait it would have taken.
        wait: Duration,
        /// The policy's deadline.
        deadline: Duration,
    },
    /// The request may have taken effect and must not be repeated blindly.
    #[error("not repeated because it may have taken effect")]
    MayHaveLanded,
}

impl RetryPolicy {
    /// Sends once.
    pub const NEVER: Self = Self {
        attempts: 1,
        base: Duration::ZERO,
        cap: Duration::ZERO,
        deadline: Duration::from_secs(u64::MAX),
    };

    /// Decides by the answer's [`Class`].
    #[must_use]
    pub fn decide(&self, attempt: &Attempt<'_>) -> Decision {
        self.decide_class(classify(attempt.answer, attempt.now), attempt)
    }

    /// Decides for a class the caller found itself, for services whose limits show in the body only.
    #[must_use]
    pub fn decide_class(&self, class: Class, attempt: &Attempt<'_>) -> Decision {
        if matches!(class, Class::Done | Class::Final) {
            return Decision::Return;
        }
        if !class.may_repeat(attempt.repeatable) {
            return Decision::GiveUp(GiveUp::MayHaveLanded);
        }
        if attempt.number >= self.attempts {
            return Decision::GiveUp(GiveUp::Attempts(attempt.number));
        }
        let own = Backoff {
            base: self.base,
            cap: self.cap,
        }
        .delay(attempt.number, attempt.random);
        let wait = class
            .asked_wait()
            .map_or(own, |asked| asked.saturating_add(own));
        if attempt.elapsed.saturating_add(wait) >= self.deadline {
            return Decision::GiveUp(GiveUp::Deadline {
                wait,
                deadline: self.deadline,
            });
        }
        Decision::Retry(wait)
    }
}

impl Default for RetryPolicy {
    /// Five tries within a minute: waits of at most 0.5, 1, 2 and 4 s.
    fn default() -> Self {
        Self {
            attempts: 5,
            base: Duration::from_millis(500),
            cap: Duration::from_secs(8),
            deadline: Duration::from_secs(60),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classify::Failure;
    use http::{HeaderMap, StatusCode};
    use proptest::prelude::*;

    fn attempt<'a>(number: u32, repeatable: Repeatable, answer: Answer<'a>) -> Attempt<'a> {
        Attempt {
            number,
            repeatable,
            answer,
            elapsed: Duration::ZERO,
            now: Timestamp::UNIX_EPOCH,
            random: 0.0,
        }
    }

    #[test]
    fn the_servers_wait_is_a_floor_and_the_deadline_a_ceiling() {
        let policy = RetryPolicy::default();
        let headers: HeaderMap = [(http::header::RETRY_AFTER, "20".parse().unwrap())]
            .into_iter()
            .collect();
        let limited = Answer::Status(StatusCode::TOO_MANY_REQUESTS, &headers);
        let mut asked = attempt(1, Repeatable::No, limited);
        assert_eq!(
            policy.decide(&asked),
            Decision::Retry(Duration::from_millis(20_250))
        );
        asked.elapsed = Duration::from_secs(45);
        assert!(matches!(
            policy.decide(&asked),
            Decision::GiveUp(GiveUp::Deadline { .. })
        ));
    }

    #[test]
    fn reasons_to_stop() {
        let policy = RetryPolicy::default();
        let bad_gateway = Answer::Status(StatusCode::BAD_GATEWAY, &HeaderMap::new());
        assert_eq!(
            policy.decide(&attempt(5, Repeatable::Yes, bad_gateway)),
            Decision::GiveUp(GiveUp::Attempts(5))
        );
        assert_eq!(
            policy.decide(&attempt(1, Repeatable::No, bad_gateway)),
            Decision::GiveUp(GiveUp::MayHaveLanded)
        );
        let missing = Answer::Status(StatusCode::NOT_FOUND, &HeaderMap::new());
        assert_eq!(
            policy.decide(&attempt(1, Repeatable::Yes, missing)),
            Decision::Return
        );
        let once = attempt(1, Repeatable::Yes, Answer::Failed(Failure::Connect));
        assert_eq!(
            RetryPolicy::NEVER.decide(&once),
            Decision::GiveUp(GiveUp::Attempts(1))
        );
    }

    proptest! {
        #[test]
        fn never_repeats_a_post_that_may_have_landed(status in 100u16..600, number in 1u32..20, remaining in 0u16..3, asked in proptest::option::of(0u16..100)) {
            let mut headers = HeaderMap::new();
            headers.insert("x-ratelimit-remaining", remaining.into());
            if let Some(asked) = asked {
                headers.insert(http::header::RETRY_AFTER, asked.into());
            }
            let answer = Answer::Status(StatusCode::from_u16(status).unwrap(), &headers);
            if let Decision::Retry(_) = RetryPolicy::default().decide(&attempt(number, Repeatable::No, answer)) {
                prop_assert!(status == 429 || (status == 403 && (remaining == 0 || asked.is_some())));
            }
        }

        #[test]
        fn ends_within_attempts_and_deadline(attempts in 1u32..12, deadline in 0u64..90_000, asked in 0u16..30, random in 0.0f64..1.0) {
            let policy = RetryPolicy { attempts, deadline: Duration::from_millis(deadline), ..RetryPolicy::default() };
            let headers: HeaderMap = [(http::header::RETRY_AFTER, asked.into())].into_iter().collect();
            let mut elapsed = Duration::ZERO;
            let mut tries = 1;
            while let Decision::Retry(wait) = policy.decide(&Attempt {
                number: tries, repeatable: Repeatable::Yes, answer: Answer::Status(StatusCode::SERVICE_UNAVAILABLE, &headers),
                elapsed, now: Timestamp::UNIX_EPOCH, random,
            }) {
                prop_assert!(wait >= Duration::from_secs(asked.into()));
                elapsed += wait;
                tries += 1;
                prop_assert!(tries <= attempts);
            }
            prop_assert!(elapsed < policy.deadline || elapsed.is_zero());
        }
    }
}
