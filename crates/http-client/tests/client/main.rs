//! The client against a real server on loopback: what is sent, how often, with which headers, and what an error says.

#![allow(clippy::unwrap_used, reason = "a helper of a test may end it too")]

mod bodies;

use std::time::Duration;

use http_client::{
    Body, Client, Deadline, Error, Failure, GiveUp, HeaderName, Method, Options, Reason, Redirects,
    Request, RetryPolicy, Secret, StatusCode, Url, header,
};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{any, body_bytes, header as has_header, method, path},
};

const BYPASS: HeaderName = HeaderName::from_static("x-vercel-protection-bypass");

fn quick() -> Options {
    let retry = RetryPolicy {
        attempts: 4,
        base: Duration::from_millis(1),
        cap: Duration::from_millis(2),
        deadline: Duration::from_secs(20),
    };
    Options {
        retry,
        ..Options::default()
    }
}

fn client() -> Client {
    Client::new(quick()).unwrap()
}

fn at(server: &MockServer, path: &str) -> Url {
    Url::parse(&server.uri()).unwrap().join(path).unwrap()
}

async fn failing_then_ok(server: &MockServer, status: u16, times: u64) {
    Mock::given(any())
        .respond_with(ResponseTemplate::new(status))
        .up_to_n_times(times)
        .mount(server)
        .await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_body_string("ok"))
        .mount(server)
        .await;
}

async fn received(server: &MockServer) -> usize {
    server.received_requests().await.unwrap().len()
}
#[tokio::test]
async fn a_get_is_repeated_and_says_who_we_are() {
    let server = MockServer::start().await;
    failing_then_ok(&server, 503, 2).await;
    let response = client()
        .send(Request::get(at(&server, "/a")))
        .await
        .unwrap();
    assert_eq!(
        (response.status, response.tries, response.text()),
        (StatusCode::OK, 3, "ok".to_owned())
    );
    assert_eq!(response.gave_up, None);
    assert!(response.timings.total >= response.timings.ttfb && !response.timings.ttfb.is_zero());
    let agent = &server.received_requests().await.unwrap()[0].headers["user-agent"];
    assert_eq!(agent, http_client::USER_AGENT);
}

#[tokio::test]
async fn a_post_is_sent_once_after_500_and_again_after_429() {
    let server = MockServer::start().await;
    failing_then_ok(&server, 500, 1).await;
    let response = client()
        .send(Request::post(at(&server, "/")))
        .await
        .unwrap();
    assert_eq!(
        (response.status.as_u16(), response.gave_up),
        (500, Some(GiveUp::MayHaveLanded))
    );
    assert_eq!(received(&server).await, 1);

    let server = MockServer::start().await;
    failing_then_ok(&server, 429, 1).await;
    assert_eq!(
        client()
            .send(Request::post(at(&server, "/")))
            .await
            .unwrap()
            .tries,
        2
    );

    let server = MockServer::start().await;
    failing_then_ok(&server, 500, 1).await;
    assert_eq!(
        client()
            .send(Request::post(at(&server, "/")).repeatable())
            .await
            .unwrap()
            .tries,
        2,
        "declared repeatable"
    );
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_is_not_begun() {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(429).insert_header("retry-after", "3600"))
        .mount(&server)
        .await;
    let deadline = Deadline::after(Duration::from_secs(10));
    let response = client()
        .send(Request::get(at(&server, "/")).deadline(deadline))
        .await
        .unwrap();
    assert!(
        matches!(response.gave_up, Some(GiveUp::Deadline { .. })),
        "{:?}",
        response.gave_up
    );
    assert!(deadline.elapsed() < Duration::from_secs(5));
    assert_eq!(received(&server).await, 1);
}

#[tokio::test]
async fn a_slow_answer_is_a_timeout_that_a_post_does_not_repeat() {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_delay(Duration::from_secs(30)))
        .mount(&server)
        .await;
    let request = Request::post(at(&server, "/slow")).timeout(Duration::from_millis(100));
    let error = client().send(request).await.unwrap_err();
    let Error::Transport {
        failure,
        reason,
        tries,
        gave_up,
        ..
    } = &error
    else {
        panic!("{error}")
    };
    assert_eq!(
        (*failure, *reason, *tries, *gave_up),
        (
            Failure::Timeout,
            Reason::Timeout,
            1,
            Some(GiveUp::MayHaveLanded)
        )
    );
    assert!(
        error
            .to_string()
            .contains("not repeated because it may have taken effect"),
        "{error}"
    );

    let request =
        Request::get(at(&server, "/slow")).deadline(Deadline::after(Duration::from_millis(100)));
    let error = client().send(request).await.unwrap_err();
    assert!(
        error.to_string().contains("the deadline of 0.1 s passed"),
        "{error}"
    );
}

#[tokio::test]
async fn an_error_names_the_request_and_the_cause_but_no_secret() {
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let url: Url = format!("http://user:pass@127.0.0.1:{port}/files/tok%2Fen-value?token=abc")
        .parse()
        .unwrap();
    let client = client().with_secret(&Secret::new("tok/en-value"));
    let error = client.send(Request::post(url)).await.unwrap_err();
    let Error::Transport {
        failure,
        reason,
        tries,
        ..
    } = &error
    else {
        panic!("{error}")
    };
    assert_eq!(
        (*failure, *reason, *tries),
        (Failure::Connect, Reason::Refused, 4),
        "a connection refused did not land"
    );
    let text = error.to_string();
    assert!(
        text.starts_with(&format!(
            "POST http://127.0.0.1:{port}/files/***?token=***: "
        )),
        "{text}"
    );
    assert!(
        text.to_lowercase().contains("refused") && text.ends_with("(gave up after 4 tries)"),
        "{text}"
    );
}
