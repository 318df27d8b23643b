//! The loop on a scripted wire and tokio's paused clock: waits are exact, nothing sleeps.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::{HeaderMap, Method, StatusCode};
use http_client::{Failure, RetryPolicy};
use tokio::time::Instant;

use super::{Pace, Sent, send};
use crate::call::{Call, Outcome, Response};
use crate::error::Error;
use crate::limits::NAMELESS_WAIT;
use crate::routes::Route;

const SECONDARY: &str = r#"{"message":"You have exceeded a secondary rate limit."}"#;

fn policy() -> Pace {
    Pace {
        retry: RetryPolicy {
            attempts: 4,
            base: Duration::from_millis(500),
            cap: Duration::from_secs(8),
            deadline: Duration::from_secs(300),
        },
        nameless_limit: NAMELESS_WAIT,
        // Sun, 06 Nov 1994 08:49:37 GMT
        date: || jiff::Timestamp::constant(784_111_777, 0),
    }
}

fn call(method: Method) -> Call {
    let url = "https://api.example/repos/acme/web/x".parse().unwrap();
    let mut call = Call::new(Route::Run, url);
    call.repeatable = http_client::Repeatable::by_method(&method);
    call.method = method;
    call
}

fn answer(status: u16, headers: &[(&'static str, &str)], body: &str) -> Outcome {
    Outcome::Answered(Response {
        status: StatusCode::from_u16(status).unwrap(),
        headers: headers
            .iter()
            .map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap()))
            .collect::<HeaderMap>(),
        body: body.as_bytes().to_vec(),
    })
}

fn reset() -> Outcome {
    Outcome::Failed(Failure::Reset, "connection closed".to_owned())
}

/// A wire that plays its script and counts what was sent.
struct Wire {
    script: RefCell<VecDeque<Outcome>>,
    sent: AtomicUsize,
}

impl Wire {
    fn new(script: impl IntoIterator<Item = Outcome>) -> Self {
        Self {
            script: RefCell::new(script.into_iter().collect()),
            sent: AtomicUsize::new(0),
        }
    }

    async fn once(&self) -> Outcome {
        self.sent.fetch_add(1, Ordering::Relaxed);
        self.script
            .borrow_mut()
            .pop_front()
            .expect("sent more often than scripted")
    }

    fn sent(&self) -> usize {
        self.sent.load(Ordering::Relaxed)
    }
}

async fn plain(method: Method, wire: &Wire) -> Result<Sent<Infallible>, Error> {
    send(&policy(), &call(method), || wire.once(), None).await
}

#[tokio::test(start_paused = true)]
async fn a_post_waits_as_long_as_retry_after_says() {
    let wire = Wire::new([
        answer(429, &[("retry-after", "20")], ""),
        answer(201, &[], "{}"),
    ]);
    let start = Instant::now();
    assert!(plain(Method::POST, &wire).await.is_ok());
    assert_eq!(wire.sent(), 2);
    let waited = start.elapsed();
    assert!(waited >= Duration::from_secs(20), "{waited:?}");
    assert!(waited <= Duration::from_secs(21), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn a_secondary_limit_without_headers_costs_a_minute() {
    let wire = Wire::new([answer(403, &[], SECONDARY), answer(201, &[], "{}")]);
    let start = Instant::now();
    assert!(plain(Method::POST, &wire).await.is_ok());
    assert!(start.elapsed() >= Duration::from_secs(60));
}

#[tokio::test(start_paused = true)]
async fn a_limit_beyond_the_deadline_is_not_waited_for_and_says_when_it_ends() {
    let forms: [&[(&str, &str)]; 3] = [
        &[("retry-after", "3600")],
        &[("retry-after", "Sun, 06 Nov 1994 09:49:37 GMT")],
        &[
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "784115377"),
        ],
    ];
    for headers in forms {
        for (status, method) in [(429, Method::GET), (403, Method::GET), (403, Method::POST)] {
            let wire = Wire::new([answer(status, headers, SECONDARY)]);
            let start = Instant::now();
            let error = plain(method, &wire).await.unwrap_err();
            assert_eq!(start.elapsed(), Duration::ZERO);
            assert_eq!(wire.sent(), 1);
            let text = error.to_string();
            assert!(matches!(error, Error::RateLimited { .. }), "{text}");
            assert!(text.contains("ends at 1994-11-06T09:49:37Z"), "{text}");
            assert!(text.contains("after the deadline of 300 s"), "{text}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_date_is_counted_from_the_moment_it_is_read() {
    // The first wait of 100 s moves the clock; the date is then 20 s away, not 120.
    let wire = Wire::new([
        answer(429, &[("retry-after", "100")], ""),
        answer(429, &[("retry-after", "Sun, 06 Nov 1994 08:51:37 GMT")], ""),
        answer(200, &[], "{}"),
    ]);
    let start = Instant::now();
    assert!(plain(Method::GET, &wire).await.is_ok());
    let waited = start.elapsed().as_secs();
    assert!((120..123).contains(&waited), "{waited}");
}

#[tokio::test(start_paused = true)]
async fn a_storm_ends_with_the_tries_and_the_waits_grow() {
    let storm = || (0..4).map(|_| answer(503, &[], ""));
    let wire = Wire::new(storm());
    let start = Instant::now();
    let error = plain(Method::GET, &wire).await.unwrap_err();
    assert!(matches!(error, Error::Status { .. }), "{error}");
    assert_eq!(wire.sent(), 4);
    // Between half and the whole of 0.5 + 1 + 2 s.
    let waited = start.elapsed().as_millis();
    assert!((1750..=3510).contains(&waited), "{waited}");
}

#[tokio::test(start_paused = true)]
async fn limits_without_a_wait_are_outlived_until_the_deadline() {
    // A minute and our own backoff each time: three waits fit into five minutes and four tries.
    for (status, body) in [(403, SECONDARY), (429, "")] {
        let wire = Wire::new((0..4).map(|_| answer(status, &[], body)));
        let start = Instant::now();
        let error = plain(Method::POST, &wire).await.unwrap_err();
        assert!(matches!(error, Error::RateLimited { .. }), "{error}");
        assert_eq!(wire.sent(), 4);
        assert!(start.elapsed() >= Duration::from_secs(180));
    }
}

#[tokio::test(start_paused = true)]
async fn a_look_that_hangs_ends() {
    let wire = Wire::new([reset()]);
    let start = Instant::now();
    let error = send::<(), _, _>(
        &policy(),
        &call(Method::POST),
        || wire.once(),
        Some(&|| Box::pin(std::future::pending())),
    )
    .await
    .unwrap_err();
    assert!(error.to_string().contains("cannot be seen"), "{error}");
    assert!(start.elapsed() <= Duration::from_secs(331), "{error}");
    assert_eq!(wire.sent(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_try_that_hangs_ends_at_the_deadline() {
    let start = Instant::now();
    let error = send::<Infallible, _, _>(
        &policy(),
        &call(Method::GET),
        std::future::pending::<Outcome>,
        None,
    )
    .await
    .unwrap_err();
    assert_eq!(start.elapsed(), Duration::from_secs(300));
    assert!(matches!(error, Error::NoAnswer { .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn reads_are_repeated_and_blind_writes_are_not() {
    for (method, sent) in [
        (Method::GET, 2),
        (Method::PUT, 2),
        (Method::DELETE, 2),
        (Method::POST, 1),
        (Method::PATCH, 1),
    ] {
        for first in [answer(502, &[], ""), reset()] {
            let wire = Wire::new([first, answer(200, &[], "{}")]);
            let result = plain(method.clone(), &wire).await;
            assert_eq!(wire.sent(), sent, "{method}");
            assert_eq!(result.is_ok(), sent == 2, "{method}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn refusals_are_not_repeated() {
    for status in [401, 403, 404, 409, 422] {
        let wire = Wire::new([answer(status, &[], r#"{"message":"no"}"#)]);
        assert!(plain(Method::GET, &wire).await.is_err());
        assert_eq!(wire.sent(), 1, "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_that_landed_is_found_and_not_sent_again() {
    let wire = Wire::new([answer(502, &[], "")]);
    let sent = send(
        &policy(),
        &call(Method::POST),
        || wire.once(),
        Some(&|| Box::pin(async { Ok(Some(7)) })),
    )
    .await
    .unwrap();
    assert!(matches!(sent, Sent::Found(7)));
    assert_eq!(wire.sent(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_write_that_did_not_land_is_sent_again() {
    let wire = Wire::new([reset(), answer(201, &[], "{}")]);
    let sent = send(
        &policy(),
        &call(Method::POST),
        || wire.once(),
        Some(&|| Box::pin(async { Ok(None::<u8>) })),
    )
    .await
    .unwrap();
    assert!(matches!(sent, Sent::Answered(_)));
    assert_eq!(wire.sent(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_shows_late_is_looked_for_before_every_further_try() {
    // Lost answer, nothing to see yet, then a limit: during its wait the write shows up.
    let wire = Wire::new([
        reset(),
        answer(429, &[("retry-after", "1")], ""),
        answer(201, &[], "{}"),
    ]);
    let looks = AtomicUsize::new(0);
    let sent = send(
        &policy(),
        &call(Method::POST),
        || wire.once(),
        Some(&|| {
            let look = looks.fetch_add(1, Ordering::Relaxed);
            Box::pin(async move { Ok((look > 0).then_some("there")) })
        }),
    )
    .await
    .unwrap();
    assert!(matches!(sent, Sent::Found("there")));
    assert_eq!(wire.sent(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_last_try_is_looked_after_too() {
    let wire = Wire::new([reset(), reset(), reset(), reset()]);
    let looks = AtomicUsize::new(0);
    let sent = send(
        &policy(),
        &call(Method::POST),
        || wire.once(),
        Some(&|| {
            let look = looks.fetch_add(1, Ordering::Relaxed);
            Box::pin(async move { Ok((look == 3).then_some(())) })
        }),
    )
    .await;
    assert!(matches!(sent, Ok(Sent::Found(()))));
    assert_eq!(wire.sent(), 4);
}

#[tokio::test(start_paused = true)]
async fn without_an_answer_to_the_look_nothing_is_repeated() {
    let wire = Wire::new([reset()]);
    let error = send::<(), _, _>(
        &policy(),
        &call(Method::POST),
        || wire.once(),
        Some(&|| {
            Box::pin(async {
                Err(Error::NotFound {
                    call: "GET /x".to_owned(),
                })
            })
        }),
    )
    .await
    .unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(wire.sent(), 1);
}
